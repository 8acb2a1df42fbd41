"""The pool and the draws: every act that changes them, each one transaction and one entry in a log."""

from __future__ import annotations

from bidding.experts.service.calling import CallNote, answer, countersign, show
from bidding.experts.service.contributing import close_parties, deal, reveal, share
from bidding.experts.service.messaging import claim_message, unclaim_message
from bidding.experts.service.naming import give_halves, publish, release, take_names
from bidding.experts.service.ordering import Wish, cancel, freeze, order, request_draw
from bidding.experts.service.pool import add_specialty, apply_import, bring_list, read_list, set_active
from bidding.experts.service.writing import sign

__all__ = [
    "CallNote",
    "Wish",
    "add_specialty",
    "answer",
    "apply_import",
    "bring_list",
    "cancel",
    "claim_message",
    "close_parties",
    "countersign",
    "deal",
    "freeze",
    "give_halves",
    "order",
    "publish",
    "read_list",
    "release",
    "request_draw",
    "reveal",
    "set_active",
    "share",
    "show",
    "sign",
    "take_names",
    "unclaim_message",
]
