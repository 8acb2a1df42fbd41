"""Who may set an opening going. Everybody may watch it."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, Forbidden


class Permission(StrEnum):
    """What a role may do in the hall."""

    PACKAGE_FETCH = "opening:package"
    SHARES_HAND_IN = "opening:shares"
    FILES_READ = "opening:files"
    UNWITNESSED_DECLARE = "opening:unwitnessed"


_STAFF = frozenset({Role.AGENCY, Role.SUPERVISOR, Role.ADMINISTRATOR})

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.PACKAGE_FETCH: _STAFF,
    Permission.SHARES_HAND_IN: _STAFF,
    Permission.FILES_READ: frozenset({Role.AGENCY, Role.SUPERVISOR}),
    Permission.UNWITNESSED_DECLARE: frozenset({Role.SUPERVISOR}),
}

WORDS: dict[Permission, str] = {
    Permission.PACKAGE_FETCH: N_("到开标时间后下载开标包"),
    Permission.SHARES_HAND_IN: N_("代受托人递交份额文件"),
    Permission.FILES_READ: N_("开标后查阅投标附件"),
    Permission.UNWITNESSED_DECLARE: N_("见证都连不上时，声明改用纸质记录"),
}


def require(actor: Actor, permission: Permission, *, agency_id: int) -> None:
    """The permission; and of agencies only the project's own. Raises ``Forbidden``.

    Other roles that hold the permission reach over every project. A role that does not hold it widens nothing: who
    administers and is also of an agency reads only that agency's files.
    """
    if not actor.may(permission) or actor.account_id is None:
        raise Forbidden
    if not actor.roles & (GRANTS[permission] - {Role.AGENCY}) and actor.organisation_id != agency_id:
        raise Forbidden
