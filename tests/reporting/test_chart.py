"""The picture: heights that add up, a scale of round numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bidding.reporting.chart import columns, share
from bidding.reporting.savings import Sums, Totals

WAN = 10_000 * 100
amounts = st.integers(0, 10**14)


def saving(basis, award):
    return Totals(saving=Sums(1, basis, award))


def test_the_foot_is_what_was_paid_and_the_head_what_was_saved():
    (bar,) = columns([("1月", saving(100 * WAN, 75 * WAN))]).bars
    assert (bar.award_y, bar.award_height) == ("127.5", "292.5")
    assert (bar.saved_y, bar.saved_height) == ("30.0", "97.5")
    assert (bar.rate, bar.saved) == ("25.00", True)


def test_a_price_above_its_basis_has_a_foot_and_no_head():
    (bar,) = columns([("1月", saving(50 * WAN, 100 * WAN))]).bars
    assert (bar.award_height, bar.saved_height, bar.saved) == ("390.0", "0.0", False)
    assert bar.rate == "-100.00"


def test_the_scale_has_few_lines_of_round_numbers():
    chart = columns([("1月", saving(2_466_750_000, 0))])
    assert [tick.label for tick in chart.ticks] == ["500", "1,000", "1,500", "2,000", "2,500"]
    assert chart.ticks[-1].y == "30.0"


def test_nothing_has_no_bars_and_breaks_nothing():
    assert columns([]).bars == []
    (bar,) = columns([("1月", Totals())]).bars
    assert bar.award_height == "0.0"


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=40))
def test_every_bar_stays_within_the_picture(pairs):
    chart = columns([("x", saving(basis, award)) for basis, award in pairs])
    assert len(chart.ticks) <= 5
    last = float(chart.left)
    for bar in chart.bars:
        assert 29.9 <= float(bar.saved_y) <= float(bar.award_y) <= 420
        assert float(bar.award_height) + float(bar.saved_height) <= 390
        assert last <= float(bar.x)
        last = float(bar.x) + float(bar.width)
        assert last <= chart.width


def test_the_share_of_a_whole():
    assert share(1, 2) == "100.0"
    assert share(2, 2, 199) == "199.0"
    assert share(-1, 2) == share(1, 0) == "0.0"
