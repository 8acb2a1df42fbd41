"""Messages, addresses and wishes; the outbox; reminders; following a tender.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_check",
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("checked_at", types.UTCDateTime(), nullable=False),
        sa.Column("failing_since", types.UTCDateTime(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_check")),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("told_at", types.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("what", name=op.f("uq_reminder_what")),
    )
    op.create_table(
        "contact_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("confirmed_at", types.UTCDateTime(), nullable=True),
        sa.Column("pending", sa.String(length=254), nullable=True),
        sa.Column("code_sha256", sa.String(length=64), nullable=True),
        sa.Column("code_expires_at", types.UTCDateTime(), nullable=True),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("codes_sent", sa.Integer(), nullable=False),
        sa.Column("codes_since", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("channel <> 'hand'", name=op.f("ck_contact_point_channel_of_a_machine")),
        sa.CheckConstraint(
            "(address IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_contact_point_confirmed_at_some_time")
        ),
        sa.CheckConstraint(
            "(pending IS NULL) = (code_sha256 IS NULL)", name=op.f("ck_contact_point_pending_has_code")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_contact_point_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
        sa.UniqueConstraint("account_id", "channel", name="one_address_a_channel"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("told_at", types.UTCDateTime(), nullable=False),
        sa.Column("read_at", types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("uid", name=op.f("uq_message_uid")),
    )
    op.create_index("messages_in_order", "message", ["account_id", "id"], unique=False)
    op.create_index(
        "unread_messages",
        "message",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )

    op.create_table(
        "outgoing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("written_at", types.UTCDateTime(), nullable=False),
        sa.Column("next_due_at", types.UTCDateTime(), nullable=True),
        sa.Column("lease_until", types.UTCDateTime(), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("sent_at", types.UTCDateTime(), nullable=True),
        sa.Column("given_up_at", types.UTCDateTime(), nullable=True),
        sa.Column("done_at", types.UTCDateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "NOT is_private OR (channel <> 'hand' AND done_at IS NULL)",
            name=op.f("ck_outgoing_private_is_nobodys"),
        ),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_outgoing_done_by_somebody")
        ),
        sa.CheckConstraint(
            "(next_due_at IS NULL) = (sent_at IS NOT NULL OR given_up_at IS NOT NULL)",
            name=op.f("ck_outgoing_due_until_decided"),
        ),
        sa.CheckConstraint(
            "done_at IS NULL OR given_up_at IS NOT NULL", name=op.f("ck_outgoing_done_after_given_up")
        ),
        sa.CheckConstraint(
            "sent_at IS NULL OR given_up_at IS NULL", name=op.f("ck_outgoing_sent_or_given_up")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["account.id"], name=op.f("fk_outgoing_done_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
        sa.UniqueConstraint("uid", name=op.f("uq_outgoing_uid")),
    )
    op.create_index(
        "outgoing_by_message",
        "outgoing",
        ["about"],
        unique=False,
        sqlite_where=sa.text("is_private IS 0"),
        postgresql_where=sa.text("is_private IS false"),
    )
    op.create_index(op.f("ix_outgoing_next_due_at"), "outgoing", ["next_due_at"], unique=False)
    op.create_index(op.f("ix_outgoing_address"), "outgoing", ["address"], unique=False)
    op.create_index(
        "outgoing_by_hand",
        "outgoing",
        ["given_up_at"],
        unique=False,
        sqlite_where=sa.text("given_up_at IS NOT NULL AND is_private IS 0"),
        postgresql_where=sa.text("given_up_at IS NOT NULL AND is_private IS false"),
    )

    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("sms", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_wish_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("account_id", "group", name="one_wish_a_group"),
    )
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("followed_at", types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_follow_account_id_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_follow_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("account_id", "project_id", name="one_follow"),
    )
    op.create_index(op.f("ix_follow_project_id"), "follow", ["project_id"], unique=False)


def downgrade() -> None:
    for table in ("follow", "wish", "outgoing", "message", "contact_point", "reminder", "channel_check"):
        op.drop_table(table)
