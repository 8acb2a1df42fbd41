"""Winning candidates are announced: of which lot, whom, and when their report came.

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_STANDS = sa.text("state <> 'withdrawn'")
_ENDS = "ck_announcement_publicity_ends"


def upgrade() -> None:
    with op.batch_alter_table("announcement") as batch:
        batch.add_column(sa.Column("lot_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("candidates", sa.Text(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("reported_on", sa.Date(), nullable=True))
        batch.drop_constraint(op.f(_ENDS), type_="check")
        batch.create_check_constraint(
            op.f(_ENDS), "published_at IS NULL OR (kind <> 'intention') = (ends_on IS NOT NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_announcement_candidates_of_a_lot"), "(kind = 'candidates') = (lot_id IS NOT NULL)"
        )
        batch.create_foreign_key(op.f("fk_announcement_lot_id_lot"), "lot", ["lot_id"], ["id"])
        batch.create_index(
            "one_list_of_candidates", ["lot_id"], unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS
        )


def downgrade() -> None:
    of_lots = "SELECT id FROM announcement WHERE kind = 'candidates'"
    op.execute(f"DELETE FROM announcement_objection WHERE announcement_id IN ({of_lots})")  # noqa: S608 — our own words
    op.execute("DELETE FROM announcement WHERE kind = 'candidates'")
    with op.batch_alter_table("announcement") as batch:
        batch.drop_index("one_list_of_candidates")
        batch.drop_constraint(op.f("fk_announcement_lot_id_lot"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_announcement_candidates_of_a_lot"), type_="check")
        batch.drop_constraint(op.f(_ENDS), type_="check")
        batch.create_check_constraint(
            op.f(_ENDS), "published_at IS NULL OR (kind = 'single-source') = (ends_on IS NOT NULL)"
        )
        for name in ("reported_on", "candidates", "lot_id"):
            batch.drop_column(name)
