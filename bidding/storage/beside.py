"""Hashing on the other core while the next bytes are read and written: half of an upload's time was SHA-256."""

from __future__ import annotations

import queue
import threading
from typing import Protocol

#: Less is hashed where it comes: a thread costs more than it saves.
_WORTH_A_THREAD = 1 << 20
#: Pieces that may wait for the hash; with the pieces that streams are read in, half a mebibyte.
_WAITING = 4


class Hash(Protocol):
    """What ``hashlib`` makes."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more."""
        ...


class Beside:
    """Feeds running hashes, in a thread of its own once it is worth one.

    The data must not change afterwards. ``settle`` before a hash is looked at, and in the end in any case.
    """

    def __init__(self, *hashes: Hash) -> None:
        self._hashes = hashes
        self._taken = 0
        self._thread: threading.Thread | None = None
        self._queue: queue.Queue[bytes | memoryview | None] = queue.Queue(_WAITING)

    def update(self, data: bytes | memoryview) -> None:
        """Hash more, now or in a moment."""
        self._taken += len(data)
        if self._thread is None and self._taken < _WORTH_A_THREAD:
            self._feed(data)
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="hash", daemon=True)
            self._thread.start()
        self._queue.put(data)

    def settle(self) -> None:
        """Come back when everything given so far is hashed."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (data := self._queue.get()) is not None:
            self._feed(data)

    def _feed(self, data: bytes | memoryview) -> None:
        for each in self._hashes:
            each.update(data)
