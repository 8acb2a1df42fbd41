"""Where a witness is called, and how that went.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COLUMNS = ("url", "heard_at", "call_at", "failures", "trouble")


def upgrade() -> None:
    op.add_column("witness", sa.Column("url", sa.String(length=300), nullable=True))
    op.add_column("witness", sa.Column("heard_at", types.UTCDateTime(), nullable=True))
    op.add_column("witness", sa.Column("call_at", types.UTCDateTime(), nullable=True))
    op.add_column("witness", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("witness", sa.Column("trouble", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    for column in reversed(_COLUMNS):
        op.drop_column("witness", column)
