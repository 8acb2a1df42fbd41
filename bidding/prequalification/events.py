"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrequalificationDecided:
    """The result is out: every applicant has its notice (资格预审结果通知书)."""

    prequalification_id: int
