"""Who writes a prequalification, who lets it out, who applies, and who alone may read applications."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, Forbidden, NotFound


class Permission(StrEnum):
    """Every permission of this domain."""

    PREQUALIFICATION_READ = "prequalification:read"
    PREQUALIFICATION_DRAFT = "prequalification:draft"
    PREQUALIFICATION_PUBLISH = "prequalification:publish"
    APPLICATION_EXAMINE = "application:examine"
    APPLICATION_SUBMIT = "application:submit"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.PREQUALIFICATION_READ: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.PREQUALIFICATION_DRAFT: frozenset({Role.AGENCY}),
    Permission.PREQUALIFICATION_PUBLISH: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    # Of those who passed nobody else may know before the opening (招标投标法 22): not the administrator either.
    Permission.APPLICATION_EXAMINE: frozenset({Role.AGENCY}),
    Permission.APPLICATION_SUBMIT: frozenset({Role.TENDERER}),
}

WORDS: dict[Permission, str] = {
    Permission.PREQUALIFICATION_READ: N_("查看本单位项目的资格预审"),
    Permission.PREQUALIFICATION_DRAFT: N_("起草资格预审公告"),
    Permission.PREQUALIFICATION_PUBLISH: N_("复核并发布资格预审公告"),
    Permission.APPLICATION_EXAMINE: N_("截止后开启、审查资格预审申请，两人办理"),
    Permission.APPLICATION_SUBMIT: N_("递交、替换、撤回本单位的资格预审申请"),
}


def require(actor: Actor, permission: Permission, *, agency_id: int) -> int:
    """The actor's account, of the project's agency or an administrator's. Raises ``NotFound``: another's looks like none."""
    own = Role.AGENCY in actor.roles and actor.organisation_id == agency_id
    beyond = Role.ADMINISTRATOR in actor.roles and Role.ADMINISTRATOR in GRANTS[permission]
    if actor.account_id is None or not actor.may(permission) or not (own or beyond):
        raise NotFound
    return actor.account_id


def require_tenderer(actor: Actor) -> tuple[int, int]:
    """The organisation and the account of a tenderer, who applies for it and for nobody else. Raises ``Forbidden``."""
    if (
        not actor.may(Permission.APPLICATION_SUBMIT)
        or actor.organisation_id is None
        or actor.account_id is None
    ):
        raise Forbidden
    return actor.organisation_id, actor.account_id
