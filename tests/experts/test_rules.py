from __future__ import annotations

from datetime import date

import pytest

from bidding.experts import rules
from bidding.experts.rules import Composition, Conditions, Place

LAW = Composition(5, "招标投标法37", 2, "招标投标法37")


def asked(members, *needs):
    return Conditions(members, 1, tuple(Place(f"S{n}", need, 0) for n, need in enumerate(needs)))


@pytest.mark.parametrize(("members", "experts"), [(5, 4), (5, 5), (7, 5), (9, 6), (11, 8)])
def test_panels_that_the_law_allows(members, experts):
    rules.check_composition(asked(members, experts), LAW)


@pytest.mark.parametrize(
    ("members", "experts", "refusal"),
    [
        (6, 4, rules.BadComposition),
        (3, 2, rules.PanelTooSmall),
        (5, 3, rules.TooFewExperts),  # 3 of 5 is less than two thirds
        (7, 4, rules.TooFewExperts),
        (9, 5, rules.TooFewExperts),
        (5, 6, rules.TooManyExperts),
    ],
)
def test_panels_that_it_does_not(members, experts, refusal):
    with pytest.raises(refusal) as refused:
        rules.check_composition(asked(members, experts), LAW)
    assert refused.value.field == "members"


def test_a_further_draw_only_fills_places_and_a_rulebook_may_be_silent():
    rules.check_composition(asked(2, 1), LAW, further=True)
    rules.check_composition(asked(3, 1), Composition())


def test_the_first_lawful_day_is_lawful():
    first = date(2026, 11, 20)
    rules.check_draw_day(first, first, days=2, source="198-14")
    rules.check_draw_day(date(2026, 1, 1), None, days=0, source="")
    with pytest.raises(rules.DrawTooEarly):
        rules.check_draw_day(date(2026, 11, 19), first, days=2, source="198-14")


@pytest.mark.parametrize(
    ("phone", "shown"), [("13800001234", "138****1234"), ("12345678", "123****5678"), ("1234567", "****")]
)
def test_telephones_on_paper(phone, shown):
    assert rules.masked_phone(phone) == shown


def test_numbers_of_people_are_of_one_length():
    assert rules.number_of(7, 60) == "007"
    assert rules.number_of(7, 100_000) == "000007"


def test_conditions_are_what_was_stored():
    conditions = asked(5, 2, 2)
    assert rules.conditions_of(conditions.as_json()) == conditions


def test_who_is_listed_twice():
    people = [
        {"expert": {"id": i, "name": n, "unit": u}}
        for i, n, u in (("1", "甲", "院"), ("1", "乙", "院"), ("2", "甲", "院"), ("3", "甲", "所"))
    ]
    assert rules.listed_twice(people) == (["1"], ["甲 · 院"])


def test_every_word_of_a_state_or_reason_is_there():
    assert set(rules.EXCLUDED_WORDS) == set(rules.Excluded)
    assert set(rules.STEP_WORDS) == set(rules.Step)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 12, 20), date(2023, 12, 20)),
        (date(2028, 2, 29), date(2025, 2, 28)),
        (date(2027, 3, 1), date(2024, 3, 1)),
    ],
)
def test_three_years_back_is_the_same_day(day, before):
    assert rules.years_before(day, 3) == before
