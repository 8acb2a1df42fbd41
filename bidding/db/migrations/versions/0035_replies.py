"""Whoever is sent time and place can answer by a link, of which the digest is kept.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draw_message") as batch:
        batch.add_column(sa.Column("stratum", sa.String(64), nullable=True))
        batch.add_column(sa.Column("digest", sa.String(64), nullable=True))
        batch.create_unique_constraint(op.f("uq_draw_message_digest"), ["digest"])
        batch.create_check_constraint(
            op.f("ck_draw_message_link_of_a_place"), "(stratum IS NULL) = (digest IS NULL)"
        )
    op.create_table(
        "draw_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.Column("replied_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("answer IN ('accept', 'decline')", name=op.f("ck_draw_reply_yes_or_no")),
        sa.CheckConstraint(
            "(answer = 'decline') = (reason IS NOT NULL)", name=op.f("ck_draw_reply_declined_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["draw_message.id"], name=op.f("fk_draw_reply_message_id_draw_message")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["draw_call.id"], name=op.f("fk_draw_reply_call_id_draw_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_reply")),
        sa.UniqueConstraint("message_id", name=op.f("uq_draw_reply_message_id")),
        sa.UniqueConstraint("call_id", name=op.f("uq_draw_reply_call_id")),
    )


def downgrade() -> None:
    op.drop_table("draw_reply")
    with op.batch_alter_table("draw_message") as batch:
        batch.drop_constraint(op.f("ck_draw_message_link_of_a_place"), type_="check")
        batch.drop_constraint(op.f("uq_draw_message_digest"), type_="unique")
        batch.drop_column("digest")
        batch.drop_column("stratum")
