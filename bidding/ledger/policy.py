"""Who may keep the list of witnesses. Looking at the centre's log is everybody's right."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_


class Permission(StrEnum):
    """What a role may do with the logs."""

    WITNESS_ENROL = "witness:enrol"


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.WITNESS_ENROL: frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[Permission, str] = {
    Permission.WITNESS_ENROL: N_("登记和停用日志见证"),
}
