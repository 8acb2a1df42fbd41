"""Who may see what the province is told, and who mends it."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Acts of this domain."""

    PROVINCE_READ = "province:read"
    PROVINCE_MANAGE = "province:manage"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.PROVINCE_READ: frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    Permission.PROVINCE_MANAGE: frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.PROVINCE_READ: N_("看报省平台的数据"),
    Permission.PROVINCE_MANAGE: N_("补录、重报、导出报省平台的数据"),
}
