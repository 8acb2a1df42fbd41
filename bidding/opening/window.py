"""The trustees' time: from when it runs, when it is up, and what is written when too few have come (protocol §6.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bidding.core.clock import from_unix, unix
from bidding.db.uow import Tx
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.opening import service
from bidding.opening.events import StageOpened, TrusteesMissing
from bidding.opening.queries import is_later_to_come
from bidding.opening.record import Record
from bidding.opening.sitting import queries as sittings
from bidding.storage import BlobStore
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import SHARES_WINDOW


def length(session: Session, project: Project) -> timedelta:
    """How long trustees have, by the rulebook of the day the project was published. Raises ``NotFound``."""
    return timedelta(minutes=tenders.rule(session, SHARES_WINDOW, rules_day(project)).value)


def rules_day(project: Project) -> date:
    """The day whose rulebook a project goes by."""
    return project.rules_on or tenders.local_day(project.opens_at or project.created_at)


def due(session: Session, now: datetime) -> list[str]:
    """Projects with something to open whose hour came so long ago that their trustees' time may be up."""
    failed = (
        select(func.count(Leaf.id))
        .where(Leaf.log_id == Project.log_id, Leaf.type == EventType.FAILED.value)
        .scalar_subquery()
    )
    lots = select(func.count(Lot.id)).where(Lot.project_id == Project.id).scalar_subquery()
    first = and_(
        Gate.state.in_((GateState.CLOSED, GateState.OPENING)),
        func.coalesce(Project.opens_at, Gate.closes_at) <= now,
        failed < lots,
    )
    later = and_(Gate.state == GateState.OPENED, is_later_to_come(), Project.prices_open_at <= now)
    found = session.execute(
        select(Project, Gate.state)
        .join(Gate, Gate.project_id == Project.id)
        .where(Gate.settled_at.is_not(None), Gate.held_at.is_(None), Project.stage == Stage.PUBLISHED)
        .where(or_(first, later))
    ).all()
    hours = [
        (project, project.prices_open_at if state is GateState.OPENED else project.opens_at)
        for project, state in found
    ]
    return [project.uid for project, at in hours if at is not None and now >= at + length(session, project)]


def began_at(session: Session, gate: Gate, book: Log, record: Record, stage: int) -> datetime | None:
    """From when trustees could have opened a stage: its hour came, the package could leave, nothing was on hold.

    None where that has not been so yet: a missing witness is not the trustees' fault.
    """
    witnessed = _witnessed_at(session, book, record, stage)
    if witnessed is None or gate.settled_at is None:
        return None
    lifted = session.scalar(
        select(func.max(Leaf.written_at)).where(Leaf.log_id == book.id, Leaf.type == EventType.HOLD.value)
    )
    could_begin = from_unix(record.can_begin_at(stage))
    return max(could_begin, gate.settled_at, witnessed, *(at for at in (lifted,) if at is not None))


def _has_its_turn(record: Record, stage: int) -> bool:
    """Whether there is something to open at a stage, and at a later one the log says what: that is the agency's to say."""
    if stage == record.panel.stages[0]:
        return bool(record.to_be_opened())
    return stage in record.reviews and bool(record.to_be_shared(stage, public=True))


def _witnessed_at(session: Session, book: Log, record: Record, stage: int) -> datetime | None:
    close, opens_at = record.close, record.opens_at(stage)
    if close is None:
        return None
    review = record.reviews.get(stage)
    least = close.head.size if review is None else review.index + 1
    if record.unwitnessed_at is not None:
        return session.scalar(
            select(Leaf.written_at).where(Leaf.log_id == book.id, Leaf.idx == record.unwitnessed_at)
        )
    reached = []
    for size, note in service.notes_of(session, book).items():
        times = service.fresh_times(record, note, opens_at)
        if size >= least and record.policy.satisfied(times.keys()):
            reached.append(max(times.values()))
    return from_unix(min(reached)) if reached else None


def expire(tx: Tx, project_uid: str, sealed: BlobStore) -> bool:
    """Say that the trustees' time for the stage that is next is up: every envelope gets its verdict, and the tenderers their way out.

    Whether that happened now; with k batches in, the sheets are opened instead, and nothing is said. Where bags alone
    are to be opened, there is nothing that trustees could have failed: the hall goes on to them. Twice is harmless.
    """
    if service.open_stage(tx, project_uid, sealed):
        return False
    gate, project, book = service.locked(tx, project_uid)
    if gate.state in (GateState.OPEN, GateState.CLOSING, GateState.SHUT) or gate.held_at is not None:
        return False
    if sittings.suspended(tx.session, project.id) is not None:
        return False
    record = service.record_of(tx.session, book)
    stage = record.next_stage
    if stage is None or not _has_its_turn(record, stage):
        return False
    since, lasts = began_at(tx.session, gate, book, record, stage), length(tx.session, project)
    if since is None or tx.now < since + lasts:
        return False
    service.give_up(
        tx, project_uid, sealed, since=unix(since), seconds=int(lasts.total_seconds()), stage=stage
    )
    failed = record.to_be_shared(stage, public=True)
    tx.emit(TrusteesMissing(project.id, stage) if failed else StageOpened(project.id, stage))
    return True
