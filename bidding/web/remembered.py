"""Pages that are alike for everybody who has not signed in: made once, and for a moment handed to all who ask.

They are handed out before Flask looks at the request: no session, no sign-in, no hook and no transaction. What is
remembered is the whole answer to somebody of whom nothing is known but the address, the language and what the browser
keeps of looks. ADR 0052 has the reasons.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import Flask
from werkzeug.http import parse_cookie

from bidding.db.engine import Turn

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")
V = TypeVar("V", bound=Callable[..., Any])

#: So many addresses are remembered; a list can be searched in as many ways as there are words.
_KEPT = 512
#: So many are made at once: one has the interpreter while another waits for the database.
_AT_ONCE = 2
#: So many pages may wait to be made anew aside; who comes for another makes it.
_ASIDE = 64


class Aside:
    """A thread that makes pages anew while whoever asks for them gets the ones before."""

    def __init__(self) -> None:
        self._maker = ThreadPoolExecutor(1, "pages")
        self._places = BoundedSemaphore(_ASIDE)

    def __call__(self, job: Callable[[], object]) -> bool:
        """Take the job; False where too many wait, or the process ends."""
        if not self._places.acquire(blocking=False):
            return False
        try:
            self._maker.submit(job).add_done_callback(lambda _: self._places.release())
        except RuntimeError:  # no new threads at the end of a process
            self._places.release()
            return False
        return True


class Pages(Generic[T]):
    """The pages of this process. ``lasts``: for how many seconds one is handed out; 0: not at all.

    Whoever comes while a page is made anew gets the one before, unless it is as old again: a crowd waits for nothing,
    and makes no page twice. ``aside`` takes the making where somebody has a page before to be content with, and says
    whether it did.
    """

    def __init__(
        self,
        lasts: float,
        clock: Callable[[], float] = time.monotonic,
        aside: Callable[[Callable[[], object]], bool] = lambda _: False,
    ) -> None:
        self._lasts, self._clock, self._aside = lasts, clock, aside
        self._made: dict[object, tuple[float, T]] = {}
        self._making: dict[object, Lock] = {}
        self._guard = Lock()

    def page(self, key: object, make: Callable[[], T]) -> T:
        """The page of that key, made by ``make`` if it is not there or too old. What ``make`` raises is not kept."""
        if not self._lasts:
            return make()
        known = self._made.get(key)
        age = self._clock() - known[0] if known else 2 * self._lasts
        if known and age < self._lasts:
            return known[1]
        with self._guard:
            lock = self._making.setdefault(key, Lock())
        if known and age < 2 * self._lasts:
            if not lock.acquire(blocking=False) or self._aside(lambda: self._anew(key, make, known, lock)):
                return known[1]
        else:
            lock.acquire()
        return self._anew(key, make, known, lock)

    def _anew(self, key: object, make: Callable[[], T], known: tuple[float, T] | None, lock: Lock) -> T:
        """Make and keep it, holding ``lock``, which is let go."""
        try:
            fresh = self._made.get(key)
            if fresh is not None and fresh is not known:  # made by whoever held the lock
                return fresh[1]
            begun = self._clock()  # what is written while it is made may not be in it
            page = make()
            with self._guard:
                if len(self._made) >= _KEPT:
                    self._made.clear()
                    self._making.clear()
                self._made[key] = (begun, page)
            return page
        finally:
            lock.release()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application said, whole."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def is_for_all(self) -> bool:
        """Whether others may have it: a page, and nothing for this one's browser to keep."""
        return self.status.startswith("200 ") and all(
            name.lower() != "set-cookie" for name, _ in self.headers
        )


class _ForOne(Exception):
    """No error: an answer on its way past what is remembered."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def for_everybody(view: V) -> V:
    """Say that the page, at an address without places, is alike for all who have neither signed in nor a form open."""
    view.for_everybody = True  # type: ignore[attr-defined]
    return view


class Remembering:
    """Stands before the application and answers for it what is remembered.

    ``preferred`` gives the language that an ``Accept-Language`` asks for.
    """

    def __init__(self, app: Flask, preferred: Callable[[str], str]) -> None:
        self._app, self._inner, self._preferred = app, app.wsgi_app, preferred
        self._turn = Turn(_AT_ONCE)

    @cached_property
    def _pages(self) -> Pages[Answer]:
        return Pages(self._app.config["LIST_SECONDS"], aside=Aside())

    @cached_property
    def _paths(self) -> frozenset[str]:
        views = self._app.view_functions
        return frozenset(
            rule.rule
            for rule in self._app.url_map.iter_rules()
            if getattr(views[rule.endpoint], "for_everybody", False)
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by WSGI."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("PATH_INFO") not in self._paths:
            return self._inner(environ, start_response)
        cookies = environ.get("HTTP_COOKIE", "")
        if cookies and self._is_somebody(cookies):
            return self._inner(environ, start_response)
        if not self._app.config["LIST_SECONDS"]:
            return self._made(environ, start_response)
        key = (
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
            self._preferred(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
            cookies,  # any that is left may change what is on the page: its language, its looks, the desk it is at
            environ["wsgi.url_scheme"],  # and addresses in it begin with these
            environ.get("HTTP_HOST"),
            environ.get("SCRIPT_NAME"),
        )
        try:
            answer = self._pages.page(key, lambda: _asked(self._made, environ))
        except _ForOne as for_one:
            answer = for_one.answer
        start_response(answer.status, list(answer.headers))
        return [answer.body]

    def _made(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The application's answer, in the order in which it was asked.

        Where sixty pages are made at once each waits for the others whenever it has read a row, and the last has waited for all.
        """
        with self._turn:
            return self._inner(environ, start_response)

    def _is_somebody(self, cookies: str) -> bool:
        """Whether the browser has a sign-in, or the cookie of a form or of a message that it is to be shown once."""
        brought, config = parse_cookie(cookies), self._app.config
        return config["SIGN_IN_COOKIE"] in brought or config["SESSION_COOKIE_NAME"] in brought


def _asked(inner: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    """What the application answers. It may be asked after the request is over, so only its words are passed on."""
    words: WSGIEnvironment = {name: value for name, value in environ.items() if isinstance(value, str)}
    words |= {"wsgi.input": BytesIO(), "wsgi.errors": sys.stderr}
    begun: list[tuple[str, tuple[tuple[str, str], ...]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _: object = None
    ) -> Callable[[bytes], object]:
        begun[:] = [(status, tuple(headers))]  # once more where a page fails that had begun
        return written.append

    written: list[bytes] = []
    coming = inner(words, start_response)
    try:
        written += coming
    finally:
        if (close := getattr(coming, "close", None)) is not None:
            close()
    answer = Answer(*begun[0], b"".join(written))
    if not answer.is_for_all:
        raise _ForOne(answer)
    return answer


def init_app(app: Flask, preferred: Callable[[str], str]) -> None:
    """Stand before the application, and behind whatever has yet to say which proxy the request came by."""
    app.wsgi_app = Remembering(app, preferred)  # type: ignore[method-assign]
