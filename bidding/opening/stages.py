"""Between two openings of one tender: the review of what was opened first, and the instant of what comes later.

docs/spec/opening.md, "Two envelopes".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf, Log
from bidding.opening import queries, rules
from bidding.opening.models import ShareBatch
from bidding.opening.record import Record
from bidding.opening.review import REVIEW
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState
from bidding.tenders.models import Project


def require_reviewed(record: Record, stage: int) -> None:
    """Raise ``NotReviewed`` before the log says who is opened at a later stage, ``NobodyPassed`` where none is."""
    if stage == record.panel.stages[0]:
        return
    if stage not in record.reviews:
        raise rules.NotReviewed
    if not record.to_be_shared(stage, public=True):
        raise rules.NobodyPassed


def record_review(tx: Tx, book: Log, record: Record, sealed: Mapping[str, str]) -> None:
    """Log which bids stay sealed at the next stage, by uid with the reason; everybody else is opened there.

    It can be said anew until the first shares of that stage come. Raises ``NoReviewNow``, ``ReviewIncomplete``.
    """
    stage = record.next_stage
    if stage is None or stage == record.panel.stages[0] or stage in record.begun():
        raise rules.NoReviewNow
    reasons = {bid: " ".join(reason.split()) for bid, reason in sealed.items()}
    standing = [bid.uid for bid in record.to_be_opened()]
    if not set(reasons) <= set(standing):
        raise NotFound
    if any(not 0 < len(reason) <= rules.MOST_REASON for reason in reasons.values()):
        raise rules.ReviewIncomplete(most=rules.MOST_REASON)
    listed = [{"bid": bid, "reason": reasons[bid]} for bid in standing if bid in reasons]
    ledger.record(tx, book, EventType.NOTE, kind=REVIEW, data={"stage": stage, "sealed": listed})
    tx.session.flush()


def first_review(record: Record, stage: int) -> int | None:
    """The index of the first note that says who stays sealed at a stage; None before there is one."""
    notes = (
        index for index, event in record.notes if event["kind"] == REVIEW and event["data"]["stage"] == stage
    )
    return next(notes, None)


def is_under_way() -> ColumnElement[bool]:
    """Of a project joined to its gate: shares of a later stage are in, and it is not open."""
    shared = exists().where(ShareBatch.project_id == Project.id, ShareBatch.stage > rules.FIRST)
    return and_(Gate.state == GateState.OPENED, shared, queries.is_later_to_come())


def due_instants(session: Session, now: datetime) -> list[str]:
    """Projects in which a stage's instant has come after the close and nothing was logged since.

    A trustee waits for a cosignature dated at or after that instant, and a log that does not grow gets none.
    """
    last = select(func.max(Leaf.written_at)).where(Leaf.log_id == Project.log_id).scalar_subquery()
    rows = session.execute(
        select(Project.uid, Project.opens_at, Project.prices_open_at, last)
        .join(Gate, Gate.project_id == Project.id)
        .where(Gate.settled_at.is_not(None), Gate.held_at.is_(None))
        .where(
            or_(
                and_(
                    Gate.state.in_((GateState.CLOSED, GateState.OPENING)), Project.opens_at > Gate.closes_at
                ),
                and_(Gate.state == GateState.OPENED, queries.is_later_to_come()),
            )
        )
    )
    return [
        uid
        for uid, opens_at, prices_open_at, grown_at in rows
        if any(at is not None and grown_at < at <= now for at in (opens_at, prices_open_at))
    ]
