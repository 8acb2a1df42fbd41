"""What a project's log says: the rules of protocol §4 and what follows from them. Pure.

The server runs every event through this before it commits it; the trustee's client and the verifier run a whole
log through the same. ``state`` is what is known, ``replay`` how each event changes it, ``witnessed`` what counts in time.
"""

from bidding.opening.record.replay import Replay, replay
from bidding.opening.record.state import (
    NO_WITNESS,
    Close,
    End,
    LoggedBid,
    OpenedStage,
    Record,
    State,
)
from bidding.opening.record.witnessed import GRACE, Early, close_checkpoint, counts_in_time

__all__ = [
    "GRACE",
    "NO_WITNESS",
    "Close",
    "Early",
    "End",
    "LoggedBid",
    "OpenedStage",
    "Record",
    "Replay",
    "State",
    "close_checkpoint",
    "counts_in_time",
    "replay",
]
