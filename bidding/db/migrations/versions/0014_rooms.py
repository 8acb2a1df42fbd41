"""Rooms, their bookings, and the quarters of an hour that no room gives twice.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bidding.db import types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OF_PROJECT = sa.text("cancelled_at IS NULL AND purpose <> 'other'")


def upgrade() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opening",
                "evaluation",
                "network",
                "monitoring",
                name="roomkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("equipment", sa.String(length=500), nullable=False),
        sa.Column("cameras", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_room_seats_counted")),
        sa.CheckConstraint("cameras >= 0", name=op.f("ck_room_cameras_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("name", name=op.f("uq_room_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_room_uid")),
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=24), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("opening", "prices", "evaluation", "other", name="purpose", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("matter", sa.String(length=200), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", types.UTCDateTime(), nullable=False),
        sa.Column("ends_at", types.UTCDateTime(), nullable=False),
        sa.Column("booked_at", types.UTCDateTime(), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", types.UTCDateTime(), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_booking_ends_later")),
        sa.CheckConstraint(
            "(purpose = 'other') OR (project_id IS NOT NULL)", name=op.f("ck_booking_for_a_project")
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancel_reason IS NULL)"
            " AND (cancelled_at IS NULL) = (cancelled_by_id IS NULL)",
            name=op.f("ck_booking_cancelled_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["account.id"], name=op.f("fk_booking_booked_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["account.id"], name=op.f("fk_booking_cancelled_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_booking_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_booking_project_id_project")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_booking_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("id", "room_id", name="uq_booking_of_room"),
        sa.UniqueConstraint("uid", name=op.f("uq_booking_uid")),
    )
    op.create_index("bookings_of_room", "booking", ["room_id", "starts_at"])
    op.create_index(op.f("ix_booking_organisation_id"), "booking", ["organisation_id"])
    op.create_index(
        "one_booking_for_a_purpose",
        "booking",
        ["project_id", "purpose"],
        unique=True,
        sqlite_where=_OF_PROJECT,
        postgresql_where=_OF_PROJECT,
    )
    op.create_table(
        "booked_quarter",
        sa.Column("room_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id", "room_id"], ["booking.id", "booking.room_id"], name="fk_booked_quarter_booking"
        ),
        sa.PrimaryKeyConstraint("room_id", "quarter", name=op.f("pk_booked_quarter")),
    )
    op.create_index("quarters_of_booking", "booked_quarter", ["booking_id"])


def downgrade() -> None:
    for table in ("booked_quarter", "booking", "room"):
        op.drop_table(table)
