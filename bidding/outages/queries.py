"""Reading heartbeats, holds and extensions, and what they add up to for one project. Nothing here tells of bids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bidding.core.actor import Actor, Role
from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.core.workdays import OFFICE_HOURS
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.outages import rules
from bidding.outages.models import Extension, HeartbeatRun, Hold
from bidding.outages.outage import (
    GAP,
    Outage,
    Run,
    Table,
    holds,
    outages,
    propose,
    stepped_over,
)
from bidding.outages.rules import Cause
from bidding.submissions import queries as submissions
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project, Stage
from bidding.tenders.rules import CENTRE, OUTAGE

FIRST = 1
#: The note with which a later opening begins (docs/spec/opening.md, "The sitting of a later opening").
LATER_LIST = "stage-hall-list"
#: How far back the status page looks, and how many runs are read at most.
SHOWN = timedelta(days=90)
_MOST_RUNS = 500
#: What chrony said longer ago than this says nothing of now.
_FRESH = timedelta(minutes=10)


_NEWEST_RUN = select(HeartbeatRun).order_by(HeartbeatRun.id.desc()).limit(1)
_RUNS = HeartbeatRun.__table__
_NEWEST_BEAT = select(_RUNS.c.last_at).order_by(_RUNS.c.id.desc()).limit(1)  # of the table: every page asks


def newest_run(session: Session) -> HeartbeatRun | None:
    """The run that the last heartbeat belongs to; None before the first."""
    return session.scalar(_NEWEST_RUN)


def is_down(session: Session, now: datetime) -> bool:
    """Whether heartbeats have fallen silent. Where nobody ever beat, nothing is known to be wrong."""
    last_at = session.scalar(_NEWEST_BEAT)
    return last_at is not None and now - last_at > GAP


def runs(session: Session) -> list[Run]:
    """The latest runs in their order."""
    rows = session.scalars(select(HeartbeatRun).order_by(HeartbeatRun.id.desc()).limit(_MOST_RUNS)).all()
    return [
        Run(
            row.began_at,
            row.last_at,
            None if row.pause_us is None else timedelta(microseconds=row.pause_us),
            timedelta(microseconds=row.step_us),
        )
        for row in reversed(rows)
    ]


def table(session: Session, deadline: datetime) -> Table:
    """The centre's figures on the day of a deadline. Raises ``NotFound`` where the rulebook lacks them."""

    def figure(name: str) -> timedelta:
        row = tenders.rule(session, f"{CENTRE}.{OUTAGE}.{name}", tenders.local_day(deadline))
        return timedelta(minutes=row.value)

    return Table(
        window=figure("window"),
        least=figure("least"),
        near=figure("near"),
        extension=figure("extension"),
        long=figure("long"),
        long_extension=figure("long-extension"),
        lead=figure("lead"),
        office=OFFICE_HOURS,
    )


# One project -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the time before one deadline: what holds it, and what is owed."""

    outages: Sequence[Outage]
    #: The clock's error in microseconds that puts the closing on hold, and the step it was set by.
    offset_us: int | None
    step: timedelta | None
    owed_at: datetime | None

    @property
    def cause(self) -> Cause | None:
        """Why the closing is to be held; None where nothing speaks against it."""
        if self.outages:
            return Cause.OUTAGE
        return Cause.CLOCK if self.offset_us is not None or self.step is not None else None

    @property
    def down(self) -> bool:
        """Whether the outage still lasts, so that nothing can be reckoned yet."""
        return any(outage.ended_at is None for outage in self.outages)


NOTHING = Situation((), None, None, None)


def situation(session: Session, gate: Gate, now: datetime) -> Situation:
    """What heartbeats and clock say of a gate's deadline. What a lifted hold was about counts no more."""
    known = runs(session)
    if not known:
        return NOTHING
    figures = table(session, gate.closes_at)
    since = _settled_until(session, gate.project_id)
    found = [
        outage
        for outage in outages(known, now)
        if since is None or outage.ended_at is None or outage.ended_at > since
    ]
    first = gate.closes_at - figures.window
    after = first if since is None else max(first, since)
    return Situation(
        holds(found, gate.closes_at, now, figures),
        _offset(session, gate, now),
        stepped_over(known, after, min(now, gate.closes_at + GAP)) if after <= now else None,
        propose(found, gate.closes_at, now, figures, tenders.calendar(session)),
    )


def _settled_until(session: Session, project_id: int) -> datetime | None:
    """When the last hold of a project ended."""
    return session.scalar(
        select(Hold.off_at)
        .where(Hold.project_id == project_id, Hold.off_at.is_not(None), Hold.cause != Cause.SUSPENSION)
        .order_by(Hold.off_at.desc())
        .limit(1)
    )


def _offset(session: Session, gate: Gate, now: datetime) -> int | None:
    """An error of the clock too large to close by: what the close record quotes, or what chrony said just now."""
    said: int | None = None
    if gate.close_index is not None:
        text = session.scalar(
            select(Leaf.event).where(Leaf.log_id == gate.project.log_id, Leaf.idx == gate.close_index)
        )
        said = loads(text)["clock"].get("offset_us") if text else None
    else:
        run = newest_run(session)
        if run is not None and run.measured_at is not None and now - run.measured_at <= _FRESH:
            said = run.offset_us
    return said if isinstance(said, int) and abs(said) > rules.MOST_OFFSET_US else None


def due_for_a_look(session: Session, now: datetime) -> list[int]:
    """Ids of open gates near enough to their deadline that an outage could hold them; none where nobody beats."""
    if newest_run(session) is None:
        return []
    window = table(session, now).window
    return list(
        session.scalars(
            select(Gate.id).where(
                Gate.state == GateState.OPEN, Gate.held_at.is_(None), Gate.closes_at <= now + window
            )
        )
    )


def gate_of(session: Session, uid: str) -> Gate:
    """The gate of a published project. Raises ``NotFound``."""
    found = submissions.gate(session, tenders.notice(session, uid).id)
    if found is None:
        raise NotFound
    return found


def hold_of(session: Session, project_id: int) -> Hold | None:
    """The hold that is on."""
    return session.scalar(select(Hold).where(Hold.project_id == project_id, Hold.off_at.is_(None)))


def pending(session: Session, project_id: int) -> Extension | None:
    """The extension that waits for signatures."""
    return session.scalar(
        select(Extension).where(
            Extension.project_id == project_id, Extension.done_at.is_(None), Extension.dropped_at.is_(None)
        )
    )


def corrections(session: Session, project_id: int) -> Sequence[Extension]:
    """The extensions that came into force, in order."""
    return session.scalars(
        select(Extension)
        .where(Extension.project_id == project_id, Extension.done_at.is_not(None))
        .order_by(Extension.n)
    ).all()


def correction(session: Session, uid: str, n: int) -> Extension:
    """One of them. Raises ``NotFound``."""
    project = tenders.notice(session, uid)
    for found in corrections(session, project.id):
        if found.n == n:
            return found
    raise NotFound


def schedule_in_force(session: Session, project: Project) -> dict[str, Any]:
    """The latest schedule in the project's log. Raises ``NotFound`` for a project without one.

    Not looked for among the leaves: before the close, how long that takes would tell how many have bid.
    """
    moved = corrections(session, project.id)
    if moved:
        return moved[-1].signed
    first = session.scalar(select(Leaf.event).where(Leaf.log_id == project.log_id, Leaf.idx == 1))
    if first is None:
        raise NotFound
    event: dict[str, Any] = loads(first)
    return event


def begun(session: Session, gate: Gate) -> set[int]:
    """The stages of opening that have begun: of which a share is in, and later ones whose list is out.

    Before the first one is open none has a later one, and no leaf is looked at.
    """
    if gate.state is not GateState.OPENED:
        return {FIRST} if gate.state is GateState.OPENING else set()
    events = session.scalars(
        select(Leaf.event).where(
            Leaf.log_id == gate.project.log_id,
            Leaf.type.in_((EventType.SHARES.value, EventType.NOTE.value)),
        )
    )
    found = {FIRST}
    for event in map(loads, events):
        if event["type"] == EventType.SHARES.value:
            found.add(event["stage"])
        elif event["kind"] == LATER_LIST:
            found.add(event["data"]["stage"])
    return found


# What waits ------------------------------------------------------------------------------------------------------


def held(session: Session, actor: Actor) -> Sequence[Hold]:
    """The holds that are on, of the actor's projects; the supervisor's are all."""
    query = (
        select(Hold)
        .join(Project, Project.id == Hold.project_id)
        .where(Hold.off_at.is_(None), Hold.cause != Cause.SUSPENSION)
        .options(joinedload(Hold.project))
        .order_by(Hold.on_at)
    )
    return session.scalars(_own(query, actor)).all()


def unsigned(session: Session, actor: Actor) -> Sequence[Extension]:
    """The extensions that wait for a signature, of the actor's projects."""
    query = (
        select(Extension)
        .join(Project, Project.id == Extension.project_id)
        .where(Extension.done_at.is_(None), Extension.dropped_at.is_(None))
        .options(joinedload(Extension.project))
        .order_by(Extension.drafted_at)
    )
    return session.scalars(_own(query, actor)).all()


def _own(query: Any, actor: Actor) -> Any:
    query = query.where(Project.stage != Stage.TERMINATED)
    return (
        query if Role.SUPERVISOR in actor.roles else query.where(Project.agency_id == actor.organisation_id)
    )


# The status page -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Service:
    """How the submit path stands, and what it has been through: all that the status page says."""

    beat_at: datetime | None
    up: bool
    offset_us: int | None
    reference: str | None
    measured_at: datetime | None
    outages: Sequence[Outage]
    steps: Sequence[tuple[datetime, timedelta]]


def service_state(session: Session, now: datetime) -> Service:
    """The newest outages first."""
    known, newest = runs(session), newest_run(session)
    if newest is None:
        return Service(None, False, None, None, None, (), ())
    fresh = newest.measured_at is not None and now - newest.measured_at <= _FRESH
    return Service(
        beat_at=newest.last_at,
        up=now - newest.last_at <= GAP,
        offset_us=newest.offset_us if fresh else None,
        reference=newest.reference if fresh else None,
        measured_at=newest.measured_at if fresh else None,
        outages=[o for o in reversed(outages(known, now)) if o.until(now) >= now - SHOWN],
        steps=[
            (run.began_at, run.step)
            for run in reversed(known)
            if run.began_at >= now - SHOWN and stepped_over([run], run.began_at, run.began_at) is not None
        ],
    )
