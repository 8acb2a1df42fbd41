"""What this process has in hand and no row speaks of yet: messages that wait for their turn, logs that wait to be signed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bidding.db.engine import Turn


class Underway:
    """Messages that are here whole and not yet in the database.

    In a rush checking one may take longer than the closer waits by itself, and then the gate would close over a
    message that came in time. It asks here before it does; another process has its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[str, datetime]] = Counter()

    @contextmanager
    def since(self, project_uid: str, arrived_at: datetime) -> Iterator[None]:
        """A message for the project, whole since ``arrived_at``, is being dealt with."""
        message = (project_uid, arrived_at)
        with self._lock:
            self._waiting[message] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[message] -= 1
                if not self._waiting[message]:
                    del self._waiting[message]

    def before(self, project_uid: str, closes_at: datetime) -> int:
        """How many messages for the project that came before its deadline are not decided."""
        with self._lock:
            return sum(
                count
                for (uid, arrived_at), count in self._waiting.items()
                if uid == project_uid and arrived_at < closes_at
            )


class Turns:
    """A turn for each log, in which this process signs it. As many as there are tenders, so none is let go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[int | None, Turn] = {}

    def of(self, log_id: int | None) -> Turn:
        """The turn of one log, to be waited for by ``with``."""
        with self._lock:
            return self._turns.setdefault(log_id, Turn())
