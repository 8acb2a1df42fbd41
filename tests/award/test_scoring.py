"""The points of last offers, on the vectors of the domain reference and as laws."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.award import scoring
from bidding.award.scoring import Entered, Weights

WAN = 10_000 * 100
PRICES = {"a": 100 * WAN, "b": 108 * WAN, "c": 120 * WAN}


def entered(*, small="", **others):
    return [
        Entered(bid, bid.upper(), fen, others.get(bid, 5000), small=bid in small)
        for bid, fen in PRICES.items()
    ]


@pytest.mark.parametrize(
    ("small", "points"),
    [("", {"a": 3000, "b": 2778, "c": 2500}), ("c", {"a": 2880, "b": 2667, "c": 3000})],
    ids=["alike", "the third is small"],
)
def test_the_lowest_last_offer_over_ones_own_times_the_weight(small, points):
    found = scoring.scores(entered(small=small), Weights(300, 200))
    assert {score.bid: score.price for score in found} == points
    assert all(score.total == score.price + score.other for score in found)


def test_the_rank_goes_by_points_and_then_by_the_lower_last_offer():
    found = scoring.scores(entered(a=4000, b=4222, c=7000), Weights(300, 0))
    assert [(score.bid, score.rank, score.total) for score in found] == [
        ("c", 1, 9500),
        ("a", 2, 7000),
        ("b", 3, 7000),
    ]


def test_who_was_not_scored_sets_no_price_for_the_others():
    found = scoring.scores(entered(a=None), Weights(300, 0))
    assert {score.bid: score.price for score in found} == {"b": 3000, "c": 2700}
    assert scoring.scores(entered(a=None, b=None, c=None), Weights(300, 0)) == []


def test_nobody_has_more_points_than_the_table_gives():
    assert scoring.scores(entered(a=7000), Weights(300, 0))[0].total == 10_000
    with pytest.raises(scoring.TooManyPoints) as refused:
        scoring.scores(entered(b=7001), Weights(300, 0))
    assert (refused.value.field, refused.value.params["most"]) == ("other_b", "70.00")


def test_whoever_is_not_the_first_is_chosen_with_a_reason_only():
    found = scoring.scores(entered(a=6000), Weights(300, 0))
    assert scoring.check_first(found, "a", "") == ""
    assert scoring.check_first(found, "a", "没有用的话") == ""
    with pytest.raises(scoring.NotFirst) as refused:
        scoring.check_first(found, "b", "")
    assert refused.value.params == {"first": "A", "points": "90.00"}
    assert scoring.check_first(found, "b", "第一名放弃") == "第一名放弃"
    with pytest.raises(scoring.NotScored):
        scoring.check_first(scoring.scores(entered(b=None), Weights(300, 0)), "b", "第一名放弃")


def test_a_fixed_price_gives_no_points():
    assert {score.price for score in scoring.scores(entered(), Weights(0, 100))} == {0}


@pytest.mark.parametrize(("value", "whole"), [("1/2", 1), ("49/100", 0), ("3/2", 2), ("5", 5)])
def test_halves_go_up(value, whole):
    assert scoring.half_up(Fraction(value)) == whole


@given(
    st.lists(st.tuples(st.integers(1, 10**12), st.integers(0, 5000), st.booleans()), min_size=1, max_size=8),
    st.integers(100, 500),
    st.integers(0, 200),
)
def test_the_best_price_has_all_the_points_and_no_dearer_offer_has_more(rows, weight, permille):
    made = [Entered(str(n), str(n), fen, other, small) for n, (fen, other, small) in enumerate(rows)]
    found = scoring.scores(made, Weights(weight, permille))
    assert max(score.price for score in found) == weight * 10
    assert min(score.rank for score in found) == 1
    by_price = sorted(found, key=lambda s: scoring.evaluated(s.price_fen, permille, small=s.small))
    points = [score.price for score in by_price]
    assert points == sorted(points, reverse=True)
