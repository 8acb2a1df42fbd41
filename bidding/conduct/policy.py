"""Who writes the rules of conduct, and who may see who accepted them."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Every permission of this domain. Reading the rules and accepting one's own needs none."""

    CONDUCT_EDIT = "conduct:edit"
    ACCEPTANCE_READ = "acceptance:read"


_CENTRE = frozenset({Role.ADMINISTRATOR})

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.CONDUCT_EDIT: _CENTRE,
    Permission.ACCEPTANCE_READ: _CENTRE,
}

WORDS: dict[Permission, str] = {
    Permission.CONDUCT_EDIT: N_("起草、复核、发布须知的新版本"),
    Permission.ACCEPTANCE_READ: N_("查看谁接受了哪一版须知"),
}
