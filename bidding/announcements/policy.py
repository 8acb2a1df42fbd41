"""Who writes announcements, who publishes them, and who may object to one."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, NotFound


class Permission(StrEnum):
    """Every permission of this domain."""

    ANNOUNCEMENT_READ = "announcement:read"
    ANNOUNCEMENT_EDIT = "announcement:edit"
    ANNOUNCEMENT_PUBLISH = "announcement:publish"
    ANNOUNCEMENT_OBJECT = "announcement:object"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.ANNOUNCEMENT_READ: frozenset({Role.AGENCY, Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.ANNOUNCEMENT_EDIT: frozenset({Role.AGENCY}),
    Permission.ANNOUNCEMENT_PUBLISH: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.ANNOUNCEMENT_OBJECT: frozenset({Role.TENDERER}),
}

WORDS: dict[Permission, str] = {
    Permission.ANNOUNCEMENT_READ: N_("查看采购意向和公示的办理情况"),
    Permission.ANNOUNCEMENT_EDIT: N_("起草采购意向和公示，答复异议"),
    Permission.ANNOUNCEMENT_PUBLISH: N_("复核、发布、撤回采购意向和公示"),
    Permission.ANNOUNCEMENT_OBJECT: N_("对公示提出异议"),
}
#: Who sees every agency's.
_ALL = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})


def may_read(actor: Actor, agency_id: int) -> bool:
    """Whether what is not public of an agency's announcement is the actor's to see."""
    if not actor.may(Permission.ANNOUNCEMENT_READ):
        return False
    return bool(_ALL & actor.roles) or actor.organisation_id == agency_id


def require(actor: Actor, permission: Permission, *, agency_id: int) -> int:
    """The actor's account, of the announcement's agency or an administrator's. Raises ``NotFound``."""
    own = Role.AGENCY in actor.roles and actor.organisation_id == agency_id
    if (
        actor.account_id is None
        or not actor.may(permission)
        or not (own or Role.ADMINISTRATOR in actor.roles)
    ):
        raise NotFound
    return actor.account_id
