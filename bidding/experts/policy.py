"""Who asks for experts, who freezes, orders, contributes, calls and reads."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Every permission of this domain."""

    POOL_READ = "pool:read"
    POOL_IMPORT = "pool:import"
    POOL_KEEP = "pool:keep"
    POOL_DISCLOSE = "pool:disclose"
    POOL_WATCH = "pool:watch"
    DRAW_READ = "draw:read"
    DRAW_REQUEST = "draw:request"
    DRAW_FREEZE = "draw:freeze"
    DRAW_ORDER = "draw:order"
    DRAW_CONTRIBUTE = "draw:contribute"
    DRAW_CALL = "draw:call"
    DRAW_HALF = "draw:half"
    DRAW_COUNTERSIGN = "draw:countersign"
    DRAW_RELEASE = "draw:release"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.POOL_READ: frozenset({Role.ADMINISTRATOR}),
    Permission.POOL_IMPORT: frozenset({Role.ADMINISTRATOR}),
    Permission.POOL_KEEP: frozenset({Role.ADMINISTRATOR}),
    Permission.POOL_DISCLOSE: frozenset({Role.ADMINISTRATOR}),
    Permission.POOL_WATCH: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.DRAW_READ: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AGENCY, Role.TENDERER}),
    Permission.DRAW_REQUEST: frozenset({Role.ADMINISTRATOR, Role.AGENCY}),
    Permission.DRAW_FREEZE: frozenset({Role.ADMINISTRATOR}),
    Permission.DRAW_ORDER: frozenset({Role.SUPERVISOR}),
    Permission.DRAW_CONTRIBUTE: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AGENCY, Role.TENDERER}),
    Permission.DRAW_CALL: frozenset({Role.ADMINISTRATOR}),
    Permission.DRAW_HALF: frozenset({Role.SUPERVISOR}),
    Permission.DRAW_COUNTERSIGN: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.DRAW_RELEASE: frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.POOL_READ: N_("查看专家库"),
    Permission.POOL_IMPORT: N_("导入专家名单"),
    Permission.POOL_KEEP: N_("审核入库申请，办理专家的聘期、暂停、不良行为和退出"),
    Permission.POOL_DISCLOSE: N_("查看专家完整的电话、证件号码和邮箱（留下记录）"),
    Permission.POOL_WATCH: N_("查看谁看过专家的号码，以及不良行为的数目"),
    Permission.DRAW_READ: N_("查看专家抽取（不含姓名）"),
    Permission.DRAW_REQUEST: N_("申请抽取专家"),
    Permission.DRAW_FREEZE: N_("复核并冻结抽取条件"),
    Permission.DRAW_ORDER: N_("核对名单并签署抽取令"),
    Permission.DRAW_CONTRIBUTE: N_("为抽取投入和公开随机数"),
    Permission.DRAW_CALL: N_("通知抽中的专家"),
    Permission.DRAW_HALF: N_("交出打开专家姓名的半把钥匙"),
    Permission.DRAW_COUNTERSIGN: N_("复核通知记录"),
    Permission.DRAW_RELEASE: N_("公布专家姓名"),
}


def may_read(actor: Actor, *, agency_id: int, ordered: bool) -> bool:
    """Whether a draw is the actor's to see.

    An agency sees its own projects'. A tenderer may add a contribution to any draw once it has been ordered,
    and sees numbers, never names.
    """
    if Role.ADMINISTRATOR in actor.roles or Role.SUPERVISOR in actor.roles:
        return True
    if Role.AGENCY in actor.roles and actor.organisation_id == agency_id:
        return True
    return Role.TENDERER in actor.roles and ordered


def may_see_names(actor: Actor, *, agency_id: int, released: bool) -> bool:
    """Whether the names of those called are the actor's to see: nobody's before the release."""
    if not released:
        return False
    if Role.ADMINISTRATOR in actor.roles or Role.SUPERVISOR in actor.roles:
        return True
    return Role.AGENCY in actor.roles and actor.organisation_id == agency_id
