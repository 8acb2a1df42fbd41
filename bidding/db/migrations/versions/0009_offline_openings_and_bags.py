"""Openings that a laptop held in the hall without the server; bids on paper.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0009"
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
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paper_bids", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("bid", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_paper", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("attempts_of_a_person", ["account_id", "project_id"], unique=False)
    op.create_table(
        "bag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("deliverer", sa.String(length=60), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("received_at", types.UTCDateTime(), nullable=False),
        sa.Column("leaf_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("held", "back", "double", name="bagstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("ended_at", types.UTCDateTime(), nullable=True),
        sa.Column("bid_id", sa.Integer(), nullable=True),
        sa.Column("double_bid_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("copies > 0", name=op.f("ck_bag_has_copies")),
        sa.CheckConstraint("(state = 'back') = (ended_at IS NOT NULL)", name=op.f("ck_bag_back_has_time")),
        sa.CheckConstraint(
            "(state = 'double') = (double_bid_id IS NOT NULL)", name=op.f("ck_bag_double_has_bid")
        ),
        sa.CheckConstraint("bid_id IS NULL OR state = 'held'", name=op.f("ck_bag_counted_is_held")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_bag_account_id_account")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bag_bid_id_bid")),
        sa.ForeignKeyConstraint(["double_bid_id"], ["bid.id"], name=op.f("fk_bag_double_bid_id_bid")),
        sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name=op.f("fk_bag_leaf_id_leaf")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_bag_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bag_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_bag_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bag")),
        sa.UniqueConstraint("bid_id", name=op.f("uq_bag_bid_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_bag_reference")),
        sa.UniqueConstraint("uid", name=op.f("uq_bag_uid")),
    )
    with op.batch_alter_table("bag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bag_project_id"), ["project_id"], unique=False)
        batch_op.create_index("bags_of_a_clerk", ["account_id", "project_id"], unique=False)
        batch_op.create_index(
            "one_bag_held",
            ["lot_id", "organisation_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'back'"),
            postgresql_where=sa.text("state <> 'back'"),
        )
    op.create_table(
        "bag_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bag_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("entered_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("nth IN (1, 2)", name=op.f("ck_bag_entry_first_or_second")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_bag_entry_account_id_account")),
        sa.ForeignKeyConstraint(["bag_id"], ["bag.id"], name=op.f("fk_bag_entry_bag_id_bag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bag_entry")),
        sa.UniqueConstraint("bag_id", "round", "account_id", name="uq_bag_entry_two_persons"),
        sa.UniqueConstraint("bag_id", "round", "nth", name="uq_bag_entry_nth"),
    )


def downgrade() -> None:
    op.drop_table("bag_entry")
    op.drop_table("bag")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index("attempts_of_a_person")
    with op.batch_alter_table("bid", schema=None) as batch_op:
        batch_op.drop_column("on_paper")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_column("paper_bids")
    op.drop_table("offline_opening")
