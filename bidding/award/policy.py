"""Who may put down a result, and who may make it final."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Acts of the award domain."""

    AWARD_RECORD = "award:record"
    AWARD_CONFIRM = "award:confirm"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.AWARD_RECORD: frozenset({Role.AGENCY}),
    Permission.AWARD_CONFIRM: frozenset({Role.AGENCY}),
}

WORDS: dict[Permission, str] = {
    Permission.AWARD_RECORD: N_("登记标段结果"),
    Permission.AWARD_CONFIRM: N_("复核标段结果"),
}
