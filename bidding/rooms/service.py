"""Keeping rooms, booking them, moving and cancelling. Every act in the caller's one transaction.

That no room is given twice is the database's word (``BookedQuarter``). Whoever books holds the room's row, so that
who comes second is told what is there and what is free, and two who want two rooms each do not wait for one another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import sha
from bidding.core.clock import unix
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Invalid, NotFound, WrongState
from bidding.core.workdays import Calendar
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log
from bidding.rooms import policy, queries, rules
from bidding.rooms.events import BookingStranded
from bidding.rooms.models import BookedQuarter, Booking, Room
from bidding.rooms.projects import Named, Terms
from bidding.rooms.rules import Purpose, RoomKind, Span

#: Kinds of the notes: in the centre's log of a room, in a project's of what is booked for it.
ROOM_NOTE, BOOKED_NOTE, CANCELLED_NOTE = "room-set", "room-booked", "room-cancelled"
MAX_REASON = 500
#: Why a booking ended that its project no longer wants.
GIVEN_UP = N_("项目的时间页上改为不用或换了场地")


class NameTaken(DomainError):
    """A second room of the same name: nobody could tell which is booked."""

    code = "rooms.name_taken"
    text = N_("已经有一间叫“%(name)s”。请换一个名称，例如加上楼层或房号。")
    status = 422


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


class TermsNotAccepted(DomainError):
    """Booking means to keep the rules of the house."""

    code = "rooms.terms_not_accepted"
    text = N_("预定前请先阅读并同意《%(title)s》。")
    status = 422


class ReasonMissing(DomainError):
    """A booking cancelled without a word to those who counted on it."""

    code = "rooms.reason_missing"
    text = N_("请写明取消的原因，最多 %(most)s 个字。")
    status = 422


class IsOver(WrongState):
    """What was is not changed."""

    code = "rooms.is_over"
    text = N_("这次预定已经结束，不能再改。")


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What an administrator writes of a room; ``equipment`` is a list in words."""

    kind: RoomKind
    name: str
    place: str
    seats: int
    equipment: str
    cameras: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Want:
    """A room for one purpose of a project. ``field`` is where its refusals are shown."""

    purpose: Purpose
    room_uid: str
    span: Span
    field: str


# Rooms ----------------------------------------------------------------------------------------------------------


def add_room(tx: Tx, facts: RoomFacts, *, keys: LogKeys) -> Room:
    """Set up a room. Raises ``NameTaken``, ``Invalid``."""
    room = Room(uid=new_uid(tx.entropy), created_at=tx.now)
    _write(tx, room, facts)
    tx.session.add(room)
    _set(tx, room, keys)
    return room


def edit_room(tx: Tx, uid: str, facts: RoomFacts, *, keys: LogKeys) -> Room:
    """Change what a room is. What is booked stays booked, also in a room that is closed."""
    room = queries.room(tx.session, uid)
    _write(tx, room, facts)
    _set(tx, room, keys)
    return room


def _write(tx: Tx, room: Room, facts: RoomFacts) -> None:
    name = facts.name.strip()
    if not name:
        raise Invalid(field="name", reason=N_("请填写场地名称。"))
    other = tx.session.scalar(select(Room.id).where(Room.name == name))
    if other is not None and other != room.id:
        raise NameTaken(field="name", name=name)
    for field, count, most in (
        ("seats", facts.seats, rules.MAX_SEATS),
        ("cameras", facts.cameras, rules.MAX_CAMERAS),
    ):
        if not 0 <= count <= most:
            raise Invalid(field=field, reason=N_("座位和摄像头的数目不对。"))
    room.kind, room.name, room.place = facts.kind, name, facts.place.strip()
    room.seats, room.cameras, room.is_open = facts.seats, facts.cameras, facts.is_open
    room.equipment = "\n".join(rules.listed(facts.equipment))


def _set(tx: Tx, room: Room, keys: LogKeys) -> None:
    try:
        with tx.session.begin_nested():
            tx.session.flush()
    except IntegrityError as error:  # somebody gave the same name at the same moment
        raise NameTaken(field="name", name=room.name) from error
    data = {
        "room": room.uid,
        "kind": room.kind.value,
        "name": room.name,
        "place": room.place,
        "seats": room.seats,
        "equipment": room.things,
        "cameras": room.cameras,
        "open": room.is_open,
    }
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=ROOM_NOTE, data=data)


# Booking --------------------------------------------------------------------------------------------------------


def book(
    tx: Tx,
    room_uid: str,
    span: Span,
    *,
    purpose: Purpose,
    matter: str,
    project: Named | None,
    calendar: Calendar,
    terms: Terms | None,
    accepted: str,
) -> Booking:
    """Book a room for oneself, or for a project of one's own.

    ``terms`` are the booking rules in force, ``accepted`` the version agreed to. Raises ``RoomTaken``,
    ``RoomClosed``, ``WrongKind``, ``TermsNotAccepted``, what ``rules.check_span`` refuses, and ``NotFound`` for
    another's project.
    """
    organisation_id = tx.actor.organisation_id if project is None else project.agency_id
    if organisation_id is None or not policy.may_change(tx.actor, organisation_id):
        raise NotFound
    if project is None and purpose is not Purpose.OTHER:
        raise Invalid(field="project", reason=N_("开标和评标要写明项目编号。"))
    if project is None and not matter.strip():
        raise Invalid(field="matter", reason=N_("请写明用来做什么。"))
    rules.check_span(span, tx.now)
    _agree(terms, accepted)
    if project is not None and purpose in queries.of_project(tx.session, project.id):
        raise Invalid(
            field="purpose", reason=N_("这个项目已经为这一用途定了场地；要换的，请在那次预定里改。")
        )
    room = _hold(tx, [room_uid], project)[room_uid]
    made = _new(tx, room, span, purpose, organisation_id, project, terms)
    made.matter = matter.strip()
    _take(tx, [made], calendar)
    _note(tx, project, made)
    return made


def move(
    tx: Tx, uid: str, room_uid: str, span: Span, *, project: Named | None, calendar: Calendar
) -> Booking:
    """Give a booking another room or time. Raises as ``book`` does, ``IsOver``, ``WrongState`` for a cancelled one."""
    found = _changeable(tx, uid)
    room = _hold(tx, [found.room.uid, room_uid], project)[room_uid]
    if _give(tx, found, room, span):
        _take(tx, [found], calendar)
        _note(tx, project, found)
    return found


def _give(tx: Tx, each: Booking, room: Room, span: Span) -> bool:
    """Put a booking into a room and a time; whether that is another. Its quarters are still to be taken."""
    if (room.id, span) == (each.room_id, each.span):
        return False
    rules.check_span(span, tx.now)
    if room.id != each.room_id:
        _require_open(room, each.purpose)
    _let_go(tx, [each])
    each.room, each.starts_at, each.ends_at = room, span.starts_at, span.ends_at
    _changed(tx, each)
    return True


def cancel(tx: Tx, uid: str, reason: str, *, project: Named | None) -> Booking:
    """Give a room back. Raises ``ReasonMissing``, ``IsOver``, ``WrongState`` for one that was cancelled."""
    found = _changeable(tx, uid)
    words = reason.strip()
    if not words or len(words) > MAX_REASON:
        raise ReasonMissing(field="reason", most=MAX_REASON)
    _hold(tx, [found.room.uid], project)
    _cancel(tx, found, words)
    _note(tx, project, found)
    return found


def _changeable(tx: Tx, uid: str) -> Booking:
    found = queries.booking(tx.session, tx.actor, uid)
    if found.cancelled_at is not None:
        raise WrongState
    if found.ends_at <= tx.now:
        raise IsOver
    return found


# A project's rooms ----------------------------------------------------------------------------------------------


def arrange(
    tx: Tx,
    project: Named,
    wants: Sequence[Want],
    *,
    calendar: Calendar,
    terms: Terms | None,
    accepted: str,
) -> None:
    """Let exactly these rooms be booked for a project: what stands and is wanted stays or moves, the rest is given up.

    In the transaction in which the project's dates are set: either all of it holds or nothing does. Raises as
    ``book`` does, each refusal at the field of its want.
    """
    if not policy.may_change(tx.actor, project.agency_id):
        raise NotFound
    found = queries.of_project(tx.session, project.id)
    held = _hold(tx, {*(w.room_uid for w in wants), *(each.room.uid for each in found.values())}, project)
    wanted = {want.purpose for want in wants}
    for each in [each for purpose, each in found.items() if purpose not in wanted]:
        _cancel(tx, each, GIVEN_UP)
        _note(tx, project, each)
    changed: list[tuple[str, Booking]] = []
    for want in wants:
        room, booked = held[want.room_uid], found.get(want.purpose)
        with _at(want.field):
            if booked is None:
                rules.check_span(want.span, tx.now)
                _agree(terms, accepted)
                booked = _new(tx, room, want.span, want.purpose, project.agency_id, project, terms)
            elif not _give(tx, booked, room, want.span):
                continue
        changed.append((want.field, booked))
    tx.session.flush()  # every booking stands at its new place before the first asks who is in its way
    for field, each in changed:
        with _at(field):
            _take(tx, [each], calendar)
        _note(tx, project, each)


def move_bookings(
    tx: Tx, project: Named, shifts: Mapping[Purpose, timedelta], *, calendar: Calendar
) -> list[queries.Clash]:
    """Move a project's bookings with its dates; what cannot move stays where it is, is told of, and returned.

    ``shifts`` says how much later the opening and the opening of the prices are (keys ``OPENING``, ``PRICES``).
    Dates have been moved by those who may, in this same transaction; a room that is taken does not hold them up.
    """
    standing = list(queries.of_project(tx.session, project.id).values())
    _hold(tx, {each.room.uid for each in standing}, project)
    clashes = queries.clashes(tx.session, project.id, shifts, calendar)
    stuck = {clash.booking.id for clash in clashes}
    targets = {each.id: queries.moved(each, shifts) for each in standing if each.id not in stuck}
    going = [each for each in standing if targets.get(each.id, each.span) != each.span]
    _let_go(tx, going)
    for each in going:
        each.starts_at, each.ends_at = targets[each.id].starts_at, targets[each.id].ends_at
        _changed(tx, each)
    _take(tx, going, calendar)
    for each in going:
        _note(tx, project, each)
    for clash in clashes:
        tx.emit(BookingStranded(project.id, clash.booking.id, clash.wanted.starts_at))
    return clashes


# Quarters -------------------------------------------------------------------------------------------------------


def _hold(tx: Tx, uids: Collection[str], project: Named | None) -> dict[str, Room]:
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


def _new(
    tx: Tx,
    room: Room,
    span: Span,
    purpose: Purpose,
    organisation_id: int,
    project: Named | None,
    terms: Terms | None,
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
        terms=terms.version if terms else None,
        sequence=0,
        changed_at=tx.now,
    )
    tx.session.add(made)
    return made


def _require_open(room: Room, purpose: Purpose) -> None:
    if not room.is_open:
        raise RoomClosed(field="room", room=room.name)
    rules.check_kind(room.name, room.kind, purpose)


def _agree(terms: Terms | None, accepted: str) -> None:
    if terms is not None and accepted != terms.version:
        raise TermsNotAccepted(field="accept", title=terms.title)


def _take(tx: Tx, bookings: Sequence[Booking], calendar: Calendar) -> None:
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


def _let_go(tx: Tx, bookings: Sequence[Booking]) -> None:
    """Give back the quarters of bookings that are to have others, all before any takes its new ones."""
    ids = [each.id for each in bookings]
    tx.session.execute(delete(BookedQuarter).where(BookedQuarter.booking_id.in_(ids)))


def _cancel(tx: Tx, each: Booking, reason: str) -> None:
    _let_go(tx, [each])
    each.cancelled_at, each.cancelled_by_id, each.cancel_reason = tx.now, tx.actor.account_id, reason
    _changed(tx, each)
    tx.session.flush()


def _changed(tx: Tx, each: Booking) -> None:
    each.sequence += 1
    each.changed_at = tx.now


@contextmanager
def _at(field: str) -> Iterator[None]:
    """Show a refusal at the field of the page that wanted the room."""
    try:
        yield
    except DomainError as error:
        if error.field in ("room", "starts_at", "ends_at"):
            error.field = field
        raise


def _note(tx: Tx, project: Named | None, each: Booking) -> None:
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
