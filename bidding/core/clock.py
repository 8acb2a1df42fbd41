"""Where the current time comes from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

#: The zone in which every deadline is announced; instants are stored in UTC.
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that can say what time it is, in UTC."""

    def now(self) -> datetime:
        """The current instant, timezone-aware."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant, timezone-aware."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Steady:
    """A reading of a clock that nobody can set. Two readings are compared only where ``source`` is the same."""

    source: str
    microseconds: int


#: What reads it; an argument wherever it is needed, like ``now``.
SteadyClock = Callable[[], Steady]


def steady() -> Steady:
    """The time since this machine was started, its sleep counted, whatever is done to the wall clock meanwhile.

    It goes on over restarts of this process. Where the system has no such clock, the source is unknown and no
    two readings are comparable.
    """
    try:
        source = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return Steady(source, time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000)
    except (OSError, AttributeError):
        return Steady("", 0)


class FakeClock:
    """A clock that moves only when it is moved: for tests and for the story."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant last set."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self.at += by

    def set(self, at: datetime) -> None:
        """Jump to an instant."""
        self.at = at


class ShiftedClock:
    """A clock that runs as another does, a while ahead or behind; it can be moved like ``FakeClock``."""

    def __init__(self, base: Clock, *, ahead: timedelta = timedelta()) -> None:
        self._base = base
        self.ahead = ahead

    def now(self) -> datetime:
        """The other clock's instant, moved."""
        return self._base.now() + self.ahead

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self.ahead += by

    def set(self, at: datetime) -> None:
        """Jump to an instant, and run on from there."""
        self.ahead = at - self._base.now()


class Movable(Clock, Protocol):
    """A clock that can be moved by hand."""

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        ...

    def set(self, at: datetime) -> None:
        """Jump to an instant."""
        ...


def unix(instant: datetime) -> int:
    """Whole Unix seconds, rounded down: the form protocol objects carry (protocol §1)."""
    return int(instant.timestamp() // 1)


def from_unix(seconds: int) -> datetime:
    """The UTC instant of a protocol time."""
    return datetime.fromtimestamp(seconds, UTC)
