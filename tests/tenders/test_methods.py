"""Every method is a preset: whole, told apart by data alone, and with figures of its own."""

from dataclasses import fields

import pytest

from bidding.tenders import rules
from bidding.tenders.kinds import METHOD_LABELS, SUBJECTS, Family, Method, PriceForm
from bidding.tenders.methods import FAMILIES, OFFERED, PRESETS, WAITING, Award, Basis, preset
from bidding.tenders.words import WORD_LABELS, Words
from tests.tenders.figures import FIGURES, figures_of

IDS = [f"{each.family.value}.{each.method.value}" for each in PRESETS]
every = pytest.mark.parametrize("each", PRESETS, ids=IDS)


def test_every_method_of_the_reference_is_there_once():
    assert {each.method for each in PRESETS} == set(Method) == set(METHOD_LABELS)
    pairs = [(each.family, each.method) for each in PRESETS]
    assert len(pairs) == len(set(pairs))
    assert preset(Family.WORKS, Method.OPEN_TENDER).family is Family.WORKS
    with pytest.raises(KeyError):
        preset(Family.WORKS, Method.COMPARISON)


def test_what_is_offered_waits_for_nothing_and_what_waits_says_for_what():
    assert set(FAMILIES) == set(Family)
    assert {(each.family, each.method) for each in WAITING} | set(OFFERED) == {
        (each.family, each.method) for each in PRESETS
    }
    assert all(each.waits for each in WAITING)


@every
def test_a_price_is_told_and_can_be_told_only_in_the_ways_of_the_sheet(each):
    assert each.price_forms
    for form in each.price_forms:
        assert rules.sheet_fields(each.family, each.method, form)[0]["required"]


@every
def test_what_sells_has_a_floor_and_counts_as_a_gain(each):
    assert each.sells == (each.basis is Basis.START) == (each.award is Award.HIGHEST)
    if each.sells:  # a floor is compared with a total, and with nothing else
        assert each.price_forms == (PriceForm.AMOUNT,)


@every
def test_every_method_knows_how_many_must_bid_and_whether_paper_is_let_in(each):
    figures = figures_of(each.family, each.method)
    assert figures["min-bids"].value >= 1
    assert "paper" in figures
    assert figures["sale-retention" if each.sells else "retention"].unit == "year"


@every
def test_something_of_its_family_can_be_bought_or_sold(each):
    assert SUBJECTS[each.family]


def test_every_figure_belongs_to_a_method_or_to_several():
    pairs = {f"{each.family.value}.{each.method.value}" for each in PRESETS}
    for code in FIGURES:
        family, method, _name = code.split(".")
        assert f"{family}.{method}" in pairs or method in rules.GENERAL_LABELS


def test_every_word_says_what_it_is():
    assert set(WORD_LABELS) == {item.name for item in fields(Words)}


WAN = 10_000 * 100


@pytest.mark.parametrize(
    ("fen", "days", "blocks"),
    [
        (100 * WAN - 1, 5, False),
        (100 * WAN, 10, True),
        (1000 * WAN, 10, True),
        (1000 * WAN + 1, 20, True),
    ],
)
def test_the_notice_of_an_asset_depends_on_its_starting_price_to_the_fen(fen, days, blocks):
    figures = rules.at_amount(figures_of(Family.PROPERTY, Method.ASSET_TRANSFER), fen)
    assert (figures["notice-period"].value, figures["notice-period"].blocks) == (days, blocks)
    assert figures["notice-period"].unit == "working-day"


def test_figures_that_know_no_amount_stay_as_they_are():
    figures = figures_of(Family.PROCUREMENT, Method.OPEN_TENDER)
    assert rules.at_amount(figures, 10**12) == figures
