"""The opening on the server: the package leaves, batches come in, sheets open. Every step is one transaction.

What is checked here the verifier checks again from the bundle alone: both use ``record``, ``batches`` and
``bundle`` (protocol §6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from bidding.core.canonical import Malformed, dumps, loads, loads_again
from bidding.core.clock import from_unix
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log
from bidding.ledger.note import parse_head
from bidding.opening import policy, rules, stages, unwitnessed
from bidding.opening.bags import DOUBLE
from bidding.opening.batches import (
    Shares,
    SignedBatch,
    check_batch,
    parse_batch,
    shares_in,
)
from bidding.opening.bundle import PostedKey, choose_checkpoints, sealed_name, write_bundle, write_zip
from bidding.opening.events import StageOpened
from bidding.opening.known import Known
from bidding.opening.models import OpenedEnvelope, ShareBatch
from bidding.opening.models import PostedKey as Posted
from bidding.opening.policy import Permission
from bidding.opening.record import LoggedBid, Record, Replay
from bidding.opening.sitting import queries as sittings
from bidding.opening.sitting.rules import Suspended
from bidding.opening.unsealing import Outcome, unseal
from bidding.storage import BlobStore
from bidding.submissions.models import Bid, Gate
from bidding.submissions.paper.models import Bag
from bidding.submissions.rules import GateState
from bidding.tenders.models import Project

_known = Known()


def locked(tx: Tx, project_uid: str) -> tuple[Gate, Project, Log]:
    """A published project with its log's row held: whoever holds it is alone in this project."""
    project = tx.session.scalar(select(Project).where(Project.uid == project_uid))
    if project is None or project.log_id is None:
        raise NotFound
    book = tx.session.get_one(Log, project.log_id, with_for_update=True, populate_existing=True)
    gate = tx.session.scalar(
        select(Gate).where(Gate.project_id == project.id).execution_options(populate_existing=True)
    )
    if gate is None:
        raise NotFound
    return gate, project, book


def record_of(session: Session, book: Log, size: int | None = None) -> Record:
    """The replay of a project's log, or of its first ``size`` leaves. Dealings were checked at the intake.

    What this process has checked of an event before is not checked again (``known``).
    """
    running, panel_hash = Replay(dealings=False), b""
    for leaf in ledger.leaf_texts(session, book, size):
        name = _known.name(panel_hash, leaf.event)
        known = name in _known
        event = loads_again(leaf.event) if known else loads(leaf.event)
        record = running.apply(leaf.idx, event, bytes.fromhex(leaf.leaf_hash), known=known)
        if not known:
            _known.add(name)
        panel_hash = record.panel_hash
    return running.record


def require_closed(session: Session, gate: Gate) -> None:
    """The close stands for good, and nothing is on hold: before that nothing leaves the server that tells who bid."""
    if gate.state in (GateState.OPEN, GateState.CLOSING):
        raise rules.NotClosed
    if gate.held_at is not None:
        raise rules.OnHold
    if gate.settled_at is None:
        raise rules.NotClosed
    suspension = sittings.suspended(session, gate.project_id)
    if suspension is not None:
        raise Suspended(reason=suspension.reason)


def require_opened(session: Session, project: Project) -> None:
    """Raise ``NotOpened`` before the sheets are open.

    Asked of the gate, for it comes before the log is read: how long that takes tells how many have bid.
    """
    gate = session.scalar(select(Gate).where(Gate.project_id == project.id))
    if gate is None or gate.state is not GateState.OPENED:
        raise rules.NotOpened


# The package that trustees work from ------------------------------------------------------------------------------


def fetch_package(tx: Tx, project_uid: str) -> bytes:
    """The opening package of the next stage, up to a checkpoint that a quorum cosigned at or after its instant.

    With the first one the opening begins: from now on the deadline cannot be extended (protocol §5). Raises
    ``NotClosed``, ``TooEarly``, ``NotReviewed``, ``NothingToOpen``, ``NotWitnessed``.
    """
    return begin(tx, project_uid)[0]


def begin(tx: Tx, project_uid: str) -> tuple[bytes, Record]:
    """The opening package, and the record up to which it goes; as ``fetch_package``, and refuses as that does."""
    gate, project, book = locked(tx, project_uid)
    policy.require(tx.actor, Permission.PACKAGE_FETCH, agency_id=project.agency_id)
    require_closed(tx.session, gate)
    record = record_of(tx.session, book)
    stage = record.next_stage or record.panel.stages[-1]
    opens_at = record.opens_at(stage)
    if tx.now < from_unix(opens_at):
        raise rules.TooEarly(opens=from_unix(opens_at))
    if not record.to_be_opened():
        raise rules.NothingToOpen(least=record.panel.min_bids)
    stages.require_reviewed(record, stage)
    notes = notes_of(tx.session, book)
    size = _standing(record, notes, opens_at)
    if size is None or record.close is None or size < record.close.head.size:
        raise rules.NotWitnessed
    if gate.state is GateState.CLOSED:
        gate.state = GateState.OPENING
    prefix = record_of(tx.session, book, size)
    chosen = choose_checkpoints(prefix, [note for at, note in notes.items() if at <= size])
    return write_bundle(chosen, _opens(tx.session, book, size)), prefix


def notes_of(session: Session, book: Log) -> dict[int, str]:
    """Every checkpoint of the log with its cosignatures, by size, ascending."""
    return {row.size: ledger.checkpoint_note(session, row) for row in ledger.checkpoints(session, book)}


def declare_unwitnessed(tx: Tx, project_uid: str, words: str) -> None:
    """Log that no witness came, and that these words stand on the paper record; see ``unwitnessed.declare``."""
    gate, project, book = locked(tx, project_uid)
    require_closed(tx.session, gate)
    unwitnessed.declare(tx, project, book, record_of(tx.session, book), words)


def _standing(record: Record, notes: Mapping[int, str], earliest: int) -> int | None:
    """The largest size that an opening may stand on: cosigned, or any if the log says that no witness came."""
    size, newest = _witnessed_since(record, notes, earliest), max(notes, default=0)
    if size is None and record.unwitnessed_at is not None and newest > record.unwitnessed_at:
        return newest
    return size


def _witnessed_since(record: Record, notes: Mapping[int, str], earliest: int) -> int | None:
    """The largest size that a quorum cosigned at or after ``earliest`` (Unix seconds)."""
    for size in sorted(notes, reverse=True):
        fresh = fresh_times(record, notes[size], earliest)
        if fresh and record.policy.satisfied(fresh.keys()):
            return size
    return None


def fresh_times(record: Record, note: str, earliest: int) -> dict[str, int]:
    """By name, when each witness first cosigned a checkpoint at or after ``earliest`` (Unix seconds)."""
    times = record.policy.read(note).times
    fresh = {name: [at for at in each if at >= earliest] for name, each in times.items()}
    return {name: min(each) for name, each in fresh.items() if each}


def _opens(session: Session, book: Log, size: int | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    for leaf in ledger.leaf_texts(session, book, size):
        yield leaf.salt, loads(leaf.event)


# Batches ---------------------------------------------------------------------------------------------------------


def hand_in(tx: Tx, project_uid: str, value: object) -> ShareBatch:
    """Take one trustee's batch, checked whole. Handed in twice it is the same batch.

    Raises ``NotClosed``, ``TooEarly``, ``OtherProject``, ``OtherCheckpoint``, ``SeatTaken``, ``BadBatch``.
    """
    gate, project, book = locked(tx, project_uid)
    policy.require(tx.actor, Permission.SHARES_HAND_IN, agency_id=project.agency_id)
    require_closed(tx.session, gate)
    record = record_of(tx.session, book)
    try:
        signed = parse_batch(value)
    except Malformed as error:
        raise rules.BadBatch(field="batch", reason=str(error)) from error
    parts = signed.batch
    _same_close(record, signed)
    known = tx.session.scalar(
        select(ShareBatch).where(
            ShareBatch.project_id == project.id,
            ShareBatch.stage == parts["stage"],
            ShareBatch.public.is_(parts["public"]),
            ShareBatch.seat == parts["i"],
        )
    )
    body = dumps(signed.value).decode()
    if known is not None:
        if known.body != body:
            raise rules.SeatTaken(field="batch", seat=parts["i"])
        return known
    try:
        opens_at = record.opens_at(parts["stage"])
        stages.require_reviewed(record, parts["stage"])
        check_batch(record, parts, signed.sig)
    except Malformed as error:
        raise rules.BadBatch(field="batch", reason=str(error)) from error
    if tx.now < from_unix(opens_at):
        raise rules.TooEarly(opens=from_unix(opens_at))
    return _keep(tx, gate, book, signed, body)


def _same_close(record: Record, signed: SignedBatch) -> None:
    """Say plainly when a batch was made for something else; what else is wrong with it ``check_batch`` finds."""
    if signed.batch["panel"] != record.panel_hash.hex():
        raise rules.OtherProject(field="batch")
    if record.close is not None and signed.batch["checkpoint"] != record.close.head.text:
        try:
            head = parse_head(signed.batch["checkpoint"])
        except Malformed as error:
            raise rules.BadBatch(field="batch", reason=str(error)) from error
        raise rules.OtherCheckpoint(
            field="batch",
            theirs=f"{head.origin} {head.size}",
            ours=f"{record.close.head.origin} {record.close.head.size}",
        )


def _keep(tx: Tx, gate: Gate, book: Log, signed: SignedBatch, body: str) -> ShareBatch:
    parts = signed.batch
    leaf = ledger.record(
        tx,
        book,
        EventType.SHARES,
        i=parts["i"],
        stage=parts["stage"],
        public=parts["public"],
        sha256=signed.sha256,
    )
    if gate.state is GateState.CLOSED:
        gate.state = GateState.OPENING
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    row = ShareBatch(
        project_id=gate.project_id,
        stage=parts["stage"],
        public=parts["public"],
        seat=parts["i"],
        body=body,
        received_at=leaf.written_at,
        account_id=tx.actor.account_id,
        leaf_id=leaf.id,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def shares_of(
    session: Session, record: Record, project_id: int, *, stage: int, public: bool
) -> dict[int, Shares]:
    """The shares by seat. Each was checked when it came; a row changed since is not what the log took.

    Raises ``Malformed`` for such a row.
    """
    rows = session.scalars(
        select(ShareBatch).where(
            ShareBatch.project_id == project_id, ShareBatch.stage == stage, ShareBatch.public.is_(public)
        )
    )
    found = {}
    for row in rows:
        if hashlib.sha256(row.body.encode()).hexdigest() != record.shares[row.seat, stage, public].sha256:
            raise Malformed(f"share batch of seat {row.seat}: not the one in the log")
        found[row.seat] = shares_in(loads(row.body)["batch"])
    return found


# Opening the sheets ----------------------------------------------------------------------------------------------


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


# The bundle ------------------------------------------------------------------------------------------------------


def write_opening(
    session: Session, project: Project, sealed: BlobStore, target: BinaryIO, names: bytes | None = None
) -> None:
    """Write ``opening.zip`` up to the last checkpoint with a quorum. Raises ``NotOpened`` before there is one.

    Between two openings it ends before the review of the first, which is announced at the second.
    """
    require_opened(session, project)
    book = session.get_one(Log, project.log_id)
    notes = notes_of(session, book)
    whole = record_of(session, book)
    first = whole.panel.stages[0]
    size = _standing(whole, _told(whole, notes), whole.opens_at(first))
    if size is None or size <= whole.opened[first].index:
        raise rules.NotOpened
    record = record_of(session, book, size)
    public = [
        loads(row.body)
        for row in session.scalars(
            select(ShareBatch)
            .where(ShareBatch.project_id == project.id, ShareBatch.public.is_(True))
            .order_by(ShareBatch.id)
        )
    ]
    logged = {shares.sha256 for shares in record.shares.values()}
    batches = [SignedBatch(value["batch"], value["sig"]) for value in public]
    data = write_bundle(
        choose_checkpoints(record, [note for at, note in notes.items() if at <= size]),
        _opens(session, book, size),
        [batch for batch in batches if batch.sha256 in logged],
        _posted(session, project, record),
    )
    write_zip(target, data, _sealed_files(record, sealed), names)


def _posted(session: Session, project: Project, record: Record) -> list[PostedKey]:
    """The posted keys of public envelopes that this much of the log knows of."""
    public = {
        (bid.uid, envelope)
        for stage in record.opened
        for bid, envelope in record.to_be_shared(stage, public=True)
    }
    rows = session.execute(
        select(Bid.uid, Posted.envelope, Posted.identity)
        .join(Bid, Bid.id == Posted.bid_id)
        .where(Posted.project_id == project.id)
        .order_by(Posted.id)
    )
    return [
        PostedKey(bid, envelope, identity)
        for bid, envelope, identity in rows
        if (bid, envelope) in public and (bid, envelope) in record.after.keys
    ]


def _told(record: Record, notes: Mapping[int, str]) -> Mapping[int, str]:
    """The checkpoints that may leave the house. Who passed a review is announced at the opening that follows it
    (公路工程建设项目招标投标管理办法 37): before a witness has seen its hour, the bundle ends before the review.
    """
    stage = record.next_stage
    review = None if stage is None else stages.first_review(record, stage)
    if stage is None or review is None or _witnessed_since(record, notes, record.opens_at(stage)) is not None:
        return notes
    return {size: note for size, note in notes.items() if size <= review}


def _sealed_files(record: Record, sealed: BlobStore) -> Iterator[tuple[str, BinaryIO]]:
    for stage in sorted(record.opened):
        for bid, envelope in record.to_be_shared(stage, public=True):
            digest = bid.envelope(envelope)["files"][0]["sha256"]
            if sealed.size(digest) is None:
                continue  # the log says "platform": the verifier names the missing file
            with sealed.open(digest) as source:
                yield sealed_name(bid.uid, envelope), source


def sign(tx: Tx, project_uid: str, keys: LogKeys) -> None:
    """Sign the project's log as it stands."""
    _, _, book = locked(tx, project_uid)
    ledger.sign_checkpoint(tx, book, keys)


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
