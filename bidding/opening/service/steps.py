"""What every step of an opening shares: the project held, its log replayed, what may be asked, and how far witnesses have come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads, loads_again
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log
from bidding.opening import rules
from bidding.opening.known import Known
from bidding.opening.record import Record, Replay
from bidding.opening.sitting import queries as sittings
from bidding.opening.sitting.rules import Suspended
from bidding.submissions.models import Gate
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
    if gate.state is GateState.SHUT:
        raise rules.Terminated
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


def notes_of(session: Session, book: Log) -> dict[int, str]:
    """Every checkpoint of the log with its cosignatures, by size, ascending."""
    return {row.size: ledger.checkpoint_note(session, row) for row in ledger.checkpoints(session, book)}


def standing(record: Record, notes: Mapping[int, str], earliest: int) -> int | None:
    """The largest size that an opening may stand on: cosigned, or any if the log says that no witness came."""
    size, newest = witnessed_since(record, notes, earliest), max(notes, default=0)
    if size is None and record.unwitnessed_at is not None and newest > record.unwitnessed_at:
        return newest
    return size


def witnessed_since(record: Record, notes: Mapping[int, str], earliest: int) -> int | None:
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


def opens(session: Session, book: Log, size: int | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Salt and event of every leaf, or of the first ``size``."""
    for leaf in ledger.leaf_texts(session, book, size):
        yield leaf.salt, loads(leaf.event)


def sign(tx: Tx, project_uid: str, keys: LogKeys) -> None:
    """Sign the project's log as it stands."""
    _, _, book = locked(tx, project_uid)
    ledger.sign_checkpoint(tx, book, keys)
