"""Trustees' batches of shares, taken in and read again."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.clock import from_unix
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.ledger.note import parse_head
from bidding.opening import policy, rules, stages
from bidding.opening.batches import Shares, SignedBatch, check_batch, parse_batch, shares_in
from bidding.opening.models import ShareBatch
from bidding.opening.policy import Permission
from bidding.opening.record import Record
from bidding.opening.service.steps import locked, record_of, require_closed
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState


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
