"""Who puts a committee together, who opens its room, who reads its names, and who writes how they did."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, NotFound


class Permission(StrEnum):
    """Every permission of this domain."""

    COMMITTEE_READ = "committee:read"
    COMMITTEE_NAME = "committee:name"
    COMMITTEE_CONFIRM = "committee:confirm"
    COMMITTEE_ROOM = "committee:room"
    COMMITTEE_APPRAISE = "committee:appraise"
    COMMITTEE_END = "committee:end"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.COMMITTEE_READ: frozenset({Role.AGENCY, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.COMMITTEE_NAME: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.COMMITTEE_CONFIRM: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.COMMITTEE_ROOM: frozenset({Role.ADMINISTRATOR}),
    Permission.COMMITTEE_APPRAISE: frozenset({Role.AGENCY}),
    Permission.COMMITTEE_END: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.COMMITTEE_READ: N_("查看评审成员的组成和到场情况"),
    Permission.COMMITTEE_NAME: N_("登记招标人代表、直接确定和外部抽取的专家"),
    Permission.COMMITTEE_CONFIRM: N_("复核直接确定和外部抽取的依据、登记的人员"),
    Permission.COMMITTEE_ROOM: N_("打开评审室签到页，登记回避、离开和组长"),
    Permission.COMMITTEE_APPRAISE: N_("填写评审专家履职记录"),
    Permission.COMMITTEE_END: N_("登记评审结束时间"),
}


def require(actor: Actor, permission: Permission, *, agency_id: int) -> int:
    """The actor's account: of the project's agency, or a role that sees everybody's. Raises ``NotFound``: another's looks like none."""
    held = GRANTS[permission] & actor.roles
    own = Role.AGENCY in held and actor.organisation_id == agency_id
    if actor.account_id is None or not (own or held - {Role.AGENCY}):
        raise NotFound
    return actor.account_id
