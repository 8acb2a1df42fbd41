"""Who keeps the rooms, who books them, and who may change a booking."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Every permission of this domain."""

    ROOM_READ = "room:read"
    ROOM_BOOK = "room:book"
    ROOM_EDIT = "room:edit"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.ROOM_READ: frozenset({Role.AGENCY, Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.ROOM_BOOK: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.ROOM_EDIT: frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.ROOM_READ: N_("查看场地和占用情况"),
    Permission.ROOM_BOOK: N_("预定场地，改期和取消本单位的预定"),
    Permission.ROOM_EDIT: N_("设置场地、设备和监控，开放或停用"),
}


def may_change(actor: Actor, organisation_id: int) -> bool:
    """Whether a booking is the actor's to move and to cancel: their own organisation's, or an administrator's any."""
    if not actor.may(Permission.ROOM_BOOK):
        return False
    return Role.ADMINISTRATOR in actor.roles or actor.organisation_id == organisation_id


def may_know(actor: Actor, organisation_id: int, *, is_public: bool) -> bool:
    """Whether the actor may see what a booking is for.

    Until its notice is out, an agency's project is nobody else's to know of: neither a rival's nor a supervisor's.
    """
    return is_public or may_change(actor, organisation_id)
