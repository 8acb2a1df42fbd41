"""What may be done with projects, figures and days, and by whom."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Every permission of this domain."""

    PROJECT_READ = "project:read"
    PROJECT_EDIT = "project:edit"
    PROJECT_PUBLISH = "project:publish"
    TENDER_FOLLOW = "tender:follow"
    RULE_EDIT = "rule:edit"
    CALENDAR_EDIT = "calendar:edit"
    CATALOGUE_EDIT = "catalogue:edit"
    APPROVED_READ = "approved:read"
    APPROVED_EDIT = "approved:edit"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.PROJECT_READ: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.PROJECT_EDIT: frozenset({Role.AGENCY}),
    Permission.PROJECT_PUBLISH: frozenset({Role.AGENCY, Role.ADMINISTRATOR}),
    Permission.TENDER_FOLLOW: frozenset({Role.TENDERER}),
    Permission.RULE_EDIT: frozenset({Role.ADMINISTRATOR}),
    Permission.CALENDAR_EDIT: frozenset({Role.ADMINISTRATOR}),
    Permission.CATALOGUE_EDIT: frozenset({Role.ADMINISTRATOR}),
    Permission.APPROVED_READ: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.APPROVED_EDIT: frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.PROJECT_READ: N_("查看本单位的项目"),
    Permission.PROJECT_EDIT: N_("起草和提交项目"),
    Permission.PROJECT_PUBLISH: N_("复核并发布公告"),
    Permission.TENDER_FOLLOW: N_("关注公告，接收更正和截止提醒"),
    Permission.RULE_EDIT: N_("修改本中心设定的数值，一人提出、另一人复核"),
    Permission.CALENDAR_EDIT: N_("维护工作日历"),
    Permission.CATALOGUE_EDIT: N_("维护进场交易目录"),
    Permission.APPROVED_READ: N_("查看已批准而没有进场的项目"),
    Permission.APPROVED_EDIT: N_("登记已批准的项目"),
}


def may_read(actor: Actor, agency_id: int) -> bool:
    """Whether an unpublished project of that agency is the actor's to see."""
    if Role.ADMINISTRATOR in actor.roles:
        return True
    return Role.AGENCY in actor.roles and actor.organisation_id == agency_id


def may_edit(actor: Actor, agency_id: int) -> bool:
    """Whether the draft is the actor's to change: only the agency writes its own."""
    return Role.AGENCY in actor.roles and actor.organisation_id == agency_id
