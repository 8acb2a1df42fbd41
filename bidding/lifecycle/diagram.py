"""The table of states and moves as a picture: where each box stands and how each arrow runs. Pure.

Drawn upright and narrow, so that it can be read on a telephone; arrows bear the numbers of the table below the picture,
for words beside them would not fit in every language.
"""

from __future__ import annotations

from dataclasses import dataclass

from bidding.lifecycle.rules import DERIVED, STATE_WORDS, Move, State

WIDTH, HEIGHT = 368, 584
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
    Box(State.PREQUALIFYING, 20, 10, 150, 48),
    Box(State.DRAFT, 20, 98, 104, 60),
    Box(State.SUBMITTED, 186, 98, 150, 60),
    Box(State.PUBLISHED, 20, 218, 302, 132),
    Box(State.SUSPENDED, 20, 430),
    Box(State.FAILED, 198, 430),
    Box(State.TERMINATED, 20, 528),
    Box(State.RETENDERED, 198, 528),
)
CHIPS = tuple(
    Chip(x, y, words)
    for (x, y), (words, _) in zip(((98, 280), (244, 280), (98, 322), (244, 322)), DERIVED, strict=True)
)
ARROWS = (
    Arrow(State.DRAFT, "M48 98V60", (Badge(Move.PREQUALIFY, 48, 80),)),
    Arrow(State.PREQUALIFYING, "M96 58V96", (Badge(Move.QUALIFY, 96, 76),)),
    Arrow(
        State.PREQUALIFYING,
        "M170 34H356V452H324",
        (Badge(Move.FALL_SHORT, 356, 128), Badge(Move.CALL_OFF, 356, 152)),
    ),
    Arrow(State.DRAFT, "M124 114H184", (Badge(Move.SUBMIT, 152, 114),)),
    Arrow(State.SUBMITTED, "M186 142H126", (Badge(Move.RETURN, 158, 142),)),
    Arrow(State.SUBMITTED, "M260 158V216", (Badge(Move.PUBLISH, 260, 185),)),
    Arrow(State.PUBLISHED, "M322 248H335V308H324", (Badge(Move.EXTEND, 333, 278),)),
    Arrow(State.PUBLISHED, "M52 350V428", (Badge(Move.SUSPEND, 52, 387),)),
    Arrow(
        State.SUSPENDED,
        "M114 430V352",
        (Badge(Move.RESUME, 114, 406), Badge(Move.RESUME_LATER, 114, 381)),
    ),
    Arrow(State.PUBLISHED, "M260 350V428", (Badge(Move.FAIL, 260, 387),)),
    Arrow(State.SUSPENDED, "M82 474V526", (Badge(Move.TERMINATE, 82, 498),)),
    Arrow(State.PUBLISHED, "M20 328H11V550H18", (Badge(Move.TERMINATE, 11, 390),)),
    Arrow(State.FAILED, "M260 474V526", (Badge(Move.RETENDER, 260, 498),)),
    Arrow(State.TERMINATED, "M144 550H196", (Badge(Move.RETENDER, 168, 550),)),
)
