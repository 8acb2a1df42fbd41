"""Who may look at findings: supervisors, and nobody else (docs/adr/0067)."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Every permission of this domain."""

    OVERSIGHT_READ = "oversight:read"
    OVERSIGHT_NOTE = "oversight:note"
    OVERSIGHT_MEASURE = "oversight:measure"


_SUPERVISORS = frozenset({Role.SUPERVISOR})

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.OVERSIGHT_READ: _SUPERVISORS,
    Permission.OVERSIGHT_NOTE: _SUPERVISORS,
    Permission.OVERSIGHT_MEASURE: _SUPERVISORS,
}

WORDS: dict[Permission, str] = {
    Permission.OVERSIGHT_READ: N_("查看线索提示"),
    Permission.OVERSIGHT_NOTE: N_("登记对线索提示的处理"),
    Permission.OVERSIGHT_MEASURE: N_("调整线索提示的尺度"),
}
