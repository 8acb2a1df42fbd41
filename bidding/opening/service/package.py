"""The package that trustees work from: with the first one the opening begins."""

from __future__ import annotations

from bidding.core.clock import from_unix
from bidding.db.uow import Tx
from bidding.opening import policy, rules, stages, unwitnessed
from bidding.opening.bundle import choose_checkpoints, write_bundle
from bidding.opening.policy import Permission
from bidding.opening.record import Record
from bidding.opening.service.steps import locked, notes_of, opens, record_of, require_closed, standing
from bidding.submissions.rules import GateState


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
    size = standing(record, notes, opens_at)
    if size is None or record.close is None or size < record.close.head.size:
        raise rules.NotWitnessed
    if gate.state is GateState.CLOSED:
        gate.state = GateState.OPENING
    prefix = record_of(tx.session, book, size)
    chosen = choose_checkpoints(prefix, [note for at, note in notes.items() if at <= size])
    return write_bundle(chosen, opens(tx.session, book, size)), prefix


def declare_unwitnessed(tx: Tx, project_uid: str, words: str) -> None:
    """Log that no witness came, and that these words stand on the paper record; see ``unwitnessed.declare``."""
    gate, project, book = locked(tx, project_uid)
    require_closed(tx.session, gate)
    unwitnessed.declare(tx, project, book, record_of(tx.session, book), words)
