from __future__ import annotations

import pytest

from bidding.core.actor import NOBODY, Actor, Role
from bidding.experts.policy import may_read, may_see_names

OURS = 7


def someone(*roles, organisation=OURS):
    return Actor(1, organisation, "x", frozenset(roles))


@pytest.mark.parametrize(
    ("actor", "before", "after"),
    [
        (someone(Role.ADMINISTRATOR, organisation=1), True, True),
        (someone(Role.SUPERVISOR, organisation=1), True, True),
        (someone(Role.AGENCY), True, True),
        (someone(Role.AGENCY, organisation=8), False, False),
        (someone(Role.TENDERER, organisation=8), False, True),
        (someone(Role.TENDERER), False, True),
        (someone(Role.EXPERT), False, False),
        (NOBODY, False, False),
    ],
)
def test_whose_a_draw_is_to_see_before_and_after_its_order(actor, before, after):
    assert may_read(actor, agency_id=OURS, ordered=False) is before
    assert may_read(actor, agency_id=OURS, ordered=True) is after


@pytest.mark.parametrize(
    ("actor", "after"),
    [
        (someone(Role.ADMINISTRATOR, organisation=1), True),
        (someone(Role.SUPERVISOR, organisation=1), True),
        (someone(Role.AGENCY), True),
        (someone(Role.AGENCY, organisation=8), False),
        (someone(Role.TENDERER), False),
        (someone(Role.EXPERT), False),
        (NOBODY, False),
    ],
)
def test_names_are_nobodys_before_the_release(actor, after):
    assert not may_see_names(actor, agency_id=OURS, released=False)
    assert may_see_names(actor, agency_id=OURS, released=True) is after
