"""How many requests a caller has in a minute, and what it is told of that. Pure: time is an argument.

One worker serves (ADR 0008), so its memory is all the memory there is; whoever restarts the server forgives everybody.
Headers by draft-ietf-httpapi-ratelimit-headers.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from bidding.core.errors import N_, DomainError

#: The length of a window.
WINDOW = timedelta(minutes=1)
#: So many callers are remembered; beyond that, those whose window is over are forgotten first, then all.
_KEPT = 10_000


class TooManyRequests(DomainError):
    """The window's requests are used up."""

    code = "api.too_many_requests"
    text = N_("每分钟最多 %(limit)s 次请求，这一分钟的已经用完。请过 %(wait)s 秒再试，并放慢节奏。")
    status = 429


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands: its limit, what is left of it, and in how many seconds there is all of it again."""

    name: str
    limit: int
    left: int
    resets_in: int
    refused: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What every answer tells of it."""
        told = {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={int(WINDOW.total_seconds())}',
            "RateLimit": f'"{self.name}";r={self.left};t={self.resets_in}',
        }
        return told | ({"Retry-After": str(self.resets_in)} if self.refused else {})


class Windows:
    """The windows of all callers in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: dict[str, tuple[datetime, int]] = {}

    def take(self, name: str, caller: str, limit: int, now: datetime) -> Standing:
        """One request of ``caller`` at ``now``; the window's first begins it. A ``limit`` of 0 is none and keeps nothing."""
        if not limit:
            return Standing(name, 0, 0, 0)
        with self._lock:
            begun, used = self._begun.get(caller, (now, 0))
            if not timedelta() <= now - begun < WINDOW:  # over, or the clock was put back
                begun, used = now, 0
            refused = used >= limit
            self._begun[caller] = begun, used if refused else used + 1
            if len(self._begun) > _KEPT:
                self._forget(now)
        left = WINDOW - (now - begun)
        return Standing(
            name,
            limit,
            max(0, limit - used - 1),
            max(1, -(-left // timedelta(seconds=1))),
            refused,
        )

    def _forget(self, now: datetime) -> None:
        running = {caller: kept for caller, kept in self._begun.items() if now - kept[0] < WINDOW}
        self._begun = running if len(running) <= _KEPT else {}
