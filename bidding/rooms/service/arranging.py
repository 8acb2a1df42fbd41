"""The rooms of a project: wanted with its dates, and moved with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bidding.core.errors import N_, NotFound
from bidding.core.workdays import Calendar
from bidding.db.uow import Tx
from bidding.rooms import policy, queries, rules
from bidding.rooms.events import BookingStranded
from bidding.rooms.models import Booking
from bidding.rooms.projects import Named
from bidding.rooms.rules import Purpose, Span
from bidding.rooms.service.quarters import (
    at_field,
    changed,
    end,
    give,
    hold,
    let_go,
    new_booking,
    note,
    take,
)

#: Why a booking ended that its project no longer wants.
GIVEN_UP = N_("项目的时间页上改为不用或换了场地")


@dataclass(frozen=True, slots=True)
class Want:
    """A room for one purpose of a project. ``field`` is where its refusals are shown."""

    purpose: Purpose
    room_uid: str
    span: Span
    field: str


def arrange(
    tx: Tx,
    project: Named,
    wants: Sequence[Want],
    *,
    calendar: Calendar,
) -> None:
    """Let exactly these rooms be booked for a project: what stands and is wanted stays or moves, the rest is given up.

    In the transaction in which the project's dates are set: either all of it holds or nothing does. Raises as
    ``book`` does, each refusal at the field of its want.
    """
    if not policy.may_change(tx.actor, project.agency_id):
        raise NotFound
    found = queries.of_project(tx.session, project.id)
    held = hold(tx, {*(w.room_uid for w in wants), *(each.room.uid for each in found.values())}, project)
    wanted = {want.purpose for want in wants}
    for each in [each for purpose, each in found.items() if purpose not in wanted]:
        end(tx, each, GIVEN_UP)
        note(tx, project, each)
    altered: list[tuple[str, Booking]] = []
    for want in wants:
        room, booked = held[want.room_uid], found.get(want.purpose)
        with at_field(want.field):
            if booked is None:
                rules.check_span(want.span, tx.now)
                booked = new_booking(tx, room, want.span, want.purpose, project.agency_id, project)
            elif not give(tx, booked, room, want.span):
                continue
        altered.append((want.field, booked))
    tx.session.flush()  # every booking stands at its new place before the first asks who is in its way
    for field, each in altered:
        with at_field(field):
            take(tx, [each], calendar)
        note(tx, project, each)


def move_bookings(
    tx: Tx, project: Named, shifts: Mapping[Purpose, timedelta], *, calendar: Calendar
) -> list[queries.Clash]:
    """Move a project's bookings with its dates; what cannot move stays where it is, is told of, and returned.

    ``shifts`` says how much later the opening and the opening of the prices are (keys ``OPENING``, ``PRICES``).
    Dates have been moved by those who may, in this same transaction; a room that is taken does not hold them up.
    """
    standing = list(queries.of_project(tx.session, project.id).values())
    hold(tx, {each.room.uid for each in standing}, project)
    clashes = queries.clashes(tx.session, project.id, shifts, calendar)
    stuck = {clash.booking.id for clash in clashes}
    targets = {each.id: queries.moved(each, shifts) for each in standing if each.id not in stuck}
    going = [each for each in standing if targets.get(each.id, each.span) != each.span]
    let_go(tx, going)
    for each in going:
        each.starts_at, each.ends_at = targets[each.id].starts_at, targets[each.id].ends_at
        changed(tx, each)
    take(tx, going, calendar)
    for each in going:
        note(tx, project, each)
    for clash in clashes:
        tx.emit(BookingStranded(project.id, clash.booking.id, clash.wanted.starts_at))
    return clashes
