"""Hashing passwords, a few at a time, and the words that nobody may build one of."""

from __future__ import annotations

import json
import threading
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bidding.core.entropy import Entropy
from bidding.identity.rules import LONGEST, normal_password


class Hasher:
    """argon2id (RFC 9106). Each hash takes its memory for tens of milliseconds, so only so many run at once.

    Never call it inside a transaction: a writer would keep all others waiting while it thinks.
    """

    def __init__(self, *, rounds: int, memory_kib: int, lanes: int, at_once: int) -> None:
        self._argon2 = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=lanes)
        self._turn = threading.BoundedSemaphore(at_once)
        # What an unknown account is checked against, so that its answer takes as long as any other.
        self._nobody = self._argon2.hash("nobody", salt=bytes(16))

    def hash(self, password: str, entropy: Entropy) -> str:
        """The encoded hash of a new password."""
        with self._turn:
            return self._argon2.hash(normal_password(password), salt=entropy.bytes(16))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Whether the password is right; for no hash at all, False after the same time."""
        with self._turn:
            try:
                self._argon2.verify(encoded or self._nobody, normal_password(password[: 4 * LONGEST]))
            except (VerificationError, InvalidHashError):
                return False
        return bool(encoded)

    def is_dated(self, encoded: str) -> bool:
        """Whether the hash was made with other costs than the settings now say."""
        return self._argon2.check_needs_rehash(encoded)


@cache
def guessable() -> tuple[str, ...]:
    """Words that passwords are made of when people are in a hurry."""
    return tuple(json.loads(files("bidding.identity").joinpath("guessable.json").read_text("utf-8")))
