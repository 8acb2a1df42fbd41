"""Tenders in two envelopes: how a bid is sealed, and when its price is opened.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.Enum("one", "two", name="envelopes", native_enum=False, length=32)
    op.add_column("project", sa.Column("envelopes", kind, nullable=False, server_default="one"))
    # Beside its column, where SQLite takes a rule without copying the table that everything refers to.
    later = sa.CheckConstraint(
        "prices_open_at IS NULL OR (envelopes = 'two' AND prices_open_at > opens_at)",
        name=op.f("ck_project_prices_open_later"),
    )
    op.add_column("project", sa.Column("prices_open_at", types.UTCDateTime(), later, nullable=True))


def downgrade() -> None:
    op.drop_column("project", "prices_open_at")
    op.drop_column("project", "envelopes")
