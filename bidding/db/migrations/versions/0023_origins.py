"""Where a draft came from, files that were made here, and the filled templates that drafts come in.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("template", sa.String(length=40), nullable=True))
    # Beside its column, where SQLite takes a rule without copying the table.
    both = sa.CheckConstraint(
        "(template IS NULL) = (made_of IS NULL)", name=op.f("ck_document_made_of_something")
    )
    op.add_column("document", sa.Column("made_of", sa.String(length=64), both, nullable=True))
    op.create_table(
        "project_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", types.UTCDateTime(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", types.UTCDateTime(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_project_sheet_taken_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisation.id"], name=op.f("fk_project_sheet_agency_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["account.id"], name=op.f("fk_project_sheet_taken_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["account.id"], name=op.f("fk_project_sheet_uploaded_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_sheet")),
        sa.UniqueConstraint("uid", name=op.f("uq_project_sheet_uid")),
    )
    op.create_index(op.f("ix_project_sheet_agency_id"), "project_sheet", ["agency_id"])
    op.create_index(
        "uq_project_sheet_taken",
        "project_sheet",
        ["agency_id", "sha256"],
        unique=True,
        sqlite_where=sa.text("taken_at IS NOT NULL"),
        postgresql_where=sa.text("taken_at IS NOT NULL"),
    )

    op.create_table(
        "project_origin",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(source_id IS NULL) <> (sheet_id IS NULL)", name=op.f("ck_project_origin_one_of_two")
        ),
        sa.CheckConstraint(
            "(sheet_id IS NULL) = (row_number IS NULL)", name=op.f("ck_project_origin_row_of_sheet")
        ),
        sa.CheckConstraint("source_id <> project_id", name=op.f("ck_project_origin_of_another")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_origin_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["project_sheet.id"], name=op.f("fk_project_origin_sheet_id_project_sheet")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["project.id"], name=op.f("fk_project_origin_source_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_origin")),
    )


def downgrade() -> None:
    op.drop_table("project_origin")
    op.drop_table("project_sheet")
    op.drop_column("document", "made_of")
    op.drop_column("document", "template")
