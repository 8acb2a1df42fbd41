"""Reading a sitting. Until the list is published nothing here looks at who signed in or who bid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from bidding.conduct import queries as conduct
from bidding.conduct.rules import Rule, Text
from bidding.core.errors import NotFound
from bidding.identity.models import Organisation
from bidding.ledger.models import Log
from bidding.opening import queries as openings
from bidding.opening.models import ShareBatch
from bidding.opening.rules import FIRST
from bidding.opening.sitting.models import (
    Attendance,
    LineAnswer,
    RecordSignature,
    Sitting,
    SpotObjection,
    Suspension,
)
from bidding.submissions import rules as submissions
from bidding.submissions.models import Bid, Gate
from bidding.submissions.rules import BidState, GateState
from bidding.tenders.models import Project
from bidding.tenders.queries import PUBLISHED
from bidding.tenders.rules import stages


@dataclass(frozen=True, slots=True)
class Guest:
    """A tenderer of the published list, in order of receipt, and whether it is here; ``bids`` are its uids."""

    organisation: Organisation
    bids: Sequence[str]
    attendance: Attendance | None


@dataclass(frozen=True, slots=True)
class SittingView:
    """All that the hall shows of a sitting. Empty until its list is published."""

    sitting: Sitting | None
    guests: Sequence[Guest]
    lines: Mapping[str, LineAnswer]
    objections: Sequence[SpotObjection]
    #: Asked for, on, or asked to end: at most one is under way.
    suspension: Suspension | None
    suspensions: Sequence[Suspension]
    signatures: Sequence[RecordSignature]

    @property
    def listed(self) -> bool:
        """Whether the list of tenderers is out."""
        return self.sitting is not None and self.sitting.listed_at is not None

    @property
    def read(self) -> int:
        """The last place that was read out."""
        return self.sitting.read if self.sitting else 0

    @property
    def suspended(self) -> bool:
        """Whether the sitting is suspended now."""
        return self.suspension is not None and self.suspension.on_at is not None

    @property
    def unanswered(self) -> list[SpotObjection]:
        """Objections without an answer, as they were raised."""
        return [objection for objection in self.objections if objection.answer is None]

    @property
    def absent(self) -> list[Guest]:
        """Who is on the list and not here."""
        return [guest for guest in self.guests if guest.attendance is None]

    def guest_of(self, organisation_id: int | None) -> Guest | None:
        """A tenderer of the list, by its organisation."""
        return next((guest for guest in self.guests if guest.organisation.id == organisation_id), None)


def discipline(session: Session, now: datetime) -> Text:
    """The rules of the sitting (开标会纪律) in force: what is read out, shown on the screen and acknowledged."""
    (text,) = conduct.in_force(session, [Rule.OPENING], now)
    return text


def sitting_of(session: Session, project_id: int, stage: int = FIRST) -> Sitting | None:
    """The row of a stage's sitting; None until something happened in it."""
    return session.scalar(select(Sitting).where(Sitting.project_id == project_id, Sitting.stage == stage))


def begins_at(project: Project, stage: int) -> datetime | None:
    """When a stage's sitting begins as announced: at the deadline, or when the prices are opened. Raises ``NotFound``."""
    if stage == FIRST:
        return project.closes_at
    if stage not in stages(project.envelopes):
        raise NotFound
    return project.prices_open_at


def attendance_of(
    session: Session, project_id: int, organisation_id: int | None, stage: int = FIRST
) -> Attendance | None:
    """One organisation's own sign-in to a stage's sitting."""
    return session.scalar(
        select(Attendance).where(
            Attendance.project_id == project_id,
            Attendance.stage == stage,
            Attendance.organisation_id == organisation_id,
        )
    )


def suspension_of(session: Session, project_id: int) -> Suspension | None:
    """The suspension that is asked for or on."""
    return session.scalar(
        select(Suspension).where(Suspension.project_id == project_id, Suspension.off_at.is_(None))
    )


def suspended(session: Session, project_id: int) -> Suspension | None:
    """The suspension that is on."""
    found = suspension_of(session, project_id)
    return found if found is not None and found.on_at is not None else None


def view(session: Session, project: Project, *, told: bool, stage: int = FIRST) -> SittingView:
    """The sitting of a project's stage; ``told`` says whether the close is public. Before that no table of it is read."""
    if not told:
        return SittingView(None, [], {}, [], None, [], [])
    sitting = sitting_of(session, project.id, stage)
    every = session.scalars(
        select(Suspension).where(Suspension.project_id == project.id).order_by(Suspension.id)
    ).all()
    under_way = next((each for each in every if each.off_at is None), None)
    suspensions = [each for each in every if each.stage == stage]
    if sitting is None or sitting.listed_at is None:
        return SittingView(sitting, [], {}, [], under_way, _on(suspensions), [])
    lines = session.scalars(
        select(LineAnswer)
        .where(LineAnswer.project_id == project.id, LineAnswer.stage == stage)
        .options(joinedload(LineAnswer.bid))
    )
    return SittingView(
        sitting=sitting,
        guests=guests(session, project, stage),
        lines={line.bid.uid: line for line in lines},
        objections=session.scalars(
            select(SpotObjection)
            .where(SpotObjection.project_id == project.id, SpotObjection.stage == stage)
            .options(joinedload(SpotObjection.organisation))
            .order_by(SpotObjection.id)
        ).all(),
        suspension=under_way,
        suspensions=_on(suspensions),
        signatures=session.scalars(
            select(RecordSignature)
            .where(RecordSignature.project_id == project.id, RecordSignature.stage == stage)
            .options(joinedload(RecordSignature.organisation))
            .order_by(RecordSignature.id)
        ).all(),
    )


def _on(suspensions: Sequence[Suspension]) -> list[Suspension]:
    return [each for each in suspensions if each.on_at is not None]


def guests(session: Session, project: Project, stage: int = FIRST) -> list[Guest]:
    """Whose bids were to be opened first, in order of receipt, with who is here. Not to be asked before the close.

    At a later opening those who did not pass may come as well: they may object, and sign.
    """
    failed = openings.failed_lots(session, project)
    bids = session.scalars(
        select(Bid)
        .where(Bid.project_id == project.id, Bid.state == BidState.EFFECTIVE)
        .options(joinedload(Bid.organisation), joinedload(Bid.lot))
        .order_by(Bid.leaf_id)
    )
    by_unit: dict[int, list[Bid]] = {}
    for bid in bids:
        if bid.lot.code not in failed:
            by_unit.setdefault(bid.organisation_id, []).append(bid)
    here = {
        each.organisation_id: each
        for each in session.scalars(
            select(Attendance).where(Attendance.project_id == project.id, Attendance.stage == stage)
        )
    }
    return [
        Guest(theirs[0].organisation, [bid.uid for bid in theirs], here.get(unit))
        for unit, theirs in by_unit.items()
    ]


@dataclass(frozen=True, slots=True)
class State:
    """What the hall's public part depends on, and nothing else: two states that are equal look alike.

    Until the close is public it holds nothing that a bid or a sign-in changes.
    """

    gate: GateState
    settled: bool
    held: bool
    closes_at: datetime
    opens_at: datetime
    shares: int
    acts: int
    #: When the second of two envelopes is opened, and what it adds to: who passed, and whose sheets are open.
    prices_open_at: datetime | None
    size: int


#: Asked at every look of every watcher: put together once.
_STATE = (
    select(
        Gate.state,
        Gate.settled_at,
        Gate.held_at,
        Gate.closes_at,
        Project.opens_at,
        select(func.count(ShareBatch.id)).where(ShareBatch.project_id == Gate.project_id).scalar_subquery(),
        select(func.sum(Sitting.acts)).where(Sitting.project_id == Gate.project_id).scalar_subquery(),
        Project.prices_open_at,
        select(Log.size).where(Log.id == Project.log_id).scalar_subquery(),
    )
    .join(Project, Project.id == Gate.project_id)
    .where(Project.uid == bindparam("uid"), Project.stage.in_(PUBLISHED))
)


def state(session: Session, uid: str) -> State | None:
    """The state of a published project's hall by one statement; None where there is no such project."""
    row = session.execute(_STATE, {"uid": uid}).first()
    if row is None:
        return None
    gate, settled_at, held_at, closes_at, opens_at, given, done, prices_open_at, size = row
    settled, held = settled_at is not None, held_at is not None
    told = submissions.told(gate, settled=settled, held=held)
    return State(
        gate,
        settled,
        held,
        closes_at,
        opens_at or closes_at,
        given if told else 0,
        (done or 0) if told else 0,
        prices_open_at,
        size if told and prices_open_at is not None else 0,
    )
