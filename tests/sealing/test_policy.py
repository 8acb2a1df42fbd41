from __future__ import annotations

import pytest

from bidding.core.actor import Actor, Role
from bidding.sealing.policy import GRANTS, WORDS, Permission, may_drill


def test_every_permission_is_granted_and_worded():
    assert set(GRANTS) == set(WORDS) == set(Permission)


def test_no_tenderer_and_no_expert_has_anything_to_do_with_trustees():
    for holders in GRANTS.values():
        assert not holders & {Role.TENDERER, Role.EXPERT}


@pytest.mark.parametrize(
    ("roles", "account", "of", "may"),
    [
        ({Role.ADMINISTRATOR}, 1, 2, True),
        ({Role.ADMINISTRATOR}, 1, None, True),
        ({Role.SUPERVISOR}, 1, 1, True),
        ({Role.SUPERVISOR}, 1, 2, False),
        ({Role.SUPERVISOR}, 1, None, False),
        ({Role.AGENCY}, None, None, False),
    ],
)
def test_a_drill_is_ones_own_or_the_administrators(roles, account, of, may):
    assert may_drill(Actor(account, 1, roles=frozenset(roles)), of) is may
