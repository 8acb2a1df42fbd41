"""Two versions of a text side by side: what was struck and what is new, clause by clause. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: A clause ends with its sign; a text without any is one clause.
_CLAUSE = re.compile(r"[^，。；：、！？,;:!?\n]*[，。；：、！？,;:!?\n]?")
#: Beyond so many clauses on both sides together the texts are shown whole: comparing takes their product.
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``differs`` where the other side has not got it."""

    text: str
    differs: bool


def difference(was: str, now: str) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """The pieces of both sides, in their order; joined, each is its text again."""
    before, after = _clauses(was), _clauses(now)
    if was == now or len(before) + len(after) > _MOST:
        return _whole(was, differs=was != now), _whole(now, differs=was != now)
    left, right = list[Piece](), list[Piece]()
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left += _whole("".join(before[a:b]), differs=kind != "equal")
        right += _whole("".join(after[c:d]), differs=kind != "equal")
    return left, right


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.findall(text) if clause]


def _whole(text: str, *, differs: bool) -> list[Piece]:
    return [Piece(text, differs)] if text else []
