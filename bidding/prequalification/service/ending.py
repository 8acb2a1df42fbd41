"""终止 of a prequalification before its result (招标投标法实施条例 31): proposed by one with a reason, let out by another.

What was handed in is never opened by it, and its notice tells nothing of it.
"""

from __future__ import annotations

from sqlalchemy import select

from bidding.core.canonical import dumps, sha
from bidding.core.clock import unix
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.prequalification import policy, queries, rules
from bidding.prequalification.models import Prequalification
from bidding.prequalification.policy import Permission
from bidding.tenders import service as tender_service

#: Kind of the note in the centre's log.
ENDED_NOTE = "prequalification-ended"


def propose_end(tx: Tx, uid: str, reason: str) -> Prequalification:
    """Propose to end it. Raises ``EndReasonMissing``, ``EndWaits``, ``WrongState`` once there is a result."""
    found, account_id = _running(tx, uid, Permission.PREQUALIFICATION_DRAFT)
    if found.end_asked_at is not None:
        raise rules.EndWaits
    if not 0 < len(reason.strip()) <= rules.MOST_WORDS:
        raise rules.EndReasonMissing(field="reason", most=rules.MOST_WORDS)
    found.end_reason, found.end_asked_at, found.end_asked_by_id = reason.strip(), tx.now, account_id
    tx.session.flush()
    return found


def drop_end(tx: Tx, uid: str) -> Prequalification:
    """Take such a proposal back: its author's or the second person's to do. Twice is once."""
    found, _ = _running(tx, uid, Permission.PREQUALIFICATION_PUBLISH)
    found.end_reason = found.end_asked_at = found.end_asked_by_id = None
    tx.session.flush()
    return found


def end(tx: Tx, uid: str, *, keys: LogKeys) -> Prequalification:
    """End it, as the second person; the project is over and may be begun again. Raises ``SamePerson``, ``WrongState``."""
    found, account_id = _running(tx, uid, Permission.PREQUALIFICATION_PUBLISH)
    if found.end_asked_at is None:
        raise WrongState
    if found.end_asked_by_id == account_id:
        raise SamePerson
    text = {
        "v": 1,
        "type": "prequalification-end",
        "project": found.project.code,
        "title": found.project.title,
        "of": sha(found.notice or "").hex(),
        "reason": found.end_reason,
        "ended_at": unix(tx.now),
        "contact": {"name": found.project.contact, "phone": found.project.phone},
    }
    found.end_notice = dumps(text).decode()
    found.ended_at, found.ended_by_id = tx.now, account_id
    tx.session.flush()
    tender_service.end_prequalification(tx, found.project, enough=False)
    data = {"project": found.project.code, "sha256": sha(found.end_notice).hex()}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=ENDED_NOTE, data=data)
    return found


def _running(tx: Tx, uid: str, permission: Permission) -> tuple[Prequalification, int]:
    """A published prequalification without a result; alone with it until the end. Raises ``NotFound``, ``WrongState``."""
    project = queries.project_for(tx.session, tx.actor, uid)
    account_id = policy.require(tx.actor, permission, agency_id=project.agency_id)
    found = tx.session.scalar(
        select(Prequalification)
        .where(Prequalification.project_id == project.id, Prequalification.published_at.is_not(None))
        .with_for_update(of=Prequalification)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if found.decided_at is not None or found.ended_at is not None:
        raise WrongState
    return found, account_id
