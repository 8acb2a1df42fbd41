"""Who may submit, and who may see that somebody did."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, Forbidden


class Permission(StrEnum):
    """What a role may do with sealed bids."""

    BID_SUBMIT = "bid:submit"
    BID_WITHDRAW = "bid:withdraw"
    BID_READ = "bid:read"
    PAPER_TAKE = "paper:take"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.BID_SUBMIT: frozenset({Role.TENDERER}),
    Permission.BID_WITHDRAW: frozenset({Role.TENDERER}),
    Permission.BID_READ: frozenset({Role.TENDERER}),
    Permission.PAPER_TAKE: frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.BID_SUBMIT: N_("递交和替换本单位的投标"),
    Permission.BID_WITHDRAW: N_("撤回本单位的投标"),
    Permission.BID_READ: N_("查看本单位的投标和回执"),
    Permission.PAPER_TAKE: N_("在窗口登记纸质投标袋（只看得到自己登记的）"),
}


def require_tenderer(actor: Actor) -> None:
    """Bids are made by a tenderer's account, for its organisation; nobody else's."""
    if not actor.may(Permission.BID_SUBMIT) or actor.organisation_id is None or actor.account_id is None:
        raise Forbidden


def require_window(actor: Actor) -> None:
    """Bags are taken in at the centre's window."""
    if not actor.may(Permission.PAPER_TAKE) or actor.account_id is None:
        raise Forbidden
