"""Where randomness comes from. The only module that may draw."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Protocol


class Entropy(Protocol):
    """A source of unpredictable bytes."""

    def bytes(self, count: int) -> bytes:
        """``count`` fresh bytes."""
        ...


class SystemEntropy:
    """The operating system's generator."""

    def bytes(self, count: int) -> bytes:
        """``count`` fresh bytes from the kernel."""
        return os.urandom(count)


class ReplayEntropy:
    """Bytes that are the same for the same seed: for tests and benchmarks, never for keys in use."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._counter = 0
        self._buffer = b""

    def bytes(self, count: int) -> bytes:
        """The next ``count`` bytes of the HMAC-SHA256 counter stream."""
        while len(self._buffer) < count:
            block = hmac.new(self._seed, self._counter.to_bytes(8, "big"), hashlib.sha256).digest()
            self._buffer += block
            self._counter += 1
        out, self._buffer = self._buffer[:count], self._buffer[count:]
        return out


_UID_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # 31 signs nobody confuses when reading aloud


def new_uid(entropy: Entropy, length: int = 12) -> str:
    """An unguessable public identifier (about 59 bits at 12 signs), safe in URLs and on the phone."""
    out = ""
    while len(out) < length:
        for byte in entropy.bytes(length):
            if byte < 248 and len(out) < length:  # 248 = 8 * 31: no modulo bias
                out += _UID_ALPHABET[byte % 31]
    return out
