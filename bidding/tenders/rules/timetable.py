"""The legal periods of a project: the earliest lawful days before publication, and what is wrong with chosen ones.

The day of publication is not counted; a period that ends on a rest day ends on the next working day
(``core.workdays``). Two kinds of figure: those that run forward from publication and bound the deadline from
below, and those that run backward from the deadline and bound what others may still do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import (
    OFFICE_HOURS,
    Calendar,
    add_days_rolled,
    add_working_days,
    days_before,
    next_working_day,
    provisional_within,
    working_days_before,
)
from bidding.tenders.kinds import Envelopes, Family, Method
from bidding.tenders.methods import Preset
from bidding.tenders.rules.figures import Figure, Figures, cite

#: Figures that run from publication; the deadline may not fall before any of them ends.
FORWARD = ("document-available", "notice-period", "preparation")
#: Figures that run backward from the deadline.
BACKWARD = ("clarification", "objection", "question")
#: Figures whose start is not known before the opening.
AFTERWARDS = ("publicity", "result-notice", "contract", "sale-contract")


class TooShort(DomainError):
    """A deadline earlier than the law allows, counted in calendar days."""

    code = "tenders.too_short"
    text = N_(
        "截止日期 %(given)s 太早：%(article)s要求从发布到截止至少 %(count)s 日，"
        "最早合法日期是 %(earliest)s。请把截止改到这一天或以后。"
    )
    status = 422


class TooShortInWorkingDays(TooShort):
    """A deadline earlier than the law allows, counted in working days."""

    code = "tenders.too_short_in_working_days"
    text = N_(
        "截止日期 %(given)s 太早：%(article)s要求从发布到截止至少 %(count)s 个工作日，"
        "最早合法日期是 %(earliest)s。请把截止改到这一天或以后。"
    )


class ShorterThanAdvised(TooShort):
    """A warning: earlier than a centre's own minimum or a text that only advises, counted in calendar days."""

    code = "tenders.shorter_than_advised"
    text = N_(
        "截止日期 %(given)s 早于 %(earliest)s：按%(article)s，从发布到截止最好有 %(count)s 日。"
        "这一条只提醒，不拦发布；时间允许的，请改到这一天或以后。"
    )


class ShorterThanAdvisedInWorkingDays(TooShort):
    """The same warning, counted in working days."""

    code = "tenders.shorter_than_advised_in_working_days"
    text = N_(
        "截止日期 %(given)s 早于 %(earliest)s：按%(article)s，从发布到截止最好有 %(count)s 个工作日。"
        "这一条只提醒，不拦发布；时间允许的，请改到这一天或以后。"
    )


#: By whether the rulebook's mark blocks, and whether the figure counts working days.
_SHORT = {
    (True, False): TooShort,
    (True, True): TooShortInWorkingDays,
    (False, False): ShorterThanAdvised,
    (False, True): ShorterThanAdvisedInWorkingDays,
}


class NoDeadline(DomainError):
    """No deadline has been fixed yet."""

    code = "tenders.no_deadline"
    text = N_("还没有定截止时间。请到“时间”一步填写；页面会给出最早合法日期。")
    status = 422


class DeadlinePassed(DomainError):
    """A deadline that is not in the future."""

    code = "tenders.deadline_passed"
    text = N_("截止时间 %(given)s 已经过去。请改成以后的时间。")
    status = 422


class NotAWholeMinute(DomainError):
    """A deadline with seconds: nobody can announce or remember those."""

    code = "tenders.not_a_whole_minute"
    text = N_("截止时间和开标时间要精确到分，秒数为零，例如 14:30。")
    status = 422


class OpensApart(DomainError):
    """An opening that is not at the deadline."""

    code = "tenders.opens_apart"
    text = N_("开标应当在截止的同一时间进行（%(article)s）。请把开标时间改成 %(closes)s。")
    status = 422


class OpensTooEarly(DomainError):
    """An opening before the deadline, which no method knows."""

    code = "tenders.opens_too_early"
    text = N_("开标时间不能早于截止时间 %(closes)s。请改成同一时间或以后。")
    status = 422


class NoPriceOpening(DomainError):
    """Two envelopes, and nothing said of when the second is opened."""

    code = "tenders.no_price_opening"
    text = N_(
        "分两个信封的，请填写拟定的报价开标时间。到时间技术评审还没有登记的，报价仍然封着；任何人都不能提前开。"
    )
    status = 422


class PricesTooEarly(DomainError):
    """Prices that would be opened together with what is technical, or before it."""

    code = "tenders.prices_too_early"
    text = N_("报价开标时间要晚于技术开标时间 %(opens)s：两次开标之间要评审技术文件。请改晚。")
    status = 422


class OnARestDay(DomainError):
    """A warning: nobody is at work on the day of the deadline."""

    code = "tenders.on_a_rest_day"
    text = N_("截止当天 %(given)s 是休息日，大厅无人值守。建议改到 %(better)s。")
    status = 422


class OutsideOfficeHours(DomainError):
    """A warning: nobody is at work at the hour of the deadline."""

    code = "tenders.outside_office_hours"
    text = N_(
        "截止时间 %(given)s 不在上班时间（8:30—12:00、13:30—17:30），有问题时没有人能帮助。建议改到上班时间。"
    )
    status = 422


class ProvisionalCalendar(DomainError):
    """A warning: the days rest on a guess."""

    code = "tenders.provisional_calendar"
    text = N_(
        "这段时间里有的日子按“临时日历”计算：国务院办公厅的放假通知还没有录入。请管理员在“日历”页录入后再核对。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands against publishing, or only deserves a thought; ``refusal`` carries text and figures."""

    refusal: DomainError
    blocks: bool = True
    figure: Figure | None = None
    earliest: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """One period of the plan. ``last`` is its lawful end, forward the earliest and backward the latest."""

    name: str
    figure: Figure
    first: date | None = None
    last: date | None = None
    rolled: bool = False
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Every period that can be reckoned, and the first lawful day for the deadline."""

    family: Family
    method: Method
    published_on: date
    closes_on: date | None
    earliest_close: date
    periods: tuple[Period, ...]
    provisional: bool

    def period(self, name: str) -> Period | None:
        """The period of that name, if this law knows it."""
        return next((period for period in self.periods if period.name == name), None)


def plan(
    family: Family,
    method: Method,
    published_on: date,
    figures: Figures,
    calendar: Calendar,
    closes_on: date | None = None,
) -> Plan:
    """Reckon every period from publication on ``published_on``.

    With no ``closes_on`` the backward periods are reckoned from the earliest lawful deadline.
    """
    forward = [_forward(figures[name], name, published_on, calendar) for name in FORWARD if name in figures]
    ends = [period.last for period in forward if period.last]
    earliest = next_working_day(max([published_on + timedelta(days=1), *ends]), calendar)
    deadline = closes_on or earliest
    backward = [_backward(figures[name], name, deadline, calendar) for name in BACKWARD if name in figures]
    challenge = _challenge(figures, forward, published_on, calendar)
    afterwards = [Period(name, figures[name]) for name in AFTERWARDS if name in figures]
    return Plan(
        family=family,
        method=method,
        published_on=published_on,
        closes_on=closes_on,
        earliest_close=earliest,
        periods=(*forward, *challenge, *backward, *afterwards),
        provisional=provisional_within(published_on, max(deadline, earliest), calendar),
    )


def check_dates(
    switches: Preset,
    published_on: date,
    figures: Figures,
    calendar: Calendar,
    *,
    closes_at: datetime | None,
    opens_at: datetime | None,
    now: datetime,
    envelopes: Envelopes = Envelopes.ONE,
    prices_open_at: datetime | None = None,
) -> list[Problem]:
    """What is wrong with the chosen instants, the law's objections first, warnings last."""
    if closes_at is None:
        return [Problem(NoDeadline(field="closes_at"))]
    closes_on = closes_at.astimezone(SHANGHAI).date()
    return [
        *_instants(switches.together, closes_at, opens_at or closes_at, now),
        *(_prices(opens_at or closes_at, prices_open_at) if envelopes is Envelopes.TWO else ()),
        *_periods(published_on, closes_on, figures, calendar),
        *_hours(closes_at, calendar),
        *_guesses(published_on, closes_on, calendar),
    ]


def end_of(figure: Figure, start: date, calendar: Calendar) -> date:
    """The last day of a period that begins after ``start``. Raises ``ValueError`` if it is not one of days."""
    if figure.unit == "working-day":
        return add_working_days(start, figure.value, calendar)
    if figure.unit == "day":
        return add_days_rolled(start, figure.value, calendar)
    msg = f"{figure.code} is not a period"
    raise ValueError(msg)


def latest_before(figure: Figure, deadline: date, calendar: Calendar) -> date:
    """The last day that is at least the figure's days before ``deadline``. Raises ``ValueError`` as ``end_of``."""
    if figure.unit == "working-day":
        return working_days_before(deadline, figure.value, calendar)
    if figure.unit == "day":
        return days_before(deadline, figure.value)
    msg = f"{figure.code} is not a period"
    raise ValueError(msg)


def _forward(figure: Figure, name: str, start: date, calendar: Calendar) -> Period:
    last = end_of(figure, start, calendar)
    rolled = figure.unit == "day" and last != start + timedelta(days=figure.value)
    return Period(name, figure, start, last, rolled, provisional_within(start, last, calendar))


def _backward(figure: Figure, name: str, deadline: date, calendar: Calendar) -> Period:
    return Period(name, figure, last=latest_before(figure, deadline, calendar))


def _challenge(
    figures: Figures, forward: list[Period], published_on: date, calendar: Calendar
) -> tuple[Period, ...]:
    """质疑 runs from the end of the notice period (政府采购法实施条例 53)."""
    figure = figures.get("challenge")
    if figure is None:
        return ()
    start = next((p.last for p in forward if p.name == "notice-period" and p.last), published_on)
    last = end_of(figure, start, calendar)
    return (Period("challenge", figure, start, last, False, provisional_within(start, last, calendar)),)


def _instants(together: str, closes_at: datetime, opens_at: datetime, now: datetime) -> list[Problem]:
    out = []
    closes = _minute(closes_at)
    if any(instant.second or instant.microsecond for instant in (closes_at, opens_at)):
        out.append(Problem(NotAWholeMinute(field="closes_at")))
    if closes_at <= now:
        out.append(Problem(DeadlinePassed(field="closes_at", given=closes)))
    if opens_at < closes_at:
        out.append(Problem(OpensTooEarly(field="opens_at", closes=closes)))
    elif opens_at != closes_at and together:
        out.append(Problem(OpensApart(field="opens_at", closes=closes, article=together)))
    return out


def _prices(opens_at: datetime, prices_open_at: datetime | None) -> list[Problem]:
    if prices_open_at is None:
        return [Problem(NoPriceOpening(field="prices_open_at"))]
    if prices_open_at <= opens_at:
        return [Problem(PricesTooEarly(field="prices_open_at", opens=_minute(opens_at)))]
    if prices_open_at.second or prices_open_at.microsecond:
        return [Problem(NotAWholeMinute(field="prices_open_at"))]
    return []


def _periods(published_on: date, closes_on: date, figures: Figures, calendar: Calendar) -> list[Problem]:
    out = []
    for name in FORWARD:
        figure = figures.get(name)
        if figure is None:
            continue
        earliest = end_of(figure, published_on, calendar)
        if closes_on < earliest:
            refusal = _SHORT[figure.blocks, figure.unit == "working-day"]
            params: dict[str, Any] = {
                "given": closes_on.isoformat(),
                "article": cite(figure),
                "count": figure.value,
                "earliest": earliest.isoformat(),
            }
            problem = Problem(refusal(field="closes_at", **params), figure.blocks, figure, earliest)
            out.append(problem)
    return out


def _hours(closes_at: datetime, calendar: Calendar) -> list[Problem]:
    local = closes_at.astimezone(SHANGHAI)
    out = []
    if not calendar.works(local.date()).works:
        better = next_working_day(local.date(), calendar).isoformat()
        out.append(Problem(OnARestDay(given=local.date().isoformat(), better=better), blocks=False))
    if not any(first <= local.time() <= last for first, last in OFFICE_HOURS):
        out.append(Problem(OutsideOfficeHours(given=_minute(closes_at)), blocks=False))
    return out


def _guesses(published_on: date, closes_on: date, calendar: Calendar) -> list[Problem]:
    last = max(published_on, closes_on)
    if provisional_within(published_on, last, calendar):
        return [Problem(ProvisionalCalendar(), blocks=False)]
    return []


def _minute(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
