"""Every day and every instant of a prequalification, on its boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.workdays import OfficialCalendar
from bidding.prequalification import rules
from bidding.prequalification.rules import Standing, Times, Verdict
from bidding.tenders.kinds import Family, Method
from tests.tenders.figures import figures_of, shanghai

WORKS = figures_of(Family.WORKS, Method.OPEN_TENDER)
GOODS = figures_of(Family.PROCUREMENT, Method.OPEN_TENDER)
DAYS = OfficialCalendar({})
#: A Monday.
TODAY = date(2026, 11, 23)
NOW = shanghai(TODAY, 9, 0)
CLOSES = shanghai(date(2026, 12, 7))
MOMENT = timedelta(microseconds=1)


def codes(figures, until, closes, *, after_offer, today=TODAY):
    found = rules.check_dates(
        figures,
        today,
        DAYS,
        after_offer=after_offer,
        available_until_on=until,
        closes_at=shanghai(closes),
        now=NOW,
    )
    return [problem.refusal.code.removeprefix("prequalification.") for problem in found if problem.blocks]


@pytest.mark.parametrize(
    ("until", "closes", "wrong"),
    [
        # 条例 16: five days from the 23rd end on Saturday the 28th, so on Monday the 30th.
        (date(2026, 11, 29), date(2026, 12, 21), ["available_too_short"]),
        (date(2026, 11, 30), date(2026, 12, 21), []),
        # 条例 17: five more from the end of the offer end on Saturday 12-05, so on Monday 12-07.
        (date(2026, 11, 30), date(2026, 12, 4), ["applications_too_short"]),
        (date(2026, 11, 30), date(2026, 12, 6), ["applications_too_short"]),
        (date(2026, 11, 30), date(2026, 12, 7), []),
        # A longer offer moves the deadline with it.
        (date(2026, 12, 4), date(2026, 12, 8), ["applications_too_short"]),
        (date(2026, 12, 4), date(2026, 12, 9), []),
        (date(2026, 12, 8), date(2026, 12, 7), ["offer_after_deadline", "applications_too_short"]),
    ],
)
def test_of_works_documents_are_on_offer_five_days_and_applications_due_five_days_after_that(
    until, closes, wrong
):
    assert codes(WORKS, until, closes, after_offer=True) == wrong


@pytest.mark.parametrize(
    ("until", "closes", "wrong"),
    [
        # 采购条例 21, 87号令 16, 21: five working days from Monday the 23rd end on Monday the 30th.
        (date(2026, 11, 27), date(2026, 11, 30), ["available_too_short"]),
        (date(2026, 11, 30), date(2026, 11, 30), []),
        (date(2026, 11, 27), date(2026, 11, 29), ["available_too_short", *["applications_too_short"] * 2]),
    ],
)
def test_of_procurement_it_is_five_working_days_from_the_notice(until, closes, wrong):
    assert codes(GOODS, until, closes, after_offer=False) == wrong


def test_a_holiday_is_no_working_day():
    """10-01 to 10-07 off, Saturday the 10th works: from 09-29 it is the 30th, 8th, 9th, 10th and Monday the 12th."""
    days = OfficialCalendar({date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True})
    first = rules.earliest(GOODS, date(2026, 9, 29), days, after_offer=False)
    assert (first.available_until_on, first.closes_on) == (date(2026, 10, 12), date(2026, 10, 12))


@pytest.mark.parametrize(("figures", "after_offer"), [(WORKS, True), (GOODS, False)])
@given(ahead=st.integers(0, 700))
def test_what_is_proposed_is_lawful_and_the_day_before_is_not(figures, after_offer, ahead):
    today = date(2026, 1, 1) + timedelta(days=ahead)
    first = rules.earliest(figures, today, DAYS, after_offer=after_offer)
    closes = shanghai(first.closes_on)

    def wrong(until, closes_at):
        return rules.check_dates(
            figures,
            today,
            DAYS,
            after_offer=after_offer,
            available_until_on=until,
            closes_at=closes_at,
            now=shanghai(today, 9, 0),
        )

    assert wrong(first.available_until_on, closes) == []
    assert wrong(first.available_until_on - timedelta(days=1), closes)
    assert (
        wrong(first.available_until_on, closes - timedelta(days=1))
        or not DAYS.works(first.closes_on - timedelta(days=1)).works
    )


def test_a_deadline_is_a_whole_minute_in_the_future():
    found = rules.check_dates(
        WORKS,
        TODAY,
        DAYS,
        after_offer=True,
        available_until_on=TODAY,
        closes_at=NOW - timedelta(seconds=1),
        now=NOW,
    )
    assert {"tenders.not_a_whole_minute", "tenders.deadline_passed"} <= {each.refusal.code for each in found}


def test_objections_end_two_days_and_changes_three_days_before_the_deadline():
    last = rules.last_days(WORKS, CLOSES, DAYS)
    assert last[rules.OBJECTION] == date(2026, 12, 5)
    assert last[rules.CLARIFICATION] == date(2026, 12, 4)


# Standing -------------------------------------------------------------------------------------------------------


def times(**more):
    return Times(**(dict.fromkeys(Times.__dataclass_fields__) | more))


OUT = {"submitted_at": NOW, "published_at": NOW, "closes_at": CLOSES}


@pytest.mark.parametrize(
    ("said", "now", "stands"),
    [
        ({}, NOW, Standing.DRAFT),
        ({"submitted_at": NOW}, NOW, Standing.SUBMITTED),
        (OUT, CLOSES - MOMENT, Standing.OPEN),
        (OUT, CLOSES, Standing.CLOSED),
        (OUT | {"opened_at": CLOSES}, CLOSES, Standing.OPENED),
        (OUT | {"opened_at": CLOSES, "reviewed_at": CLOSES}, CLOSES, Standing.REVIEWED),
        (
            OUT | {"opened_at": CLOSES, "reviewed_at": CLOSES, "decided_at": CLOSES, "enough": True},
            CLOSES,
            Standing.ENOUGH,
        ),
        (
            OUT | {"opened_at": CLOSES, "reviewed_at": CLOSES, "decided_at": CLOSES, "enough": False},
            CLOSES,
            Standing.TOO_FEW,
        ),
        (OUT | {"ended_at": NOW}, NOW, Standing.ENDED),
        (OUT | {"opened_at": CLOSES, "ended_at": CLOSES}, CLOSES, Standing.ENDED),
    ],
)
def test_where_it_stands_is_said_by_what_people_did_and_by_the_time(said, now, stands):
    assert rules.standing(times(**said), now) is stands
    assert stands in rules.STANDING_WORDS
    assert stands in rules.PUBLIC_WORDS


def test_the_closing_instant_itself_is_too_late():
    rules.require_open(times(**OUT), CLOSES - MOMENT)
    with pytest.raises(rules.NotTaken):
        rules.require_open(times(**OUT), CLOSES)
    with pytest.raises(rules.NotTaken):
        rules.require_open(times(submitted_at=NOW), NOW)


def test_applications_stay_shut_for_a_minute_after_the_deadline():
    with pytest.raises(rules.NotYetOpen):
        rules.require_openable(times(**OUT), CLOSES + rules.SETTLES - MOMENT)
    rules.require_openable(times(**OUT), CLOSES + rules.SETTLES)


# The result -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("passed", "enough"), [(0, False), (2, False), (3, True), (4, True)])
@pytest.mark.parametrize("figures", [WORKS, GOODS], ids=["works", "goods"])
def test_three_must_pass(figures, passed, enough):
    assert rules.is_enough(passed, figures) is enough


def test_every_application_has_a_verdict_and_every_failure_a_reason():
    rules.check_verdicts([Verdict("甲", True), Verdict("乙", False, "资质证书过期")])
    with pytest.raises(rules.VerdictMissing, match="乙"):
        rules.check_verdicts([Verdict("甲", True), Verdict("乙", None)])
    with pytest.raises(rules.ReasonMissing, match="乙"):
        rules.check_verdicts([Verdict("乙", False, "  ")])


@pytest.mark.parametrize(
    ("experts", "others", "refusal"),
    [
        (4, 0, rules.CommitteeTooSmall),
        (4, 1, None),
        (4, 2, rules.CommitteeTooSmall),
        (3, 2, rules.TooFewExperts),
        (5, 2, None),
        (4, 3, rules.TooFewExperts),
    ],
)
def test_a_committee_is_as_one_that_evaluates(experts, others, refusal):
    text = "\n".join(
        [f"专{n}，明川县建筑设计院，专家" for n in range(experts)]
        + [f"代{n}，城市更新中心，招标人代表" for n in range(others)]
    )
    found = rules.members(f"{text}\n\n")
    assert len(found) == experts + others
    if refusal is None:
        rules.check_committee(found, WORKS)
    else:
        with pytest.raises(refusal):
            rules.check_committee(found, WORKS)
