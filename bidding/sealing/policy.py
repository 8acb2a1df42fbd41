"""What may be done with trustees, and by whom."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Every permission of this domain. The list of standing trustees is everybody's to read."""

    TRUSTEE_ENROL = "trustee:enrol"
    TRUSTEE_CONFIRM = "trustee:confirm"
    TRUSTEE_RETIRE = "trustee:retire"
    TRUSTEE_DRILL = "trustee:drill"
    PANEL_SET = "panel:set"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.TRUSTEE_ENROL: frozenset({Role.ADMINISTRATOR}),
    Permission.TRUSTEE_CONFIRM: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.TRUSTEE_RETIRE: frozenset({Role.ADMINISTRATOR}),
    Permission.PANEL_SET: frozenset({Role.ADMINISTRATOR}),
    Permission.TRUSTEE_DRILL: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AGENCY}),
}

WORDS: dict[Permission, str] = {
    Permission.TRUSTEE_ENROL: N_("登记受托人的公钥"),
    Permission.TRUSTEE_CONFIRM: N_("复核受托人的公钥"),
    Permission.TRUSTEE_RETIRE: N_("停用受托人"),
    Permission.PANEL_SET: N_("设定中心的默认开箱组和候补次序"),
    Permission.TRUSTEE_DRILL: N_("发起密钥演练，交回演练结果"),
}


def may_drill(actor: Actor, account_id: int | None) -> bool:
    """Whether the actor may have a drill made and handed in for the trustee with this account.

    Oneself, or an administrator for those who have no account. The answer is signed by the trustee's key in any
    case: who carries it to the server proves nothing.
    """
    if Role.ADMINISTRATOR in actor.roles:
        return True
    return account_id is not None and account_id == actor.account_id
