"""Periods and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.award.rules import Basis
from bidding.reporting.rules import (
    EVER,
    BadPeriod,
    Period,
    Wanted,
    just_before,
    parse_period,
    practice_of,
    until,
    year_before,
)
from bidding.reporting.savings import Category


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("all", EVER),
        ("2026", Period(202601, 202612)),
        (" 2026-11 ", Period(202611, 202611)),
        ("2009-08..2011-12", Period(200908, 201112)),
        ("2026-Q1", Period(202601, 202603)),
        ("2026-Q4", Period(202610, 202612)),
    ],
)
def test_what_an_address_says(text, period):
    assert parse_period(text) == period
    assert period.text == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "2026-13",
        "2026-00",
        "2026-11..2026-10",
        "2026..2027-01",
        "2026-11..2027",
        "２０２６",
        "2026-Q0",
        "2026-Q5",
        "2026-Q1..2026-06",
        "x" * 90,
    ],
)
def test_what_no_calendar_has(text):
    with pytest.raises(BadPeriod):
        parse_period(text)


@given(st.integers(1900, 2100), st.integers(1, 12), st.integers(0, 40))
def test_every_period_reads_back(year, month, more):
    last = year * 12 + month - 1 + more
    period = Period(year * 100 + month, last // 12 * 100 + last % 12 + 1)
    assert parse_period(period.text) == period


def test_an_address_asks_the_same_again_with_one_thing_changed():
    wanted = Wanted(parse_period("2026"), Category.WORKS, owner="明川县交通运输局")
    assert wanted.address(period="2026-11", category=None) == {
        "period": "2026-11",
        "owner": "明川县交通运输局",
    }


@pytest.mark.parametrize(
    ("period", "before", "ago"),
    [
        ("2026-11", "2026-10", "2025-11"),
        ("2026-01", "2025-12", "2025-01"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-02..2026-06", "2025-09..2026-01", "2025-02..2025-06"),
        ("2026-01..2026-11", "2025-02..2025-12", "2025-01..2025-11"),
    ],
)
def test_what_a_period_stands_beside(period, before, ago):
    assert just_before(parse_period(period)) == parse_period(before)
    assert year_before(parse_period(period)) == parse_period(ago)


def test_a_year_has_one_before_it_and_everything_none():
    assert just_before(parse_period("2026")) is None
    assert year_before(parse_period("2026")) == parse_period("2025")
    assert (just_before(EVER), year_before(EVER)) == (None, None)


@pytest.mark.parametrize(
    ("month", "part"),
    [(202611, "2026-01..2026-11"), (202612, "2026"), (202701, "2026"), (202512, "2026"), (202601, "2026-01")],
)
def test_a_running_period_is_compared_as_far_as_it_has_come(month, part):
    assert until(parse_period("2026"), month) == parse_period(part)


def test_a_centre_names_its_divisions_and_what_is_not_named_stands_by_its_digits():
    practice = practice_of("510524=叙永县， 510521 = 泸县", procurement="ceiling")
    assert [practice.region(code) for code in ("510524", "510521", "510522")] == ["叙永县", "泸县", "510522"]
    assert practice.region("-2026-") == ""  # of a code that was not made here
    assert practice.procurement is Basis.CEILING
    assert practice_of("", procurement="budget").region("510524") == "510524"


@pytest.mark.parametrize("names", ["叙永县", "5105=叙永县", "510524=", "=叙永县", "510524=甲,乙"])
def test_what_names_no_division_is_refused(names):
    with pytest.raises(ValueError, match="REGION_NAMES"):
        practice_of(names, procurement="budget")
