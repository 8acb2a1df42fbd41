"""Acting in a sitting. Every act in the caller's one transaction, with its note in the project's log."""

from bidding.opening.sitting.service.attending import (
    admit,
    confirm_line,
    raise_objection,
    sign_in,
    sign_in_anew,
)
from bidding.opening.sitting.service.hosting import answer, close_lines, end, publish_list, read_next
from bidding.opening.sitting.service.recording import close_record, sign_record
from bidding.opening.sitting.service.suspending import (
    confirm_resumption,
    confirm_suspension,
    resume,
    suspend,
)

__all__ = [
    "admit",
    "answer",
    "close_lines",
    "close_record",
    "confirm_line",
    "confirm_resumption",
    "confirm_suspension",
    "end",
    "publish_list",
    "raise_objection",
    "read_next",
    "resume",
    "sign_in",
    "sign_in_anew",
    "sign_record",
    "suspend",
]
