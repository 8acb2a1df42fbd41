"""How the hall's screen cuts what there is to show into panels, and which of them is shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: So many rows fit on a panel: two lines each in letters of 40 mm on an 86-inch screen, readable at 8 m.
ROWS = 5
#: No more of each kind than so many panels: whoever waits below sees everything within a few minutes.
MOST_PANELS = 4
MOST_ROWS = ROWS * MOST_PANELS


class Topic(StrEnum):
    """What a panel is about, in the order in which they are shown."""

    OPENINGS = "openings"
    CLOSING = "closing"
    PUBLICITY = "publicity"
    SAVINGS = "savings"


#: Shown even without a row: that nothing is opened today is what people come to read.
ALWAYS = frozenset({Topic.OPENINGS})


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a topic that fits on the screen; ``number`` counts the parts ``of`` the topic from 1."""

    topic: Topic
    rows: Sequence[Any]
    number: int = 1
    of: int = 1

    @property
    def name(self) -> str:
        """What tells it from the others on the page."""
        return f"{self.topic}-{self.number}"


def panels(found: Mapping[Topic, Sequence[Any]]) -> list[Panel]:
    """Everything that was found, cut to the screen; of what there is nothing of, no panel but of ``ALWAYS``."""
    cut = []
    for topic in Topic:
        rows = found[topic][:MOST_ROWS]
        parts = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
        if not parts and topic in ALWAYS:
            parts = [[]]
        cut += [Panel(topic, part, number, len(parts)) for number, part in enumerate(parts, start=1)]
    return cut


def turned(asked: int, count: int) -> int:
    """Which of so many panels an address asks for, from 0: past the last it begins anew, whatever came or went meanwhile."""
    return asked % count
