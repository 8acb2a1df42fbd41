"""Pages that are alike for everybody who has not signed in: made once, and for a moment handed to all who ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import cast

from flask import current_app, request

#: So many addresses are remembered; a list can be searched in as many ways as there are words.
_KEPT = 512


class Pages:
    """The pages of this process. ``lasts``: for how many seconds one is handed out; 0: not at all.

    Whoever comes while a page is made anew gets the one before, unless it is as old again: a crowd waits for nothing,
    and makes no page twice.
    """

    def __init__(self, lasts: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._lasts, self._clock = lasts, clock
        self._made: dict[object, tuple[float, str]] = {}
        self._making: dict[object, Lock] = {}
        self._guard = Lock()

    def page(self, key: object, make: Callable[[], str]) -> str:
        """The page of that key, made by ``make`` if it is not there or too old."""
        if not self._lasts:
            return make()
        known = self._made.get(key)
        age = self._clock() - known[0] if known else 2 * self._lasts
        if known and age < self._lasts:
            return known[1]
        with self._guard:
            lock = self._making.setdefault(key, Lock())
        if known and age < 2 * self._lasts:
            if not lock.acquire(blocking=False):
                return known[1]
        else:
            lock.acquire()
        try:
            fresh = self._made.get(key)
            if fresh is not None and fresh is not known:  # made by whoever held the lock
                return fresh[1]
            begun = self._clock()  # what is written while it is made may not be in it
            text = make()
            with self._guard:
                if len(self._made) >= _KEPT:
                    self._made.clear()
                    self._making.clear()
                self._made[key] = (begun, text)
            return text
        finally:
            lock.release()


def for_everybody(language: str, make: Callable[[], str]) -> str:
    """The page at this address, in that language, as ``make`` makes it.

    Remembered for whoever has neither signed in nor a form open; every other cookie may change what is on it.
    """
    config = current_app.config
    if config["SIGN_IN_COOKIE"] in request.cookies or config["SESSION_COOKIE_NAME"] in request.cookies:
        return make()
    pages = cast("Pages", current_app.extensions.setdefault("pages", Pages(config["LIST_SECONDS"])))
    return pages.page((request.full_path, language, request.headers.get("Cookie", "")), make)
