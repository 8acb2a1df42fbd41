"""Who drafts a notice about a tender's course, and who publishes it."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, NotFound


class Permission(StrEnum):
    """Every permission of this domain."""

    COURSE_DRAFT = "course:draft"
    COURSE_PUBLISH = "course:publish"
    TENDER_REPEAT = "tender:repeat"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.COURSE_DRAFT: frozenset({Role.AGENCY}),
    Permission.COURSE_PUBLISH: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.TENDER_REPEAT: frozenset({Role.AGENCY}),
}

WORDS: dict[Permission, str] = {
    Permission.COURSE_DRAFT: N_("起草暂停、恢复、终止、流标（废标）公告"),
    Permission.COURSE_PUBLISH: N_("复核并发布暂停、恢复、终止、流标（废标）公告"),
    Permission.TENDER_REPEAT: N_("把流标、终止的项目重新招标"),
}


def require(actor: Actor, permission: Permission, *, agency_id: int) -> int:
    """The actor's account, of the tender's agency or an administrator's. Raises ``NotFound``: another's looks like none."""
    own = Role.AGENCY in actor.roles and actor.organisation_id == agency_id
    if (
        actor.account_id is None
        or not actor.may(permission)
        or not (own or Role.ADMINISTRATOR in actor.roles)
    ):
        raise NotFound
    return actor.account_id
