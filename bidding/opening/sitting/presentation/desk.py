"""What the hall offers to the one who looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bidding.core.actor import Actor
from bidding.core.errors import Forbidden
from bidding.opening import policy
from bidding.opening.policy import Permission
from bidding.opening.sitting import document, queries
from bidding.opening.sitting.models import Attendance
from bidding.opening.sitting.presentation.board import Board, Row
from bidding.opening.sitting.queries import Guest, SittingView
from bidding.opening.sitting.rules import Capacity, Way
from bidding.submissions.rules import GateState


@dataclass(frozen=True, slots=True)
class Desk:
    """What the hall offers to the one who looks at it."""

    hosts: bool
    admits: bool
    suspends: bool
    attends: bool
    #: As what they may sign the record now; None where they may not, or have.
    signs: Capacity | None
    signed: bool
    #: The tenderer's own sign-in, its place in the list, and its lines that were read and not answered.
    attendance: Attendance | None
    guest: Guest | None
    doors_open: bool
    lines: Sequence[Row]
    objects: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing here for this reader: then the page has no desk at all."""
        return not (self.hosts or self.admits or self.suspends or self.attends)


def desk(session: Session, actor: Actor, shown: Board, now: datetime) -> Desk:
    """The reader's desk. Before the list a tenderer's own sign-in is all that is looked at."""
    project, standing = shown.hall.project, shown.standing
    # Of a terminated tender nothing is opened, and in a negotiation nothing is read out.
    goes_on = shown.hall.state is not GateState.SHUT and not project.preset.quiet
    mine = goes_on and actor.organisation_id == project.agency_id
    attends = goes_on and actor.may(Permission.ATTEND)
    attendance = (
        queries.attendance_of(session, project.id, actor.organisation_id, shown.stage) if attends else None
    )
    guest = shown.sitting.guest_of(actor.organisation_id) if attends else None
    here = guest is not None and guest.attendance is not None
    under_way = shown.sitting.listed and not standing.recorded
    capacity = _capacity(actor, project.agency_id)
    if capacity is Capacity.TENDERER and not here:
        capacity = None
    signed = any(
        each.account_id == actor.account_id
        or (capacity is Capacity.TENDERER and each.organisation_id == actor.organisation_id)
        for each in shown.sitting.signatures
    )
    to_sign = standing.recorded and not standing.ended and not signed
    return Desk(
        hosts=actor.may(Permission.HOST) and mine,
        admits=under_way and actor.may(Permission.ADMIT) and (mine or not actor.may(Permission.HOST)),
        suspends=goes_on
        and shown.hall.close is not None
        and not standing.ended
        and not standing.nothing
        and capacity is not None
        and actor.may(Permission.SUSPEND),
        attends=attends,
        signs=capacity if to_sign else None,
        signed=signed,
        attendance=attendance,
        guest=guest,
        doors_open=shown.doors_at is not None
        and now >= shown.doors_at
        and not standing.recorded
        and not standing.nothing,
        lines=[row for row in shown.rows if _is_open(row, guest, shown)] if here else [],
        objects=here and under_way,
    )


def _capacity(actor: Actor, agency_id: int) -> Capacity | None:
    try:
        return policy.capacity(actor, agency_id=agency_id)
    except Forbidden:
        return None


def _is_open(row: Row, guest: Guest | None, shown: Board) -> bool:
    return (
        guest is not None
        and row.sheet.bid_uid in guest.bids
        and row.state != ""
        and row.answer == document.SILENT
        and not shown.standing.lines_closed
    )


def in_the_room(view: SittingView) -> list[Guest]:
    """Those for whom the host writes down what they say."""
    return [guest for guest in view.guests if guest.attendance and guest.attendance.way is Way.ROOM]
