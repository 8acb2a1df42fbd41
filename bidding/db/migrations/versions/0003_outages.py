"""Heartbeats, holds, extensions; when a close is settled.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "heartbeat_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", types.UTCDateTime(), nullable=False),
        sa.Column("last_at", types.UTCDateTime(), nullable=False),
        sa.Column("beats", _BIG, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("steady_us", _BIG, nullable=False),
        sa.Column("pause_us", _BIG, nullable=True),
        sa.Column("step_us", _BIG, nullable=False),
        sa.Column("offset_us", _BIG, nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("measured_at", types.UTCDateTime(), nullable=True),
        sa.CheckConstraint("beats > 0", name=op.f("ck_heartbeat_run_has_beats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat_run")),
    )
    with op.batch_alter_table("heartbeat_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_heartbeat_run_last_at"), ["last_at"], unique=False)

    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum("outage", "clock", name="cause", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("on_at", types.UTCDateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_role", sa.String(length=20), nullable=True),
        sa.Column("asked_reason", sa.String(length=1000), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("off_at", types.UTCDateTime(), nullable=True),
        sa.Column("off_reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("(off_at IS NULL) = (off_reason IS NULL)", name=op.f("ck_hold_off_has_reason")),
        sa.CheckConstraint(
            "(asked_by_id IS NULL) = (asked_reason IS NULL)", name=op.f("ck_hold_asked_has_reason")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name=op.f("ck_hold_two_persons")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_hold_asked_by_id_account")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_hold_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_hold_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "one_hold_at_a_time",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("off_at IS NULL"),
            postgresql_where=sa.text("off_at IS NULL"),
        )

    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("was_closes_at", types.UTCDateTime(), nullable=False),
        sa.Column("closes_at", types.UTCDateTime(), nullable=False),
        sa.Column("opens_at", types.UTCDateTime(), nullable=False),
        sa.Column("owed_at", types.UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("drafted_at", types.UTCDateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("agency_sig", sa.String(length=128), nullable=True),
        sa.Column("agency_by_id", sa.Integer(), nullable=True),
        sa.Column("supervisor_sig", sa.String(length=128), nullable=True),
        sa.Column("supervisor_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", types.UTCDateTime(), nullable=True),
        sa.Column("dropped_at", types.UTCDateTime(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("notice_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "closes_at > was_closes_at AND opens_at >= closes_at", name=op.f("ck_extension_moves_later")
        ),
        sa.CheckConstraint(
            "(agency_sig IS NULL) = (agency_by_id IS NULL)", name=op.f("ck_extension_agency_by_somebody")
        ),
        sa.CheckConstraint(
            "(supervisor_sig IS NULL) = (supervisor_by_id IS NULL)",
            name=op.f("ck_extension_supervisor_by_somebody"),
        ),
        sa.CheckConstraint(
            "agency_by_id IS NULL OR agency_by_id <> supervisor_by_id", name=op.f("ck_extension_two_persons")
        ),
        sa.CheckConstraint(
            "done_at IS NULL OR (agency_sig IS NOT NULL AND supervisor_sig IS NOT NULL AND notice IS NOT NULL)",
            name=op.f("ck_extension_done_is_signed"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_by_id"], ["account.id"], name=op.f("fk_extension_agency_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["account.id"], name=op.f("fk_extension_drafted_by_id_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_extension_project_id_project")),
        sa.ForeignKeyConstraint(
            ["supervisor_by_id"], ["account.id"], name=op.f("fk_extension_supervisor_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("notice_sha256", name=op.f("uq_extension_notice_sha256")),
        sa.UniqueConstraint("uid", name=op.f("uq_extension_uid")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "one_extension_at_a_time",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("done_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dropped_at IS NULL"),
        )

    with op.batch_alter_table("gate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_at", types.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("held_at", types.UTCDateTime(), nullable=True))
        batch_op.create_check_constraint("settled_after_close", "settled_at IS NULL OR closed_at IS NOT NULL")
    op.execute(
        "UPDATE gate SET settled_at = closed_at"
    )  # before there were holds every close was settled at once


def downgrade() -> None:
    with op.batch_alter_table("gate", schema=None) as batch_op:
        batch_op.drop_constraint("settled_after_close", type_="check")
        batch_op.drop_column("held_at")
        batch_op.drop_column("settled_at")
    op.drop_table("extension")
    op.drop_table("hold")
    op.drop_table("heartbeat_run")
