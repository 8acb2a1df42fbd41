"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoundCalled:
    """A round is open for those who were invited to it; ``round_id`` is a project's id."""

    round_id: int
