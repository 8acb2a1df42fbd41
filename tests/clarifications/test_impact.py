"""The impact preview on its boundary days, and the law that no row of corrections breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.clarifications import impact, rules
from bidding.clarifications.impact import Bids, Standing, preview
from bidding.clarifications.rules import File, Proposal
from bidding.core.clock import SHANGHAI
from bidding.core.workdays import OfficialCalendar
from bidding.tenders import rules as tenders
from bidding.tenders.kinds import Envelopes, Family, Method
from bidding.tenders.methods import preset
from bidding.tenders.rules import LotFacts
from tests.tenders.drafting import GOODS, SMALL, WAN, WORKS
from tests.tenders.figures import RULES

CALENDAR = OfficialCalendar({})
PUBLISHED = date(2026, 11, 23)
FILE = File("招标文件.pdf", "a" * 64, 9)
LOT = LotFacts(name="主干管", budget_fen=1320 * WAN, ceiling_fen=1286 * WAN)
SAID = {"affects": True, "reason": "设计变更"}
HARMLESS = {"affects": False, "harmless_because": "只改电话", "reason": "号码停用"}


def at(day, hour=14, minute=30, second=0):
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=SHANGHAI)


def figures(family, method):
    prefix = f"{family.value}.{method.value}."
    return {
        rule.figure.code.removeprefix(prefix): rule.figure
        for rule in RULES
        if rule.figure.code.startswith(prefix) and rule.validity.holds(PUBLISHED)
    }


def standing(facts=WORKS, *, closes_on=date(2026, 12, 21), **more):
    closes = at(closes_on)
    return Standing(facts, {"1": LOT}, (FILE,), PUBLISHED, closes, closes, **more)


def look(stands, proposal, today, *, clashes=()):
    return preview(
        stands,
        proposal,
        figures=figures(stands.family, stands.method),
        calendar=CALENDAR,
        now=at(today, 9, 0),
        clashes=clashes,
    )


def codes(problems):
    return [problem.refusal.code for problem in problems]


@pytest.mark.parametrize(
    ("facts", "today", "closes_on", "earliest"),
    [
        # 15 d before 2026-12-21 is 2026-12-06 (domain reference §10)
        (WORKS, date(2026, 12, 6), None, None),
        (WORKS, date(2026, 12, 7), None, "2026-12-22"),
        (WORKS, date(2026, 12, 7), date(2026, 12, 22), None),
        (WORKS, date(2026, 12, 7), date(2027, 1, 4), None),
        (GOODS, date(2026, 12, 6), None, None),
        (GOODS, date(2026, 12, 7), None, "2026-12-22"),
        # what is proposed instead is a working day: 12-12 + 15 d is a Sunday
        (WORKS, date(2026, 12, 12), None, "2026-12-28"),
        # no figure, no period
        (SMALL, date(2026, 12, 20), None, None),
    ],
)
def test_what_bears_on_bids_is_out_fifteen_days_before_or_the_deadline_moves(
    facts, today, closes_on, earliest
):
    proposal = Proposal(facts={"term": "180 日历天"}, closes_at=closes_on and at(closes_on), **SAID)
    found = look(standing(facts), proposal, today)
    late = [each for each in found.refusals if each.refusal.code == "clarifications.too_late_for_this"]
    assert [each.refusal.params["earliest"] for each in late] == ([earliest] if earliest else [])
    if earliest:
        assert "第" in late[0].refusal.params["article"]
        again = replace(proposal, closes_at=at(late[0].earliest))
        assert "clarifications.too_late_for_this" not in codes(look(standing(facts), again, today).problems)


def test_what_bears_on_no_bid_has_no_period_but_a_reason():
    late = date(2026, 12, 21)
    assert look(standing(), Proposal(facts={"phone": "1"}, **HARMLESS), late).refusals == []
    unexplained = Proposal(facts={"phone": "1"}, **(HARMLESS | {"harmless_because": " "}))
    assert codes(look(standing(), unexplained, late).refusals) == ["clarifications.harmless_unexplained"]
    unsaid = Proposal(facts={"phone": "1"}, reason="号码停用")
    assert codes(look(standing(), unsaid, late).refusals) == ["clarifications.affects_unsaid"]
    heavy = Proposal(facts={"award_method": "最低价"}, **HARMLESS)
    found = look(standing(), heavy, late)
    assert (codes(found.problems), found.refusals) == (["clarifications.looks_heavy"], [])


@pytest.mark.parametrize(
    ("closes_at", "code"),
    [
        (at(date(2026, 12, 21)), "clarifications.deadline_earlier"),
        (at(date(2026, 12, 21), 14, 29), "clarifications.deadline_earlier"),
        (at(date(2026, 12, 21), 14, 31), None),
        (at(date(2026, 12, 22), 14, 30, 1), "tenders.not_a_whole_minute"),
        (at(date(2026, 12, 26)), "tenders.on_a_rest_day"),  # a Saturday
        (at(date(2026, 12, 22), 20, 0), None),  # out of hours is only a warning
    ],
)
def test_a_deadline_moves_later_to_a_minute_of_a_working_day(closes_at, code):
    proposal = Proposal(facts={"phone": "1"}, closes_at=closes_at, **HARMLESS)
    found = look(standing(), proposal, date(2026, 12, 1))
    assert codes(found.refusals)[:1] == ([code] if code else [])
    assert ("tenders.outside_office_hours" in codes(found.problems)) == (closes_at.hour == 20)


def test_every_date_that_hangs_on_the_deadline_is_named_and_the_openings_move_as_far():
    two = replace(WORKS, envelopes=Envelopes.TWO)
    prices = at(date(2026, 12, 28))
    found = look(
        standing(two, prices_open_at=prices),
        Proposal(closes_at=at(date(2026, 12, 28)), **HARMLESS),
        date(2026, 12, 1),
    )
    assert [(move.label, move.now - move.was) for move in found.moves] == [
        ("截止时间", timedelta(days=7)),
        ("开标时间", timedelta(days=7)),
        ("报价开标时间", timedelta(days=7)),
        (tenders.LABELS["clarification"], timedelta(days=7)),
        (tenders.LABELS["objection"], timedelta(days=7)),
        (tenders.LABELS["question"], timedelta(days=7)),
    ]
    assert look(standing(), Proposal(facts={"phone": "1"}, **HARMLESS), date(2026, 12, 1)).moves == ()


@pytest.mark.parametrize(
    ("facts", "name", "refused"),
    [
        (GOODS, "summary", True),
        (GOODS, "qualification", True),
        (GOODS, "term", False),
        (WORKS, "qualification", False),
        (WORKS, "summary", False),
        (SMALL, "qualification", False),
    ],
)
def test_procurement_changes_neither_subject_nor_qualification(facts, name, refused):
    found = look(standing(facts), Proposal(facts={name: "另一种写法"}, **SAID), date(2026, 12, 1))
    assert ("clarifications.subject_fixed" in codes(found.refusals)) == refused
    if refused:
        assert "财政部令第87号第27条" in str(found.refusals[0].refusal)


@pytest.mark.parametrize(
    ("ceiling", "bids", "refusal"),
    [
        (1320 * WAN, Bids.STAND, None),
        (1320 * WAN + 1, Bids.STAND, "tenders.budget_below_ceiling"),
        (1285 * WAN, Bids.COMPARE, None),
        (None, Bids.STAND, None),
    ],
)
def test_a_ceiling_within_the_budget_and_what_it_means_for_bids_already_in(ceiling, bids, refusal):
    found = look(standing(), Proposal(ceilings={"1": ceiling}, **HARMLESS), date(2026, 12, 1))
    assert codes(found.refusals) == ([refusal] if refusal else [])
    assert found.bids is bids
    assert bool(found.because) == (bids is Bids.COMPARE)


@pytest.mark.parametrize(
    ("proposal", "bids"),
    [
        (Proposal(facts={"phone": "1"}, **HARMLESS), Bids.STAND),
        (Proposal(answer="见图纸", affects=False, harmless_because="已有"), Bids.STAND),
        (Proposal(answer="用 SN10", affects=True), Bids.COMPARE),
        (Proposal(files=(File("b.pdf", "b" * 64, 1),), **SAID), Bids.COMPARE),
        (Proposal(closes_at=at(date(2026, 12, 28)), **HARMLESS), Bids.STAND),
    ],
)
def test_seals_stay_valid_whatever_is_let_through(proposal, bids):
    found = look(standing(), proposal, date(2026, 12, 1))
    assert (found.refusals, found.bids) == ([], bids)


def test_nothing_an_emptied_fact_and_a_day_too_late_are_refused():
    assert codes(look(standing(), Proposal(affects=True), date(2026, 12, 1)).refusals) == [
        "clarifications.nothing_to_publish"
    ]
    emptied = Proposal(facts={"contact": ""}, **HARMLESS)
    assert codes(look(standing(), emptied, date(2026, 12, 1)).refusals) == ["tenders.missing"]
    silent = Proposal(facts={"phone": "1"}, **(HARMLESS | {"reason": ""}))
    assert codes(look(standing(), silent, date(2026, 12, 1)).refusals) == ["clarifications.reason_missing"]
    stands = standing()
    over = preview(
        stands,
        Proposal(facts={"phone": "1"}, **HARMLESS),
        figures=figures(Family.WORKS, Method.OPEN_TENDER),
        calendar=CALENDAR,
        now=stands.closes_at,
    )
    assert codes(over.refusals) == ["clarifications.not_open"]


def test_a_booking_that_clashes_is_named_and_blocks_nothing():
    proposal = Proposal(closes_at=at(date(2026, 12, 28)), **HARMLESS)
    found = look(standing(), proposal, date(2026, 12, 1), clashes=["开标一室 14:00—16:00"])
    assert ("clarifications.clashes" in codes(found.problems), found.refusals) == (True, [])


# The law of any row of corrections ------------------------------------------------------------------------------

_TEXTS = st.sampled_from(["", "甲", "乙方案", "180 日历天"])
_PROPOSALS = st.builds(
    Proposal,
    facts=st.dictionaries(st.sampled_from(sorted(rules.FACTS)), _TEXTS, max_size=3),
    ceilings=st.dictionaries(
        st.just("1"), st.one_of(st.none(), st.integers(1000 * WAN, 1400 * WAN)), max_size=1
    ),
    closes_at=st.one_of(
        st.none(),
        st.integers(-10, 40).map(lambda days: at(date(2026, 12, 21) + timedelta(days=days))),
    ),
    affects=st.sampled_from([None, True, False]),
    harmless_because=st.sampled_from(["", "不涉及报价"]),
    reason=st.sampled_from(["", "设计变更"]),
    answer=st.sampled_from(["", "见图纸"]),
)


@given(
    st.sampled_from([WORKS, GOODS, SMALL]),
    st.lists(st.tuples(_PROPOSALS, st.integers(0, 6)), max_size=6),
)
def test_no_row_of_corrections_breaks_a_certain_rule(facts, row):
    stands, today = standing(facts), PUBLISHED
    for proposal, days in row:
        today += timedelta(days=days)
        found = look(stands, proposal, today)
        if found.refusals:
            continue
        before = stands
        changed = dict(proposal.facts)
        ceilings = {
            code: replace(lot, ceiling_fen=proposal.ceilings.get(code, lot.ceiling_fen))
            for code, lot in stands.lots.items()
        }
        closes, opens, prices = impact.shift(stands, proposal.closes_at)
        stands = replace(
            stands,
            facts=replace(stands.facts, **changed),
            lots=ceilings,
            closes_at=closes,
            opens_at=opens,
            prices_open_at=prices,
        )
        own = figures(stands.family, stands.method)
        assert stands.closes_at >= before.closes_at
        assert stands.opens_at == stands.closes_at
        assert at(today, 9, 0) < before.closes_at
        assert tenders.check_content(stands.facts, list(ceilings.values()), 1) == []
        assert all((lot.ceiling_fen or 0) <= lot.budget_fen for lot in ceilings.values())
        assert CALENDAR.works(stands.closes_at.date()).works
        blocking = tenders.check_dates(
            preset(stands.family, stands.method),
            PUBLISHED,
            own,
            CALENDAR,
            closes_at=stands.closes_at,
            opens_at=stands.opens_at,
            now=at(today),
        )
        assert [problem for problem in blocking if problem.blocks] == []
        if stands.family is Family.PROCUREMENT:
            assert (stands.facts.summary, stands.facts.qualification) == (facts.summary, facts.qualification)
        if proposal.affects and "clarification" in own:
            assert (stands.closes_at.date() - today).days >= own["clarification"].value
        if found.changes:
            assert proposal.reason
        assert proposal.affects or proposal.harmless_because
