"""A sitting is suspended and resumed, each by two persons of whom one is a supervisor."""

from __future__ import annotations

from typing import Any

from bidding.core.actor import Role
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.opening.policy import Permission
from bidding.opening.rules import FIRST
from bidding.opening.service import require_closed
from bidding.opening.sitting import queries, rules
from bidding.opening.sitting.models import (
    Suspension,
)
from bidding.opening.sitting.service.steps import (
    account_of,
    as_staff,
    touch,
    words_of,
)
from bidding.tenders.models import Project
from bidding.tenders.rules import stages


def suspend(tx: Tx, uid: str, reason: str, *, stage: int = FIRST) -> Suspension:
    """Ask that a stage's sitting be suspended; a second person confirms. Asked again, the new reason stands."""
    gate, project, _ = as_staff(tx, uid, Permission.SUSPEND)
    require_closed(tx.session, gate)
    if stage not in stages(project.envelopes):
        raise NotFound
    sitting = queries.sitting_of(tx.session, project.id, stage)
    if sitting is not None and sitting.ended_at is not None:
        raise rules.OutOfTurn
    words = words_of(reason, "reason")
    found = queries.suspension_of(tx.session, project.id)
    if found is None:
        found = Suspension(project_id=project.id)
        tx.session.add(found)
    found.stage, found.reason = stage, words
    found.asked_by_id, found.asked_at = account_of(tx), tx.now
    touch(tx, project, stage)
    return found


def confirm_suspension(tx: Tx, uid: str) -> Suspension:
    """Suspend: a ``hold`` in the log, so that no trustee's client makes shares meanwhile."""
    gate, project, book = as_staff(tx, uid, Permission.SUSPEND)
    require_closed(tx.session, gate)
    found = queries.suspension_of(tx.session, project.id)
    if found is None:
        raise WrongState
    _second(tx, found.asked_by_id, found.asked_by.grants)
    leaf = ledger.record(tx, book, EventType.HOLD, on=True, reason=found.reason)
    found.confirmed_by_id, found.on_at = account_of(tx), leaf.written_at
    touch(tx, project, found.stage)
    return found


def resume(tx: Tx, uid: str, reason: str) -> Suspension:
    """Ask that the sitting go on; a second person confirms."""
    _, project, _ = as_staff(tx, uid, Permission.SUSPEND)
    found = _suspended(tx, project)
    found.off_reason, found.off_asked_by_id = words_of(reason, "reason"), account_of(tx)
    touch(tx, project, found.stage)
    return found


def confirm_resumption(tx: Tx, uid: str) -> Suspension:
    """Let the sitting go on."""
    _, project, book = as_staff(tx, uid, Permission.SUSPEND)
    found = _suspended(tx, project)
    if found.off_asked_by is None:
        raise WrongState
    _second(tx, found.off_asked_by.id, found.off_asked_by.grants)
    leaf = ledger.record(tx, book, EventType.HOLD, on=False, reason=found.off_reason)
    found.off_confirmed_by_id, found.off_at = account_of(tx), leaf.written_at
    touch(tx, project, found.stage)
    return found


def _suspended(tx: Tx, project: Project) -> Suspension:
    found = queries.suspended(tx.session, project.id)
    if found is None:
        raise WrongState
    return found


def _second(tx: Tx, first_id: int, first_grants: Any) -> None:
    """The second of two persons, one of them a supervisor. Raises ``SamePerson``, ``NeedsSupervisor``."""
    if tx.actor.account_id == first_id:
        raise SamePerson
    if Role.SUPERVISOR not in tx.actor.roles | {grant.role for grant in first_grants}:
        raise rules.NeedsSupervisor
