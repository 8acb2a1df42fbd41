"""Versions of the rules of conduct that a centre published, and who accepted which version.

Revision ID: 0018
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rule = sa.Enum(
        "booking",
        "draw",
        "zone",
        "owner",
        "tenderer",
        "supervisor",
        "opening",
        "panel",
        "agency",
        "security",
        name="rule",
        native_enum=False,
        length=32,
    )
    op.create_table(
        "conduct_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", rule, nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("drafted_at", types.UTCDateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", types.UTCDateTime(), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("dropped_at", types.UTCDateTime(), nullable=True),
        sa.Column("dropped_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("n > 1", name=op.f("ck_conduct_text_after_the_shipped")),
        sa.CheckConstraint(
            "published_by_id IS NULL OR published_by_id <> drafted_by_id",
            name=op.f("ck_conduct_text_two_persons"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL) AND (published_at IS NULL) = (sha256 IS NULL)"
            " AND (published_at IS NULL) = (n IS NULL)",
            name=op.f("ck_conduct_text_published_whole"),
        ),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by_id IS NULL)", name=op.f("ck_conduct_text_dropped_by_somebody")
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR dropped_at IS NULL", name=op.f("ck_conduct_text_published_or_dropped")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["account.id"], name=op.f("fk_conduct_text_drafted_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["account.id"], name=op.f("fk_conduct_text_published_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["dropped_by_id"], ["account.id"], name=op.f("fk_conduct_text_dropped_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_text")),
        sa.UniqueConstraint("rule", "n", name=op.f("uq_conduct_text_rule")),
    )
    op.create_index(
        "one_draft_of_a_rule",
        "conduct_text",
        ["rule"],
        unique=True,
        sqlite_where=sa.text("published_at IS NULL AND dropped_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL AND dropped_at IS NULL"),
    )
    op.create_table(
        "acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("of_tenderer", sa.Boolean(), nullable=False),
        sa.Column("rule", rule, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_acceptance_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint("account_id", "rule", "n", name="accepted_once"),
    )
    op.create_index("acceptances_in_order", "acceptance", ["of_tenderer", "accepted_at", "id"])


def downgrade() -> None:
    op.drop_table("acceptance")
    op.drop_table("conduct_text")
