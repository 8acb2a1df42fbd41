"""The table of states and moves as a picture: where each box stands and how each arrow runs. Pure.

Drawn upright and narrow, so that it can be read on a telephone; arrows bear the numbers of the table below the picture,
for words beside them would not fit in every language.
"""

from __future__ import annotations

from dataclasses import dataclass

from bidding.lifecycle.rules import DERIVED, STATE_WORDS, Move, State

WIDTH, HEIGHT = 344, 496
#: The number of each move, on its arrows and in the table.
NUMBERS: dict[Move, int] = {move: number for number, move in enumerate(Move, 1)}


@dataclass(frozen=True, slots=True)
class Box:
    """A state, with its upper left corner and its size."""

    state: State
    x: int
    y: int
    width: int = 124
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
class Badge:
    """The number of a move on its arrow, by its middle."""

    move: Move
    x: int
    y: int

    @property
    def number(self) -> int:
        """As in the table."""
        return NUMBERS[self.move]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One way from a state, which one or two moves take: a path of SVG, and their numbers on it."""

    source: State
    path: str
    badges: tuple[Badge, ...]


BOXES = (
    Box(State.DRAFT, 20, 10, 104, 60),
    Box(State.SUBMITTED, 186, 10, 150, 60),
    Box(State.PUBLISHED, 20, 130, 302, 132),
    Box(State.SUSPENDED, 20, 342),
    Box(State.FAILED, 198, 342),
    Box(State.TERMINATED, 20, 440),
    Box(State.RETENDERED, 198, 440),
)
CHIPS = tuple(
    Chip(x, y, words)
    for (x, y), (words, _) in zip(((98, 192), (244, 192), (98, 234), (244, 234)), DERIVED, strict=True)
)
ARROWS = (
    Arrow(State.DRAFT, "M124 26H184", (Badge(Move.SUBMIT, 152, 26),)),
    Arrow(State.SUBMITTED, "M186 54H126", (Badge(Move.RETURN, 158, 54),)),
    Arrow(State.SUBMITTED, "M260 70V128", (Badge(Move.PUBLISH, 260, 97),)),
    Arrow(State.PUBLISHED, "M322 160H335V220H324", (Badge(Move.EXTEND, 333, 190),)),
    Arrow(State.PUBLISHED, "M52 262V340", (Badge(Move.SUSPEND, 52, 299),)),
    Arrow(
        State.SUSPENDED,
        "M114 342V264",
        (Badge(Move.RESUME, 114, 318), Badge(Move.RESUME_LATER, 114, 293)),
    ),
    Arrow(State.PUBLISHED, "M260 262V340", (Badge(Move.FAIL, 260, 299),)),
    Arrow(State.SUSPENDED, "M82 386V438", (Badge(Move.TERMINATE, 82, 410),)),
    Arrow(State.PUBLISHED, "M20 240H11V462H18", (Badge(Move.TERMINATE, 11, 302),)),
    Arrow(State.FAILED, "M260 386V438", (Badge(Move.RETENDER, 260, 410),)),
    Arrow(State.TERMINATED, "M144 462H196", (Badge(Move.RETENDER, 168, 462),)),
)
