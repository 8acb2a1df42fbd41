"""Every act on a committee, each one transaction and one note in the project's log."""

from __future__ import annotations

from bidding.committee.service.appointing import (
    Paper,
    Person,
    bring_paper,
    confirm_member,
    confirm_paper,
    enter_member,
    withdraw_member,
    withdraw_paper,
)
from bidding.committee.service.appraising import appraise
from bidding.committee.service.arriving import (
    Declaration,
    choose_chair,
    close_room,
    leave,
    open_room,
    recognise,
    sign_in,
)

__all__ = [
    "Declaration",
    "Paper",
    "Person",
    "appraise",
    "bring_paper",
    "choose_chair",
    "close_room",
    "confirm_member",
    "confirm_paper",
    "enter_member",
    "leave",
    "open_room",
    "recognise",
    "sign_in",
    "withdraw_member",
    "withdraw_paper",
]
