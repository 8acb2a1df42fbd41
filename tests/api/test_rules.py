from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.api import rules
from bidding.api.rules import BadSpan, KeyUnknown, Scope
from bidding.tenders.policy import Permission
from tests.conftest import MONDAY

KEY = rules.key_of(bytes(range(32)))


def test_a_key_is_known_by_its_prefix_and_holds_all_of_its_secret():
    assert KEY.startswith("sunlit_")
    assert len(KEY) == len("sunlit_") + 43
    assert rules.key_of(bytes(32)) != KEY


@pytest.mark.parametrize("header", [f"Bearer {KEY}", f"bearer  {KEY} "])
def test_a_key_is_read_from_its_header(header):
    assert rules.key_in(header) == KEY


@pytest.mark.parametrize("header", [None, "", "Basic eDp5", "Bearer"])
def test_who_brings_none_has_none(header):
    if header == "Bearer":
        with pytest.raises(KeyUnknown):
            rules.key_in(header)
    else:
        assert rules.key_in(header) is None


@pytest.mark.parametrize("token", [KEY[:-1], KEY + "A", KEY.replace("sunlit_", "moonlit_"), "x" * 10_000])
def test_what_is_no_key_is_refused_before_anybody_looks_for_it(token):
    with pytest.raises(KeyUnknown):
        rules.key_in(f"Bearer {token}")


@pytest.mark.parametrize(("days", "taken"), [(0, False), (1, True), (366, True), (367, False)])
def test_a_key_lasts_a_day_to_a_year(days, taken):
    if taken:
        assert rules.check_days(days) == days
    else:
        with pytest.raises(BadSpan):
            rules.check_days(days)


@pytest.mark.parametrize(
    ("left", "soon"), [(timedelta(days=14), True), (timedelta(days=14, seconds=1), False)]
)
def test_a_key_is_marked_two_weeks_before_its_end(left, soon):
    assert rules.is_soon_over(MONDAY + left, MONDAY) is soon


@pytest.mark.parametrize("scope", Scope)
def test_no_key_publishes(scope):
    assert Permission.PROJECT_PUBLISH not in rules.PERMISSIONS[scope]
    assert rules.PERMISSIONS[scope] <= {Permission.PROJECT_READ, Permission.PROJECT_EDIT}
