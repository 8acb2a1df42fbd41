"""Who gives an agency's programs a key. What a program may do with one is its scope's (``rules.Scope``)."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Acts of this domain."""

    KEY_MANAGE = "api-key:manage"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.KEY_MANAGE: frozenset({Role.AGENCY}),
}

WORDS: dict[Permission, str] = {
    Permission.KEY_MANAGE: N_("管理本单位系统的接口密钥"),
}
