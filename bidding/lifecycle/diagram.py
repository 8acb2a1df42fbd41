"""The table of states and moves as a picture: where each box stands and how each arrow runs. Pure.

Drawn upright, 340 units wide, so that it can be read on a telephone. Words stand beside it in a table.
"""

from __future__ import annotations

from dataclasses import dataclass

from bidding.lifecycle.rules import DERIVED, MOVES, STATE_WORDS, Move, State

WIDTH, HEIGHT = 340, 486


@dataclass(frozen=True, slots=True)
class Box:
    """A state, with its upper left corner and its size."""

    state: State
    x: int
    y: int
    width: int = 130
    height: int = 44

    @property
    def words(self) -> str:
        """A key of the catalogue."""
        return STATE_WORDS[self.state]


@dataclass(frozen=True, slots=True)
class Chip:
    """What time decides, inside ``PUBLISHED``: its middle, and a key of the catalogue."""

    x: int
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A move: a path of SVG, and where its words stand. Of two moves along one path the first is named, and of two
    paths of one move the first is: without a place there are no words.
    """

    moves: tuple[Move, ...]
    source: State
    path: str
    x: int = 0
    y: int = 0
    anchor: str = "start"

    @property
    def words(self) -> str:
        """A key of the catalogue."""
        return MOVES[self.moves[0]].words


BOXES = (
    Box(State.DRAFT, 20, 14),
    Box(State.SUBMITTED, 190, 14),
    Box(State.PUBLISHED, 20, 122, 300, 132),
    Box(State.SUSPENDED, 20, 324),
    Box(State.FAILED, 190, 324),
    Box(State.TERMINATED, 20, 424),
    Box(State.RETENDERED, 190, 424),
)
CHIPS = tuple(
    Chip(x, y, words)
    for (x, y), (words, _) in zip(((90, 184), (212, 184), (90, 224), (212, 224)), DERIVED, strict=True)
)
ARROWS = (
    Arrow((Move.SUBMIT,), State.DRAFT, "M150 28H188", 170, 22, "middle"),
    Arrow((Move.RETURN,), State.SUBMITTED, "M190 46H152", 170, 62, "middle"),
    Arrow((Move.PUBLISH,), State.SUBMITTED, "M255 58V120", 263, 94),
    Arrow((Move.EXTEND,), State.PUBLISHED, "M320 168H333V208H322", 314, 192, "end"),
    Arrow((Move.SUSPEND,), State.PUBLISHED, "M46 254V322", 52, 294),
    Arrow((Move.RESUME, Move.RESUME_LATER), State.SUSPENDED, "M118 324V256", 126, 294),
    Arrow((Move.FAIL,), State.PUBLISHED, "M255 254V322", 247, 294, "end"),
    Arrow((Move.TERMINATE,), State.SUSPENDED, "M85 368V422", 93, 400),
    Arrow((Move.TERMINATE,), State.PUBLISHED, "M20 230H8V446H18"),
    Arrow((Move.RETENDER,), State.FAILED, "M255 368V422", 263, 400),
    Arrow((Move.RETENDER,), State.TERMINATED, "M150 446H188"),
)
