"""Who stands behind a number of a draw is sealed until somebody is let into the room; calls are countersigned.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_OPENED = (
    ("opened_whole", "(salt IS NULL) = (expert IS NULL)"),
    ("opened_person", "(salt IS NULL) = (expert_id IS NULL)"),
    ("sealed_or_opened", "(sealed IS NULL) = (salt IS NOT NULL)"),
)
_COUNTERSIGNED = (
    ("countersigned_by_somebody", "(countersigned_at IS NULL) = (countersigned_by_id IS NULL)"),
    ("two_persons", "countersigned_by_id IS NULL OR countersigned_by_id <> called_by_id"),
)


def upgrade() -> None:
    with op.batch_alter_table("draw") as batch:
        batch.add_column(sa.Column("names", sa.Text(), nullable=True))
    with op.batch_alter_table("draw_leaf") as batch:
        batch.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch.alter_column("salt", existing_type=sa.String(64), nullable=True)
        batch.alter_column("expert", existing_type=sa.Text(), nullable=True)
        batch.alter_column("expert_id", existing_type=sa.Integer(), nullable=True)
        for name, rule in _OPENED:
            batch.create_check_constraint(op.f(f"ck_draw_leaf_{name}"), rule)
    with op.batch_alter_table("draw_call") as batch:
        batch.add_column(sa.Column("countersigned_at", types.UTCDateTime(), nullable=True))
        batch.add_column(sa.Column("countersigned_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_draw_call_countersigned_by_id_account"), "account", ["countersigned_by_id"], ["id"]
        )
        for name, rule in _COUNTERSIGNED:
            batch.create_check_constraint(op.f(f"ck_draw_call_{name}"), rule)
    op.create_table(
        "draw_half",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("h", sa.String(64), nullable=False),
        sa.Column("half", sa.String(64), nullable=False),
        sa.Column("given_at", types.UTCDateTime(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_half_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["account.id"], name=op.f("fk_draw_half_given_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_half")),
        sa.UniqueConstraint("draw_id", "h", name=op.f("uq_draw_half_draw_id")),
    )
    op.create_table(
        "draw_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("h", sa.String(64), nullable=False),
        sa.Column("sent_at", types.UTCDateTime(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_message_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["account.id"], name=op.f("fk_draw_message_sent_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_message")),
        sa.UniqueConstraint("draw_id", "h", name=op.f("uq_draw_message_draw_id")),
    )


def downgrade() -> None:
    """What is sealed cannot be told in the old form: those draws' lists are given up with it."""
    op.drop_table("draw_message")
    op.drop_table("draw_half")
    with op.batch_alter_table("draw_call") as batch:
        for name, _ in _COUNTERSIGNED:
            batch.drop_constraint(op.f(f"ck_draw_call_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_draw_call_countersigned_by_id_account"), type_="foreignkey")
        batch.drop_column("countersigned_by_id")
        batch.drop_column("countersigned_at")
    op.execute("DELETE FROM draw_leaf WHERE sealed IS NOT NULL")
    with op.batch_alter_table("draw_leaf") as batch:
        for name, _ in _OPENED:
            batch.drop_constraint(op.f(f"ck_draw_leaf_{name}"), type_="check")
        batch.alter_column("expert_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("expert", existing_type=sa.Text(), nullable=False)
        batch.alter_column("salt", existing_type=sa.String(64), nullable=False)
        batch.drop_column("sealed")
    with op.batch_alter_table("draw") as batch:
        batch.drop_column("names")
