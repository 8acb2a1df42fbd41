"""Rounds of a negotiation: projects with a parent, who was invited to them, and who left.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("is_round", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "round",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.CheckConstraint("n > 0 AND parent_id <> project_id", name=op.f("ck_round_round_counts")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_round_project_id_project")),
        sa.ForeignKeyConstraint(["parent_id"], ["project.id"], name=op.f("fk_round_parent_id_project")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_round")),
        sa.UniqueConstraint("parent_id", "n", name="one_round"),
    )
    op.create_table(
        "round_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("response", sa.String(length=32), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(reason = '') = invited", name=op.f("ck_round_invitation_reason_if_left_out")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_round_invitation_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_round_invitation_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_invitation")),
        sa.UniqueConstraint("project_id", "organisation_id", name="one_invitation"),
    )
    op.create_index(op.f("ix_round_invitation_organisation_id"), "round_invitation", ["organisation_id"])
    op.create_table(
        "round_exit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("left_at", types.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_round_exit_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_round_exit_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_round_exit_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_exit")),
        sa.UniqueConstraint("project_id", "organisation_id", name="one_exit"),
    )
    op.create_index(op.f("ix_round_exit_organisation_id"), "round_exit", ["organisation_id"])


def downgrade() -> None:
    op.drop_table("round_exit")
    op.drop_table("round_invitation")
    op.drop_table("round")
    op.drop_column("project", "is_round")
