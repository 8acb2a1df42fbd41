"""What a room is for, what a booking may be, and when it counts as out of hours. Pure.

A booking is half-open, [from, to), in whole quarters of an hour: where one ends the next may begin. The quarters are
what the database refuses to give twice (docs/adr/0037).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bidding.core.clock import SHANGHAI, unix
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import OFFICE_HOURS, Calendar

QUARTER = timedelta(minutes=15)
_SECONDS = int(QUARTER.total_seconds())
#: The opening room is the agency's from so long before an opening: to set up, and for tenderers to sign in.
AHEAD = timedelta(minutes=30)
#: An evaluation may take days; what is longer is no booking but a move.
LONGEST = timedelta(days=7)
#: Nobody knows the openings of the year after next.
FURTHEST = timedelta(days=366)
#: How many next free times a refusal names, within how long.
OFFERED, LOOKED_AHEAD = 3, timedelta(days=14)
MAX_SEATS = 2000
MAX_CAMERAS = 200


class RoomKind(StrEnum):
    """The four kinds of the transaction centre (开标室、评标室、网络服务室、电子监控室)."""

    OPENING = "opening"
    EVALUATION = "evaluation"
    NETWORK = "network"
    MONITORING = "monitoring"


KIND_LABELS: dict[RoomKind, str] = {
    RoomKind.OPENING: N_("开标室"),
    RoomKind.EVALUATION: N_("评标室"),
    RoomKind.NETWORK: N_("网络服务室"),
    RoomKind.MONITORING: N_("电子监控室"),
}


class Purpose(StrEnum):
    """What a booking is for. The first three belong to a project and move with its dates."""

    OPENING = "opening"
    PRICES = "prices"
    EVALUATION = "evaluation"
    OTHER = "other"


PURPOSE_LABELS: dict[Purpose, str] = {
    Purpose.OPENING: N_("开标"),
    Purpose.PRICES: N_("报价开标"),
    Purpose.EVALUATION: N_("评标"),
    Purpose.OTHER: N_("其他"),
}
#: Which kind of room a purpose wants; anything else may be done in any.
KIND_FOR: dict[Purpose, RoomKind] = {
    Purpose.OPENING: RoomKind.OPENING,
    Purpose.PRICES: RoomKind.OPENING,
    Purpose.EVALUATION: RoomKind.EVALUATION,
}


class Hours(StrEnum):
    """Whether a booking keeps the centre's people beyond their hours."""

    WITHIN = "within"
    LATE = "late"  # 延时服务
    HOLIDAY = "holiday"  # 节假日服务


HOURS_LABELS: dict[Hours, str] = {
    Hours.WITHIN: N_("上班时间内"),
    Hours.LATE: N_("延时服务"),
    Hours.HOLIDAY: N_("节假日服务"),
}


class NotWholeQuarters(DomainError):
    """A time between two quarters of an hour."""

    code = "rooms.not_whole_quarters"
    text = N_("场地按一刻钟预定，时间要在整点或 15、30、45 分，例如 14:30。")
    status = 422


class EndsTooEarly(DomainError):
    """A booking of no time, or of less."""

    code = "rooms.ends_too_early"
    text = N_("结束时间要晚于开始时间。")
    status = 422


class TooLong(DomainError):
    """A booking that nobody means."""

    code = "rooms.too_long"
    text = N_("一次最多预定 %(days)s 天。要更久的，请分次预定。")
    status = 422


class BeginsInThePast(DomainError):
    """A booking for what has begun."""

    code = "rooms.begins_in_the_past"
    text = N_("开始时间 %(given)s 已经过去（现在是 %(now)s）。请改成以后的时间。")
    status = 422


class TooFarAhead(DomainError):
    """A booking for a year nobody has planned."""

    code = "rooms.too_far_ahead"
    text = N_("只能预定一年之内的场地，最晚 %(latest)s。")
    status = 422


class WrongKind(DomainError):
    """An opening in an evaluation room, or the other way round."""

    code = "rooms.wrong_kind"
    text = N_("%(room)s 不是%(kind)s，不能用于这一用途。请另选一间。")
    status = 422


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """[from, to), two aware instants."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: Span) -> bool:
        """Whether some instant lies in both."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def moved(self, by: timedelta) -> Span:
        """The same, so much later."""
        return Span(self.starts_at + by, self.ends_at + by)

    @property
    def quarters(self) -> range:
        """The numbers of the quarters of an hour it touches, counted from 1970."""
        return range(unix(self.starts_at) // _SECONDS, -(-unix(self.ends_at) // _SECONDS))

    @property
    def local(self) -> str:
        """In Shanghai: ``2026-12-15 14:30–16:30``, or both days where it ends on another."""
        first, last = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        same = first.date() == last.date()
        return (
            f"{first:%Y-%m-%d %H:%M}–{last:%H:%M}"
            if same
            else f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M}"
        )


def rounded(span: Span) -> Span:
    """The whole quarters that hold a span."""
    found = span.quarters
    return Span(*(datetime.fromtimestamp(each * _SECONDS, UTC) for each in (found.start, found.stop)))


def for_opening(opens_at: datetime, lasts: timedelta) -> Span:
    """How long the room of an opening is wanted: from ``AHEAD`` of it until it is over."""
    return rounded(Span(opens_at - AHEAD, opens_at + lasts))


def check_span(span: Span, now: datetime) -> None:
    """Refuse what cannot be booked. Fields are ``starts_at`` and ``ends_at``.

    Raises ``NotWholeQuarters``, ``EndsTooEarly``, ``TooLong``, ``BeginsInThePast``, ``TooFarAhead``.
    """
    for name, at in (("starts_at", span.starts_at), ("ends_at", span.ends_at)):
        if at.microsecond or unix(at) % _SECONDS:
            raise NotWholeQuarters(field=name)
    if span.ends_at <= span.starts_at:
        raise EndsTooEarly(field="ends_at")
    if span.ends_at - span.starts_at > LONGEST:
        raise TooLong(field="ends_at", days=LONGEST.days)
    if span.starts_at < now:
        raise BeginsInThePast(field="starts_at", given=_minute(span.starts_at), now=_minute(now))
    if span.starts_at > now + FURTHEST:
        raise TooFarAhead(field="starts_at", latest=_minute(now + FURTHEST)[:10])


def check_kind(room: str, kind: RoomKind, purpose: Purpose) -> None:
    """Raises ``WrongKind`` for a room that is not for this."""
    wanted = KIND_FOR.get(purpose, kind)
    if kind is not wanted:
        raise WrongKind(field="room", room=room, kind=KIND_LABELS[wanted])


def hours_of(span: Span, calendar: Calendar) -> Hours:
    """Whether any of it lies on a rest day, or else outside office hours; the noon break is outside as well.

    Whoever works through noon or after five is owed it: the centre counts both as 延时服务, days off apart.
    """
    worked = [calendar.works(day).works for day in days_of(span)]
    if not all(worked):
        return Hours.HOLIDAY
    return Hours.WITHIN if _within_office(span) else Hours.LATE


def days_of(span: Span) -> list[date]:
    """The days in Shanghai that it touches."""
    first = span.starts_at.astimezone(SHANGHAI).date()
    last = (span.ends_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _within_office(span: Span) -> bool:
    first, last = span.starts_at.astimezone(SHANGHAI), span.ends_at.astimezone(SHANGHAI)
    return first.date() == last.date() and any(
        opens <= first.time() and last.time() <= closes for opens, closes in OFFICE_HOURS
    )


def next_free(wanted: Span, taken: Collection[Span], calendar: Calendar) -> list[Span]:
    """When a booking as long as ``wanted`` could be instead: the first free times after it, at most ``OFFERED``.

    One in each half of a working day. What is longer than such a half begins in the morning.
    """
    found: list[Span] = []
    length = wanted.ends_at - wanted.starts_at
    for day in days_of(Span(wanted.starts_at, wanted.starts_at + LOOKED_AHEAD)):
        if not calendar.works(day).works:
            continue
        for offer in (_first_free(half, wanted, length, taken) for half in _halves(day, length)):
            if offer is not None:
                found.append(offer)
            if len(found) == OFFERED:
                return found
    return found


def _halves(day: date, length: timedelta) -> list[Span]:
    """From when to when a booking of this length may begin, in the morning and in the afternoon."""
    halves = [
        Span(*(datetime.combine(day, at, SHANGHAI).astimezone(UTC) for at in half)) for half in OFFICE_HOURS
    ]
    fitting = [Span(half.starts_at, half.ends_at - length) for half in halves]
    return [half for half in fitting if half.starts_at <= half.ends_at] or [
        Span(halves[0].starts_at, halves[0].starts_at)
    ]


def _first_free(half: Span, wanted: Span, length: timedelta, taken: Collection[Span]) -> Span | None:
    begin = max(half.starts_at, wanted.starts_at + QUARTER)
    while begin <= half.ends_at:
        offer = Span(begin, begin + length)
        if not any(offer.meets(each) for each in taken):
            return offer
        begin += QUARTER
    return None


def day_span(day: date, days: int = 1) -> Span:
    """A day in Shanghai, or several, from midnight to midnight."""
    start = datetime.combine(day, time(), SHANGHAI)
    return Span(start.astimezone(UTC), (start + timedelta(days=days)).astimezone(UTC))


def listed(equipment: str) -> list[str]:
    """What somebody wrote as a list: parted by commas, semicolons, 、 or line breaks; nothing twice."""
    for sign in "、，,；;\r":
        equipment = equipment.replace(sign, "\n")
    return list(dict.fromkeys(item.strip() for item in equipment.split("\n") if item.strip()))


def _minute(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
