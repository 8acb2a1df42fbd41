"""How contracting processes are named, which months there are, and what is refused. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError

#: What the Open Contracting Partnership registers, as its guidance writes it.
PREFIX = re.compile(r"ocds-[a-z0-9]{6}")
#: Until a centre has one of its own. Whoever reads it knows that nobody has registered it.
UNREGISTERED = "ocds-000000"
#: Releases on a page of a month.
PAGE = 100


class NoSuchMonth(DomainError):
    """An address that names no month or year."""

    code = "opendata.no_such_month"
    text = N_("没有这个月份或年份。请从开放数据页选择。")
    status = 404


def ocid(prefix: str, code: str) -> str:
    """The ocid of a process by its project's number."""
    return f"{prefix}-{code}"


@dataclass(frozen=True, slots=True)
class Span:
    """A month or a year in Beijing time, half-open. ``name`` is 2026-11 or 2026."""

    name: str
    begins_at: datetime
    ends_at: datetime


def span(name: str) -> Span:
    """The month or year of that name. Raises ``NoSuchMonth``."""
    found = re.fullmatch(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2]))?", name)
    if found is None:
        raise NoSuchMonth
    year, month = int(found[1]), int(found[2] or 0)
    if not month:
        return Span(name, _first(year, 1), _first(year + 1, 1))
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return Span(name, _first(year, month), _first(*following))


def _first(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=SHANGHAI).astimezone(UTC)


def year_of(at: datetime) -> str:
    """The year of an instant."""
    return f"{at.astimezone(SHANGHAI).year:04d}"


def months(first: datetime, last: datetime) -> list[str]:
    """The months from the first instant's to the last's, the newest first."""
    begin, end = first.astimezone(SHANGHAI), last.astimezone(SHANGHAI)
    count = (end.year - begin.year) * 12 + end.month - begin.month
    numbers = (begin.year * 12 + begin.month - 1 + step for step in range(count, -1, -1))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
