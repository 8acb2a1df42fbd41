"""Names of tiles (C2SP tlog-tiles): index 1234067 of width 8 is ``x001/x234/067.p/8``. Pure."""

from __future__ import annotations

import re

FULL = 256
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
