"""The trustees' time: from when it runs, when it is up, and what is written when too few have come (protocol §6.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.core.clock import from_unix, unix
from bidding.db.uow import Tx
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.opening import rules, service
from bidding.opening.events import StageOpened, TrusteesMissing
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
    found = session.scalars(
        select(Project)
        .join(Gate, Gate.project_id == Project.id)
        .where(Gate.state.in_((GateState.CLOSED, GateState.OPENING)), Project.stage == Stage.PUBLISHED)
        .where(Gate.settled_at.is_not(None), Gate.held_at.is_(None))
        .where(func.coalesce(Project.opens_at, Gate.closes_at) <= now, failed < lots)
    ).all()
    return [
        project.uid
        for project in found
        if project.opens_at is not None and now >= project.opens_at + length(session, project)
    ]


def began_at(session: Session, gate: Gate, book: Log, record: Record, stage: int) -> datetime | None:
    """From when trustees could have opened a stage: its hour came, the package could leave, nothing was on hold.

    None where that has not been so yet: a missing witness is not the trustees' fault.
    """
    opens_at = record.opens_at(stage)
    witnessed = _witnessed_at(session, book, record, opens_at)
    if witnessed is None or gate.settled_at is None:
        return None
    lifted = session.scalar(
        select(func.max(Leaf.written_at)).where(Leaf.log_id == book.id, Leaf.type == EventType.HOLD.value)
    )
    return max(from_unix(opens_at), gate.settled_at, witnessed, *([lifted] if lifted is not None else []))


def _witnessed_at(session: Session, book: Log, record: Record, opens_at: int) -> datetime | None:
    close = record.close
    if close is None:
        return None
    if record.unwitnessed_at is not None:
        return session.scalar(
            select(Leaf.written_at).where(Leaf.log_id == book.id, Leaf.idx == record.unwitnessed_at)
        )
    reached = []
    for size, note in service.notes_of(session, book).items():
        times = service.fresh_times(record, note, opens_at)
        if size >= close.head.size and record.policy.satisfied(times.keys()):
            reached.append(max(times.values()))
    return from_unix(min(reached)) if reached else None


def expire(tx: Tx, project_uid: str, sealed: BlobStore, stage: int = rules.STAGE) -> bool:
    """Say that the trustees' time for a stage is up: every envelope gets its verdict, and the tenderers their way out.

    Whether that happened now; with k batches in, the sheets are opened instead, and nothing is said. Where bags alone
    are to be opened, there is nothing that trustees could have failed: the hall goes on to them. Twice is harmless.
    """
    if service.open_stage(tx, project_uid, sealed, stage):
        return False
    gate, project, book = service.locked(tx, project_uid)
    if gate.state in (GateState.OPEN, GateState.CLOSING) or gate.held_at is not None:
        return False
    if sittings.suspended(tx.session, project.id) is not None:
        return False
    record = service.record_of(tx.session, book)
    if stage in record.opened or not record.to_be_opened():
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
