"""Rules that two persons change, approved projects, and the catalogue of what must come to the platform.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _rules()
    op.create_table(
        "approved_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("investment_fen", _BIG, nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("entered_at", types.UTCDateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("investment_fen > 0", name=op.f("ck_approved_project_investment_positive")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_approved_project_entered_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approved_project")),
        sa.UniqueConstraint("code", name=op.f("uq_approved_project_code")),
    )
    op.create_index(op.f("ix_approved_project_approved_on"), "approved_project", ["approved_on"])
    op.create_table(
        "catalogue_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "family",
            sa.Enum("works", "procurement", "property", "local", name="family", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "entry",
            sa.Enum("must", "encouraged", "not", name="entry", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("from_fen", _BIG, nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("entered_at", types.UTCDateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_catalogue_item_ends_after_it_begins")
        ),
        sa.CheckConstraint(
            "from_fen IS NULL OR from_fen > 0", name=op.f("ck_catalogue_item_amount_positive")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_catalogue_item_entered_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_item")),
        sa.UniqueConstraint("uid", name=op.f("uq_catalogue_item_uid")),
    )
    # Without a copy of the table that everything refers to.
    op.add_column(
        "project", sa.Column("approval_code", sa.String(length=24), server_default="", nullable=False)
    )
    op.create_index(op.f("ix_project_approval_code"), "project", ["approval_code"])


def _rules() -> None:
    op.create_table(
        "rule_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("value", _BIG, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("drafted_at", types.UTCDateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", types.UTCDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> drafted_by_id",
            name=op.f("ck_rule_change_two_persons"),
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_rule_change_confirmed_by_somebody"),
        ),
        sa.CheckConstraint("value > 0", name=op.f("ck_rule_change_value_positive")),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["account.id"], name=op.f("fk_rule_change_drafted_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_rule_change_confirmed_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_change")),
        sa.UniqueConstraint("uid", name=op.f("uq_rule_change_uid")),
    )
    op.create_index(
        "one_rule_change_to_confirm",
        "rule_change",
        ["code"],
        unique=True,
        sqlite_where=sa.text("confirmed_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NULL"),
    )
    with op.batch_alter_table("rule_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", types.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_rule_row_confirmed_by_id_account"), "account", ["confirmed_by_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_rule_row_two_persons"),
            "confirmed_by_id IS NULL OR confirmed_by_id <> entered_by_id",
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_project_approval_code"), table_name="project")
    op.drop_column("project", "approval_code")
    op.drop_table("catalogue_item")
    op.drop_table("approved_project")
    with op.batch_alter_table("rule_row", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rule_row_two_persons"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_rule_row_confirmed_by_id_account"), type_="foreignkey")
        batch_op.drop_column("confirmed_by_id")
        batch_op.drop_column("confirmed_at")
    op.drop_table("rule_change")
