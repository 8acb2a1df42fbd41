"""Who wins and meets whom, and what purchases come to together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.oversight.rules import Bought, Met, Threshold, companions, repeated, rotation, singles, split
from bidding.oversight.rules.winners import windows, years

DAY = date(2026, 6, 1)
LIMIT = Threshold("local", 1000, "规定第1条")


def bought(fen, *, on=DAY, winner="甲", by_year=False):
    return Bought("", f"{fen}", on, winner, fen, fen, thresholds=(LIMIT,), by_year=by_year)


def met(n, tenderers, winner):
    return Met(f"p{n}", f"p{n}", DAY + timedelta(days=n), frozenset(tenderers), winner)


DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@given(days=st.lists(DAYS, max_size=30))
def test_a_window_is_the_twelve_months_that_end_with_an_item(days):
    items = [bought(1, on=day) for day in days]
    found = list(windows(items))
    assert [part[-1].on for part in found] == sorted(set(days))
    for part in found:
        last = part[-1].on
        assert [item.on for item in part] == sorted(
            day for day in days if day <= last and (day.year, day.month, day.day) > _before(last)
        )


def _before(day):
    return (day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


@given(data=st.data())
def test_the_order_of_facts_says_nothing(data):
    items = data.draw(
        st.lists(
            st.builds(bought, st.integers(700, 1100), on=DAYS, winner=st.sampled_from("甲乙")), max_size=12
        )
    )
    other = data.draw(st.permutations(items))
    assert {year: sorted(map(str, part)) for year, part in years(other).items()} == {
        year: sorted(map(str, part)) for year, part in years(items).items()
    }
    told = [
        {year: numbers for year, (numbers, _) in split(each, LIMIT, near_permille=200, least=2).items()}
        for each in (items, other)
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("bids", "share"),
    [
        ([1, 1, 3, 3, 3], 400_000),
        ([1, 0, 3, 3, 3, 3], 333_333),
        ([1, 1, 3, 3], None),
        ([1, 3, 3, 3, 3], None),
        ([3] * 9, None),
    ],
    ids=["two-of-five", "none-counts-too", "too-few-lots", "too-small-a-share", "never"],
)
def test_the_share_of_lots_with_one_bid(bids, share):
    found = singles(bids, lots=5, share_permille=300)
    assert (found and found["share_ppm"]) == share


@pytest.mark.parametrize(
    ("wins", "others", "fires"),
    [(4, 4, True), (4, 5, False), (3, 0, False), (4, 0, True)],
    ids=["half", "less", "too-few", "all"],
)
def test_a_winner_repeats_itself(wins, others, fires):
    items = [bought(100)] * wins + [bought(300, winner="乙")] * others
    found = repeated(items, "甲", wins=4, share_permille=500)
    assert (found is not None) is fires
    if found:
        assert found["amount_ppm"] == wins * 100 * 10**6 // (wins * 100 + others * 300)


def test_a_companion_is_nearly_always_there_and_never_wins():
    lots = [met(n, "甲乙丙", "甲") for n in range(4)] + [met(9, "甲丙", "甲")]
    assert set(companions(lots, "甲", least=4, share_permille=800)) == {"乙", "丙"}
    assert set(companions(lots, "甲", least=4, share_permille=801)) == {"丙"}
    assert companions(lots, "甲", least=6, share_permille=0) == {}
    won_once = [*lots, met(10, "甲乙", "乙")]
    assert set(companions(won_once, "甲", least=4, share_permille=800)) == {"丙"}
    elsewhere = [*lots, met(10, "乙丁", "乙")]
    assert set(companions(elsewhere, "甲", least=4, share_permille=800)) == {"乙", "丙"}


def test_a_group_takes_turns_among_itself():
    lots = [met(n, "甲乙丙", "甲乙丙甲"[n]) for n in range(4)]
    assert set(rotation(lots, least=4)) == {frozenset("甲乙丙")}
    assert rotation(lots, least=5) == {}
    assert rotation([met(n, "甲乙丙", "甲") for n in range(9)], least=4) == {}, "one winner is no rotation"
    with_another = [*lots[:3], met(3, "甲乙丙丁", "甲")]
    assert rotation(with_another, least=4) == {}
    undecided = [*lots[:3], met(3, "甲乙丙", "")]
    assert rotation(undecided, least=4) == {}


@pytest.mark.parametrize(
    ("amounts", "fires"),
    [
        ([800, 999], True),
        ([800, 799], False),
        ([800, 1000], False),
        ([800], False),
        ([999, 1, 1, 1], False),
    ],
    ids=["just-under", "one-is-not-near", "one-was-not-under", "alone", "small-ones-do-not-count"],
)
def test_purchases_just_under_a_threshold_pass_it_together(amounts, fires):
    found = split([bought(fen) for fen in amounts], LIMIT, near_permille=200, least=2)
    assert bool(found) is fires


def test_together_means_above_and_not_at_the_threshold():
    at, above = [bought(500), bought(500)], [bought(500), bought(501)]
    assert split(at, LIMIT, near_permille=500, least=2) == {}
    assert split(above, LIMIT, near_permille=500, least=2)[2026][0]["sum_fen"] == 1001


@pytest.mark.parametrize(
    ("on", "by_year", "fires"),
    [
        (date(2026, 6, 2), False, True),
        (date(2027, 5, 31), False, True),
        (date(2027, 6, 1), False, False),
        (date(2026, 12, 31), True, True),
        (date(2027, 1, 1), True, False),
    ],
    ids=["near", "eleven-months-on", "a-year-on", "same-budget-year", "next-budget-year"],
)
def test_purchases_are_added_up_within_twelve_months_or_within_the_year(on, by_year, fires):
    items = [bought(900, by_year=by_year), bought(900, on=on, by_year=by_year)]
    assert bool(split(items, LIMIT, near_permille=200, least=2)) is fires


def test_of_several_windows_of_a_year_the_worst_is_told():
    items = [bought(900, on=date(2026, month, 1)) for month in (1, 2, 3)]
    ((numbers, held),) = split(items, LIMIT, near_permille=200, least=2).values()
    assert (numbers["sum_fen"], numbers["first_on"], len(held)) == (2700, "2026-01-01", 3)
