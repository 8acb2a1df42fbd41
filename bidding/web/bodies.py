"""How many bodies of one sender may be on their way at once: whoever sends slowly pins no more than these threads.

A thread waits for each body, because a view reads it as it comes. Nobody's slowness may take them all.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import IO

from flask import Flask, g, request

from bidding.core.errors import N_, DomainError
from bidding.web.auth import current_actor
from bidding.web.context import session
from bidding.web.forms import SAFE_METHODS

#: Of one organisation, or of one address where nobody is signed in. Our page sends two parts at once, tus clients a few.
EACH = 12
#: Of all who are not signed in. ``bidding serve`` has 256 threads.
STRANGERS = 64

_STRANGERS = "strangers"


class Crowded(DomainError):
    """As many bodies as may be are on their way."""

    code = "web.crowded"
    text = N_("同时发来内容的连接太多，这一次没有收下。请关掉其他窗口，稍等片刻再试。")
    status = 503


class Bodies:
    """Who is sending a body now, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._coming: Counter[str] = Counter()

    def take(self, limits: dict[str, int]) -> Callable[[], None]:
        """One place under each of these names, if all have one left; how to give them back, once."""
        with self._lock:
            if any(self._coming[name] >= limit for name, limit in limits.items()):
                raise Crowded
            self._coming.update(limits.keys())
        taken = list(limits)

        def give_back() -> None:
            with self._lock:
                self._coming.subtract(taken)
                self._coming += Counter()  # forgets whoever sends nothing
                taken.clear()

        return give_back


class _Coming:
    """A body that gives its places back with its last byte."""

    def __init__(self, stream: IO[bytes], length: int | None, at_end: Callable[[], None]) -> None:
        self._stream = stream
        self._left = length
        self._at_end = at_end

    def read(self, *size: int) -> bytes:
        data = self._stream.read(*size)
        if self._left is not None:
            self._left -= len(data)
        if not data or self._left == 0:
            self._at_end()
        return data


def init_app(app: Flask) -> None:
    """Before anybody looks at a form: the token in it is read from the body."""
    bodies = Bodies()

    def take_place() -> None:
        length = request.content_length
        if request.method in SAFE_METHODS or length == 0:
            return
        g.body_over = bodies.take(_limits())
        request.environ["wsgi.input"] = _Coming(request.environ["wsgi.input"], length, g.body_over)

    def give_back(_error: BaseException | None) -> None:
        g.pop("body_over", lambda: None)()

    app.before_request(take_place)
    app.teardown_request(give_back)


def _limits() -> dict[str, int]:
    actor = current_actor()
    session().rollback()  # the body may take minutes, and no connection waits for it
    if actor.account_id is None:
        return {_STRANGERS: STRANGERS, f"address {request.remote_addr}": EACH}
    return {f"organisation {actor.organisation_id}": EACH}
