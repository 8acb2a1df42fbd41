"""A root as six words of four digits, to be read aloud and written on paper (protocol §4). Pure."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from bidding.core.canonical import lp

_COST = {"n": 2**15, "r": 8, "p": 1, "dklen": 32, "maxmem": 64 * 1024 * 1024}


@lru_cache(maxsize=256)
def six_words(origin: str, size: int, root: bytes) -> str:
    """Six groups of four digits, separated by spaces.

    scrypt is slow on purpose: it stops an operator from searching for two logs with the same words. One
    reckoning takes about 0.1 s and 32 MiB; a page asks for the same few again and again, hence the cache.
    """
    salt = lp("bidlog/v1 words", origin, str(size))
    number = int.from_bytes(hashlib.scrypt(root, salt=salt, **_COST), "big") % 10**24
    digits = f"{number:024d}"
    return " ".join(digits[place : place + 4] for place in range(0, 24, 4))
