"""Every period of every method, on the day that will do and on the day before (domain.md §2b, §10).

The days are reckoned by hand from Monday 2026-11-23; whoever changes a figure changes them here.
"""

import re
from datetime import date, timedelta

import pytest

from bidding.core.workdays import OfficialCalendar
from bidding.tenders import rules
from bidding.tenders.kinds import Evaluation, Factor, Family, Method, Reserved
from bidding.tenders.methods import PRESETS, preset
from tests.conftest import ROOT
from tests.tenders.figures import FIGURES, RULES, figures_of, shanghai

CALENDAR = OfficialCalendar()
MONDAY = date(2026, 11, 23)
WAN = 10_000 * 100
ONE_DAY = timedelta(days=1)

W, P, A, L = Family.WORKS, Family.PROCUREMENT, Family.PROPERTY, Family.LOCAL
#: Family, method, starting price or budget, and for every period that bounds the deadline its last day.
FORWARD = [
    (W, Method.OPEN_TENDER, 0, {"document-available": (11, 30), "preparation": (12, 14)}),
    (W, Method.INVITED_TENDER, 0, {"document-available": (11, 30), "preparation": (12, 14)}),
    (
        P,
        Method.OPEN_TENDER,
        0,
        {"notice-period": (11, 30), "document-available": (11, 30), "preparation": (12, 14)},
    ),
    (
        P,
        Method.INVITED_TENDER,
        0,
        {"notice-period": (11, 30), "document-available": (11, 30), "preparation": (12, 14)},
    ),
    (P, Method.NEGOTIATION, 0, {"notice-period": (11, 26), "preparation": (11, 26)}),
    (
        P,
        Method.CONSULTATION,
        0,
        {"notice-period": (11, 26), "document-available": (11, 30), "preparation": (12, 3)},
    ),
    (P, Method.QUOTATION, 0, {"notice-period": (11, 26), "preparation": (11, 26)}),
    (P, Method.SINGLE_SOURCE, 0, {}),
    (
        P,
        Method.FRAMEWORK,
        0,
        {"notice-period": (11, 30), "document-available": (11, 30), "preparation": (12, 14)},
    ),
    (A, Method.ASSET_TRANSFER, 100 * WAN - 1, {"notice-period": (11, 30)}),
    (A, Method.ASSET_TRANSFER, 100 * WAN, {"notice-period": (12, 7)}),
    (A, Method.ASSET_TRANSFER, 1000 * WAN, {"notice-period": (12, 7)}),
    (A, Method.ASSET_TRANSFER, 1000 * WAN + 1, {"notice-period": (12, 21)}),
    (A, Method.DISPOSAL, 0, {"notice-period": (11, 30)}),
    (A, Method.LEASE, 0, {"notice-period": (11, 30)}),
    (A, Method.EQUITY_TRANSFER, 0, {"notice-period": (12, 21)}),
    (L, Method.COMPARISON, 0, {"notice-period": (11, 26), "preparation": (11, 30)}),
]
#: The last days before a deadline on Monday 2026-12-21: nothing rolls backwards.
BACKWARD = {
    (W, Method.OPEN_TENDER): {"clarification": (12, 6), "objection": (12, 11), "question": (12, 11)},
    (W, Method.INVITED_TENDER): {"clarification": (12, 6), "objection": (12, 11)},
    (P, Method.OPEN_TENDER): {"clarification": (12, 6), "question": (12, 11)},
    (P, Method.INVITED_TENDER): {"clarification": (12, 6)},
    (P, Method.NEGOTIATION): {"clarification": (12, 16)},
    (P, Method.CONSULTATION): {"clarification": (12, 16)},
    (P, Method.QUOTATION): {"clarification": (12, 16)},
    (P, Method.FRAMEWORK): {"clarification": (12, 6)},
    (L, Method.COMPARISON): {"question": (12, 20)},
}


def problems(switches, figures, day):
    closes = shanghai(day)
    return rules.check_dates(
        switches,
        MONDAY,
        figures,
        CALENDAR,
        closes_at=closes,
        opens_at=closes,
        now=shanghai(MONDAY, 9, 0),
    )


@pytest.mark.parametrize(
    ("family", "method", "fen", "ends"),
    FORWARD,
    ids=[f"{family.value}.{method.value}.{fen}" for family, method, fen, _ in FORWARD],
)
def test_a_deadline_may_fall_on_the_last_day_of_every_period_and_not_before(family, method, fen, ends):
    switches = preset(family, method)
    figures = rules.at_amount(figures_of(family, method), fen)
    assert set(ends) == {name for name in rules.FORWARD if name in figures}
    days = {name: date(2026, *day) for name, day in ends.items()}
    for name, last in days.items():
        figure = figures[name]
        one = {name: figure}
        assert rules.end_of(figure, MONDAY, CALENDAR) == last
        assert not [each for each in problems(switches, one, last) if each.figure is figure]
        (early,) = [each for each in problems(switches, one, last - ONE_DAY) if each.figure is figure]
        assert (early.blocks, early.earliest) == (figure.mark == rules.CERTAIN, last)
        assert rules.cite(figure) in str(early.refusal)
    plan = rules.plan(family, method, MONDAY, figures, CALENDAR)
    assert plan.earliest_close == max(days.values(), default=MONDAY + ONE_DAY)


@pytest.mark.parametrize("switches", PRESETS, ids=lambda each: f"{each.family.value}.{each.method.value}")
def test_what_others_may_still_do_ends_on_its_day_before_the_deadline(switches):
    pair = switches.family, switches.method
    figures = figures_of(*pair)
    expected = BACKWARD.get(pair, {})
    assert set(expected) == {name for name in rules.BACKWARD if name in figures}
    plan = rules.plan(*pair, MONDAY, figures, CALENDAR, closes_on=date(2026, 12, 21))
    assert {name: plan.period(name).last for name in expected} == {
        name: date(2026, *day) for name, day in expected.items()
    }


PERIODS = [rule.figure for rule in RULES if rule.figure.unit in ("day", "working-day")]


@pytest.mark.parametrize("start", [MONDAY, date(2026, 2, 13), date(2026, 9, 28), date(2026, 11, 20)])
def test_every_period_of_the_rulebook_ends_where_counting_on_ones_fingers_ends(start):
    for figure in PERIODS:
        day, counted = start, 0
        while counted < figure.value:
            day += ONE_DAY
            counted += figure.unit == "day" or CALENDAR.works(day).works
        while not CALENDAR.works(day).works:  # a period's end on a rest day goes to the next working day
            day += ONE_DAY
        assert rules.end_of(figure, start, CALENDAR) == day, figure.code


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("procurement.open-tender.notice-period", date(2026, 11, 23), date(2026, 11, 30)),
        ("procurement.open-tender.notice-period", date(2026, 9, 28), date(2026, 10, 10)),
        ("procurement.open-tender.notice-period", date(2026, 2, 13), date(2026, 2, 27)),
        ("procurement.negotiation.notice-period", date(2026, 4, 30), date(2026, 5, 8)),
        ("works.open-tender.preparation", date(2026, 12, 1), date(2026, 12, 21)),
        ("works.open-tender.preparation", date(2026, 9, 14), date(2026, 10, 8)),
        ("works.open-tender.publicity", date(2026, 9, 29), date(2026, 10, 8)),
        ("works.open-tender.publicity", date(2026, 11, 19), date(2026, 11, 23)),
        ("works.open-tender.contract", date(2026, 11, 20), date(2026, 12, 21)),
    ],
)
def test_the_vectors_of_the_reference(code, start, last):
    (figure,) = [each for each in PERIODS if each.code == code]
    assert rules.end_of(figure, start, CALENDAR) == last


def test_backwards_vectors_of_the_reference():
    figures = figures_of(W, Method.OPEN_TENDER)
    last = rules.latest_before(figures["clarification"], date(2026, 12, 21), CALENDAR)
    assert last == date(2026, 12, 6)
    draw = figures_of(P, Method.OPEN_TENDER)["draw-earliest"]
    assert rules.latest_before(draw, date(2026, 11, 30), CALENDAR) == date(2026, 11, 26)


def test_what_is_no_period_has_no_last_day():
    figure = figures_of(W, Method.OPEN_TENDER)["min-bids"]
    for reckon in (rules.end_of, rules.latest_before):
        with pytest.raises(ValueError, match="not a period"):
            reckon(figure, MONDAY, CALENDAR)


# What is no period: caps, shares and counts ---------------------------------------------------------------------------


def _security(switches, figure, step):
    budget = 1000 * WAN
    return rules.check_security(
        "一标段", "goods", budget, budget * figure.value // 1000 + step, {"security-permille": figure}
    )


def _weighed(switches, subject, name, price, *, figures=None, deductions=None, sme=None):
    rows = (
        rules.CriterionFacts(Factor.PRICE, "报价", price, "公式"),
        rules.CriterionFacts(Factor.TECHNICAL, "技术方案", 1000 - price, "按方案评"),
    )
    return rules.check_scoring(
        switches,
        subject,
        rules.Scoring(Evaluation.COMPREHENSIVE, sme_permille=sme, rows=rows),
        conditions=(),
        reserved=Reserved.NO,
        figures=figures or {},
        deductions=deductions or {},
    )


def _weight(subject):
    def judge(switches, figure, step):
        name = figure.code.rsplit(".", 1)[1]
        return _weighed(switches, subject, name, figure.value + step, figures={name: figure})

    return judge


def _deduction(subject):
    def judge(_, figure, step):
        name = figure.code.rsplit(".", 1)[1]
        both = figures_of_evaluation()
        return _weighed(
            preset(P, Method.CONSULTATION),
            subject,
            name,
            300,
            deductions=both | {name: figure},
            sme=figure.value + step,
        )

    return judge


def figures_of_evaluation():
    prefix = "procurement.evaluation."
    return {code.removeprefix(prefix): each for code, each in FIGURES.items() if code.startswith(prefix)}


#: By the last part of a figure's code: what is judged, and the step over the bound.
CAPS = {
    "security-permille": (_security, 1),
    "price-weight-goods-min": (_weight("goods"), -1),
    "price-weight-goods-max": (_weight("goods"), 1),
    "price-weight-services-min": (_weight("services"), -1),
    "price-weight-services-max": (_weight("services"), 1),
    "sme-min": (_deduction("goods"), -1),
    "sme-max": (_deduction("goods"), 1),
    "sme-works-min": (_deduction("construction"), -1),
    "sme-works-max": (_deduction("construction"), 1),
}
#: What asks a figure outside the review of a draft, and stands there on its bound.
ELSEWHERE = {
    "clarification": "clarifications/test_impact.py::test_what_bears_on_bids_is_out_fifteen_days_before_or_the_deadline_moves",
    "question-reply": "clarifications/test_rules.py::test_the_day_by_which_it_is_answered",
    "min-bids": "opening/test_record.py::test_a_lot_with_enough_bids_does_not_fail",
    "close-fails": "opening/test_shortage.py::test_the_rulebook_says_what_may_follow_with_its_source",
    "short-fails": "opening/test_shortage.py::test_the_rulebook_says_what_may_follow_with_its_source",
    "panel-min": "experts/test_rules.py::test_panels_that_it_does_not",
    "panel-large-min": "experts/test_queries.py::test_the_rulebook_says_how_large_a_panel_is_and_when_it_may_be_drawn",
    "panel-large-from": "experts/test_queries.py::test_the_rulebook_says_how_large_a_panel_is_and_when_it_may_be_drawn",
    "panel-experts": "experts/test_rules.py::test_panels_that_it_does_not",
    "years": "experts/test_fitness.py::test_who_may_be_drawn_on_the_very_day_and_who_not",
    "age-below": "experts/test_fitness.py::test_who_may_be_drawn_on_the_very_day_and_who_not",
    "clean-years": "experts/test_fitness.py::test_who_may_be_drawn_on_the_very_day_and_who_not",
    "draw-earliest": "experts/test_rules.py::test_the_first_lawful_day_is_lawful",
    "construction": "tenders/test_rules.py::test_the_threshold_is_a_warning_on_its_very_fen",
    "goods": "tenders/test_rules.py::test_the_threshold_is_a_warning_on_its_very_fen",
    "services": "tenders/test_rules.py::test_the_threshold_is_a_warning_on_its_very_fen",
    "notice-period-middle": "tenders/test_boundaries.py::test_a_deadline_may_fall_on_the_last_day_of_every_period_and_not_before",
    "notice-period-middle-from": "tenders/test_boundaries.py::test_a_deadline_may_fall_on_the_last_day_of_every_period_and_not_before",
    "notice-period-large": "tenders/test_boundaries.py::test_a_deadline_may_fall_on_the_last_day_of_every_period_and_not_before",
    "notice-period-large-from": "tenders/test_boundaries.py::test_a_deadline_may_fall_on_the_last_day_of_every_period_and_not_before",
    "prequalification-available": "prequalification/test_rules.py::test_of_works_documents_are_on_offer_five_days_and_applications_due_five_days_after_that",
    "prequalification-application": "prequalification/test_rules.py::test_of_works_documents_are_on_offer_five_days_and_applications_due_five_days_after_that",
    "prequalification-notice": "prequalification/test_rules.py::test_of_procurement_it_is_five_working_days_from_the_notice",
    "prequalification-min": "prequalification/test_rules.py::test_three_must_pass",
    "prequalification-objection": "prequalification/test_rules.py::test_objections_end_two_days_and_changes_three_days_before_the_deadline",
    "prequalification-clarification": "prequalification/test_rules.py::test_objections_end_two_days_and_changes_three_days_before_the_deadline",
    "publicity-single": "announcements/test_rules.py::test_a_single_source_stands_for_five_working_days_at_least",
    "recusal-years": "experts/service/test_recusal.py::test_a_unit_left_within_three_years_excuses_and_one_left_a_day_earlier_does_not",
    "chair-is-expert": "committee/test_service.py::test_the_buyers_representative_does_not_chair",
    "appraisal": "committee/test_service.py::test_the_record_of_performance_is_due_five_working_days_after",
    "intention": "announcements/test_service.py::test_a_notice_follows_its_intention_after_thirty_days",
}
#: What is shown and counted, and bounds nothing that can be done here yet: after the award, complaints, other methods.
#: Whoever lets a rule ask one of these takes it out, and says above where it stands on its bound.
SHOWN = {
    "challenge", "complaint", "contract", "publicity", "result-notice",
    "candidates-max", "complaint-accept", "complaint-decision",
    "complaint-pause", "complaint-reply", "contract-filing", "contract-notice", "decide", "domestic-deduction",
    "draw-witnesses", "invited-min", "low-of-average", "low-of-limit", "low-of-second",
    "low-raise-max", "objection-reply", "performance-permille", "pool-times", "publicity-start",
    "report", "report-to-buyer", "result-notice-period", "retention", "security-late-permille",
    "security-refund", "security-refund-withdrawn", "sme-consortium-max", "sme-consortium-min",
    "sme-consortium-works-max", "sme-consortium-works-min", "sme-share", "state-funds", "state-funds-share",
    "termination-refund",
}  # fmt: skip
CERTAIN = [rule.figure for rule in RULES if rule.figure.mark == rules.CERTAIN and rule.validity.last is None]


def last_part(figure):
    return figure.code.rsplit(".", 1)[1]


@pytest.mark.parametrize(
    "figure", [each for each in CERTAIN if last_part(each) in CAPS], ids=lambda each: each.code
)
def test_a_cap_may_be_reached_and_not_passed(figure):
    judge, step = CAPS[last_part(figure)]
    family, method = figure.code.split(".")[:2]
    switches = None if method == "evaluation" else preset(Family(family), Method(method))
    if switches is not None and last_part(figure) != "security-permille":
        assert Evaluation.COMPREHENSIVE in switches.evaluations
    assert [each for each in judge(switches, figure, 0) if each.figure is figure] == []
    (over,) = [each for each in judge(switches, figure, step) if each.figure is figure]
    assert over.blocks
    assert rules.cite(figure) in str(over.refusal)


def test_every_certain_figure_stands_on_its_bound_somewhere_or_is_only_shown():
    """A figure that a rule asks and no test stands on is a law that may be broken without anybody noticing."""
    asked = CAPS.keys() | ELSEWHERE.keys() | set(rules.FORWARD) | set(rules.BACKWARD)
    assert not asked & SHOWN
    names = {last_part(each) for each in CERTAIN}
    assert names - asked - SHOWN == set(), (
        "a new figure: give it a case on its bound, or say that it is only shown"
    )
    assert (CAPS.keys() | ELSEWHERE.keys() | SHOWN) - names == set(), "no such certain figure any more"


def test_what_stands_on_its_bound_elsewhere_is_there():
    for reference in set(ELSEWHERE.values()):
        path, _, name = reference.partition("::")
        text = (ROOT / "tests" / path).read_text("utf-8")
        assert not name or f"def {name}(" in text, reference


def test_no_rule_asks_a_figure_that_is_only_shown():
    """As code asks one: ``figures["name"]``, ``figures.get("name")``, ``"name" in figures``."""
    asks = re.compile(r"""(?:\[|\.get\()["']([a-z-]+)["']|["']([a-z-]+)["'] (?:not )?in figures""")
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in (ROOT / "bidding").rglob("*.py")
        for pair in asks.findall(path.read_text("utf-8"))
        for name in pair
        if name in SHOWN and ("-" in name or "figures" in path.read_text("utf-8"))
    }
    assert found - _SHOWN_BY == set()


#: What only puts a figure on a page, or reads a key of that name from something that is no rulebook.
_SHOWN_BY = {("bidding/tenders/rules/timetable.py", "challenge")}
