"""Every act on a committee, each one transaction and one note in the project's log."""

from __future__ import annotations

from bidding.committee.rules import Person
from bidding.committee.service.appointing import (
    Paper,
    bring_paper,
    confirm_member,
    confirm_paper,
    enter_member,
    withdraw_member,
    withdraw_paper,
)
from bidding.committee.service.appraising import appraise, end_evaluation, on_result
from bidding.committee.service.arriving import (
    Declaration,
    choose_chair,
    close_room,
    leave,
    open_room,
    rate,
    recognise,
    sign_in,
)
from bidding.committee.service.listing import (
    bring_list,
    confirm_list,
    match_columns,
    take_list,
    withdraw_list,
)

__all__ = [
    "Declaration",
    "Paper",
    "Person",
    "appraise",
    "bring_list",
    "bring_paper",
    "choose_chair",
    "close_room",
    "confirm_list",
    "confirm_member",
    "confirm_paper",
    "end_evaluation",
    "enter_member",
    "leave",
    "match_columns",
    "on_result",
    "open_room",
    "rate",
    "recognise",
    "sign_in",
    "take_list",
    "withdraw_list",
    "withdraw_member",
    "withdraw_paper",
]
