"""Where the current time comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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


def unix(instant: datetime) -> int:
    """Whole Unix seconds, rounded down: the form protocol objects carry (protocol §1)."""
    return int(instant.timestamp() // 1)


def from_unix(seconds: int) -> datetime:
    """The UTC instant of a protocol time."""
    return datetime.fromtimestamp(seconds, UTC)
