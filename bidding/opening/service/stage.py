"""Opening a stage: every public envelope of it once k batches are in, or the word that too few trustees came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from bidding.core.canonical import dumps
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.opening import policy, stages
from bidding.opening.bags import DOUBLE
from bidding.opening.batches import Shares
from bidding.opening.events import StageOpened
from bidding.opening.models import OpenedEnvelope
from bidding.opening.policy import Permission
from bidding.opening.record import LoggedBid, Record
from bidding.opening.service.batches import shares_of
from bidding.opening.service.steps import locked, record_of
from bidding.opening.sitting import queries as sittings
from bidding.opening.unsealing import Outcome, unseal
from bidding.storage import BlobStore
from bidding.submissions.models import Bid, Gate
from bidding.submissions.paper.models import Bag
from bidding.submissions.rules import GateState
from bidding.tenders.models import Project


def open_stage(tx: Tx, project_uid: str, sealed: BlobStore) -> bool:
    """Open every public envelope of the next stage once k batches are in; whether that happened now.

    Twice is harmless. The gate is ``OPENED`` from the first stage on; the later ones follow behind it.
    """
    gate, project, book = locked(tx, project_uid)
    if gate.state not in (GateState.OPENING, GateState.OPENED) or gate.held_at is not None:
        return False
    if sittings.suspended(tx.session, project.id) is not None:
        return False
    record = record_of(tx.session, book)
    stage = record.next_stage
    if stage is None:
        return False
    batches = shares_of(tx.session, record, project.id, stage=stage, public=True)
    if len(batches) < record.panel.k:
        return False
    _write_opened(tx, (gate, project, book), record, stage, _opened(record, stage, batches, sealed))
    tx.emit(StageOpened(project.id, stage))
    return True


def give_up(tx: Tx, project_uid: str, sealed: BlobStore, *, since: int, seconds: int, stage: int) -> None:
    """Write that too few trustees came in the time they had, ``seconds`` from ``since`` (Unix seconds)."""
    gate, project, book = locked(tx, project_uid)
    record = record_of(tx.session, book)
    batches = shares_of(tx.session, record, project.id, stage=stage, public=True)
    waited = {"since": since, "seconds": seconds}
    outcomes = [
        (
            bid,
            envelope,
            replace(outcome, evidence={**(outcome.evidence or {}), **waited})
            if outcome.verdict == "trustees"
            else outcome,
        )
        for bid, envelope, outcome in _opened(record, stage, batches, sealed)
    ]
    _write_opened(tx, (gate, project, book), record, stage, outcomes)


#: What came out of each envelope of a stage, in order of receipt.
_Outcomes = list[tuple[LoggedBid, str, Outcome]]


def _opened(record: Record, stage: int, batches: Mapping[int, Shares], sealed: BlobStore) -> _Outcomes:
    return [
        (bid, envelope, unseal(record, bid, envelope, batches, sealed))
        for bid, envelope in record.to_be_shared(stage, public=True)
    ]


def _write_opened(
    tx: Tx, held: tuple[Gate, Project, Log], record: Record, stage: int, outcomes: _Outcomes
) -> None:
    gate, project, book = held
    leaf = ledger.record(
        tx,
        book,
        EventType.OPENED,
        stage=stage,
        sheets=[
            {"bid": bid.uid, "envelope": envelope, "sha256": outcome.sha256}
            for bid, envelope, outcome in outcomes
            if outcome.verdict is None
        ],
        verdicts=[
            {
                "bid": bid.uid,
                "envelope": envelope,
                "verdict": outcome.verdict,
                "evidence": outcome.evidence,
            }
            for bid, envelope, outcome in outcomes
            if outcome.verdict is not None
        ],
    )
    places = {uid: place for place, uid in enumerate(record.rows(stage), 1)}
    ids = dict(tx.session.execute(select(Bid.uid, Bid.id).where(Bid.project_id == project.id)).all())
    rows = [
        {
            "project_id": project.id,
            "bid_id": ids[bid.uid],
            "envelope": envelope,
            "stage": stage,
            "place": places[bid.uid],
            "sheet": dumps(dict(outcome.sheet)).decode() if outcome.sheet is not None else None,
            "sha256": outcome.sha256,
            "verdict": outcome.verdict,
            "evidence": dumps(dict(outcome.evidence)).decode() if outcome.evidence is not None else None,
            "opened_at": leaf.written_at,
        }
        for bid, envelope, outcome in outcomes
    ]
    if rows:
        tx.session.execute(insert(OpenedEnvelope), rows)
    if stage == record.panel.stages[0]:
        _tell_doubles(tx, project, book, record)
    gate.state = GateState.OPENED


def _tell_doubles(tx: Tx, project: Project, book: Log, record: Record) -> None:
    """Say whose the bags are that stay shut, now that the sealed bids in their place are open: that proves they are doubles."""
    shut = {bag.uid for bag in record.bags_told()} & record.doubles.keys()
    found = select(Bag).where(Bag.project_id == project.id, Bag.uid.in_(shut)).order_by(Bag.leaf_id)
    for bag in tx.session.scalars(found).all() if shut else []:
        tenderer = {"name": bag.organisation.name, "uscc": bag.organisation.uscc}
        ledger.record(
            tx,
            book,
            EventType.PAPER_SHEET,
            bag=bag.uid,
            tenderer=tenderer,
            salt=bag.salt,
            fields=None,
            void=DOUBLE,
        )


def due_openings(session: Session) -> list[str]:
    """Projects with a stage that is being opened: their k-th batch may have come just before a crash."""
    return list(
        session.scalars(
            select(Project.uid)
            .join(Gate, Gate.project_id == Project.id)
            .where(Gate.held_at.is_(None))
            .where(or_(Gate.state == GateState.OPENING, stages.is_under_way()))
        )
    )


def record_review(tx: Tx, project_uid: str, sealed: Mapping[str, str]) -> None:
    """Log which bids stay sealed at the next stage; see ``stages.record_review``."""
    _, project, book = locked(tx, project_uid)
    policy.require(tx.actor, Permission.STAGE_REVIEW, agency_id=project.agency_id)
    stages.record_review(tx, book, record_of(tx.session, book), sealed)


def mark_instant(tx: Tx, project_uid: str) -> bool:
    """Let the log grow by a cover after a stage's instant, for a witness to date; whether it was needed."""
    _, _, book = locked(tx, project_uid)
    if project_uid not in stages.due_instants(tx.session, tx.now):
        return False
    ledger.record(tx, book, EventType.COVER)
    return True
