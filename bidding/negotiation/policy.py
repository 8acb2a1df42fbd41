"""Who calls rounds and who confirms them, who may look at a negotiation, who leaves it."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, NotFound


class Permission(StrEnum):
    """Every permission of this domain."""

    NEGOTIATION_READ = "negotiation:read"
    ROUND_CALL = "round:call"
    ROUND_CONFIRM = "round:confirm"
    ROUND_ENTER = "round:enter"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.NEGOTIATION_READ: frozenset({Role.AGENCY, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.ROUND_CALL: frozenset({Role.AGENCY}),
    Permission.ROUND_CONFIRM: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.ROUND_ENTER: frozenset({Role.TENDERER}),
}

WORDS: dict[Permission, str] = {
    Permission.NEGOTIATION_READ: N_("查看谈判（磋商）的轮次和开启后的报价"),
    Permission.ROUND_CALL: N_("起草报价轮次：登记响应审查的结果，邀请供应商报价"),
    Permission.ROUND_CONFIRM: N_("复核并发出报价邀请"),
    Permission.ROUND_ENTER: N_("在受邀的轮次报价，退出谈判（磋商）"),
}


def require(actor: Actor, permission: Permission, *, agency_id: int) -> int:
    """The actor's account, of the negotiation's agency or of a role that reaches over all of them.

    Raises ``NotFound``: another's looks like none.
    """
    own = Role.AGENCY in actor.roles and actor.organisation_id == agency_id
    wide = bool(actor.roles & (GRANTS[permission] - {Role.AGENCY}))
    if actor.account_id is None or not actor.may(permission) or not (own or wide):
        raise NotFound
    return actor.account_id
