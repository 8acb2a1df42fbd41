"""What supervisors say: kept for good, and each with its hash in the centre's log. Nothing follows from it by itself."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select, update

from bidding.core.canonical import dumps, loads
from bidding.core.clock import unix
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.ledger.models import Log
from bidding.oversight import queries
from bidding.oversight.models import Finding, FindingNote, MeasureChange, OversightUnit
from bidding.oversight.policy import Permission
from bidding.oversight.rules import Decision, check_note, check_reason, check_value

#: Kinds of the notes in the centre's log. They hold a salted hash and nothing else: who is looked at is nobody's business.
NOTE, MEASURE_NOTE = "oversight-note", "oversight-measure"


class ChangedMeanwhile(DomainError):
    """The figures are no longer those that the page showed."""

    code = "oversight.changed_meanwhile"
    text = N_("这条提示的数字刚刚变了。您写的还在，请先看一看新的数字，再登记。")


def note(
    tx: Tx, uid: str, decision: Decision, *, reason: str, reference: str, seen: str, keys: LogKeys
) -> FindingNote:
    """Say something of a finding, as it was ``seen`` (its digest).

    Raises ``ReasonMissing``, ``ReferenceMissing``, ``ChangedMeanwhile``, ``NotFound``.
    """
    account_id = _supervisor(tx, Permission.OVERSIGHT_NOTE)
    book = ledger.centre_log(tx, keys)
    finding = tx.session.scalar(
        select(Finding).where(Finding.uid == uid).with_for_update().execution_options(populate_existing=True)
    )
    if finding is None:
        raise NotFound
    words, number = check_note(decision, reason, reference)
    if finding.digest != seen:
        raise ChangedMeanwhile
    made = FindingNote(
        uid=new_uid(tx.entropy),
        finding_id=finding.id,
        decision=decision,
        reason=words,
        reference=number,
        at=tx.now,
        by_id=account_id,
    )
    record = {
        "type": NOTE,
        "uid": made.uid,
        "finding": {
            "uid": finding.uid,
            "flag": finding.flag.value,
            "title": finding.title,
            "numbers": loads(finding.numbers),
            "cases": loads(finding.cases),
        },
        "decision": decision.value,
        "reason": words,
        "reference": number,
    }
    _record(tx, made, record, NOTE, account_id, book)
    finding.decision, finding.noted_digest = decision, finding.digest
    tx.session.flush()
    return made


def set_measure(tx: Tx, code: str, value: int, *, reason: str, keys: LogKeys) -> MeasureChange:
    """Set a measure anew; everything is then examined anew. Raises ``BadMeasure``, ``NotNew``, ``ReasonMissing``."""
    account_id = _supervisor(tx, Permission.OVERSIGHT_MEASURE)
    book = ledger.centre_log(tx, keys)  # whoever holds it is alone: the last value is the last
    measure = queries.measures(tx.session).get(code)
    if measure is None:
        raise NotFound
    made = MeasureChange(
        code=code,
        value=check_value(measure, value),
        was=measure.value,
        reason=check_reason(reason),
        at=tx.now,
        by_id=account_id,
    )
    record = {
        "type": MEASURE_NOTE,
        "code": code,
        "value": made.value,
        "was": made.was,
        "reason": made.reason,
    }
    _record(tx, made, record, MEASURE_NOTE, account_id, book)
    tx.session.execute(update(OversightUnit).values(due=True).execution_options(synchronize_session=False))
    return made


def _record(
    tx: Tx,
    row: FindingNote | MeasureChange,
    record: dict[str, Any],
    kind: str,
    account_id: int,
    book: Log,
) -> None:
    whole = dumps(
        {**record, "v": 1, "at": unix(tx.now), "by": account_id, "salt": tx.entropy.bytes(32).hex()}
    )
    row.record, row.sha256 = whole.decode(), hashlib.sha256(whole).hexdigest()
    tx.session.add(row)
    ledger.record(tx, book, EventType.NOTE, kind=kind, data={"sha256": row.sha256})


def _supervisor(tx: Tx, permission: Permission) -> int:
    if not tx.actor.may(permission) or tx.actor.account_id is None:
        raise NotFound
    return tx.actor.account_id
