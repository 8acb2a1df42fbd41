"""A sitting for each opening of a tender, and corrections that move the second opening alone.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: By table, the rule that says what there is one of: its name before and from now on, and of which columns.
_ONE_OF = {
    "sitting": ("uq_sitting_project_id", ["project_id"], "uq_sitting_stage", ["project_id", "stage"]),
    "attendance": (
        "uq_attendance_organisation",
        ["project_id", "organisation_id"],
        "uq_attendance_organisation",
        ["project_id", "stage", "organisation_id"],
    ),
    "line_answer": ("uq_line_answer_bid_id", ["bid_id"], "uq_line_answer_bid", ["bid_id", "stage"]),
    "record_signature": (
        "uq_record_signature_person",
        ["project_id", "account_id"],
        "uq_record_signature_person",
        ["project_id", "stage", "account_id"],
    ),
}
_WITHOUT = ("spot_objection", "suspension")


def upgrade() -> None:
    for table, (before, _, now, columns) in _ONE_OF.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(_stage())
            batch_op.drop_constraint(batch_op.f(before), type_="unique")
            batch_op.create_unique_constraint(batch_op.f(now), columns)
    for table in _WITHOUT:
        op.add_column(table, _stage())
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.add_column(sa.Column("was_prices_open_at", types.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("prices_open_at", types.UTCDateTime(), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_extension_moves_later"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_extension_moves_later"),
            "opens_at >= closes_at AND (closes_at > was_closes_at OR "
            "(closes_at = was_closes_at AND prices_open_at IS NOT NULL AND prices_open_at > was_prices_open_at))",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_extension_prices_move_from_somewhere"),
            "(was_prices_open_at IS NULL) = (prices_open_at IS NULL)",
        )


def _stage() -> sa.Column[int]:
    """Everything before was of the first opening."""
    return sa.Column("stage", sa.Integer(), nullable=False, server_default="1")


def downgrade() -> None:
    op.execute("DELETE FROM extension WHERE closes_at = was_closes_at")
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_extension_prices_move_from_somewhere"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_extension_moves_later"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_extension_moves_later"), "closes_at > was_closes_at AND opens_at >= closes_at"
        )
        batch_op.drop_column("prices_open_at")
        batch_op.drop_column("was_prices_open_at")
    for table in (*_ONE_OF, *_WITHOUT):
        op.execute(sa.text(f"DELETE FROM {table} WHERE stage > 1"))  # noqa: S608 — names of this file
    for table in _WITHOUT:
        op.drop_column(table, "stage")
    for table, (before, columns, now, _) in _ONE_OF.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(now), type_="unique")
            batch_op.create_unique_constraint(batch_op.f(before), columns)
            batch_op.drop_column("stage")
