"""Who is acting, as the rules see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The roles of the centre. A person may hold several (see ``identity.policy.FORBIDDEN_TOGETHER``)."""

    TENDERER = "tenderer"
    AGENCY = "agency"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a job, detached from the session and the database."""

    account_id: int | None
    organisation_id: int | None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[str] = frozenset()
    step_up_at: datetime | None = None

    def may(self, permission: str) -> bool:
        """Whether one of the actor's roles holds the permission."""
        return permission in self.permissions


def system_actor(name: str) -> Actor:
    """The actor of a job or a command, which no person stands behind."""
    return Actor(account_id=None, organisation_id=None, name=name)


NOBODY = Actor(account_id=None, organisation_id=None)
