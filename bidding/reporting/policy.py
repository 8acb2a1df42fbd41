"""Who may bring old figures into the report, and issue it on paper. Reading it is everybody's."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """Acts of the reporting domain."""

    SAVINGS_IMPORT = "savings:import"
    SAVINGS_ISSUE = "savings:issue"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.SAVINGS_IMPORT: frozenset({Role.ADMINISTRATOR}),
    Permission.SAVINGS_ISSUE: frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.SAVINGS_IMPORT: N_("导入节资台账"),
    Permission.SAVINGS_ISSUE: N_("签发节资月报和年报"),
}
