"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClarificationPublished:
    """Answers or a correction are in force and published; everybody who holds the project is told.

    ``was_closes_at`` and ``closes_at`` are set where the deadline moved with it.
    """

    project_id: int
    number: int
    title: str
    was_closes_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PrequalificationCorrected:
    """The same of a prequalification; ``closes_at``, the later deadline for applications, is None where it stays."""

    project_id: int
    number: int
    title: str
    was_closes_at: datetime | None
    closes_at: datetime | None
