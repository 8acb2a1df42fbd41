"""Keeping what recusal is computed from: units that belong together, and what experts worked for before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import dumps, sha
from bidding.core.codes import InvalidUscc, check_uscc
from bidding.core.errors import Forbidden, WrongState
from bidding.db.uow import Tx
from bidding.experts import queries, rules
from bidding.experts.models import Employment, RelatedUnit
from bidding.experts.policy import Permission
from bidding.experts.rules import Relation
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.tenders.queries import local_day

#: The kind of the note in the centre's log by which who is excused from a draw may change.
RECUSAL_NOTE = "recusal-ground"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its name and, where it is known, its credit code."""

    name: str
    uscc: str = ""


def relate(tx: Tx, one: Unit, other: Unit, relation: Relation, source: str, keys: LogKeys) -> RelatedUnit:
    """Enter that two units belong together. Raises ``SameUnit``, ``InvalidUscc``."""
    by = _keeper(tx)
    row = RelatedUnit(
        unit=one.name.strip(),
        unit_uscc=_code(one.uscc, "unit_uscc"),
        other=other.name.strip(),
        other_uscc=_code(other.uscc, "other_uscc"),
        relation=relation,
        source=source.strip(),
        added_at=tx.now,
        added_by_id=by,
    )
    (name, code), (second, second_code) = row.sides
    if rules.unit_key(name) == rules.unit_key(second) or (code and code == second_code):
        raise rules.SameUnit(field="other")
    tx.session.add(row)
    tx.session.flush()
    _note(tx, keys, "related", row.id, [name, code, second, second_code, relation.value, row.source])
    return row


def end_relation(tx: Tx, relation_id: int, keys: LogKeys) -> RelatedUnit:
    """Two units no longer belong together; lists that are frozen stay as they are. Raises ``WrongState``."""
    by = _keeper(tx)
    row = queries.relation(tx.session, relation_id)
    tx.session.refresh(row, with_for_update=True)
    if row.ended_at is not None:
        raise WrongState
    row.ended_at, row.ended_by_id = tx.now, by
    tx.session.flush()
    _note(tx, keys, "related-ended", row.id, [])
    return row


def add_employment(tx: Tx, uid: str, unit: Unit, left_on: date, keys: LogKeys) -> Employment:
    """Enter what an expert worked for until ``left_on``. Raises ``InvalidUscc``, ``LeftLater``, ``WrongState``."""
    by = _keeper(tx)
    expert = queries.pool_member(tx.session, uid)
    if left_on > local_day(tx.now):
        raise rules.LeftLater(day=left_on.isoformat(), field="left_on")
    row = Employment(
        expert_id=expert.id,
        unit=unit.name.strip(),
        unit_uscc=_code(unit.uscc, "unit_uscc"),
        left_on=left_on,
        added_at=tx.now,
        added_by_id=by,
    )
    tx.session.add(row)
    try:
        tx.session.flush()
    except IntegrityError as error:  # it stands there already
        raise WrongState from error
    _note(tx, keys, "employment", row.id, [expert.uid, row.unit, row.unit_uscc, left_on.isoformat()])
    return row


def withdraw_employment(tx: Tx, uid: str, employment_id: int, keys: LogKeys) -> Employment:
    """Take back what was entered by mistake; it stays written down. Raises ``NotFound``, ``WrongState``."""
    by = _keeper(tx)
    row = queries.employment(tx.session, queries.pool_member(tx.session, uid), employment_id)
    tx.session.refresh(row, with_for_update=True)
    if row.withdrawn_at is not None:
        raise WrongState
    row.withdrawn_at, row.withdrawn_by_id = tx.now, by
    tx.session.flush()
    _note(tx, keys, "employment-withdrawn", row.id, [])
    return row


def _keeper(tx: Tx) -> int:
    if tx.actor.account_id is None or not tx.actor.may(Permission.POOL_IMPORT):
        raise Forbidden
    return tx.actor.account_id


def _code(given: str, field: str) -> str | None:
    if not given.strip():
        return None
    try:
        return check_uscc(given)
    except InvalidUscc as error:
        error.field = field
        raise


def _note(tx: Tx, keys: LogKeys, act: str, number: int, said: list[str | None]) -> None:
    """That it was entered and by a digest what, with sixteen bytes beside it: names of people are few."""
    digest = sha(dumps([act, number, *said, tx.entropy.bytes(16).hex()])).hex() if said else None
    ledger.record(
        tx,
        ledger.centre_log(tx, keys),
        EventType.NOTE,
        kind=RECUSAL_NOTE,
        data={"act": act, "row": number, "sha256": digest},
    )
