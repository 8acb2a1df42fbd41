"""Writing and hashing on the other core while the next bytes are read: an upload's time was mostly these two."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

Piece = bytes | memoryview

#: Less is taken where it comes: a thread costs more than it saves.
_WORTH_A_THREAD = 1 << 20
#: Pieces that may wait; with the pieces that streams are read in, half a mebibyte.
_WAITING = 4


class Beside:
    """Gives pieces to takers, one after the other, in a thread of its own once that is worth it.

    The data must not change afterwards. ``settle`` before what was taken is looked at, and in the end in any case.
    What a taker raises comes out of the next ``update`` or of ``settle``, and nothing is taken after it.
    """

    def __init__(self, *takers: Callable[[Piece], object]) -> None:
        self._takers = takers
        self._taken = 0
        self._thread: threading.Thread | None = None
        self._pieces: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._room: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(_WAITING):
            self._room.put(None)
        self._failed: Exception | None = None

    def update(self, data: Piece) -> None:
        """Take more, now or in a moment."""
        self._taken += len(data)
        if self._thread is None and self._taken < _WORTH_A_THREAD:
            self._give(data)
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="beside", daemon=True)
            self._thread.start()
        self._room.get()
        self._raise_what_failed()
        self._pieces.put(data)

    def settle(self) -> None:
        """Come back when everything given so far is taken."""
        if self._thread is not None:
            self._pieces.put(None)
            self._thread.join()
            self._thread = None
        self._raise_what_failed()

    def _raise_what_failed(self) -> None:
        failed, self._failed = self._failed, None
        if failed is not None:
            raise failed

    def _work(self) -> None:
        while (data := self._pieces.get()) is not None:
            try:
                self._give(data)
            except Exception as error:
                self._failed, self._takers = error, ()
            self._room.put(None)

    def _give(self, data: Piece) -> None:
        for take in self._takers:
            take(data)
