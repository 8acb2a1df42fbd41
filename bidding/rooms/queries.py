"""Finding rooms, what is booked, and what clashes. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from bidding.core.actor import Actor
from bidding.core.errors import NotFound
from bidding.core.workdays import Calendar
from bidding.rooms import policy, rules
from bidding.rooms.models import Booking, Room
from bidding.rooms.projects import Named, Naming
from bidding.rooms.rules import Hours, Purpose, RoomKind, Span

#: What moves with which of a project's instants: evaluation follows the opening.
MOVES_WITH = {
    Purpose.OPENING: Purpose.OPENING,
    Purpose.EVALUATION: Purpose.OPENING,
    Purpose.PRICES: Purpose.PRICES,
}
_KINDS = list(RoomKind)


@dataclass(frozen=True, slots=True)
class Shown:
    """A booking as one reader may see it; ``matter`` is None where it is not the reader's to know."""

    booking: Booking
    matter: str | None
    project: Named | None
    hours: Hours
    may_change: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """A booking that cannot move with its project: where it stands, where it should, what is there, what is free."""

    booking: Booking
    wanted: Span
    taken: Sequence[Span]
    free: Sequence[Span]


def room(session: Session, uid: str) -> Room:
    """One room. Raises ``NotFound``."""
    found = session.scalar(select(Room).where(Room.uid == uid))
    if found is None:
        raise NotFound
    return found


def rooms(session: Session, kind: RoomKind | None = None) -> list[Room]:
    """The rooms in the order of their kinds, by name."""
    found = select(Room)
    if kind is not None:
        found = found.where(Room.kind == kind)
    return sorted(session.scalars(found), key=lambda each: (_KINDS.index(each.kind), each.name))


def to_choose(session: Session, kind: RoomKind, kept: Booking | None) -> list[Room]:
    """The rooms of a kind that can be booked, and the one that is booked already even if it was closed since."""
    return [
        each
        for each in rooms(session, kind)
        if each.is_open or (kept is not None and kept.room_id == each.id)
    ]


def place_of(session: Session, project_id: int, purpose: Purpose) -> str | None:
    """Where an opening of a project is held, for people on their way; None on line."""
    found = of_project(session, project_id).get(purpose)
    return None if found is None else found.room.whereabouts


def changes(session: Session, project_id: int, purpose: Purpose) -> tuple[int, datetime | None]:
    """How often the room of an opening was given or changed, and when it last was: what a calendar entry counts on.

    Bookings stay when they are cancelled, so that the number never falls.
    """
    found = session.execute(
        select(Booking.sequence, Booking.changed_at).where(
            Booking.project_id == project_id, Booking.purpose == purpose
        )
    ).all()
    return sum(each.sequence + 1 for each in found), max((each.changed_at for each in found), default=None)


def booking(session: Session, actor: Actor, uid: str) -> Booking:
    """One booking that is the actor's to see as a whole. Raises ``NotFound`` for another's."""
    found = session.scalar(_bookings().where(Booking.uid == uid))
    if found is None or not policy.may_change(actor, found.organisation_id):
        raise NotFound
    return found


def standing(
    session: Session, span: Span, room_ids: Collection[int] | None = None, *, but: Collection[int] = ()
) -> list[Booking]:
    """The bookings that stand and meet a span, by time; of these rooms, or of all. ``but`` leaves some out."""
    found = (
        _bookings()
        .where(
            Booking.cancelled_at.is_(None),
            Booking.starts_at < span.ends_at,
            Booking.ends_at > span.starts_at,
            Booking.id.not_in(but),
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    if room_ids is not None:
        found = found.where(Booking.room_id.in_(room_ids))
    return list(session.scalars(found))


def of_project(session: Session, project_id: int) -> dict[Purpose, Booking]:
    """What stands booked for a project, by purpose; bookings for something else are not among it."""
    found = _bookings().where(
        Booking.project_id == project_id, Booking.cancelled_at.is_(None), Booking.purpose != Purpose.OTHER
    )
    return {each.purpose: each for each in session.scalars(found)}


def of_projects(session: Session, project_ids: Collection[int]) -> dict[tuple[int, Purpose], Booking]:
    """The same for several, by project and purpose."""
    found = _bookings().where(
        Booking.project_id.in_(project_ids), Booking.cancelled_at.is_(None), Booking.purpose != Purpose.OTHER
    )
    return {(each.project_id, each.purpose): each for each in session.scalars(found) if each.project_id}


def coming(session: Session, actor: Actor, now: datetime, limit: int = 20) -> list[Booking]:
    """The bookings of the actor's organisation that are not over, the next first."""
    found = _bookings().where(
        Booking.organisation_id == actor.organisation_id,
        Booking.cancelled_at.is_(None),
        Booking.ends_at > now,
    )
    return list(session.scalars(found.order_by(Booking.starts_at).limit(limit)))


def feed(session: Session, of: Room, since: datetime) -> list[Booking]:
    """What a calendar program is told of a room: everything not long over, what was cancelled too."""
    found = _bookings().where(Booking.room_id == of.id, Booking.ends_at > since)
    return list(session.scalars(found.order_by(Booking.starts_at, Booking.id)))


def shown(
    found: Sequence[Booking], actor: Actor, session: Session, naming: Naming, calendar: Calendar
) -> list[Shown]:
    """The bookings as this reader may see them."""
    projects = naming(session, {each.project_id for each in found if each.project_id is not None})
    return [_shown(each, actor, projects, calendar) for each in found]


def _shown(each: Booking, actor: Actor, projects: Mapping[int, Named], calendar: Calendar) -> Shown:
    project = projects.get(each.project_id) if each.project_id is not None else None
    is_public = project is not None and project.is_public
    knows = policy.may_know(actor, each.organisation_id, is_public=is_public)
    mine = policy.may_change(actor, each.organisation_id)
    matter = None
    if knows:
        words = [project.title if project else "", each.matter if mine else ""]
        matter = " · ".join(word for word in words if word)
    return Shown(each, matter, project if knows else None, rules.hours_of(each.span, calendar), mine)


def by_day(found: Iterable[Shown], first: date, days: int) -> list[tuple[date, list[Shown]]]:
    """Bookings under each of the days that they touch."""
    out = []
    listed = list(found)
    for step in range(days):
        span = rules.day_span(first + timedelta(days=step))
        on_it = [each for each in listed if each.booking.span.meets(span)]
        out.append((first + timedelta(days=step), on_it))
    return out


def service_counts(session: Session, span: Span, calendar: Calendar) -> dict[Hours, int]:
    """How many bookings that began within a span and stand were within hours, late, or on a day off."""
    found = select(Booking.starts_at, Booking.ends_at).where(
        Booking.cancelled_at.is_(None),
        Booking.starts_at >= span.starts_at,
        Booking.starts_at < span.ends_at,
    )
    counts = dict.fromkeys(Hours, 0)
    for starts_at, ends_at in session.execute(found):
        counts[rules.hours_of(Span(starts_at, ends_at), calendar)] += 1
    return counts


def clashes(
    session: Session,
    project_id: int,
    shifts: Mapping[Purpose, timedelta],
    calendar: Calendar,
) -> list[Clash]:
    """What could not move if a project's instants did: the preview of a correction asks it before, a move itself.

    ``shifts`` says how much later (or, negative, earlier) the opening and the opening of the prices are.
    """
    found = list(of_project(session, project_id).values())
    own = {each.id for each in found}
    place = {each.id: moved(each, shifts) for each in found}
    foreign = {
        each.id: [other.span for other in standing(session, place[each.id], [each.room_id], but=own)]
        for each in found
    }
    out: list[Clash] = []
    waits = [each for each in found if place[each.id] != each.span]
    while stuck := next((each for each in waits if _in_the_way(each, place, found, foreign)), None):
        wanted, taken = place[stuck.id], _in_the_way(stuck, place, found, foreign)
        out.append(Clash(stuck, wanted, taken, free(session, stuck.room, wanted, calendar, own)))
        waits.remove(stuck)
        place[stuck.id] = stuck.span  # where it stays, it may be in the way of another of the same project
    return out


def moved(each: Booking, shifts: Mapping[Purpose, timedelta]) -> Span:
    """Where a booking of a project stands once the project's instants have moved; in whole quarters."""
    by = shifts.get(MOVES_WITH[each.purpose], timedelta())
    return rules.rounded(each.span.moved(by)) if by else each.span


def _in_the_way(
    each: Booking, place: Mapping[int, Span], found: Sequence[Booking], foreign: Mapping[int, Sequence[Span]]
) -> list[Span]:
    siblings = [place[other.id] for other in found if other.room_id == each.room_id and other.id != each.id]
    wanted = place[each.id]
    return sorted({*foreign[each.id], *(span for span in siblings if span.meets(wanted))})


def free(
    session: Session, of: Room, wanted: Span, calendar: Calendar, but: Collection[int] = ()
) -> list[Span]:
    """The next times at which a room could be had for as long as ``wanted``."""
    until = Span(wanted.starts_at, wanted.ends_at + rules.LOOKED_AHEAD)
    taken = [each.span for each in standing(session, until, [of.id], but=but)]
    return rules.next_free(wanted, taken, calendar)


def _bookings() -> Select[Booking]:
    return select(Booking).join(Booking.room).options(contains_eager(Booking.room))
