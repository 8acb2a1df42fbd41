"""What the report tells the domains above, inside the same transaction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgersMoved:
    """The rows of an imported ledger came in, or went out again."""

    batch_id: int
