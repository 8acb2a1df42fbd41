"""What announcements must say, on the boundary of each rule."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.announcements.rules import (
    FAMILY,
    LABELS,
    LEAST_OBJECTION,
    MOST_WORDS,
    PRESETS,
    PUBLICITY,
    AnswerMissing,
    FitMissing,
    Kind,
    MonthPassed,
    MonthTooSoon,
    NoObjectionsHere,
    ObjectionTooLate,
    ObjectionTooShort,
    Opinion,
    OpinionIncomplete,
    PartMissing,
    PublicityTooShort,
    ReportImpossible,
    Said,
    StartedLate,
    State,
    TooManyCandidates,
    check,
    check_objection,
    check_words,
    last_day,
    over_at,
)
from bidding.core.workdays import OfficialCalendar
from bidding.tenders.kinds import Family, Method
from tests.announcements.writing import BODY, CANDIDATES, FIRST, SAID, SINGLE
from tests.tenders.figures import figures_of

TODAY = date(2026, 11, 23)
CALENDAR = OfficialCalendar({})
OPENED = date(2026, 11, 20)


def problems(kind, said, today=TODAY, **changed):
    method = PRESETS[kind].method
    figures = figures_of(FAMILY, method) if method else figures_of(Family.WORKS, Method.OPEN_TENDER)
    for name, more in changed.items():
        figures[name] = replace(figures[name], **more)
    return check(kind, said, today, figures, CALENDAR, opened_on=OPENED)


@pytest.mark.parametrize("kind", Kind)
def test_a_whole_announcement_lacks_nothing(kind):
    assert problems(kind, SAID[kind]) == []


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in Kind for name in PRESETS[kind].asked])
def test_whatever_is_left_out_is_named(kind, name):
    (problem,) = problems(kind, replace(SAID[kind], **{name: getattr(Said(), name)}))
    assert isinstance(problem.refusal, PartMissing)
    assert problem.blocks
    assert problem.refusal.field == name


def test_everything_missing_is_told_at_once():
    for kind in Kind:
        assert len(problems(kind, Said())) == len(PRESETS[kind].asked)


@pytest.mark.parametrize("kind", Kind)
def test_the_fields_of_the_domain_reference_are_asked_for(kind):
    wanted = {
        Kind.INTENTION: {"title", "summary", "budget_fen", "expected_on"},
        Kind.SINGLE_SOURCE: {
            *("owner_name", "title", "summary", "reason", "supplier_name", "supplier_address", "opinions"),
            *("days", "owner_contact", "phone", "finance_contact"),
        },
        # 招标公告和公示信息发布管理办法 6
        Kind.CANDIDATES: {"candidates", "summary", "days", "finance_contact", "owner_contact", "phone"},
    }
    assert set(PRESETS[kind].asked) >= wanted[kind]
    assert set(PRESETS[kind].parts) <= set(LABELS)


def refused(said, **more):
    (problem,) = problems(Kind.CANDIDATES, said, **more)
    return type(problem.refusal), problem.blocks


def test_three_candidates_are_the_most_and_each_says_how_it_fits():
    four = tuple(replace(FIRST, bid=f"b{number}") for number in range(4))
    assert problems(Kind.CANDIDATES, replace(CANDIDATES, candidates=four[:3])) == []
    assert refused(replace(CANDIDATES, candidates=four)) == (TooManyCandidates, True)
    assert refused(replace(CANDIDATES, candidates=(replace(FIRST, fit=""),))) == (FitMissing, True)


def test_candidates_stand_for_three_days_at_least():
    assert problems(Kind.CANDIDATES, replace(CANDIDATES, days=4)) == []
    assert refused(replace(CANDIDATES, days=2)) == (PublicityTooShort, True)


def test_a_report_comes_between_the_opening_and_today():
    for day in (OPENED, TODAY):
        assert problems(Kind.CANDIDATES, replace(CANDIDATES, reported_on=day)) == []
    for day in (OPENED - timedelta(days=1), TODAY + timedelta(days=1)):
        assert refused(replace(CANDIDATES, reported_on=day)) == (ReportImpossible, True)


def test_a_publicity_that_begins_more_than_three_days_after_the_report_is_warned_of():
    # 23 November 2026 is a Monday.
    assert problems(Kind.CANDIDATES, CANDIDATES, today=TODAY + timedelta(days=3)) == []
    assert refused(CANDIDATES, today=TODAY + timedelta(days=4)) == (StartedLate, False)


@pytest.mark.parametrize("part", ["name", "unit", "post", "words"])
def test_an_opinion_has_four_parts(part):
    whole = Opinion("林", "设计院", "高工", "只有一家")
    (problem,) = problems(Kind.SINGLE_SOURCE, replace(SINGLE, opinions=(whole, replace(whole, **{part: ""}))))
    assert isinstance(problem.refusal, OpinionIncomplete)
    assert problem.refusal.params["place"] == 2


@pytest.mark.parametrize(("days", "stops"), [(4, True), (5, False), (6, False)])
def test_a_single_source_stands_for_five_working_days_at_least(days, stops):
    found = problems(Kind.SINGLE_SOURCE, replace(SINGLE, days=days))
    assert [type(each.refusal) for each in found] == [PublicityTooShort] * stops
    assert all(each.blocks for each in found)


def test_a_figure_that_is_not_certain_only_warns():
    (problem,) = problems(Kind.SINGLE_SOURCE, replace(SINGLE, days=4), **{PUBLICITY: {"mark": "likely"}})
    assert not problem.blocks


@pytest.mark.parametrize(
    ("expected", "refusal"),
    [
        (date(2026, 10, 1), MonthPassed),
        (date(2026, 11, 1), MonthTooSoon),  # its last day is before 2026-12-23, the first lawful one
        (date(2026, 12, 1), None),
        (date(2027, 1, 1), None),
    ],
)
def test_the_month_of_a_procurement_lies_ahead(expected, refusal):
    found = problems(Kind.INTENTION, replace(SAID[Kind.INTENTION], expected_on=expected))
    assert [type(each.refusal) for each in found] == ([refusal] if refusal else [])
    assert [each.blocks for each in found] == ([refusal is MonthPassed] if refusal else [])


@pytest.mark.parametrize(
    ("published_on", "last"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),
        (date(2026, 9, 28), date(2026, 10, 10)),
        (date(2026, 2, 13), date(2026, 2, 27)),
    ],
)
def test_five_working_days_are_counted_from_the_day_after(published_on, last):
    figure = figures_of(FAMILY, PRESETS[Kind.SINGLE_SOURCE].method)[PUBLICITY]
    assert last_day(5, published_on, figure, CALENDAR) == last


LAST = date(2026, 11, 30)


@pytest.mark.parametrize(("before", "taken"), [(timedelta(microseconds=1), True), (timedelta(), False)])
def test_objections_are_taken_until_midnight_of_the_last_day(before, taken):
    now = over_at(LAST) - before
    assert over_at(LAST).isoformat() == "2026-12-01T00:00:00+08:00"
    if taken:
        check_objection(Kind.SINGLE_SOURCE, State.PUBLISHED, LAST, BODY, now)
    else:
        with pytest.raises(ObjectionTooLate):
            check_objection(Kind.SINGLE_SOURCE, State.PUBLISHED, LAST, BODY, now)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Kind.INTENTION, State.PUBLISHED),
        *((Kind.SINGLE_SOURCE, state) for state in State if state is not State.PUBLISHED),
    ],
)
def test_nobody_objects_to_an_intention_or_to_what_is_not_out(kind, state):
    with pytest.raises(NoObjectionsHere):
        check_objection(kind, state, LAST, BODY, over_at(LAST) - timedelta(days=1))


@pytest.mark.parametrize(
    ("length", "taken"),
    [(LEAST_OBJECTION - 1, False), (LEAST_OBJECTION, True), (MOST_WORDS, True), (MOST_WORDS + 1, False)],
)
def test_an_objection_has_substance_and_is_no_book(length, taken):
    now = over_at(LAST) - timedelta(days=1)
    if taken:
        check_objection(Kind.SINGLE_SOURCE, State.PUBLISHED, LAST, "字" * length, now)
    else:
        with pytest.raises(ObjectionTooShort):
            check_objection(Kind.SINGLE_SOURCE, State.PUBLISHED, LAST, "字" * length, now)


@given(st.text(max_size=60))
def test_words_are_kept_trimmed_or_refused(words):
    if words.strip():
        assert check_words(words, AnswerMissing, "words") == words.replace("\r\n", "\n").strip()
        return
    with pytest.raises(AnswerMissing) as refused:
        check_words(words, AnswerMissing, "words")
    assert refused.value.field == "words"
