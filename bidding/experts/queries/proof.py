"""What of a project's draws everybody may have (``experts.proof``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads
from bidding.core.errors import NotFound
from bidding.experts.proof import Opened, Told, told_as, write_labels, write_proof
from bidding.experts.queries.draws import of_project, panel_of, replay_of
from bidding.experts.replay import TYPES, DrawRecord
from bidding.experts.rules import conditions_of
from bidding.ledger import queries as ledger
from bidding.ledger.events import EventType, commit, entry
from bidding.ledger.models import Leaf, Log
from bidding.submissions.queries import gate
from bidding.submissions.rules import GateState
from bidding.tenders.models import Project


def has_opened(session: Session, project: Project) -> bool:
    """Whether the first opening is over: only then a log can be opened. Asked of the gate, not of the log."""
    found = gate(session, project.id)
    return found is not None and found.state is GateState.OPENED


def proof_bytes(session: Session, project: Project, *, public: bool) -> bytes:
    """``draw.json`` of a project; ``public`` says whether everybody may read its opening record.

    Raises ``NotFound`` where nothing is drawn, or nothing of it may be shown yet.
    """
    drawn = [draw for draw in of_project(session, project.id) if draw.drawn_at is not None]
    if not drawn or project.log_id is None:
        raise NotFound
    if public:
        return _with_log(session, project, session.get_one(Log, project.log_id))
    if drawn[0].after_id is not None:
        raise NotFound  # the reason for a further draw is free text
    record = replay_of(session, project).find(drawn[0].code)
    log = session.get_one(Log, project.log_id)
    if _after_a_close(session, log, record) or not _of_seats(project, record):
        raise NotFound
    return _without_log(session, log, record)


def labels_bytes(session: Session, project: Project, *, public: bool) -> bytes | None:
    """``labels.json``: the regions that the draws of the proof ask for, by name."""
    drawn = [draw for draw in of_project(session, project.id) if draw.drawn_at is not None]
    return write_labels(
        place.region
        for draw in (drawn if public else drawn[:1])
        for place in conditions_of(loads(draw.conditions)).places
        if place.region
    )


def _after_a_close(session: Session, log: Log, record: DrawRecord) -> bool:
    """Whether a draw was ordered after a close, though an extension may have voided it since.

    Its list may excuse tenderers' people, and so tell how many tenderers have people in the pool.
    """
    first = session.scalar(
        select(Leaf.idx)
        .where(Leaf.log_id == log.id, Leaf.type == EventType.CLOSE.value)
        .order_by(Leaf.idx)
        .limit(1)
    )
    return first is not None and first < record.spec_index


def _of_seats(project: Project, record: DrawRecord) -> bool:
    """Whether no tenderer joined, which would name somebody who is getting ready to bid (招标投标法 22)."""
    return set(record.parties) <= {seat.name for seat in panel_of(project)[1].seats}


def _with_log(session: Session, project: Project, log: Log) -> bytes:
    """Every leaf up to the last checkpoint with a quorum, those of the draws opened."""
    policy = ledger.panel_policy(session, log)
    if policy is None:
        raise NotFound
    notes = {row.size: ledger.checkpoint_note(session, row) for row in ledger.checkpoints(session, log)}
    witnessed = [size for size, note in notes.items() if policy.witnessed(policy.read(note))]
    size = max(witnessed, default=0)
    wanted = {size} | {
        min((each for each in witnessed if closed < each <= revealed), default=size)
        for closed, revealed in _spans(replay_of(session, project).draws)
    }
    return write_proof(
        [Opened(*leaf) for leaf in _of_draws(session, log, size)],
        leaves=[
            entry(commit(bytes.fromhex(leaf.salt), loads(leaf.event)))
            for leaf in ledger.leaf_texts(session, log, size)
        ],
        checkpoints=[policy.known_lines(notes[each]) for each in sorted(wanted)],
    )


def _spans(draws: Iterable[DrawRecord]) -> list[tuple[int, int]]:
    """Of every draw that was revealed: the indexes between which a quorum must have cosigned."""
    return [
        (draw.closed_index, draw.first_reveal_index)
        for draw in draws
        if draw.closed_index is not None and draw.first_reveal_index is not None
    ]


def _without_log(session: Session, log: Log, record: DrawRecord) -> bytes:
    """The draw from its order to its last contribution, and who was called: no place in the log, no reason."""
    own = {record.spec_index, record.closed_index}
    own |= {deal.index for deal in record.deals.values()}
    own |= {reveal.index for reveal in record.reveals.values()}
    return write_proof(
        [Opened(None, salt, event) for at, salt, event in _of_draws(session, log) if at == 0 or at in own],
        calls=[Told(record.id, call.stratum, call.h, told_as(call.answer)) for call in record.calls],
    )


def _of_draws(session: Session, log: Log, size: int | None = None) -> list[tuple[int, str, dict[str, Any]]]:
    """Index, salt and event of the panel's leaf and of those of draws, in order, among the first ``size``.

    No other leaf is read: how long that takes would tell how many there are.
    """
    rows = session.execute(
        select(Leaf.idx, Leaf.salt, Leaf.event)
        .where(Leaf.log_id == log.id, Leaf.type.in_((EventType.PANEL.value, *TYPES)))
        .order_by(Leaf.idx)
    )
    return [(idx, salt, loads(event)) for idx, salt, event in rows if size is None or idx < size]
