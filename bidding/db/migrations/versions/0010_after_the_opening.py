"""After the opening: keys that tenderers post, sheets that open late, lots with too few of them; default panels.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("opened_envelope", schema=None) as batch_op:
        batch_op.add_column(sa.Column("late_by", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("late_at", types.UTCDateTime(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_opened_envelope_late_has_time"), "(late_by IS NULL) = (late_at IS NULL)"
        )

    op.create_table(
        "posted_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=80), nullable=False),
        sa.Column("posted_at", types.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("leaf_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_posted_key_account_id_account")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_posted_key_bid_id_bid")),
        sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name=op.f("fk_posted_key_leaf_id_leaf")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_posted_key_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posted_key")),
        sa.UniqueConstraint("bid_id", "envelope", name=op.f("uq_posted_key_bid_id")),
    )
    with op.batch_alter_table("posted_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posted_key_project_id"), ["project_id"], unique=False)

    op.create_table(
        "lot_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("readable", sa.Integer(), nullable=False),
        sa.Column("law", sa.String(length=60), nullable=False),
        sa.Column("article", sa.String(length=60), nullable=False),
        sa.Column("decided_at", types.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('failed', 'goes-on')", name=op.f("ck_lot_decision_decision_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_lot_decision_account_id_account")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_decision_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_lot_decision_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_decision")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_lot_decision_lot_id")),
    )
    with op.batch_alter_table("lot_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_decision_project_id"), ["project_id"], unique=False)

    op.create_table(
        "panel_default",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_panel_default_only_one")),
        sa.CheckConstraint("k >= 2", name=op.f("ck_panel_default_more_than_one_opens")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["account.id"], name=op.f("fk_panel_default_changed_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_default")),
    )
    op.create_table(
        "panel_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trustee_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_panel_place_rank_from_one")),
        sa.ForeignKeyConstraint(
            ["trustee_id"], ["trustee.id"], name=op.f("fk_panel_place_trustee_id_trustee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_place")),
        sa.UniqueConstraint("trustee_id", name=op.f("uq_panel_place_trustee_id")),
    )


def downgrade() -> None:
    for table in ("panel_place", "panel_default", "lot_decision", "posted_key"):
        op.drop_table(table)
    with op.batch_alter_table("opened_envelope", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_opened_envelope_late_has_time"), type_="check")
        batch_op.drop_column("late_at")
        batch_op.drop_column("late_by")
