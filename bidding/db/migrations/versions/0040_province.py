"""What the province is told: identifiers of lots, messages with their way, answers filled in by hand, packages.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deal_serial",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_deal_serial")),
    )
    op.create_table(
        "province_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("made_at", types.UTCDateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("delivered_at", types.UTCDateTime(), nullable=True),
        sa.Column("delivered_by_id", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(delivered_at IS NULL) = (delivered_by_id IS NULL)",
            name=op.f("ck_province_package_delivered_by_somebody"),
        ),
        sa.CheckConstraint("count > 0", name=op.f("ck_province_package_something_in_it")),
        sa.ForeignKeyConstraint(
            ["delivered_by_id"], ["account.id"], name=op.f("fk_province_package_delivered_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["account.id"], name=op.f("fk_province_package_made_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_package")),
        sa.UniqueConstraint("uid", name=op.f("uq_province_package_uid")),
    )
    op.create_table(
        "province_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("written_at", types.UTCDateTime(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(scope = 'unit') = (project_id IS NULL)",
            name=op.f("ck_province_answer_units_are_the_same_everywhere"),
        ),
        sa.CheckConstraint(
            "scope IN ('project', 'lot', 'bid', 'unit')", name=op.f("ck_province_answer_scope_is_known")
        ),
        sa.CheckConstraint("value <> ''", name=op.f("ck_province_answer_says_something")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_province_answer_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["account.id"], name=op.f("fk_province_answer_written_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_answer")),
        sa.UniqueConstraint("project_id", "scope", "subject", "field", name="one_answer"),
    )
    op.create_index(
        "one_answer_of_a_unit",
        "province_answer",
        ["subject", "field"],
        unique=True,
        sqlite_where=sa.text("project_id IS NULL"),
        postgresql_where=sa.text("project_id IS NULL"),
    )
    op.create_table(
        "province_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("data_set", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "incomplete",
                "sent",
                "acknowledged",
                "error",
                "dropped",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("noted_at", types.UTCDateTime(), nullable=False),
        sa.Column("checked_at", types.UTCDateTime(), nullable=True),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("next_due_at", types.UTCDateTime(), nullable=True),
        sa.Column("lease_until", types.UTCDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("sent_at", types.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_at", types.UTCDateTime(), nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("dropped_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'acknowledged') = (acknowledged_at IS NOT NULL)",
            name=op.f("ck_province_message_acknowledged_when"),
        ),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_by_id IS NOT NULL) AND (state <> 'dropped' OR words <> '')",
            name=op.f("ck_province_message_dropped_why"),
        ),
        sa.CheckConstraint(
            "next_due_at IS NULL OR state IN ('pending', 'sent')",
            name=op.f("ck_province_message_due_while_under_way"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'acknowledged') OR (payload IS NOT NULL AND sent_at IS NOT NULL)",
            name=op.f("ck_province_message_sent_what_and_when"),
        ),
        sa.CheckConstraint(
            "(payload IS NULL) = (sha256 IS NULL)", name=op.f("ck_province_message_payload_has_digest")
        ),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_province_message_edition_counts")),
        sa.CheckConstraint(
            "project_id IS NULL OR organisation_id IS NULL", name=op.f("ck_province_message_of_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["dropped_by_id"], ["account.id"], name=op.f("fk_province_message_dropped_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_province_message_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["province_package.id"],
            name=op.f("fk_province_message_package_id_province_package"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_province_message_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_message")),
        sa.UniqueConstraint("key", "edition", name="one_message_about_a_thing"),
        sa.UniqueConstraint("uid", name=op.f("uq_province_message_uid")),
    )
    op.create_index(
        op.f("ix_province_message_next_due_at"), "province_message", ["next_due_at"], unique=False
    )
    op.create_index(
        op.f("ix_province_message_organisation_id"), "province_message", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_province_message_package_id"), "province_message", ["package_id"], unique=False)
    op.create_index("province_messages_by_state", "province_message", ["state", "id"], unique=False)
    op.create_index("province_messages_of_project", "province_message", ["project_id", "id"], unique=False)
    op.create_table(
        "deal_code",
        sa.Column("lot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("given_at", types.UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(code) = 40", name=op.f("ck_deal_code_forty_signs")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_deal_code_lot_id_lot")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_deal_code")),
        sa.UniqueConstraint("code", name=op.f("uq_deal_code_code")),
    )


def downgrade() -> None:
    for name in ("deal_code", "province_message", "province_answer", "province_package", "deal_serial"):
        op.drop_table(name)
