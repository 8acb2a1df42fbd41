"""Writing and hashing on the other core while the next bytes are read: an upload's time was mostly these two."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Piece = bytes | memoryview

#: Less is taken where it comes: another thread costs more than it saves.
_WORTH_A_HAND = 1 << 20
#: Pieces of one stream that may wait; with the pieces that streams are read in, a quarter of a mebibyte.
_WAITING = 4
#: Seconds that a hand waits for a stream's next piece before it is free for another's: a line that hangs keeps none.
_PATIENCE = 0.02
#: As many hands as cores, for all streams of the process. With more streams than that the cores are full: then each is
#: taken where it comes, and neither threads nor pieces add up.
_HANDS = len(os.sched_getaffinity(0))
_pool = ThreadPoolExecutor(_HANDS, "beside")
_free = threading.BoundedSemaphore(_HANDS)


class Beside:
    """Gives pieces to takers, one after the other, by another thread where that is worth it and one is free.

    The data must not change afterwards. ``settle`` before what was taken is looked at, and in the end in any case.
    What a taker raises comes out of the next ``update`` or of ``settle``, and nothing is taken after it.
    """

    def __init__(self, *takers: Callable[[Piece], object]) -> None:
        self._takers = takers
        self._taken = 0
        self._pieces: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._room: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(_WAITING):
            self._room.put(None)
        self._ended: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._has_hand = False
        self._failed: Exception | None = None

    def update(self, data: Piece) -> None:
        """Take more, now or in a moment."""
        self._taken += len(data)
        self._room.get()
        if not (self._taken >= _WORTH_A_HAND and self._handed(data)):
            self._give(data)
        self._raise_what_failed()

    def settle(self) -> None:
        """Come back when everything given so far is taken."""
        with self._lock:
            waits = self._has_hand
            if waits:
                self._pieces.put(None)
        if waits:
            self._ended.get()
        self._raise_what_failed()

    def _handed(self, data: Piece) -> bool:
        """Whether a hand will take it. Where there is none, all that was given before is taken."""
        with self._lock:
            self._has_hand = self._has_hand or self._called()
            if self._has_hand:
                self._pieces.put(data)
            return self._has_hand

    def _called(self) -> bool:
        if not _free.acquire(blocking=False):
            return False
        try:
            _pool.submit(self._work)
        except RuntimeError:  # the process is ending and starts nothing any more
            _free.release()
            return False
        return True

    def _raise_what_failed(self) -> None:
        failed, self._failed = self._failed, None
        if failed is not None:
            raise failed

    def _work(self) -> None:
        while True:
            try:
                data = self._pieces.get(timeout=_PATIENCE)
            except queue.Empty:
                with self._lock:
                    if self._pieces.empty():
                        self._leave()
                        return
                continue
            if data is None:
                with self._lock:
                    self._leave()
                self._ended.put(None)
                return
            self._give(data)

    def _leave(self) -> None:
        self._has_hand = False
        _free.release()

    def _give(self, data: Piece) -> None:
        try:
            for take in self._takers:
                take(data)
        except Exception as error:
            self._failed, self._takers = error, ()
        self._room.put(None)
