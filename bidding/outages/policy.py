"""Who decides on holds and extensions: the agency whose project it is, and the supervisor, never one alone."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.actor import Actor, Role
from bidding.core.errors import N_, NotFound


class Permission(StrEnum):
    """What a role may do about deadlines."""

    DEADLINE_EXTEND = "deadline:extend"
    HOLD_LIFT = "hold:lift"


_BOTH = frozenset({Role.AGENCY, Role.SUPERVISOR})

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.DEADLINE_EXTEND: _BOTH,
    Permission.HOLD_LIFT: _BOTH,
}

WORDS: dict[Permission, str] = {
    Permission.DEADLINE_EXTEND: N_("提出延期，递交本席位的延期签名"),
    Permission.HOLD_LIFT: N_("与另一方一起解除暂停"),
}


def side(actor: Actor, permission: Permission, *, agency_id: int) -> Role:
    """Which of the two sides the actor is. Another agency's project looks like none: raises ``NotFound``."""
    if actor.may(permission) and actor.account_id is not None:
        if Role.SUPERVISOR in actor.roles:
            return Role.SUPERVISOR
        if Role.AGENCY in actor.roles and actor.organisation_id == agency_id:
            return Role.AGENCY
    raise NotFound
