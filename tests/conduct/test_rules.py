from datetime import date

import pytest

from bidding.conduct.rules import (
    MOST_CLAUSES,
    MOST_SIGNS,
    NAMED,
    OF_ROLE,
    ClausesMissing,
    Rule,
    Text,
    check_clauses,
    in_force,
    of_roles,
)
from bidding.core.actor import Role


def version(n, first):
    return Text(Rule.TENDERER, n, ("一",), ("one",), first, "")


def test_seven_of_the_ten_are_named_by_xuyong():
    assert (len(Rule), len(NAMED)) == (10, 7)


def test_every_role_is_asked_for_something():
    assert set(OF_ROLE) == set(Role)


def test_somebody_with_two_roles_is_asked_for_each_rule_once_in_the_order_of_the_list():
    assert of_roles({Role.EXPERT, Role.AGENCY}) == (Rule.ZONE, Rule.OWNER, Rule.PANEL, Rule.AGENCY)


@pytest.mark.parametrize(
    ("day", "n"),
    [(date(2025, 1, 1), 1), (date(2026, 12, 31), 1), (date(2027, 1, 1), 2), (date(2027, 1, 2), 3)],
    ids=["before-the-first", "the-day-before", "the-day-itself", "the-next-one"],
)
def test_a_version_holds_from_its_day_on(day, n):
    known = [version(1, date(2026, 1, 1)), version(2, date(2027, 1, 1)), version(3, date(2027, 1, 2))]
    assert in_force(known, day).n == n


def test_a_version_is_called_by_its_year_and_number():
    assert version(2, date(2027, 1, 1)).label == "2027-2"


def test_what_is_typed_becomes_clauses_without_empty_lines():
    assert check_clauses(" 一  条 \n\n二\n", "one\n\n two") == (("一 条", "二"), ("one", "two"))


@pytest.mark.parametrize(
    ("zh", "en", "field"),
    [
        ("", "one", "zh"),
        (" \n ", "one", "zh"),
        ("一", "", "en"),
        ("一\n二", "one", "en"),
        ("一\n" * (MOST_CLAUSES + 1), "one\n" * (MOST_CLAUSES + 1), "zh"),
        ("一" * (MOST_SIGNS + 1), "one", "zh"),
    ],
    ids=["nothing", "blank", "no-english", "not-as-many", "too-many", "too-long"],
)
def test_both_languages_say_the_same_number_of_things(zh, en, field):
    with pytest.raises(ClausesMissing) as refused:
        check_clauses(zh, en)
    assert refused.value.field == field


def test_the_longest_version_that_is_allowed_is():
    whole = "\n".join("一" * MOST_SIGNS for _ in range(MOST_CLAUSES))
    assert len(check_clauses(whole, whole)[0]) == MOST_CLAUSES
