"""Calendar files (RFC 5545): what every calendar program on a desk or a telephone reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PRODUCT = "-//Sunlit Bidding//Sunlit Bidding//EN"
#: Lines are at most so many octets long, without the break (§3.1).
_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Event:
    """An instant, or with ``ends_at`` a while that keeps its people or its room busy. ``uid`` stays for ever and
    ``sequence`` grows with each change, so that a program moves the entry it has (§3.8.4.7, §3.8.7.4). ``alarms`` are
    how long before it to ring.
    """

    uid: str
    sequence: int
    stamped_at: datetime
    at: datetime
    summary: str
    description: str
    url: str
    location: str = ""
    alarms: Sequence[timedelta] = ()
    is_cancelled: bool = False
    ends_at: datetime | None = None
    #: Whether it will be then is not known (§3.8.1.11): the tender is suspended.
    is_tentative: bool = False

    @property
    def status(self) -> str:
        """STATUS of RFC 5545."""
        return "CANCELLED" if self.is_cancelled else "TENTATIVE" if self.is_tentative else "CONFIRMED"


def calendar(events: Iterable[Event], *, name: str) -> bytes:
    """The file, UTF-8 with CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",  # RFC 7986 §5.7: whoever subscribes hears of a correction
    ]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return b"".join(piece + b"\r\n" for line in lines for piece in _folded(line))


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_utc(event.stamped_at)}"
    yield f"LAST-MODIFIED:{_utc(event.stamped_at)}"
    yield f"DTSTART:{_utc(event.at)}"
    if event.ends_at is not None:
        yield f"DTEND:{_utc(event.ends_at)}"  # the end itself is outside (§3.6.1)
    yield f"SUMMARY:{_text(event.summary)}"
    yield f"DESCRIPTION:{_text(event.description)}"
    if event.location:
        yield f"LOCATION:{_text(event.location)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{event.status}"
    yield f"TRANSP:{'TRANSPARENT' if event.ends_at is None else 'OPAQUE'}"
    for before in () if event.is_cancelled else event.alarms:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_text(event.summary)}"
        yield f"TRIGGER:-PT{int(before.total_seconds()) // 60}M"
        yield "END:VALARM"
    yield "END:VEVENT"


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """A TEXT value (§3.3.11); what no text may hold is left out."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    words = "".join(sign for sign in words if sign == "\n" or sign.isprintable())
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> Iterator[bytes]:
    """A line as lines of at most 75 octets, never within a character (§3.1)."""
    piece = b""
    for sign in line:
        octets = sign.encode("utf-8")
        if len(piece) + len(octets) > _OCTETS:
            yield piece
            piece = b" "
        piece += octets
    yield piece
