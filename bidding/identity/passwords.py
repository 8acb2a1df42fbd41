"""Hashing passwords, a few at a time, and the words that nobody may build one of."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError
from bidding.identity.rules import LONGEST, normal_password

#: Known browsers may wait, all of them: more of them than a server has threads.
_PATIENT = 1000


class TooBusy(DomainError):
    """More strangers try passwords at this moment than can be checked in time."""

    code = "identity.too_busy"
    text = N_("现在试登录的人太多，您的这一次还没有核对。请过几秒再按一次。登录过的电脑和通行密钥不受影响。")
    status = 503


class Lane:
    """So many at once, and so many more that may stand behind them."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._turn = threading.BoundedSemaphore(at_once)
        self._door = threading.BoundedSemaphore(at_once + waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One's turn. Raises ``TooBusy`` where too many wait already."""
        if not self._door.acquire(blocking=False):
            raise TooBusy
        try:
            with self._turn:
                yield
        finally:
            self._door.release()


class Hasher:
    """argon2id (RFC 9106). Each hash takes its memory for tens of milliseconds, so only so many run at once.

    Whoever comes with a known browser or a session has a lane of their own: a flood of guesses can neither take
    all the turns nor, since only a few may wait, all the server's threads.
    Never call it inside a transaction: a writer would keep all others waiting while it thinks.
    """

    def __init__(self, *, rounds: int, memory_kib: int, lanes: int, at_once: int) -> None:
        self._argon2 = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=lanes)
        strangers = max(1, at_once // 2)
        self._strangers = Lane(strangers, waiting=2 * strangers)
        self._known = Lane(max(1, at_once - strangers), waiting=_PATIENT)
        # What an unknown account is checked against, so that its answer takes as long as any other.
        self._nobody = self._argon2.hash("nobody", salt=bytes(16))

    def hash(self, password: str, entropy: Entropy) -> str:
        """The encoded hash of a new password."""
        with self._known.turn():
            return self._argon2.hash(normal_password(password), salt=entropy.bytes(16))

    def verify(self, encoded: str | None, password: str, *, is_known: bool = False) -> bool:
        """Whether the password is right; for no hash at all, False after the same time. Raises ``TooBusy``."""
        with (self._known if is_known else self._strangers).turn():
            return self._matches(encoded or self._nobody, password) and bool(encoded)

    def _matches(self, encoded: str, password: str) -> bool:
        try:
            return self._argon2.verify(encoded, normal_password(password[: 4 * LONGEST]))
        except (VerificationError, InvalidHashError):
            return False

    def is_dated(self, encoded: str) -> bool:
        """Whether the hash was made with other costs than the settings now say."""
        return self._argon2.check_needs_rehash(encoded)


@cache
def guessable() -> tuple[str, ...]:
    """Words that passwords are made of when people are in a hurry."""
    return tuple(json.loads(files("bidding.identity").joinpath("guessable.json").read_text("utf-8")))
