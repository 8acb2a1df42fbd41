"""What submissions tell the domains above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BidAccepted:
    """A bid was taken in; with ``replaced``, in the place of an older one. Its tenderer's alone to know."""

    bid_id: int
    replaced: bool


@dataclass(frozen=True, slots=True)
class BidWithdrawn:
    """A bid was withdrawn. Its tenderer's alone to know."""

    bid_id: int


@dataclass(frozen=True, slots=True)
class BidRefused:
    """An upload was refused, and kept as an attempt. Its tenderer's alone to know."""

    attempt_id: int


@dataclass(frozen=True, slots=True)
class GateClosed:
    """The close record of a project has been written."""

    project_id: int
    count: int
    failed_lots: tuple[str, ...]
