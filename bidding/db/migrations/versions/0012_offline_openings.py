"""Openings that a laptop held in the hall without the server.

Revision ID: 0012
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offline_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("began_at", types.UTCDateTime(), nullable=False),
        sa.Column("ended_at", types.UTCDateTime(), nullable=False),
        sa.Column("host", sa.String(length=40), nullable=False),
        sa.Column("supervisor", sa.String(length=40), nullable=False),
        sa.Column("imported_at", types.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("leaf_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_offline_opening_ended_after_it_began")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_offline_opening_account_id_account")
        ),
        sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name=op.f("fk_offline_opening_leaf_id_leaf")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_offline_opening_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_opening")),
        sa.UniqueConstraint("project_id", "stage", name="uq_offline_opening_stage"),
    )


def downgrade() -> None:
    op.drop_table("offline_opening")
