"""The opening on the server: the package leaves, batches come in, sheets open. Every step is one transaction.

What is checked here the verifier checks again from the bundle alone: both use ``record``, ``batches`` and
``bundle`` (protocol §6).
"""

from bidding.opening.service.batches import hand_in, shares_of
from bidding.opening.service.bundle import write_opening
from bidding.opening.service.package import begin, declare_unwitnessed, fetch_package
from bidding.opening.service.stage import due_openings, give_up, mark_instant, open_stage, record_review
from bidding.opening.service.steps import (
    fresh_times,
    locked,
    notes_of,
    record_of,
    require_closed,
    require_opened,
    sign,
)

__all__ = [
    "begin",
    "declare_unwitnessed",
    "due_openings",
    "fetch_package",
    "fresh_times",
    "give_up",
    "hand_in",
    "locked",
    "mark_instant",
    "notes_of",
    "open_stage",
    "record_of",
    "record_review",
    "require_closed",
    "require_opened",
    "shares_of",
    "sign",
    "write_opening",
]
