"""Asking, drafting, and letting out. Every act in the caller's one transaction."""

from bidding.clarifications.service.asking import ask
from bidding.clarifications.service.drafting import (
    AnotherOpen,
    ChangedMeanwhile,
    ReturnReasonMissing,
    Written,
    add_file,
    drop,
    remove_file,
    save,
    send_back,
    start,
    submit,
)
from bidding.clarifications.service.publishing import Infeasible, dates_dropped, dates_moved, publish

__all__ = [
    "AnotherOpen",
    "ChangedMeanwhile",
    "Infeasible",
    "ReturnReasonMissing",
    "Written",
    "add_file",
    "ask",
    "dates_dropped",
    "dates_moved",
    "drop",
    "publish",
    "remove_file",
    "save",
    "send_back",
    "start",
    "submit",
]
