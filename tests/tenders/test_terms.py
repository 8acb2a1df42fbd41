"""How bids are weighed, on the boundary of every band; and that no sequence of edits gets past the review."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.tenders import rules
from bidding.tenders.kinds import SUBJECTS, Evaluation, Factor, Family, Method, Reserved, SecurityForm
from bidding.tenders.methods import PRESETS, preset
from bidding.tenders.rules import CriterionFacts, LotTerms, Qualification, Scoring
from tests.tenders.figures import FIGURES, figures_of

PREFIX = "procurement.evaluation."
DEDUCTIONS = {code.removeprefix(PREFIX): each for code, each in FIGURES.items() if code.startswith(PREFIX)}
OPEN = (Family.PROCUREMENT, Method.OPEN_TENDER)
CONSULTATION = (Family.PROCUREMENT, Method.CONSULTATION)
WORKS = (Family.WORKS, Method.OPEN_TENDER)
WAN = 10_000 * 100


def table(price, rest=None, **more):
    """A table with a price row of ``price`` tenths and a technical row of the rest."""
    rest = 1000 - price if rest is None else rest
    rows = [CriterionFacts(Factor.PRICE, "报价", price, "公式", **more)] if price else []
    return (*rows, *([CriterionFacts(Factor.TECHNICAL, "方案", rest, "")] if rest else []))


def problems(pair, subject, scoring, *, conditions=(), reserved=None):
    return rules.check_scoring(
        preset(*pair),
        subject,
        scoring,
        conditions=conditions,
        reserved=reserved,
        figures=figures_of(*pair),
        deductions=DEDUCTIONS if pair[0] is Family.PROCUREMENT else {},
    )


def codes(found):
    return [(each.refusal.code.removeprefix("tenders."), each.blocks) for each in found]


def scored(rows, deduction=100):
    return Scoring(Evaluation.COMPREHENSIVE, sme_permille=deduction, rows=rows)


@pytest.mark.parametrize(
    ("pair", "subject", "price", "code"),
    [
        (OPEN, "goods", 299, "price_weight_too_low"),
        (OPEN, "goods", 300, None),
        (OPEN, "goods", 1000, None),
        (OPEN, "services", 99, "price_weight_too_low"),
        (OPEN, "services", 100, None),
        (OPEN, "services", 0, "price_weight_too_low"),
        (CONSULTATION, "goods", 299, "price_weight_too_low"),
        (CONSULTATION, "goods", 300, None),
        (CONSULTATION, "goods", 600, None),
        (CONSULTATION, "goods", 601, "price_weight_too_high"),
        (CONSULTATION, "services", 99, "price_weight_too_low"),
        (CONSULTATION, "services", 100, None),
        (CONSULTATION, "services", 300, None),
        (CONSULTATION, "services", 301, "price_weight_too_high"),
        (WORKS, "construction", 0, None),  # the law sets no weight for works
        (WORKS, "construction", 1000, None),
    ],
)
def test_the_weight_of_the_price_keeps_to_the_band_of_its_law(pair, subject, price, code):
    found = problems(pair, subject, scored(table(price)))
    assert codes(found) == ([(code, True)] if code else [])
    if code:
        article = {OPEN: "财政部令第87号第55条", CONSULTATION: "财库〔2014〕214号第24条"}[pair]
        assert article in str(found[0].refusal)


@pytest.mark.parametrize(
    ("subject", "permille", "code"),
    [
        ("goods", 99, "deduction_outside"),
        ("goods", 100, None),
        ("services", 200, None),
        ("services", 201, "deduction_outside"),
        ("goods", None, "deduction_missing"),
        ("construction", 29, "deduction_outside"),
        ("construction", 30, None),
        ("construction", 50, None),
        ("construction", 51, "deduction_outside"),
    ],
)
@pytest.mark.parametrize("way", [Evaluation.COMPREHENSIVE, Evaluation.LOWEST])
def test_what_small_firms_get_keeps_to_its_band(subject, permille, code, way):
    scoring = Scoring(way, sme_permille=permille, rows=table(400))
    found = problems(OPEN, subject, scoring, reserved=Reserved.PART)
    assert codes(found) == ([(code, True)] if code else [])


def test_among_small_firms_alone_nothing_is_deducted():
    whole = {"reserved": Reserved.WHOLE}
    assert codes(problems(OPEN, "goods", scored(table(400)), **whole)) == [("deduction_on_reserved", True)]
    assert problems(OPEN, "goods", scored(table(400), None), **whole) == []


@pytest.mark.parametrize(
    ("rest", "code", "said"),
    [
        (599, "points_do_not_add", "0.1"),
        (600, None, ""),
        (601, "points_above_all", "0.1"),
        (0, "points_do_not_add", "60"),
    ],
)
def test_a_table_adds_to_a_hundred_exactly(rest, code, said):
    found = problems(WORKS, "construction", scored(table(400, rest)))
    assert codes(found) == ([(code, True)] if code else [])
    assert all(said in str(each.refusal) for each in found)


def test_a_price_is_scored_by_a_formula_and_a_fixed_one_not_at_all():
    judged = scored(table(400, objective=False))
    assert codes(problems(OPEN, "goods", judged)) == [("price_judged", True)]
    assert problems(WORKS, "construction", judged) == []
    fixed = replace(scored(table(400), None), fixed_price=True)
    assert codes(problems(OPEN, "goods", fixed)) == [("fixed_price_scored", True)]
    assert problems(OPEN, "goods", replace(fixed, rows=table(0))) == []


@pytest.mark.parametrize(
    ("item", "condition", "warns"),
    [
        ("营业执照", "具有有效的营业执照副本", True),
        ("具有安全生产许可证的加分", "安全生产许可证有效", True),
        ("ISO 9001 认证", "iso9001认证", True),
        ("售后服务", "具有营业执照", False),
        ("证", "许可证", False),
    ],
)
def test_what_everybody_must_have_is_not_scored_and_words_only_warn(item, condition, warns):
    rows = (*table(400, 500), CriterionFacts(Factor.CREDIT, item, 100, ""))
    found = problems(OPEN, "goods", scored(rows), conditions=["无关的条件", condition])
    assert codes(found) == ([("scores_a_condition", False)] if warns else [])


def test_a_way_is_one_that_the_method_has():
    assert codes(problems(OPEN, "goods", Scoring())) == [("evaluation_missing", True)]
    assert ("evaluation_not_open", True) in codes(problems(OPEN, "goods", Scoring(Evaluation.HIGHEST)))


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: f"{each.family.value} {each.method.value}")
def test_every_table_to_start_from_is_lawful_as_it_is(each):
    for subject in SUBJECTS[each.family]:
        deduction = 30 if subject == "construction" else 100
        for _, _, rows in rules.starting_tables(each, subject):
            assert problems((each.family, each.method), subject, scored(rows, deduction)) == []


_ROW = st.builds(
    CriterionFacts,
    st.sampled_from(Factor),
    st.text("报价方案业绩", min_size=1, max_size=6),
    st.integers(1, 1000),
    st.text(max_size=3),
    st.booleans(),
)


@given(
    st.sampled_from([OPEN, CONSULTATION]),
    st.sampled_from(["goods", "services"]),
    st.lists(_ROW, max_size=6),
    st.booleans(),
    st.one_of(st.none(), st.integers(0, 400)),
    st.booleans(),
)
def test_what_passes_the_review_breaks_no_certain_rule(pair, subject, rows, fills, deduction, fixed):
    left = 1000 - rules.total(rows)
    if fills and left > 0:  # else hardly any table ever added up
        rows = [*rows, CriterionFacts(Factor.TECHNICAL, "其余", left, "")]
    scoring = Scoring(Evaluation.COMPREHENSIVE, fixed, deduction, tuple(rows))
    if any(each.blocks for each in problems(pair, subject, scoring)):
        return
    price = sum(row.tenths for row in rows if row.factor is Factor.PRICE)
    assert sum(row.tenths for row in rows) == 1000
    if fixed:
        assert price == 0
        return
    figures = figures_of(*pair)
    assert price >= figures[f"price-weight-{subject}-min"].value
    most = figures.get(f"price-weight-{subject}-max")
    assert most is None or price <= most.value
    assert all(row.objective for row in rows if row.factor is Factor.PRICE)
    assert 100 <= deduction <= 200


# conditions and lots


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (Qualification(), [("reserved_unsaid", False)]),
        (Qualification(reserved=Reserved.NO), [("reserve_reason_unsaid", False)]),
        (Qualification(reserved=Reserved.NO, reserved_reason="只有大企业能供"), []),
        (Qualification(reserved=Reserved.WHOLE), []),
        (Qualification(reserved=Reserved.PART, reserved_permille=299), [("reserved_below_usual", False)]),
        (Qualification(reserved=Reserved.PART, reserved_permille=300), []),
    ],
)
def test_what_is_kept_for_small_firms_is_said_and_only_warned_of(found, wanted):
    assert codes(rules.check_reserve(preset(*OPEN), found, DEDUCTIONS)) == wanted
    assert rules.check_reserve(preset(*WORKS), found, {}) == []


FORMS = (SecurityForm.GUARANTEE,)


@pytest.mark.parametrize(
    ("pair", "terms", "securities", "wanted"),
    [
        (WORKS, LotTerms(1, FORMS), [0], [("win_max_too_high", True)]),
        (WORKS, LotTerms(1, FORMS), [0, 0], []),
        (WORKS, LotTerms(2, FORMS), [0, 0], [("win_max_too_high", True)]),
        (WORKS, LotTerms(), [0], []),
        (WORKS, LotTerms(), [1], [("security_forms_missing", True)]),
        (WORKS, LotTerms(None, (SecurityForm.CASH,)), [1], []),
        (OPEN, LotTerms(None, (SecurityForm.CASH,)), [1], [("cash_forbidden", True)]),
        (WORKS, LotTerms(None, FORMS), [40 * WAN, 40 * WAN], []),
        (WORKS, LotTerms(None, FORMS), [40 * WAN, 40 * WAN + 1], [("security_sum_above_usual", False)]),
        (WORKS, LotTerms(None, FORMS), [81 * WAN], []),  # told of the lot itself
    ],
)
def test_the_terms_of_the_lots_stand_on_their_bounds(pair, terms, securities, wanted):
    found = rules.check_lot_terms(preset(*pair), "construction", terms, securities, figures_of(*pair))
    assert codes(found) == wanted


def test_cash_is_refused_with_its_article():
    (found,) = rules.check_lot_terms(
        preset(*OPEN), "goods", LotTerms(None, (SecurityForm.CASH,)), [1], figures_of(*OPEN)
    )
    assert "政府采购法实施条例第33条" in str(found.refusal)
