"""Who delivers messages by hand, and which of them nobody but the recipient may know of."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_
from bidding.messages.kinds import WORDS as KINDS
from bidding.messages.kinds import Kind


class Permission(StrEnum):
    """Every permission of this domain."""

    MESSAGE_DELIVER = "message:deliver"


GRANTS: dict[Permission, frozenset[Role]] = {Permission.MESSAGE_DELIVER: frozenset({Role.ADMINISTRATOR})}

WORDS: dict[Permission, str] = {
    Permission.MESSAGE_DELIVER: N_("转告发不出去的通知（不含与某个项目有关的投标人通知）")
}


def delivers(roles: Collection[Role]) -> bool:
    """Whether people with these roles are those who pass letters on: nobody need telephone themselves."""
    return bool(GRANTS[Permission.MESSAGE_DELIVER] & frozenset(roles))


def is_private(kind: Kind, roles: Collection[Role]) -> bool:
    """Whether staff must never learn that there is such a message.

    Anything about a tender that goes to a tenderer: it tells that they follow it or bid, and how many letters there
    are tells how many do (招标投标法 22, 52). For ever, and not only until the close: simpler to keep true.
    """
    return Role.TENDERER in roles and KINDS[kind].of_a_tender
