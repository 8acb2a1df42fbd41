"""After the deadline: opened by the agency, examined by one, decided by another, told to each applicant.

The centre's log learns three digests, each of a text with a salt: nobody can tell from them who applied, or how many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bidding.core.canonical import dumps, sha
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.prequalification import policy, queries, rules
from bidding.prequalification.events import PrequalificationDecided
from bidding.prequalification.models import Application, Prequalification
from bidding.prequalification.policy import Permission
from bidding.prequalification.rules import Examiner, Standing, Verdict
from bidding.prequalification.service.applying import SALT_BYTES
from bidding.tenders import service as tender_service

#: Kinds of the notes in the centre's log.
OPENED_NOTE, DECIDED_NOTE = "prequalification-opened", "prequalification-decided"


def open_applications(tx: Tx, uid: str, *, keys: LogKeys) -> Prequalification:
    """Let the agency read what was in at the deadline, and bind it to that list. Twice is once.

    Raises ``NotYetOpen`` before the deadline and for a minute after it.
    """
    found, account_id = _own(tx, uid)
    if found.opened_at is not None:
        return found
    if found.ended_at is not None:
        raise WrongState
    rules.require_openable(found.times, tx.now)
    text = {
        "v": 1,
        "type": "prequalification-register",
        "project": found.project.code,
        "applications": [
            {"reference": each.reference, "digest": each.digest, "received_ms": _ms(each)}
            for each in queries.in_at_deadline(tx.session, found)
        ],
        "salt": tx.entropy.bytes(SALT_BYTES).hex(),
    }
    found.register = dumps(text).decode()
    found.opened_at, found.opened_by_id = tx.now, account_id
    tx.session.flush()
    _note(tx, found, OPENED_NOTE, found.register, keys)
    return found


def keep_verdicts(
    tx: Tx,
    uid: str,
    verdicts: Mapping[str, tuple[bool | None, str]],
    *,
    examiner: Examiner | None,
    committee: str,
    hand_over: bool = False,
) -> Prequalification:
    """Write down what has been found so far, by the application's uid; with ``hand_over`` it goes to the second person.

    Raises ``WrongState`` once it was handed over, and then ``VerdictMissing``, ``ReasonMissing``, ``CommitteeTooSmall``, …
    """
    found, account_id = _own(tx, uid)
    if rules.standing(found.times, tx.now) is not Standing.OPENED:
        raise WrongState
    for each in queries.opened(tx.session, found):
        if each.uid in verdicts:
            each.passed, reason = verdicts[each.uid]
            each.reason = "" if each.passed else reason.strip()[: rules.MOST_WORDS]
    found.examiner = examiner if examiner is not None or found.project.preset.trades else Examiner.OWNER
    found.committee = committee.strip() if found.examiner is Examiner.COMMITTEE else ""
    tx.session.flush()
    if hand_over:
        _check(tx, found)
        found.reviewed_at, found.reviewed_by_id, found.review_returned = tx.now, account_id, None
        tx.session.flush()
    return found


def return_review(tx: Tx, uid: str, reason: str) -> Prequalification:
    """Send the verdicts back. Raises ``SendBackReasonMissing``."""
    found, _ = _own(tx, uid)
    if rules.standing(found.times, tx.now) is not Standing.REVIEWED:
        raise WrongState
    if not reason.strip():
        raise rules.SendBackReasonMissing(field="reason")
    found.reviewed_at = found.reviewed_by_id = None
    found.review_returned = reason.strip()[:1000]
    tx.session.flush()
    return found


def decide(tx: Tx, uid: str, *, keys: LogKeys) -> Prequalification:
    """Let the verdicts stand, as the second person; every applicant has its notice from now on. Twice is once.

    With fewer than the law wants the project is over, and may be begun again (条例 19). Raises ``SamePerson``.
    """
    found, account_id = _own(tx, uid)
    if found.decided_at is not None:
        return found
    if rules.standing(found.times, tx.now) is not Standing.REVIEWED:
        raise WrongState
    if found.reviewed_by_id == account_id:
        raise SamePerson
    _check(tx, found)
    enough = rules.is_enough(
        queries.passed(tx.session, found), queries.figures(tx.session, found.project, tx.now)
    )
    text = {
        "v": 1,
        "type": "prequalification-result",
        "project": found.project.code,
        "examiner": found.examiner.value if found.examiner else None,
        "committee": [each.said for each in rules.members(found.committee)],
        "applications": [
            {"reference": each.reference, "digest": each.digest, "passed": each.passed, "reason": each.reason}
            for each in queries.opened(tx.session, found)
        ],
        "enough": enough,
        "salt": tx.entropy.bytes(SALT_BYTES).hex(),
    }
    found.enough, found.result = enough, dumps(text).decode()
    found.decided_at, found.decided_by_id = tx.now, account_id
    tx.session.flush()
    tender_service.end_prequalification(tx, found.project, enough=enough)
    _note(tx, found, DECIDED_NOTE, found.result, keys)
    tx.emit(PrequalificationDecided(found.id))
    return found


def _check(tx: Tx, found: Prequalification) -> None:
    rows = queries.opened(tx.session, found)
    rules.check_verdicts([Verdict(each.organisation.name, each.passed, each.reason) for each in rows])
    if found.examiner is None:
        raise rules.ExaminerMissing(field="examiner")
    if found.examiner is Examiner.COMMITTEE:
        figures = queries.figures(tx.session, found.project, tx.now)
        rules.check_committee(rules.members(found.committee), figures)


def _own(tx: Tx, uid: str) -> tuple[Prequalification, int]:
    """A published prequalification of the actor's own agency; alone with it until the end. Raises ``NotFound``."""
    project = queries.project_for(tx.session, tx.actor, uid)
    account_id = policy.require(tx.actor, Permission.APPLICATION_EXAMINE, agency_id=project.agency_id)
    found = tx.session.scalar(
        select(Prequalification)
        .where(Prequalification.project_id == project.id, Prequalification.published_at.is_not(None))
        .with_for_update(of=Prequalification)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found, account_id


def _note(tx: Tx, found: Prequalification, kind: str, text: str, keys: LogKeys) -> None:
    data: dict[str, Any] = {"project": found.project.code, "sha256": sha(text).hex()}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=kind, data=data)


def _ms(application: Application) -> int | None:
    received = application.received_at
    return int(received.timestamp() * 1000) if received else None
