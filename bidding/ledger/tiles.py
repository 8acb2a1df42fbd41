"""Tiles of a log (C2SP tlog-tiles): their names and what they hold. Pure.

Index 1234067 of width 8 is ``x001/x234/067.p/8``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bidding.ledger.merkle import Tree

#: A tile holds this many hashes, an entry bundle as many entries.
FULL = 256
HEIGHT = 8
MOST_LEVEL = 63
_LEVEL = re.compile(r"0|[1-9][0-9]?")
_PATH = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_GROUP = 3


def parse_tile_path(path: str) -> tuple[int, int] | None:
    """Index and width of a tile, or None for a name that no tile has (also one with needless zeroes)."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    index = int(found[1].replace("x", "").replace("/", ""))
    width = int(found[2]) if found[2] else FULL
    return (index, width) if path == tile_path(index, width) else None


def tile_path(index: int, width: int = FULL) -> str:
    """The name of a tile."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // _GROUP) * _GROUP)
    groups = [digits[place : place + _GROUP] for place in range(0, len(digits), _GROUP)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return name if width == FULL else f"{name}.p/{width}"


def parse_level(text: str) -> int | None:
    """The level of a tile, or None for one that no tile has (also one with needless zeroes)."""
    return int(text) if _LEVEL.fullmatch(text) and int(text) <= MOST_LEVEL else None


def exists(level: int, index: int, width: int, size: int) -> bool:
    """Whether a log of this size has the tile: a full one, or a part of the one at its right edge.

    Clients that follow an older checkpoint find its part as long as the tile is not full, and then the full one.
    """
    full, rest = divmod(size >> (HEIGHT * level), FULL)
    return (width == FULL and index < full) or (index == full and 0 < width <= rest)


def hashes(tree: Tree, level: int, index: int, width: int) -> bytes:
    """The hashes of a tile that exists."""
    start = index * FULL
    return b"".join(tree.subtree(HEIGHT * level, start + place) for place in range(width))


def bundle(entries: Iterable[str]) -> bytes:
    """An entry bundle: every entry after its length as u16 big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry.encode("ascii") for entry in entries)
