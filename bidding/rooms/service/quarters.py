"""Giving a room to a booking, quarter by quarter, and taking it back: what booking and arranging share.

That no room is given twice is the database's word (``BookedQuarter``). Whoever books holds the room's row, so that
who comes second is told what is there and what is free, and two who want two rooms each do not wait for one another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import sha
from bidding.core.clock import unix
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, NotFound
from bidding.core.workdays import Calendar
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.rooms import queries, rules
from bidding.rooms.models import BookedQuarter, Booking, Room
from bidding.rooms.projects import Named
from bidding.rooms.rules import Purpose, Span

#: Kinds of the notes in the log of the project that a room is booked for.
BOOKED_NOTE, CANCELLED_NOTE = "room-booked", "room-cancelled"


class RoomClosed(DomainError):
    """A room that is not given at present."""

    code = "rooms.room_closed"
    text = N_("%(room)s 现在不接受预定。请另选一间，或者请中心管理员开放。")


class RoomTaken(DomainError):
    """Somebody has the room; who, and what for, may not be everybody's to know."""

    code = "rooms.room_taken"
    text = N_("%(room)s 在 %(taken)s 已有预定，您要的是 %(wanted)s。这间之后的空档：%(free)s。")


class RoomTakenForLong(RoomTaken):
    """The same, and no other time within a fortnight."""

    code = "rooms.room_taken_for_long"
    text = N_("%(room)s 在 %(taken)s 已有预定，您要的是 %(wanted)s。这间两周内都排不下，请另选一间或改时间。")


def hold(tx: Tx, uids: Collection[str], project: Named | None) -> dict[str, Room]:
    """The rooms, held until the end of the transaction. Raises ``NotFound``.

    Always in the same order, the project's log before them: who moves its deadline has that already.
    """
    if project is not None and project.log_id is not None:
        ledger.lock_by_id(tx, project.log_id)
    tx.session.flush()
    rows = select(Room).where(Room.uid.in_(uids)).order_by(Room.id).with_for_update()
    found = {room.uid: room for room in tx.session.scalars(rows)}
    if len(found) != len(set(uids)):
        raise NotFound
    return found


def new_booking(
    tx: Tx,
    room: Room,
    span: Span,
    purpose: Purpose,
    organisation_id: int,
    project: Named | None,
) -> Booking:
    _require_open(room, purpose)
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    made = Booking(
        uid=new_uid(tx.entropy),
        room=room,
        purpose=purpose,
        project_id=project.id if project else None,
        organisation_id=organisation_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        booked_at=tx.now,
        booked_by_id=tx.actor.account_id,
        sequence=0,
        changed_at=tx.now,
    )
    tx.session.add(made)
    return made


def give(tx: Tx, each: Booking, room: Room, span: Span) -> bool:
    """Put a booking into a room and a time; whether that is another. Its quarters are still to be taken."""
    if (room.id, span) == (each.room_id, each.span):
        return False
    rules.check_span(span, tx.now)
    if room.id != each.room_id:
        _require_open(room, each.purpose)
    let_go(tx, [each])
    each.room, each.starts_at, each.ends_at = room, span.starts_at, span.ends_at
    changed(tx, each)
    return True


def _require_open(room: Room, purpose: Purpose) -> None:
    if not room.is_open:
        raise RoomClosed(field="room", room=room.name)
    rules.check_kind(room.name, room.kind, purpose)


def take(tx: Tx, bookings: Sequence[Booking], calendar: Calendar) -> None:
    """Write the quarters of bookings that have none; a row may be new. Raises ``RoomTaken``."""
    tx.session.flush()
    for each in bookings:
        in_the_way = queries.standing(tx.session, each.span, [each.room_id], but=[each.id])
        if in_the_way:
            raise _taken(tx, each, [other.span for other in in_the_way], calendar)
    rows = [
        {"room_id": each.room_id, "quarter": quarter, "booking_id": each.id}
        for each in bookings
        for quarter in each.span.quarters
    ]
    if not rows:
        return
    try:
        with tx.session.begin_nested():
            tx.session.execute(insert(BookedQuarter), rows)
    except IntegrityError as error:  # the database has the last word
        raise _taken(tx, bookings[0], [bookings[0].span], calendar) from error


def _taken(tx: Tx, each: Booking, taken: Sequence[Span], calendar: Calendar) -> RoomTaken:
    offers = queries.free(tx.session, each.room, each.span, calendar, [each.id])
    told = {
        "room": each.room.name,
        "taken": " · ".join(span.local for span in taken),
        "wanted": each.span.local,
    }
    if not offers:
        return RoomTakenForLong(field="room", **told)
    return RoomTaken(field="room", free=" · ".join(span.local for span in offers), **told)


def let_go(tx: Tx, bookings: Sequence[Booking]) -> None:
    """Give back the quarters of bookings that are to have others, all before any takes its new ones."""
    ids = [each.id for each in bookings]
    tx.session.execute(delete(BookedQuarter).where(BookedQuarter.booking_id.in_(ids)))


def end(tx: Tx, each: Booking, reason: str) -> None:
    let_go(tx, [each])
    each.cancelled_at, each.cancelled_by_id, each.cancel_reason = tx.now, tx.actor.account_id, reason
    changed(tx, each)
    tx.session.flush()


def changed(tx: Tx, each: Booking) -> None:
    each.sequence += 1
    each.changed_at = tx.now


@contextmanager
def at_field(field: str) -> Iterator[None]:
    """Show a refusal at the field of the page that wanted the room."""
    try:
        yield
    except DomainError as error:
        if error.field in ("room", "starts_at", "ends_at"):
            error.field = field
        raise


def note(tx: Tx, project: Named | None, each: Booking) -> None:
    """Into the project's log, once it has one. The reason of a cancelling is told by its digest (docs/adr/0036)."""
    if project is None or project.log_id is None:
        return
    data: dict[str, Any] = {
        "booking": each.uid,
        "purpose": each.purpose.value,
        "room": each.room.name,
        "starts_at": unix(each.starts_at),
        "ends_at": unix(each.ends_at),
        "n": each.sequence,
    }
    kind = BOOKED_NOTE
    if each.cancel_reason is not None:
        kind = CANCELLED_NOTE
        data["reason_sha256"] = sha(each.cancel_reason).hex()
    ledger.record(tx, tx.session.get_one(Log, project.log_id), EventType.NOTE, kind=kind, data=data)
