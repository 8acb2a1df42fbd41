"""The impact preview of a prequalification's correction, on its boundary days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.clarifications import announced, rules
from bidding.clarifications.announced import ANNOUNCED, Announced, preview
from bidding.clarifications.impact import Bids
from bidding.clarifications.rules import File, Proposal
from bidding.core.workdays import OfficialCalendar
from bidding.prequalification.rules import CLARIFICATION
from bidding.tenders.rules import MAX_ROWS, LotFacts, RequirementFacts
from tests.tenders.drafting import GOODS, WAN, WORKS
from tests.tenders.figures import figures_of, shanghai

DAYS = OfficialCalendar({})
#: A Monday; five days of offer end on Monday the 30th, five more for applications on Monday 12-07.
PUBLISHED, OFFERED, CLOSES = date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 7)
FILE = File("资格预审文件.pdf", "a" * 64, 9)
LOT = LotFacts(name="主干管", budget_fen=1320 * WAN, ceiling_fen=1286 * WAN)
SAID = {"affects": True, "reason": "业绩要求写错"}
HARMLESS = {"affects": False, "harmless_because": "只改电话", "reason": "号码停用"}


def standing(facts=WORKS, **more):
    lots = {"1": LOT}
    return Announced(facts, lots, (FILE,), PUBLISHED, OFFERED, shanghai(CLOSES), **more)


def look(proposal, today, stands=None, at=None):
    stands = stands or standing()
    figures = figures_of(stands.family, stands.method)
    return preview(stands, proposal, figures=figures, calendar=DAYS, now=at or shanghai(today, 9, 0))


def codes(impact):
    return [each.refusal.code.removeprefix("clarifications.") for each in impact.refusals]


@pytest.mark.parametrize("facts", [WORKS, GOODS])
@pytest.mark.parametrize(
    ("today", "closes", "earliest"),
    [
        # 条例 21, 87号令 27: three days before Monday 12-07 is Friday 12-04.
        (date(2026, 12, 4), None, None),
        (date(2026, 12, 5), None, date(2026, 12, 8)),
        (date(2026, 12, 5), date(2026, 12, 8), None),
        # From Monday itself three days are the Thursday.
        (date(2026, 12, 7), date(2026, 12, 9), date(2026, 12, 10)),
        (date(2026, 12, 7), date(2026, 12, 10), None),
    ],
)
def test_what_bears_on_applications_is_out_three_days_before_or_the_deadline_moves(
    facts, today, closes, earliest
):
    proposal = Proposal({"note": "业绩按近五年计。"}, closes_at=closes and shanghai(closes), **SAID)
    found = look(proposal, today, standing(facts)).refusals
    if earliest is None:
        assert found == []
        return
    (problem,) = found
    assert problem.refusal.code == "clarifications.too_late_for_applications"
    assert problem.earliest == earliest
    assert problem.figure.code.endswith(CLARIFICATION)
    assert earliest.isoformat() in str(problem.refusal)
    article = "招标投标法实施条例第21条" if facts is WORKS else "财政部令第87号第27条"
    assert article in str(problem.refusal)


def test_what_bears_on_none_may_go_out_until_the_deadline_and_not_on_it():
    proposal = Proposal({"phone": "0000-7654321"}, **HARMLESS)
    assert codes(look(proposal, None, at=shanghai(CLOSES) - timedelta(microseconds=1))) == []
    assert "not_open" in codes(look(proposal, None, at=shanghai(CLOSES)))


@pytest.mark.parametrize(
    ("closes", "wrong"),
    [
        (shanghai(CLOSES) - timedelta(minutes=1), ["deadline_earlier"]),
        (shanghai(date(2026, 12, 4)), ["deadline_earlier", "prequalification.applications_too_short"]),
        (shanghai(date(2026, 12, 12)), ["tenders.on_a_rest_day"]),
        (shanghai(date(2026, 12, 8)) + timedelta(seconds=1), ["tenders.not_a_whole_minute"]),
        (shanghai(date(2026, 12, 8)), []),
    ],
)
def test_the_deadline_only_moves_later(closes, wrong):
    assert codes(look(Proposal(closes_at=closes, **HARMLESS), date(2026, 11, 24))) == wrong


@pytest.mark.parametrize(
    ("offered", "closes", "wrong"),
    [
        (date(2026, 11, 29), None, ["offer_earlier", "prequalification.available_too_short"]),
        # 条例 17: a longer offer moves the deadline with it, five days and on to a working day.
        (date(2026, 12, 2), None, []),
        (date(2026, 12, 3), None, ["prequalification.applications_too_short"]),
        (date(2026, 12, 3), date(2026, 12, 8), []),
        (
            date(2026, 12, 8),
            None,
            ["prequalification.applications_too_short", "prequalification.offer_after_deadline"],
        ),
    ],
)
def test_documents_stay_on_offer_as_long_as_was_said_and_five_days_are_left_after_that(
    offered, closes, wrong
):
    proposal = Proposal(
        {"available_until_on": offered.isoformat()}, closes_at=closes and shanghai(closes), **HARMLESS
    )
    assert codes(look(proposal, date(2026, 11, 24))) == wrong


@pytest.mark.parametrize(
    ("planned", "earliest"),
    [
        # 招标投标法 24: twenty days from Tuesday 12-08 are Monday 12-28.
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2026, 12, 28), None),
    ],
)
def test_a_planned_tender_that_no_longer_fits_is_refused_with_the_article_and_the_day(planned, earliest):
    stands = standing(tender_closes_at=shanghai(planned))
    later = Proposal(closes_at=shanghai(date(2026, 12, 8)), **HARMLESS)
    found = look(later, date(2026, 11, 24), stands).refusals
    assert [each.earliest for each in found] == ([earliest] if earliest else [])
    if earliest:
        assert "招标投标法" in str(found[0].refusal)
        assert earliest.isoformat() in str(found[0].refusal)
    assert codes(look(Proposal({"phone": "1"}, **HARMLESS), date(2026, 11, 24), stands)) == []


def test_procurement_changes_neither_subject_nor_qualification():
    for name in ("qualification", "requirements", "summary"):
        proposal = Proposal({name: "甲级"}, **SAID)
        assert "subject_fixed" in codes(look(proposal, date(2026, 11, 24), standing(GOODS)))
        assert codes(look(proposal, date(2026, 11, 24))) == []


def test_what_moves_with_the_deadline_is_reckoned_back_from_it():
    moves = look(Proposal(closes_at=shanghai(date(2026, 12, 9)), **HARMLESS), date(2026, 11, 24)).moves
    assert [(each.was, each.now) for each in moves] == [
        (shanghai(CLOSES), shanghai(date(2026, 12, 9))),
        (date(2026, 12, 5), date(2026, 12, 7)),
        (date(2026, 12, 4), date(2026, 12, 6)),
    ]


def test_applications_stand_and_their_makers_are_told_what_to_compare():
    slight = look(Proposal({"phone": "1"}, **HARMLESS), date(2026, 11, 24))
    assert (slight.bids, slight.because) == (Bids.STAND, ())
    new = replace(FILE, sha256="b" * 64, replaces=FILE.sha256)
    heavy = look(Proposal({"note": "新"}, files=(new,), **SAID), date(2026, 11, 24))
    assert (heavy.bids, heavy.because) == (Bids.COMPARE, ("申请须知", "文件"))
    answer = look(Proposal(answer="可以。", affects=True), date(2026, 11, 24))
    assert (answer.bids, len(answer.because)) == (Bids.COMPARE, 1)


def test_something_is_said_and_everything_that_can_be_corrected_stands_somewhere():
    assert "nothing_to_publish" in codes(look(Proposal(affects=False, harmless_because="x"), PUBLISHED))
    assert standing(note="分册").says.keys() == ANNOUNCED.keys()
    assert "award_method" not in ANNOUNCED
    with pytest.raises(rules.NotChangeable):
        rules.check_touchable(["award_method"], ANNOUNCED)


@pytest.mark.parametrize("name", ["available_until_on", "examined_on"])
@pytest.mark.parametrize("text", ["", "明天", "2026-02-30"])
def test_a_day_is_moved_and_not_taken_back(name, text):
    with pytest.raises(announced.NotADay):
        announced.check_written({name: text})


@pytest.mark.parametrize(
    "text",
    ["", " \n ", "|证书", "\n".join(["条件"] * (MAX_ROWS + 1)), "长" * 501, "条件 | " + "长" * 501],
)
def test_conditions_that_are_none_are_refused(text):
    with pytest.raises(announced.ConditionsUnreadable):
        announced.check_written({"requirements": text})


def test_conditions_are_read_as_they_are_written():
    rows = (RequirementFacts("二级资质", "证书"), RequirementFacts("安全生产许可证"))
    assert announced.conditions(announced.condition_lines(rows)) == rows
    assert (
        announced.conditions("二级资质｜证书\r\n\n安全生产许可证 \n" + "\n".join(["条件"] * (MAX_ROWS - 2)))[
            :2
        ]
        == rows
    )


@given(
    today=st.dates(PUBLISHED, CLOSES),
    closes=st.none() | st.dates(PUBLISHED, date(2027, 1, 15)),
    affects=st.booleans(),
    facts=st.sampled_from([WORKS, GOODS]),
)
def test_no_correction_that_is_let_through_breaks_a_period(today, closes, affects, facts):
    said = SAID if affects else HARMLESS
    proposal = Proposal({"note": "改"}, closes_at=closes and shanghai(closes), **said)
    impact = look(proposal, today, standing(facts))
    if impact.refusals:
        return
    stands = closes or CLOSES
    assert stands >= CLOSES
    assert today <= stands
    if affects:
        assert (stands - today).days >= 3
