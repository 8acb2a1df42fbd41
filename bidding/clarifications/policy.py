"""Who asks, who answers and corrects, and who lets it out."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, NotFound


class Permission(StrEnum):
    """Every permission of this domain."""

    QUESTION_ASK = "question:ask"
    CLARIFICATION_READ = "clarification:read"
    CLARIFICATION_DRAFT = "clarification:draft"
    CLARIFICATION_PUBLISH = "clarification:publish"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.QUESTION_ASK: frozenset({Role.TENDERER}),
    Permission.CLARIFICATION_READ: frozenset({Role.AGENCY, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.CLARIFICATION_DRAFT: frozenset({Role.AGENCY}),
    Permission.CLARIFICATION_PUBLISH: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.QUESTION_ASK: N_("对公告和文件匿名提问"),
    Permission.CLARIFICATION_READ: N_("查看提问（不显示提问人）和拟发的答疑、更正"),
    Permission.CLARIFICATION_DRAFT: N_("起草答疑和更正"),
    Permission.CLARIFICATION_PUBLISH: N_("复核并发布答疑、更正"),
}


def require(actor: Actor, permission: Permission, *, agency_id: int) -> None:
    """The agency on its own projects; supervisors and administrators, as far as they may at all, on everybody's.

    Another agency's looks like none: raises ``NotFound``.
    """
    if not actor.may(permission):
        raise NotFound
    holders = GRANTS[permission] & actor.roles
    if holders == {Role.AGENCY} and actor.organisation_id != agency_id:
        raise NotFound
