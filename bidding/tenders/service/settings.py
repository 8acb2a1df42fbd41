"""The calendar of a centre.

Days move deadlines, so whoever changes one writes it into the centre's log as well: nobody can say
later that the period was another.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.errors import N_, DomainError, NotFound
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.tenders.models import CalendarDay

#: A holiday with its moved days is never longer.
MAX_SPAN = 31
#: Kinds of the notes in the centre's log.
DAYS_NOTE, DAY_REMOVED_NOTE = "calendar-set", "calendar-removed"


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


class DaysMeanwhile(DomainError):
    """Days of the span, entered by another at the same moment."""

    code = "tenders.days_meanwhile"
    text = N_(
        "另一位管理员同时录入了其中的日子，这次没有录入，您填的还在下面。请先看看现在的日历；要按您填的写，再按一次“登记”。"
    )


def enter_days(tx: Tx, first: date, last: date, *, works: bool, source: str, keys: LogKeys) -> None:
    """Say for every day from ``first`` to ``last`` whether it is worked; an older entry is replaced.

    Raises ``BadSpan``, ``SourceMissing``, ``DaysMeanwhile``.
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
    try:
        with tx.session.begin_nested():
            tx.session.flush()
    except IntegrityError as error:  # the day was not there when we looked, and is now
        raise DaysMeanwhile(field="first") from error
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
