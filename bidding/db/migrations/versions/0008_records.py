"""Records of supervisors and of failed tenders, who signed them, scans, and where the videos are.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("witness", "failed", name="kind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("written_at", types.UTCDateTime(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_opening_paper_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["account.id"], name=op.f("fk_opening_paper_written_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_paper")),
        sa.UniqueConstraint("project_id", "kind", name="uq_opening_paper_kind"),
    )
    op.create_table(
        "record_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "record",
            sa.Enum("opening", "witness", "failed", name="of", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("attached_at", types.UTCDateTime(), nullable=False),
        sa.Column("attached_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_record_scan_scan_has_bytes")),
        sa.ForeignKeyConstraint(
            ["attached_by_id"], ["account.id"], name=op.f("fk_record_scan_attached_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_record_scan_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_scan")),
        sa.UniqueConstraint("project_id", "record", "sha256", name="uq_record_scan_digest"),
    )
    op.create_table(
        "video_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("begins_at", types.UTCDateTime(), nullable=False),
        sa.Column("ends_at", types.UTCDateTime(), nullable=False),
        sa.Column("noted_at", types.UTCDateTime(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_video_reference_video_ends_after")),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["account.id"], name=op.f("fk_video_reference_noted_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_video_reference_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_reference")),
    )
    with op.batch_alter_table("video_reference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_video_reference_project_id"), ["project_id"], unique=False)

    op.create_table(
        "paper_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "capacity",
            sa.Enum(
                "host",
                "supervisor",
                "administrator",
                "tenderer",
                name="capacity",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("signed_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_paper_signature_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_paper_signature_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["opening_paper.id"], name=op.f("fk_paper_signature_paper_id_opening_paper")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_signature")),
        sa.UniqueConstraint("paper_id", "account_id", name="uq_paper_signature_person"),
    )


def downgrade() -> None:
    op.drop_table("paper_signature")
    with op.batch_alter_table("video_reference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_video_reference_project_id"))

    op.drop_table("video_reference")
    op.drop_table("record_scan")
    op.drop_table("opening_paper")
