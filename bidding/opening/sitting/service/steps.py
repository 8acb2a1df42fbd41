"""What every act of a sitting shares: who acts, on what, and the note in the log.

The order of the steps is ``ceremony``'s, which the verifier applies as well; what is refused by name is refused before
it, in words for the person who pressed the button.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.core.canonical import Malformed
from bidding.core.clock import unix
from bidding.core.errors import NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.opening import policy
from bidding.opening.policy import Permission
from bidding.opening.record import Record
from bidding.opening.rules import FIRST
from bidding.opening.service import locked, record_of, require_closed
from bidding.opening.sitting import ceremony, queries, rules
from bidding.opening.sitting.models import (
    Sitting,
)
from bidding.opening.sitting.queries import Guest
from bidding.submissions.models import Bid, Gate
from bidding.tenders.models import Project
from bidding.tenders.rules import stages


def one_line(text: str) -> str:
    return " ".join(text.split())


def words_of(text: str, field: str) -> str:
    words = text.strip()
    if not words or len(words) > rules.MAX_WORDS:
        raise rules.WordsMissing(field=field, most=rules.MAX_WORDS)
    return words


def account_of(tx: Tx) -> int:
    assert tx.actor.account_id is not None  # noqa: S101 — the policy has asked
    return tx.actor.account_id


def as_staff(tx: Tx, uid: str, permission: Permission) -> tuple[Gate, Project, Log]:
    held = locked(tx, uid)
    policy.require(tx.actor, permission, agency_id=held[1].agency_id)
    rules.require_meeting(held[1].preset.quiet)
    return held


def open_sitting(tx: Tx, gate: Gate, project: Project, stage: int) -> Sitting:
    """The row to act on. Raises ``NotClosed``, ``OnHold``, ``Suspended``; ``NotFound`` where there is no such opening."""
    if stage not in stages(project.envelopes):
        raise NotFound
    require_closed(tx.session, gate)
    return _row(tx, project, stage)


def _row(tx: Tx, project: Project, stage: int) -> Sitting:
    sitting = queries.sitting_of(tx.session, project.id, stage)
    if sitting is None:
        sitting = Sitting(project_id=project.id, stage=stage, acts=0, read=0)
        tx.session.add(sitting)
        tx.session.flush()
    return sitting


def touch(tx: Tx, project: Project, stage: int = FIRST) -> None:
    _row(tx, project, stage).acts += 1
    tx.session.flush()


def say(
    tx: Tx,
    gate: Gate,
    project: Project,
    book: Log,
    kind: str,
    data: dict[str, Any],
    record: Record | None = None,
    *,
    stage: int,
) -> Sitting:
    """Check a note of the stage's sitting against the log so far, and write it. Raises ``OutOfTurn``."""
    sitting = open_sitting(tx, gate, project, stage)
    so_far = record or record_of(tx.session, book)
    at = unix(ledger.stamp(tx, book))
    kind, data = ceremony.written(kind, data, stage=stage, first=so_far.panel.stages[0])
    event = {"v": 1, "type": EventType.NOTE.value, "at": at, "kind": kind, "data": data}
    try:
        so_far.sit(kind, data, at)
    except Malformed as error:
        raise rules.OutOfTurn from error
    ledger.append(tx, book, event)
    sitting.acts += 1
    return sitting


def guest_of(tx: Tx, project: Project, unit: int | None, stage: int) -> Guest:
    for guest in queries.guests(tx.session, project, stage):
        if guest.organisation.id == unit:
            return guest
    raise rules.NotListed


def unit_of(session: Session, project: Project, bid: str) -> int:
    unit = session.scalar(select(Bid.organisation_id).where(Bid.project_id == project.id, Bid.uid == bid))
    if unit is None:
        raise NotFound
    return unit


def present(tx: Tx, project: Project, stage: int) -> Guest:
    guest = guest_of(tx, project, tx.actor.organisation_id, stage)
    if guest.attendance is None:
        raise rules.NotPresent
    return guest
