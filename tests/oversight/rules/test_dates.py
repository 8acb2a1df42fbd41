"""Short periods and late changes, on the day itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bidding.oversight.rules import Correction, holidays, late, many, moved, short

PUBLISHED = date(2026, 9, 14)
LEAST = date(2026, 10, 8)


@pytest.mark.parametrize(
    ("beyond", "margin", "fires"),
    [(-1, 0, True), (0, 0, True), (1, 0, False), (3, 3, True), (4, 3, False)],
    ids=["below", "at-the-minimum", "a-day-more", "within", "past-it"],
)
def test_a_period_is_short_up_to_the_measure(beyond, margin, fires):
    found = short(PUBLISHED, LEAST + timedelta(days=beyond), LEAST, margin_days=margin)
    assert (found is not None) is fires
    if found:
        assert (found["days"], found["least_days"], found["margin_days"]) == (24 + beyond, 24, beyond)


@pytest.mark.parametrize(
    ("beyond", "rest", "fires"),
    [(0, 12, True), (0, 11, False), (5, 15, True), (5, 14, False), (6, 30, False)],
    ids=["half", "less", "still-near", "near-and-less", "not-near"],
)
def test_a_period_near_the_minimum_is_of_rest_days(beyond, rest, fires):
    closes = LEAST + timedelta(days=beyond)
    assert (holidays(PUBLISHED, closes, LEAST, rest, margin_days=5, rest_permille=500) is not None) is fires


def corrected(number, before, *, moves=False):
    closes = date(2026, 12, 20)
    return Correction(number, closes - timedelta(days=before), closes, moves)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ([], None),
        ([corrected(1, 4)], None),
        ([corrected(1, 3)], (1, 1)),
        ([corrected(1, 0)], (1, 1)),
        ([corrected(1, 1, moves=True)], None),
        ([corrected(1, 3), corrected(2, 1), corrected(3, 9)], (2, 2)),
    ],
    ids=["none", "in-time", "on-the-line", "on-the-day", "it-moved-the-deadline", "the-nearest-of-two"],
)
def test_a_correction_is_late_within_the_measure(made, told):
    found = late(made, days=3)
    assert (found and (found["number"], found["count"])) == told
    assert late(made[::-1], days=3) == found


def test_many_is_as_many_as_the_measure_says():
    made = [corrected(n, 9) for n in (1, 2, 3)]
    assert many(made[:2], count=3) is None
    assert many(made, count=3) == {"count": 3, "limit": 3}
    assert moved(1, count=2) is None
    assert moved(2, count=2) == {"count": 2, "limit": 2}
