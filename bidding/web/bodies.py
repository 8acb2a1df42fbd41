"""Bodies of requests: how many of one sender may be on their way at once, and that each is read to its end.

A thread waits for each body, because a view reads it as it comes. Nobody's slowness may take them all.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import IO

from flask import Flask, Response, g, request

from bidding.core.errors import N_, DomainError
from bidding.web.auth import current_actor
from bidding.web.context import session
from bidding.web.forms import SAFE_METHODS
from bidding.web.streaming import CHUNK

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
    """A body that gives its places back with its last byte, and knows what nobody has read of it."""

    def __init__(self, stream: IO[bytes], length: int | None, at_end: Callable[[], None]) -> None:
        self._stream = stream
        self._left = length
        self._at_end = at_end

    def read(self, *size: int) -> bytes:
        data = self._stream.read(*size)
        if not data:
            self._left = 0
        elif self._left is not None:
            self._left -= len(data)
        if self._left == 0:
            self._at_end()
        return data

    def read_rest(self, limit: int) -> bool:
        """Throw away what nobody has read, ``limit`` bytes at most; whether nothing of the body is left on the line.

        Of a body that was announced to be longer nothing is read.
        """
        if self._left == 0:
            return True
        if self._left is not None and self._left > limit:
            return False
        session().rollback()  # no connection waits for a slow line
        try:
            while self._left != 0 and limit > 0:
                # Not more than there is: where the line itself is read, more would be waited for.
                limit -= len(self.read(CHUNK if self._left is None else min(CHUNK, self._left)))
        except (OSError, ValueError):
            return False
        return self._left == 0


def init_app(app: Flask) -> None:
    """Take a place before anybody looks at a form, for the token in it is read from the body; read the rest at the end.

    Where a body is not read to its end, the server closes the line behind the answer. A browser that is still sending
    then shows a broken connection in place of our reason, and who sends the next request on that line is cut off.
    """
    bodies = Bodies()

    def take_place() -> None:
        length = request.content_length
        if length is None and not request.environ.get("wsgi.input_terminated"):
            length = 0  # neither is a length announced nor does the server mark the end: there is no body
        if request.method in SAFE_METHODS or length == 0:
            return
        g.body_over = bodies.take(_limits())
        request.environ["wsgi.input"] = _Coming(request.environ["wsgi.input"], length, g.body_over)

    def finish(response: Response) -> Response:
        body = request.environ["wsgi.input"]
        if isinstance(body, _Coming):
            is_over = body.read_rest(request.max_content_length or 0)
        else:  # nothing to read, or nobody took a place for it
            is_over = not request.content_length and "Transfer-Encoding" not in request.headers
        if not is_over:
            response.headers["Connection"] = "close"
        return response

    def give_back(_error: BaseException | None) -> None:
        g.pop("body_over", lambda: None)()

    app.before_request(take_place)
    app.after_request(finish)
    app.teardown_request(give_back)


def _limits() -> dict[str, int]:
    actor = current_actor()
    session().rollback()  # the body may take minutes, and no connection waits for it
    if actor.account_id is None:
        return {_STRANGERS: STRANGERS, f"address {request.remote_addr}": EACH}
    return {f"organisation {actor.organisation_id}": EACH}
