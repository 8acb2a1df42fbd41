"""Days as the law counts them: calendar days, working days, and what happens at a rest day.

The day on which a period begins is never counted (民法典 201; 财政部令87号 85). A period that ends on a rest
day ends on the next working day (民法典 203); a period that is counted backwards does not move.

Whether a day is worked is asked in this order: the administrator's table; the State Council's yearly notice
as the ``chinesecalendar`` package carries it; weekends and statutory holidays alone, marked *provisional*,
because the notice that moves working days about is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Protocol

_ONE_DAY = timedelta(days=1)
#: When the centre's windows are open, morning and afternoon; outside them nobody can help a tenderer.
OFFICE_HOURS = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))


@dataclass(frozen=True, slots=True)
class DayKind:
    """Whether people work on a day, and whether that is only our guess so far."""

    works: bool
    provisional: bool = False


class Calendar(Protocol):
    """Anything that can say what kind of day a day is."""

    def works(self, day: date) -> DayKind:
        """The kind of ``day``."""
        ...


def announced(day: date) -> bool | None:
    """Whether the State Council's notice makes ``day`` a working day; None for a year without a notice."""
    import chinese_calendar  # with the other, 4 MB, which a worker needs once it counts days

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@lru_cache(maxsize=64)
def _statutory(year: int) -> frozenset[date]:
    from holidays import country_holidays

    # Of what the package lists, only days off count: moved working days are in no notice yet.
    return frozenset(country_holidays("CN", years=year))


def statutory(day: date) -> bool:
    """Whether ``day`` is a statutory holiday (全国年节及纪念日放假办法), before any moving about."""
    return day in _statutory(day.year)


@dataclass(frozen=True, slots=True)
class OfficialCalendar:
    """The administrator's table first, then the notice, then a provisional guess."""

    table: Mapping[date, bool] = field(default_factory=dict)
    notice: Callable[[date], bool | None] = announced
    holiday: Callable[[date], bool] = statutory

    def works(self, day: date) -> DayKind:
        """The kind of ``day``."""
        entered = self.table.get(day)
        if entered is not None:
            return DayKind(entered)
        told = self.notice(day)
        if told is not None:
            return DayKind(told)
        return DayKind(day.weekday() < 5 and not self.holiday(day), provisional=True)


def next_working_day(day: date, calendar: Calendar) -> date:
    """``day`` itself if it is worked, else the first working day after it."""
    while not calendar.works(day).works:
        day += _ONE_DAY
    return day


def add_working_days(start: date, count: int, calendar: Calendar) -> date:
    """The ``count``-th working day after ``start``, which is not counted; ``start`` itself for 0."""
    day = start
    for _ in range(_counted(count)):
        day = next_working_day(day + _ONE_DAY, calendar)
    return day


def add_days_rolled(start: date, count: int, calendar: Calendar) -> date:
    """The ``count``-th calendar day after ``start``; if that is a rest day, the next working day."""
    return next_working_day(start + timedelta(days=_counted(count)), calendar)


def days_before(deadline: date, count: int) -> date:
    """The last day that is at least ``count`` days before ``deadline``: backwards, nothing rolls."""
    return deadline - timedelta(days=_counted(count))


def working_days_before(day: date, count: int, calendar: Calendar) -> date:
    """The ``count``-th working day before ``day``, which is not counted; ``day`` itself for 0."""
    for _ in range(_counted(count)):
        day -= _ONE_DAY
        while not calendar.works(day).works:
            day -= _ONE_DAY
    return day


def earliest_draw_day(evaluation_on: date, count: int, calendar: Calendar) -> date:
    """The first day on which experts may be drawn: ``count`` working days before (财库〔2016〕198号 14)."""
    return working_days_before(evaluation_on, count, calendar)


def provisional_within(first: date, last: date, calendar: Calendar) -> bool:
    """Whether any day from ``first`` to ``last``, both counted, rests on the provisional calendar."""
    span = (last - first).days
    return any(calendar.works(first + timedelta(days=step)).provisional for step in range(span + 1))


def _counted(count: int) -> int:
    if count < 0:
        msg = f"a period cannot have {count} days"
        raise ValueError(msg)
    return count
