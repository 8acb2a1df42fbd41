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


# The kiosk -------------------------------------------------------------------------------------------------------

#: After so long without a touch the kiosk forgets its visitor; for the last part of it, it asks first. Twenty seconds
#: to answer by one touch are what WCAG 2.2.1 wants.
IDLE_SECONDS, WARNED_SECONDS = 60, 20

#: The figures of a method that say how long things take, in the order in which they come, and what they cost.
TIMES = (
    "publicity-single",
    "notice-period",
    "document-available",
    "question",
    "question-reply",
    "objection",
    "clarification",
    "preparation",
    "publicity",
    "result-notice",
    "result-notice-period",
    "challenge",
    "complaint",
    "contract",
    "sale-contract",
)
COSTS = (
    "security-permille",
    "security-max",
    "security-max-services",
    "security-refund",
    "performance-permille",
    "payment",
)
#: No reference and no address of a receipt is longer.
_LONGEST_NAME = 200


def named(typed: str) -> str:
    """The number of a receipt as typed, or the end of the address that a scanner read off the paper; empty for neither."""
    if len(typed) > _LONGEST_NAME:
        return ""
    name = typed.strip().rstrip("/").rpartition("/")[2]
    return name if name.isascii() and name.replace("-", "").isalnum() else ""
