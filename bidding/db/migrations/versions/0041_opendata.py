"""Releases of open data as they were published, one for each thing that was published of a purchase.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ocds_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("ocid", sa.String(80), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("released_at", types.UTCDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_ocds_release_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocds_release")),
        sa.UniqueConstraint("project_id", "key", name="one_release_of_a_fact"),
    )
    op.create_index("ix_ocds_release_ocid", "ocds_release", ["ocid"])
    op.create_index("ix_ocds_release_released_at", "ocds_release", ["released_at", "id"])


def downgrade() -> None:
    op.drop_table("ocds_release")
