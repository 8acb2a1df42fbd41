"""Accepting a rule, and publishing a new version of one by two people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.conduct import queries, rules
from bidding.conduct.models import Acceptance, ConductText
from bidding.conduct.policy import Permission
from bidding.conduct.rules import Rule, Text
from bidding.conduct.shipped import digest, written
from bidding.core.actor import Role
from bidding.core.errors import Forbidden, NotFound, SamePerson, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys

#: Kind of the note in the centre's log that says a version was published.
TEXT_NOTE = "conduct-text"
MOST_REASON = 500


def accept(tx: Tx, rule: Rule, n: int | None = None) -> Acceptance:
    """Keep that the actor read the version of a rule in force. Twice is once.

    ``n`` is the version that was shown. Raises ``NewerMeanwhile`` where another is in force by now, ``Forbidden``
    for nobody.
    """
    if tx.actor.account_id is None:
        raise Forbidden
    (text,) = queries.in_force(tx.session, [rule], tx.now)
    if n is not None and n != text.n:
        raise rules.NewerMeanwhile
    mine = select(Acceptance).where(
        Acceptance.account_id == tx.actor.account_id, Acceptance.rule == rule, Acceptance.n == text.n
    )
    known = tx.session.scalar(mine)
    if known is not None:
        return known
    made = Acceptance(
        account_id=tx.actor.account_id,
        of_tenderer=Role.TENDERER in tx.actor.roles,
        rule=rule,
        n=text.n,
        sha256=text.sha256,
        accepted_at=tx.now,
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(made)
    except IntegrityError:  # the same person in two windows, at once
        return tx.session.scalars(mine).one()
    return made


def accept_all(tx: Tx, shown: Iterable[tuple[Rule, int]]) -> None:
    """Accept every version that a form showed and whose box was ticked; raises as ``accept``."""
    for rule, n in shown:
        accept(tx, rule, n)


def draft(tx: Tx, rule: Rule, *, zh: str, en: str, valid_from: date, reason: str) -> ConductText:
    """Write a new version, for another administrator to publish.

    Raises ``ClausesMissing``, ``Unchanged``, ``TooSoon``, ``ReasonMissing``, ``DraftWaiting``.
    """
    account_id = _administrator(tx)
    clauses = rules.check_clauses(zh, en)
    latest = queries.versions(tx.session, rule)[-1]
    if clauses == (latest.zh, latest.en):
        raise rules.Unchanged(field="zh")
    _check_day(tx, latest, valid_from)
    words = " ".join(reason.split())
    if not 0 < len(words) <= MOST_REASON:
        raise rules.ReasonMissing(field="reason", most=MOST_REASON)
    if queries.draft_of(tx.session, rule) is not None:
        raise rules.DraftWaiting
    row = ConductText(
        rule=rule,
        zh="\n".join(clauses[0]),
        en="\n".join(clauses[1]),
        valid_from=valid_from,
        reason=words,
        drafted_at=tx.now,
        drafted_by_id=account_id,
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
    except IntegrityError:  # two administrators, at once
        raise rules.DraftWaiting from None
    return row


def publish(tx: Tx, rule: Rule, *, keys: LogKeys) -> ConductText:
    """Publish the draft, as the second person; its hash goes into the centre's log.

    Raises ``SamePerson``, ``TooSoon`` where its day has come meanwhile, ``WrongState`` where there is no draft.
    """
    account_id = _administrator(tx)
    book = ledger.centre_log(tx, keys)  # whoever holds it is alone: two who publish at once are told apart
    row = _waiting(tx, rule)
    if row.drafted_by_id == account_id:
        raise SamePerson
    latest = queries.versions(tx.session, rule)[-1]
    _check_day(tx, latest, row.valid_from)
    row.n = latest.n + 1
    row.sha256 = digest(written(rule, row.n, *rules.check_clauses(row.zh, row.en), row.valid_from))
    row.published_at, row.published_by_id = tx.now, account_id
    ledger.record(
        tx,
        book,
        EventType.NOTE,
        kind=TEXT_NOTE,
        data={
            "rule": rule.value,
            "n": row.n,
            "sha256": row.sha256,
            "valid_from": row.valid_from.isoformat(),
        },
    )
    tx.session.flush()
    return row


def drop(tx: Tx, rule: Rule) -> None:
    """Let a draft go: its author's or another administrator's to do."""
    account_id = _administrator(tx)
    row = _waiting(tx, rule)
    row.dropped_at, row.dropped_by_id = tx.now, account_id
    tx.session.flush()


def _waiting(tx: Tx, rule: Rule) -> ConductText:
    row = queries.draft_of(tx.session, rule)
    if row is None:
        raise WrongState
    return tx.session.get_one(ConductText, row.id, with_for_update=True, populate_existing=True)


def _administrator(tx: Tx) -> int:
    if not tx.actor.may(Permission.CONDUCT_EDIT) or tx.actor.account_id is None:
        raise NotFound
    return tx.actor.account_id


def _check_day(tx: Tx, latest: Text, valid_from: date) -> None:
    earliest = max(queries.local_day(tx.now), latest.valid_from) + timedelta(days=1)
    if valid_from < earliest:
        raise rules.TooSoon(field="valid_from", earliest=earliest.isoformat())
