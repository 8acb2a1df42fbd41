"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnnouncementPublished:
    """It is out, for everybody."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class AnnouncementWithdrawn:
    """What was out was taken back."""

    announcement_id: int


@dataclass(frozen=True, slots=True)
class ObjectionMade:
    """Somebody objects to what stands published; ``n`` counts those to one announcement."""

    announcement_id: int
    n: int


@dataclass(frozen=True, slots=True)
class ObjectionAnswered:
    """It was answered; ``account_id`` is whoever made it."""

    announcement_id: int
    n: int
    account_id: int
