"""Formulas over prices, on their boundaries, and what they must be deaf to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.oversight.rules import cluster, equal, far, near_ceiling, ratios, rounded, steps

PRICES = st.lists(st.integers(1, 10**13), min_size=2, max_size=8)
ASKED = {
    "equal": equal,
    "steps": lambda prices: steps(prices, least=3, within_permille=10),
    "ratios": lambda prices: ratios(prices, least=3, within_permille=10),
    "cluster": lambda prices: cluster(prices, least=3, within_permille=10),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@given(data=st.data())
def test_the_order_of_prices_says_nothing(asked, data):
    prices = data.draw(PRICES)
    assert asked(data.draw(st.permutations(prices))) == asked(prices)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@given(prices=PRICES, by=st.integers(2, 10_000))
def test_in_another_currency_the_same_is_found(asked, prices, by):
    assert (asked([price * by for price in prices]) is None) == (asked(prices) is None)


@given(first=st.integers(1, 10**12), step=st.integers(1, 10**10), count=st.integers(3, 9))
def test_equal_steps_are_always_found(first, step, count):
    found = steps([first + n * step for n in range(count)], least=3, within_permille=0)
    assert found["spread_ppm"] == 0
    assert found["mean_fen"] == step


@given(first=st.integers(1, 10**6), by=st.integers(2, 9), count=st.integers(3, 6))
def test_equal_ratios_are_always_found(first, by, count):
    found = ratios([first * by**n for n in range(count)], least=3, within_permille=10)
    assert found["spread_ppm"] == 0


@given(prices=PRICES)
def test_of_steps_and_ratios_only_one_is_told(prices):
    assert ASKED["steps"](prices) is None or ASKED["ratios"](prices) is None


@pytest.mark.parametrize(
    ("prices", "count"),
    [([], None), ([5], None), ([5, 6], None), ([5, 5], 2), ([7, 5, 7, 7, 5], 3)],
    ids=["none", "one", "apart", "two", "the-larger-group"],
)
def test_prices_are_equal_to_the_fen(prices, count):
    assert (equal(prices) or {}).get("count") == count


@pytest.mark.parametrize(
    ("prices", "fires"),
    [
        # steps 1000 and 1010: (1010 − 1000) × 2 ÷ 2010 = 9.95 ‰
        ([0, 1000, 2010], True),
        # steps 995 and 1005: 10 ‰ exactly
        ([100, 1095, 2100], True),
        # steps 995 and 1006: 10.99 ‰
        ([100, 1095, 2101], False),
        ([100, 200], False),
        ([100, 100, 100], False),
        ([100, 100, 200], False),
    ],
    ids=["within", "on-the-line", "past-it", "two-prices", "all-equal", "two-equal"],
)
def test_steps_are_equal_within_the_measure(prices, fires):
    assert (steps(prices, least=3, within_permille=10) is not None) is fires


def test_fewer_prices_than_the_measure_say_nothing():
    prices = [100, 200, 300, 400]
    assert steps(prices, least=4, within_permille=10)
    assert steps(prices, least=5, within_permille=10) is None
    assert ratios([1, 2, 4, 8], least=5, within_permille=10) is None
    assert cluster(prices, least=5, within_permille=10_000) is None


@pytest.mark.parametrize(
    ("high", "fires"), [(101_000, True), (101_001, False)], ids=["on-the-line", "past-it"]
)
def test_prices_are_close_up_to_the_measure(high, fires):
    assert (cluster([100_000, 100_500, high], least=3, within_permille=10) is not None) is fires


@pytest.mark.parametrize(
    ("winning", "losing", "fires"),
    [
        (1_234_567, [2_000_000, 3_000_000], True),
        (1_000_000, [2_000_000, 3_000_000], False),
        (1_234_567, [2_000_000, 3_000_001], False),
        (1_234_567, [2_000_000], False),
    ],
    ids=["all-round", "the-winner-too", "one-is-not", "one-loser"],
)
def test_losing_prices_are_round_and_the_winning_one_is_not(winning, losing, fires):
    assert (rounded(winning, losing, least=2, unit_fen=1_000_000) is not None) is fires


@pytest.mark.parametrize(
    ("prices", "fires"),
    [([9_900, 9_999], True), ([9_899, 9_999], False), ([10_000], True), ([10_001], False), ([], False)],
    ids=["on-the-line", "below-it", "the-ceiling-itself", "above-the-ceiling", "nobody"],
)
def test_the_lowest_price_is_near_the_ceiling(prices, fires):
    assert (near_ceiling(prices, 10_000, within_permille=10) is not None) is fires


@pytest.mark.parametrize(
    ("award", "fires"),
    [(700, True), (701, False), (1000, False), (1299, False), (1300, True)],
    ids=["far-below", "not-yet", "the-same", "not-yet-above", "far-above"],
)
def test_an_award_is_far_on_either_side(award, fires):
    assert (far(award, 1000, far_permille=300) is not None) is fires
    assert far(award, 0, far_permille=300) is None
