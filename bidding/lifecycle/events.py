"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CourseAnnounced:
    """A notice of suspension, resumption, termination or failure is out; ``kind`` is its ``rules.Kind``."""

    project_id: int
    n: int
    kind: str
