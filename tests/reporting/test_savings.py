"""The arithmetic of the report, against what real centres have printed."""

import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.award.rules import Basis
from bidding.core.money import parse_wan, percent, wan
from bidding.reporting.savings import (
    Category,
    Direction,
    SavingsItem,
    Source,
    Standing,
    Way,
    aggregate,
    direction_of,
    is_adverse,
)

items = st.builds(
    SavingsItem,
    month=st.sampled_from([200908, 201112, 202601, 202602, 202611]),
    category=st.sampled_from(Category),
    way=st.sampled_from(Way),
    basis=st.sampled_from(Basis),
    basis_fen=st.integers(0, 10**13),
    award_fen=st.integers(0, 10**13),
    source=st.sampled_from(Source),
    standing=st.sampled_from([*Standing, Standing.COUNTED, Standing.COUNTED]),
)


def item(basis, award, category=Category.PROCUREMENT, /, **more):
    return SavingsItem(
        more.pop("month", 202611),
        category,
        more.pop("way", Way.OPEN_TENDER),
        more.pop("basis", Basis.BUDGET),
        parse_wan(basis),
        parse_wan(award),
        **more,
    )


@pytest.fixture
def figures(vectors):
    return json.loads((vectors / "published-figures.json").read_text("utf-8"))["figures"]


def test_the_202_items_of_xuyong_come_out_to_the_digit(figures):
    (row,) = [f for f in figures if f.get("items") == 202]
    report = aggregate([item(row["budget"], row["award"])])
    assert wan(report.total.saving.basis_fen).replace(",", "") == row["budget"]
    assert wan(report.total.award_fen).replace(",", "") == row["award"]
    assert wan(report.total.saved_fen).replace(",", "") == row["saved"]
    assert report.total.savings_rate == row["savings_rate_percent"] == "13.67"


def test_baoshan_adds_savings_and_gains_in_two_columns(figures):
    (row,) = [f for f in figures if f["centre"].startswith("保山")]
    kinds = [Category.WORKS, Category.PROCUREMENT, Category.PROPERTY]
    got = []
    for kind, line in zip(kinds, row["rows"], strict=True):
        award = Decimal(line["award"])
        basis = award + Decimal(line["saved"]) if "saved" in line else award - Decimal(line["gain"])
        got.append(item(str(basis), line["award"], kind))
    report = aggregate(got)
    for kind, line in zip(kinds, row["rows"], strict=True):
        totals = report.by_category[kind]
        assert wan(totals.award_fen).replace(",", "") == line["award"]
        if "saved" in line:
            assert (wan(totals.saved_fen).replace(",", ""), totals.gain.items) == (line["saved"], 0)
        else:
            assert (wan(totals.gained_fen).replace(",", ""), totals.saving.items) == (line["gain"], 0)
    total = row["total"]
    assert wan(report.total.award_fen).replace(",", "") == total["award"]
    assert wan(report.total.saved_fen).replace(",", "") == total["saved"]
    assert wan(report.total.gained_fen).replace(",", "") == total["gain"]
    assert sum(line["items"] for line in row["rows"]) == total["items"]


def test_a_district_of_zhaoqing_three_rows(figures):
    (row,) = [f for f in figures if "肇庆" in f["centre"]]
    buying, selling, other = row["rows"]
    report = aggregate([item(buying["budget"], buying["award"])])
    assert report.total.saved_fen == parse_wan(buying["saved"])
    assert report.total.savings_rate == buying["rate_percent"]

    report = aggregate([item(selling["start"], selling["award"], Category.PROPERTY, basis=Basis.START)])
    assert report.total.gained_fen == parse_wan(selling["gain"])
    assert report.total.premium_rate == selling["rate_percent"]
    assert report.total.savings_rate is None

    # 2934.59 − 2826.74 nets to 107.85; the 114.25 printed are 111.05 saved and 3.20 gained, each item its own way
    report = aggregate([item("2924.59", "2813.54", Category.OTHER), item("10", "13.20", Category.OTHER)])
    total = report.total
    assert total.saving.basis_fen + total.gain.basis_fen == parse_wan(other["start"])
    assert total.award_fen == parse_wan(other["award"])
    assert total.benefit_fen == parse_wan(other["saved_plus_gain"])
    assert total.benefit_rate == other["rate_percent"]


def test_the_rate_is_a_ratio_of_sums_not_a_mean_of_rates():
    report = aggregate([item("100", "50"), item("900", "900")])
    assert report.total.savings_rate == "5.00"


def test_an_award_above_its_basis_lowers_the_savings_and_is_told():
    total = aggregate([item("100", "80"), item("100", "110")]).total
    assert (wan(total.saved_fen), total.savings_rate) == ("10.00", "5.00")
    assert (total.saving.adverse_items, wan(total.saving.adverse_fen)) == (1, "10.00")


def test_an_asset_below_its_start_lowers_the_gains_and_never_the_savings():
    total = aggregate([item("100", "80"), item("100", "90", Category.LAND)]).total
    assert (wan(total.saved_fen), wan(total.gained_fen)) == ("20.00", "-10.00")
    assert total.premium_rate == "-10.00"
    assert total.gain.adverse_items == 1


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.COUNTED])
def test_what_does_not_count_is_only_counted(standing):
    report = aggregate([item("100", "80"), item("7", "1", standing=standing)])
    assert report.total == aggregate([item("100", "80")]).total
    assert report.excluded[standing] == 1


def test_nothing_at_all_has_no_rate():
    total = aggregate([]).total
    assert (total.items, total.savings_rate, total.premium_rate, total.benefit_rate) == (0, None, None, None)


@pytest.mark.parametrize(
    ("category", "basis", "award", "direction"),
    [
        (Category.WORKS, 10, 11, Direction.SAVING),
        (Category.LOCAL, 10, 10, Direction.SAVING),
        (Category.MINERAL, 10, 9, Direction.GAIN),
        (Category.OTHER, 10, 10, Direction.SAVING),
        (Category.OTHER, 10, 11, Direction.GAIN),
        (Category.OTHER, 10, 9, Direction.SAVING),
    ],
)
def test_each_item_goes_its_own_way(category, basis, award, direction):
    assert direction_of(category, basis, award) is direction


def test_the_basis_itself_is_not_adverse():
    assert not is_adverse(Direction.SAVING, 5, 5)
    assert not is_adverse(Direction.GAIN, 5, 5)


@given(st.lists(items))
def test_the_report_equals_sums_taken_by_hand(given_items):
    report = aggregate(given_items)
    counted = [i for i in given_items if i.standing is Standing.COUNTED]
    saving = [i for i in counted if i.drawer.direction is Direction.SAVING]
    gain = [i for i in counted if i.drawer.direction is Direction.GAIN]
    total = report.total
    assert total.saved_fen == sum(i.basis_fen - i.award_fen for i in saving)
    assert total.gained_fen == sum(i.award_fen - i.basis_fen for i in gain)
    assert total.benefit_fen == total.saved_fen + total.gained_fen
    assert total.items == len(counted)
    assert sum(report.excluded.values()) == len(given_items) - len(counted)
    over = [i for i in saving if i.award_fen > i.basis_fen]
    assert total.saving.adverse_items == len(over)
    assert total.saving.adverse_fen == sum(i.award_fen - i.basis_fen for i in over)
    for table in (
        report.by_month,
        report.by_year,
        report.by_category,
        report.by_way,
        report.by_basis,
        report.by_source,
    ):
        for name in ("saved_fen", "gained_fen", "award_fen", "items"):
            assert sum(getattr(t, name) for t in table.values()) == getattr(total, name)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**15))
def test_rates_round_the_half_up(part, whole):
    exact = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(percent(part, whole)) == exact


@given(st.lists(items), st.lists(items))
def test_no_gain_ever_moves_a_saving(some, more):
    gains = [i for i in more if i.drawer.direction is Direction.GAIN]
    assert aggregate([*some, *gains]).total.saving == aggregate(some).total.saving
