"""Which act follows which, by when each is due, and what may be told only once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.casework import rules
from bidding.casework.rules import Act, Asked, Defect, Limit, Opinion, State
from bidding.core.errors import WrongState
from bidding.core.workdays import OfficialCalendar

CALENDAR = OfficialCalendar()
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
LIMITS = st.tuples(st.integers(1, 60), st.integers(1, 60)).map(lambda pair: Limit.of(*pair))


def test_the_way_of_a_case_is_acceptance_examination_review_and_closing():
    state = State.PREPARING
    for act in (Act.FILE, Act.RETURN, Act.FILE, Act.ACCEPT, Act.EXAMINE, Act.REVIEW, Act.CLOSE):
        state = rules.after(state, act)
    assert state is State.CLOSED


def test_what_is_done_at_once_is_closed_by_being_accepted():
    assert rules.after(State.FILED, Act.ACCEPT, instant=True) is State.CLOSED


@given(st.lists(st.sampled_from(list(Act)), max_size=30), st.booleans())
def test_no_sequence_of_acts_closes_a_case_that_waits_for_a_supplement_or_goes_on_after_its_end(
    acts, instant
):
    state, returned = State.PREPARING, False
    for act in acts:
        try:
            following = rules.after(state, act, instant=instant)
        except WrongState:
            continue
        assert state in rules.LIVE
        returned = act is Act.RETURN or (returned and act not in (Act.FILE, Act.WITHDRAW))
        assert not (following is State.CLOSED and returned)
        assert (following is State.RETURNED) == returned
        state = following


@given(LIMITS, st.lists(st.one_of(st.integers(1, 1000), st.integers(1, 40).map(lambda n: -n)), max_size=8))
def test_no_fast_track_and_no_extension_moves_a_statutory_limit_or_a_promise_past_it(limit, changes):
    now = limit
    for change in changes:
        try:
            now = now.faster(change) if change > 0 else now.later(-change)
        except rules.BeyondStatutory:
            continue
        assert now.statutory == limit.statutory
        assert 1 <= now.promised <= now.statutory


@pytest.mark.parametrize(
    ("promised", "permille", "faster"), [(5, 500, 3), (2, 500, 1), (1, 500, 1), (3, 1000, 3), (3, 1, 1)]
)
def test_the_fast_track_shortens_the_promise_to_whole_days_and_never_to_none(promised, permille, faster):
    assert Limit(15, promised).faster(permille) == Limit(15, faster)


def test_a_promise_may_be_put_off_to_the_statutory_limit_and_not_a_day_further():
    assert Limit(5, 2).later(3) == Limit(5, 5)
    with pytest.raises(rules.BeyondStatutory, match="还能延 3 个工作日"):
        Limit(5, 2).later(4)
    with pytest.raises(rules.BeyondStatutory):
        Limit(5, 5).later(1)
    with pytest.raises(rules.BeyondStatutory):
        Limit(5, 2).later(0)


def test_a_promise_of_the_rulebook_beyond_the_law_is_cut_to_it():
    assert Limit.of(3, 9) == Limit(3, 3)


@pytest.mark.parametrize(
    ("at", "left", "overdue", "beyond"),
    [
        (MONDAY, 2, False, False),
        (MONDAY + timedelta(days=2), 0, False, False),  # Wednesday, the last day of the promise
        (datetime(2026, 11, 25, 15, 59, tzinfo=UTC), 0, False, False),  # its last minute in Shanghai
        (datetime(2026, 11, 25, 16, tzinfo=UTC), -1, True, False),
        (MONDAY + timedelta(days=7), -3, True, False),  # the next Monday, the last day of the law
        (MONDAY + timedelta(days=8), -4, True, True),
    ],
)
def test_a_step_is_overdue_from_the_day_after_its_last(at, left, overdue, beyond):
    due = rules.due(Limit(5, 2), MONDAY, CALENDAR, at=at)
    assert (due.promised_on, due.statutory_on) == (date(2026, 11, 25), date(2026, 11, 30))
    assert (due.left, due.overdue, due.beyond_law) == (left, overdue, beyond)


def test_rest_days_do_not_count_and_a_moved_working_day_does():
    began = datetime(2026, 9, 30, 1, tzinfo=UTC)  # the day before the holiday of 2026
    due = rules.due(Limit(5, 3), began, CALENDAR, at=began)
    assert due.promised_on == date(2026, 10, 10)  # a Saturday that is worked
    assert due.left == 3


@given(LIMITS, st.integers(0, 120), st.integers(0, 120))
def test_the_promised_day_never_lies_after_the_statutory_one(limit, begins, later):
    begun_at = MONDAY + timedelta(days=begins)
    at = begun_at + timedelta(days=later)
    due = rules.due(limit, begun_at, CALENDAR, at=at)
    assert due.promised_on <= due.statutory_on
    assert due.overdue or not due.beyond_law
    assert due.overdue == (rules.day_of(at) > due.promised_on)
    assert due.left <= 0 if due.overdue else due.left >= 0


def test_departments_have_their_whole_last_day():
    asked = [Asked(None, date(2026, 11, 26)), Asked(Opinion.AGREE, date(2026, 11, 26))]
    with pytest.raises(rules.OpinionsOutstanding, match="还有 1 个部门"):
        rules.check_opinions(asked, date(2026, 11, 26))
    rules.check_opinions(asked, date(2026, 11, 27))
    assert asked[0].silent(date(2026, 11, 27))
    assert not asked[1].silent(date(2026, 11, 27))


@pytest.mark.parametrize(
    ("defects", "before", "brought", "late"),
    [
        ([Defect("funds", "a")], [], {"funds"}, 0),  # the first return may name anything
        ([Defect("funds", "a")], [[Defect("funds", "b")]], set(), 0),  # named before, still wrong
        ([Defect("plan", "a")], [[Defect("funds", "b")]], {"plan"}, 0),  # the supplement brought it
        ([Defect("plan", "a")], [[Defect("funds", "b")]], {"funds"}, 1),
        ([Defect("", "a")], [[Defect("", "a")]], {"funds"}, 1),  # free words are never known from before
    ],
)
def test_what_lay_at_the_window_before_is_told_once(defects, before, brought, late):
    assert len(rules.told_late(defects, before, brought)) == late
