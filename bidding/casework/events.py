"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """Something was done to a case: ``move`` is a value of ``models.Move``."""

    case_id: int
    move: str
