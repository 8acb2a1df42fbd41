"""What may be done with cases; every act in the caller's one transaction."""

from bidding.casework.service.filing import (
    MaterialTwice,
    NoteMissing,
    NothingChosen,
    add_file,
    answer,
    file,
    open_case,
    remove,
    take_from_subject,
    withdraw,
)
from bidding.casework.service.handling import accept, close, examine, extend, review, send_back
from bidding.casework.service.speeding import (
    NobodyChosen,
    NotAnAdministrator,
    NotYet,
    ask_speed,
    assign,
    copy_to,
    log,
    opine,
    speed_up,
)

__all__ = [
    "MaterialTwice",
    "NobodyChosen",
    "NotAnAdministrator",
    "NotYet",
    "NoteMissing",
    "NothingChosen",
    "accept",
    "add_file",
    "answer",
    "ask_speed",
    "assign",
    "close",
    "copy_to",
    "examine",
    "extend",
    "file",
    "log",
    "open_case",
    "opine",
    "remove",
    "review",
    "send_back",
    "speed_up",
    "take_from_subject",
    "withdraw",
]
