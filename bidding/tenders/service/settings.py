"""The rulebook that comes with the product, the figures a centre sets itself, and its calendar.

Figures and days move deadlines, so whoever changes one writes it into the centre's log as well: nobody can say
later that the period was another.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from bidding.core.errors import N_, DomainError, NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.tenders import queries
from bidding.tenders.models import CalendarDay, RuleRow
from bidding.tenders.rulebook import ShippedRule, shipped_rules
from bidding.tenders.rules import LIMIT, LOCAL, PROMISE

#: A holiday with its moved days is never longer.
MAX_SPAN = 31
#: Kinds of the notes in the centre's log.
RULE_NOTE, DAYS_NOTE, DAY_REMOVED_NOTE = "rule-set", "calendar-set", "calendar-removed"


class NotLocal(DomainError):
    """A figure of the law, which no centre sets."""

    code = "tenders.not_local"
    text = N_("这是法律、法规或规章规定的数值，不能在这里修改。能修改的只有“本中心设定”的数值。")
    status = 403


class BadValue(DomainError):
    """A figure that cannot be one."""

    code = "tenders.bad_value"
    text = N_("数值要是大于零、不超过 %(most)s 的整数。")
    status = 422


class NotRetroactive(DomainError):
    """A change of the rules for days that have begun."""

    code = "tenders.not_retroactive"
    text = N_("新数值最早从明天（%(earliest)s）起生效：今天已经按现在的数值办理。请改生效日期。")
    status = 422


class PromiseBeyondLaw(DomainError):
    """A promise longer than the limit it stands beside."""

    code = "tenders.promise_beyond_law"
    text = N_("承诺时限不能超过法定时限：生效那天法定 %(limit)s、承诺 %(promise)s。请先改另一个数值。")
    status = 422


class BadSpan(DomainError):
    """Days that do not make a range."""

    code = "tenders.bad_span"
    text = N_("结束日期不能早于开始日期，一次最多 %(count)s 天。")
    status = 422


class SourceMissing(DomainError):
    """A day set without saying on whose word."""

    code = "tenders.source_missing"
    text = N_("请写明依据，例如放假通知的文号。")
    status = 422


def load_rulebook(tx: Tx) -> int:
    """Enter the product's figures that are not there yet; how many were new. Doing it again changes nothing.

    A newer row of the same figure ends the validity of the older the day before it begins.
    """
    known = {(row.code, row.valid_from): row for row in tx.session.scalars(select(RuleRow))}
    added = 0
    for item in shipped_rules():
        row = _row(item)
        if (row.code, row.valid_from) in known:
            continue
        for (code, first), older in known.items():
            if code == row.code and first < row.valid_from and older.valid_to is None:
                older.valid_to = row.valid_from - timedelta(days=1)
        known[row.code, row.valid_from] = row
        tx.session.add(row)
        added += 1
    tx.session.flush()
    return added


def set_local_rule(tx: Tx, code: str, value: int, valid_from: date, *, keys: LogKeys) -> RuleRow:
    """Give a figure of the centre's own a new value from a day on; what held before stays on record.

    Raises ``NotLocal``, ``BadValue``, ``NotRetroactive``, ``PromiseBeyondLaw``, ``NotFound``.
    """
    history = queries.rule_history(tx.session, code)
    if not history:
        raise NotFound
    latest = history[0]
    if latest.mark != LOCAL:
        raise NotLocal
    most = 10**15 if latest.unit == "fen" else 3650
    if not 0 < value <= most:
        raise BadValue(field="value", most=most)
    tomorrow = queries.local_day(tx.now) + timedelta(days=1)
    if valid_from < tomorrow or valid_from < latest.valid_from:
        raise NotRetroactive(field="valid_from", earliest=max(tomorrow, latest.valid_from).isoformat())
    _check_pair(tx, code, value, valid_from)
    if valid_from == latest.valid_from:  # a change that has not begun yet is simply corrected
        row = latest
    else:
        latest.valid_to = valid_from - timedelta(days=1)
        row = RuleRow(
            code=code,
            unit=latest.unit,
            law=latest.law,
            article=latest.article,
            mark=LOCAL,
            valid_from=valid_from,
        )
        tx.session.add(row)
    row.value, row.entered_at, row.entered_by_id = value, tx.now, tx.actor.account_id
    _note(tx, keys, RULE_NOTE, {"code": code, "value": value, "valid_from": valid_from.isoformat()})
    return row


def _check_pair(tx: Tx, code: str, value: int, on: date) -> None:
    """Keep a promised limit of the window within the statutory one beside it."""
    for suffix, other in ((PROMISE, LIMIT), (LIMIT, PROMISE)):
        name = code.removesuffix(suffix)
        if name == code:
            continue
        beside = queries.rule(tx.session, name + other, on).value
        promise, limit = (value, beside) if suffix == PROMISE else (beside, value)
        if promise > limit:
            raise PromiseBeyondLaw(field="value", limit=limit, promise=promise)


def enter_days(tx: Tx, first: date, last: date, *, works: bool, source: str, keys: LogKeys) -> None:
    """Say for every day from ``first`` to ``last`` whether it is worked; an older entry is replaced.

    Raises ``BadSpan``, ``SourceMissing``.
    """
    span = (last - first).days
    if not 0 <= span < MAX_SPAN:
        raise BadSpan(field="last", count=MAX_SPAN)
    if not source.strip():
        raise SourceMissing(field="source")
    if tx.actor.account_id is None:
        raise NotFound
    for step in range(span + 1):
        day = first + timedelta(days=step)
        row = tx.session.scalars(select(CalendarDay).where(CalendarDay.day == day)).one_or_none()
        if row is None:
            row = CalendarDay(day=day)
            tx.session.add(row)
        row.works, row.source = works, source.strip()[:200]
        row.entered_at, row.entered_by_id = tx.now, tx.actor.account_id
    told = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "works": works,
        "source": source.strip()[:200],
    }
    _note(tx, keys, DAYS_NOTE, told)


def remove_day(tx: Tx, day: date, *, keys: LogKeys) -> None:
    """Forget an entry: the notice, or the provisional calendar, decides again. Raises ``NotFound``."""
    row = tx.session.scalars(select(CalendarDay).where(CalendarDay.day == day)).one_or_none()
    if row is None:
        raise NotFound
    tx.session.delete(row)
    _note(tx, keys, DAY_REMOVED_NOTE, {"day": day.isoformat()})


def _note(tx: Tx, keys: LogKeys, kind: str, data: dict[str, Any]) -> None:
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=kind, data=data)
    tx.session.flush()


def _row(shipped: ShippedRule) -> RuleRow:
    figure, validity = shipped.figure, shipped.validity
    return RuleRow(
        code=figure.code,
        value=figure.value,
        unit=figure.unit,
        law=figure.law,
        article=figure.article,
        mark=figure.mark,
        valid_from=validity.first,
        valid_to=validity.last,
    )
