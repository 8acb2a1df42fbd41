"""Marking what has changed, examining it, and keeping what supervisors say."""

from bidding.oversight.service.examining import BATCH, catch_up
from bidding.oversight.service.marking import (
    ledgers_moved,
    on_award_confirmed,
    on_clarified,
    on_course,
    on_extended,
    on_opened,
    on_published,
)
from bidding.oversight.service.noting import MEASURE_NOTE, NOTE, note, set_measure

__all__ = [
    "BATCH",
    "MEASURE_NOTE",
    "NOTE",
    "catch_up",
    "ledgers_moved",
    "note",
    "on_award_confirmed",
    "on_clarified",
    "on_course",
    "on_extended",
    "on_opened",
    "on_published",
    "set_measure",
]
