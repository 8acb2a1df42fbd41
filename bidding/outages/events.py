"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpeningHeld:
    """An opening was put on hold: it stays sealed until two people decide."""

    project_id: int


@dataclass(frozen=True, slots=True)
class HoldLifted:
    """A hold was let go without an extension; the opening goes on."""

    project_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ScheduleExtended:
    """A later deadline is in force, and its correction notice published; everybody who holds the project is told.

    ``n`` counts the schedules of the project, from 1; it is also the SEQUENCE of a calendar entry.
    """

    project_id: int
    n: int
    was_closes_at: datetime
    closes_at: datetime
    opens_at: datetime
    reason: str
    #: Of which correction the dates are a part: it publishes the rest, and tells of both.
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class ExtensionDropped:
    """A later deadline that was part of a correction was taken back before both seats had signed it."""

    part_of: str


@dataclass(frozen=True, slots=True)
class PricesMoved:
    """The second opening of a tender in two envelopes is later, and nothing else; its correction notice is published."""

    project_id: int
    n: int
    was_prices_open_at: datetime
    prices_open_at: datetime
    reason: str
