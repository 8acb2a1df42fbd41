"""Who files cases, who handles them at the window, and who is asked for an opinion."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Every permission of this domain."""

    CASE_READ = "case:read"
    CASE_FILE = "case:file"
    CASE_HANDLE = "case:handle"
    CASE_OPINE = "case:opine"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.CASE_READ: frozenset({Role.AGENCY, Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.CASE_FILE: frozenset({Role.AGENCY}),
    Permission.CASE_HANDLE: frozenset({Role.ADMINISTRATOR}),
    Permission.CASE_OPINE: frozenset({Role.SUPERVISOR}),
}

WORDS: dict[Permission, str] = {
    Permission.CASE_READ: N_("查看受理事项"),
    Permission.CASE_FILE: N_("申请受理、补正材料"),
    Permission.CASE_HANDLE: N_("窗口办理：受理、审查、审核、办结"),
    Permission.CASE_OPINE: N_("对抄告本部门的事项出具会签意见"),
}


def may_file(actor: Actor, applicant_id: int) -> bool:
    """Whether the case is the actor's own to fill in and file."""
    return actor.may(Permission.CASE_FILE) and actor.organisation_id == applicant_id
