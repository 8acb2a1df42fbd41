"""Periods and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.reporting.rules import EVER, BadPeriod, Period, Wanted, parse_period
from bidding.reporting.savings import Category


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("all", EVER),
        ("2026", Period(202601, 202612)),
        (" 2026-11 ", Period(202611, 202611)),
        ("2009-08..2011-12", Period(200908, 201112)),
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
