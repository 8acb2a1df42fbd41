"""Hashes of files that come in parts, carried on from one part to the next."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import Any

from bidding.storage.parts import Growing

_MIB = 1 << 20
#: Hashes under way that are remembered between two parts; a forgotten one is made again from the file.
_REMEMBERED = 1024


class Hashes:
    """The running SHA-256 of files whose next part has not come yet, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    def take(self, uid: str, offset: int) -> Any:
        """The hash of the first ``offset`` bytes, or None where it is not known."""
        with self._lock:
            known = self._known.pop(uid, None)
        return known[1] if known is not None and known[0] == offset else None

    def put(self, uid: str, offset: int, running: Any) -> None:
        """Remember; the oldest goes when there are too many."""
        with self._lock:
            self._known[uid] = (offset, running)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


def hash_of(file: Growing, size: int) -> Any:
    """The running SHA-256 of the first ``size`` bytes of a file, read again."""
    running, place = hashlib.sha256(), 0
    while place < size and (data := file.read(min(_MIB, size - place), place)):
        running.update(data)
        place += len(data)
    return running
