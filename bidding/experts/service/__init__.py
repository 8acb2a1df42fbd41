"""The pool and the draws: every act that changes them, each one transaction and one entry in a log."""

from __future__ import annotations

from bidding.experts.service.applying import (
    accept_application,
    apply_again,
    apply_to_pool,
    propose_entry,
    refuse_application,
    return_application,
)
from bidding.experts.service.calling import CallNote, answer, countersign, show
from bidding.experts.service.contributing import close_parties, deal, reveal, share
from bidding.experts.service.keeping import decide_act, disclose, propose_act
from bidding.experts.service.messaging import claim_message, unclaim_message
from bidding.experts.service.naming import give_halves, publish, release, take_names
from bidding.experts.service.ordering import Wish, cancel, freeze, order, request_draw
from bidding.experts.service.pool import add_specialty, apply_import, bring_list, retire_specialty
from bidding.experts.service.recusal import (
    Unit,
    add_employment,
    end_relation,
    relate,
    withdraw_employment,
)
from bidding.experts.service.replying import reply, sign_reply
from bidding.experts.service.taking import start_import, take_part, undo_import, undo_part
from bidding.experts.service.writing import sign

__all__ = [
    "CallNote",
    "Unit",
    "Wish",
    "accept_application",
    "add_employment",
    "add_specialty",
    "answer",
    "apply_again",
    "apply_import",
    "apply_to_pool",
    "bring_list",
    "cancel",
    "claim_message",
    "close_parties",
    "countersign",
    "deal",
    "decide_act",
    "disclose",
    "end_relation",
    "freeze",
    "give_halves",
    "order",
    "propose_act",
    "propose_entry",
    "publish",
    "refuse_application",
    "relate",
    "release",
    "reply",
    "request_draw",
    "retire_specialty",
    "return_application",
    "reveal",
    "share",
    "show",
    "sign",
    "sign_reply",
    "start_import",
    "take_names",
    "take_part",
    "unclaim_message",
    "undo_import",
    "undo_part",
    "withdraw_employment",
]
