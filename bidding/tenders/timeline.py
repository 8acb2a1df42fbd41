"""The picture of a project's time: its lawful periods as bars, its instants as lines, rest days shaded. Pure.

A day is as wide as every other; coordinates are whole tenths of a pixel. The first day of a period is the day after it
began, which is not counted (民法典 201).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_
from bidding.core.workdays import Calendar
from bidding.tenders.models import Project
from bidding.tenders.rules import LABELS, Figure, Period, Plan
from bidding.tenders.words import CLOSING

WIDTH = 980
_TOP, _ROW, _EVENT = 34, 46, 24
#: A picture of more days shows nothing: what lies further off stands in the table alone.
MOST_DAYS = 120
#: Labels of days stand this far apart at least.
_APART = 60


@dataclass(frozen=True, slots=True)
class Span:
    """A rest day or a run of them, as a shaded column; ``guessed``: by the provisional calendar."""

    x: str
    width: str
    guessed: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A day of the scale, or an instant."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: its row, and the days it takes. ``until`` says that it bounds what others may do up to its end."""

    title: str
    first: date
    last: date
    figure: Figure
    until: bool
    x: str
    width: str
    text_y: str
    y: str
    line_y: str


@dataclass(frozen=True, slots=True)
class Event:
    """An instant of the project's own: a line through every row."""

    title: str
    at: datetime
    x: str
    y: int
    text_y: int
    #: Whether its words end at the line; near the left edge they begin there.
    before: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture."""

    bars: Sequence[Bar]
    events: Sequence[Event]
    rests: Sequence[Span]
    scale: Sequence[Mark]
    first: date
    last: date
    height: int
    foot: int
    top: int = _TOP
    width: int = WIDTH


def draw(project: Project, plan: Plan, calendar: Calendar) -> Timeline | None:
    """The picture from publication to the last day that is known; None where there is nothing to draw, or too much."""
    events = _events(project)
    periods = [period for period in plan.periods if period.last is not None]
    days = [period.last for period in periods if period.last] + [_day(at) for _, at in events]
    if not days:
        return None
    first, last = plan.published_on, max([*days, plan.earliest_close]) + timedelta(days=1)
    count = (last - first).days + 1
    if not 1 < count <= MOST_DAYS:
        return None
    tenths = WIDTH * 10 // count
    bars = [_bar(place, period, first, tenths) for place, period in enumerate(periods)]
    height = _TOP + _ROW * len(bars)
    return Timeline(
        bars=bars,
        events=[
            _event(title, at, (_day(at) - first).days * tenths + tenths // 2, height + _EVENT * place)
            for place, (title, at) in enumerate(events)
        ],
        rests=_rests(first, count, tenths, calendar),
        scale=_scale(first, count, tenths),
        first=first,
        last=last,
        height=height + _EVENT * len(events) + 10,
        foot=height,
    )


def _event(title: str, at: datetime, x: int, top: int) -> Event:
    return Event(title, at, _px(x), top + 12, top + 17, before=x > WIDTH * 10 // 3)


def _events(project: Project) -> list[tuple[str, datetime]]:
    together = project.opens_at in (None, project.closes_at)
    at_once, later = CLOSING[bool(project.preset.quiet)]
    found = [
        (at_once if together else N_("截止"), project.closes_at),
        (later, None if together else project.opens_at),
        (N_("报价开标"), project.prices_open_at),
    ]
    return [(title, at) for title, at in found if at is not None]


def _bar(place: int, period: Period, start: date, tenths: int) -> Bar:
    """A period's bar; one that runs backward from the deadline reaches from publication to its latest day."""
    last = period.last or start
    begins = start if period.first is None else period.first + timedelta(days=1)
    ends = max(last, begins)
    left, right = ((day - start).days * tenths for day in (begins, ends + timedelta(days=1)))
    top = _TOP + _ROW * place
    return Bar(
        title=LABELS[period.name],
        first=begins,
        last=last,
        figure=period.figure,
        until=period.first is None,
        x=_px(left),
        width=_px(right - left),
        text_y=_px((top + 17) * 10),
        y=_px((top + 23) * 10),
        line_y=_px(top * 10),
    )


def _rests(first: date, count: int, tenths: int, calendar: Calendar) -> list[Span]:
    runs: list[tuple[int, int, bool]] = []
    for place in range(count):
        kind = calendar.works(first + timedelta(days=place))
        if kind.works:
            continue
        if runs and runs[-1][1] == place and runs[-1][2] == kind.provisional:
            runs[-1] = (runs[-1][0], place + 1, kind.provisional)
        else:
            runs.append((place, place + 1, kind.provisional))
    return [
        Span(_px(begins * tenths), _px((ends - begins) * tenths), guessed) for begins, ends, guessed in runs
    ]


def _scale(first: date, count: int, tenths: int) -> list[Mark]:
    """The day of publication, then Mondays as far apart as their labels need."""
    found, free = [Mark("0.0", _short(first))], _APART * 10
    for place in range(1, count):
        day, x = first + timedelta(days=place), place * tenths
        if day.weekday() == 0 and x >= free and x <= (WIDTH - _APART) * 10:
            found.append(Mark(_px(x), _short(day)))
            free = x + _APART * 10
    return found


def _short(day: date) -> str:
    return f"{day.month:02d}-{day.day:02d}"


def _day(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()


def _px(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
