from __future__ import annotations

import pytest

from bidding.core.actor import Actor, Role
from bidding.core.errors import Forbidden
from bidding.opening.policy import GRANTS, Permission, require

OWN, OTHER = 1, 2


def person(*roles, organisation_id=OTHER):
    held = frozenset(roles)
    return Actor(7, organisation_id, "", held, frozenset(p for p, who in GRANTS.items() if who & held))


@pytest.mark.parametrize(
    ("roles", "permission"),
    [
        ({Role.SUPERVISOR}, Permission.FILES_READ),
        ({Role.SUPERVISOR}, Permission.PACKAGE_FETCH),
        ({Role.ADMINISTRATOR}, Permission.SHARES_HAND_IN),
        ({Role.ADMINISTRATOR, Role.AGENCY}, Permission.SHARES_HAND_IN),
    ],
)
def test_these_reach_over_every_project(roles, permission):
    require(person(*roles), permission, agency_id=OWN)


@pytest.mark.parametrize(
    ("roles", "permission"),
    [
        ({Role.AGENCY}, Permission.FILES_READ),
        ({Role.AGENCY}, Permission.PACKAGE_FETCH),
        ({Role.ADMINISTRATOR}, Permission.FILES_READ),
        ({Role.ADMINISTRATOR, Role.AGENCY}, Permission.FILES_READ),
        ({Role.TENDERER}, Permission.FILES_READ),
        (set(), Permission.SHARES_HAND_IN),
    ],
)
def test_these_do_not(roles, permission):
    with pytest.raises(Forbidden):
        require(person(*roles), permission, agency_id=OWN)


def test_an_agency_reads_the_files_of_its_own_project():
    require(person(Role.AGENCY, organisation_id=OWN), Permission.FILES_READ, agency_id=OWN)
    require(
        person(Role.AGENCY, Role.ADMINISTRATOR, organisation_id=OWN), Permission.FILES_READ, agency_id=OWN
    )
