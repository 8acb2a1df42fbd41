"""What questions are asked of."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """Whose id ``OversightUnit.ref`` is."""

    PROJECT = "project"
    OWNER = "owner"  # of the savings report
    AGENCY = "agency"
    TENDERER = "tenderer"
