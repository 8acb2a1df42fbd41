"""What a thousand watchers poll: the state is asked once for all of them, and each picture is made once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")

#: So many states and pictures are kept; beyond that all are made anew.
_KEPT = 256


class Boards(Generic[S]):
    """The public parts of halls or draws in this process. ``lasts``: how many seconds a state that was read is believed.

    Another process may have moved one meanwhile, and so may this one: a watcher is that much late, never wrong
    for longer. Two threads that make one picture at the same time make the same.
    """

    def __init__(self, lasts: float) -> None:
        self._lasts = lasts
        self._states: dict[str, tuple[float, S | None]] = {}
        self._pictures: dict[str, bytes] = {}

    def state(self, uid: str, read: Callable[[], S | None], *, anew: bool = False) -> S | None:
        """Its state, as it was read last or ``anew``."""
        at = time.monotonic()
        known = self._states.get(uid)
        if known is not None and not anew and at - known[0] < self._lasts:
            return known[1]
        found = read()
        _keep(self._states, uid, (at, found))
        return found

    def picture(self, state: str, make: Callable[[], str]) -> bytes:
        """The picture of that state."""
        known = self._pictures.get(state)
        if known is None:
            known = make().encode()
            _keep(self._pictures, state, known)
        return known


def _keep(kept: dict[str, T], key: str, value: T) -> None:
    if len(kept) >= _KEPT:
        kept.clear()
    kept[key] = value
