"""Rooms, bookings, and the quarters of an hour that no room gives twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.db import Model
from bidding.rooms.rules import Purpose, RoomKind, Span, listed

_OF_PROJECT = "cancelled_at IS NULL AND purpose <> 'other'"


class Room(Model):
    """A room of the centre. It is never deleted, for bookings speak of it; it is closed."""

    __table_args__ = (
        CheckConstraint("seats >= 0", "seats_counted"),
        CheckConstraint("cameras >= 0", "cameras_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[RoomKind]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    seats: Mapped[int]
    equipment: Mapped[str] = mapped_column(String(500), default="")  # a line each
    cameras: Mapped[int] = mapped_column(default=0)
    #: Whether it can be booked. What is booked stays booked.
    is_open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def whereabouts(self) -> str:
        """Its name, and where it is: what stands on a notice."""
        return f"{self.name}（{self.place}）" if self.place else self.name

    @property
    def things(self) -> list[str]:
        """What stands in it."""
        return listed(self.equipment)


class Booking(Model):
    """A room for somebody, from one instant to another. What was cancelled stays, and holds no quarters."""

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "ends_later"),
        CheckConstraint("(purpose = 'other') OR (project_id IS NOT NULL)", "for_a_project"),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancel_reason IS NULL)"
            " AND (cancelled_at IS NULL) = (cancelled_by_id IS NULL)",
            "cancelled_whole",
        ),
        # What the quarters refer to: a quarter of a room is taken by a booking of that room and of no other.
        UniqueConstraint("id", "room_id", name="uq_booking_of_room"),
        Index(
            "one_booking_for_a_purpose",
            "project_id",
            "purpose",
            unique=True,
            sqlite_where=text(_OF_PROJECT),
            postgresql_where=text(_OF_PROJECT),
        ),
        Index("bookings_of_room", "room_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    purpose: Mapped[Purpose]
    #: In the booker's words; a project is named by itself.
    matter: Mapped[str] = mapped_column(String(200), default="")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    booked_at: Mapped[datetime]
    booked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: How often it changed (SEQUENCE of its calendar entry), and when it last did.
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    cancel_reason: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column()
    room: Mapped[Room] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def span(self) -> Span:
        """From when to when."""
        return Span(self.starts_at, self.ends_at)


class BookedQuarter(Model):
    """A quarter of an hour of a room, counted from 1970, and the booking that has it.

    The primary key is what makes a double booking impossible, on either database and whatever the program does.
    """

    __table_args__ = (
        ForeignKeyConstraint(
            ["booking_id", "room_id"], ["booking.id", "booking.room_id"], name="fk_booked_quarter_booking"
        ),
        Index("quarters_of_booking", "booking_id"),
    )

    room_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    booking_id: Mapped[int]
