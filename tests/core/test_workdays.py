"""Every vector of the domain reference, and the laws behind them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.workdays import (
    DayKind,
    OfficialCalendar,
    add_days_rolled,
    add_working_days,
    announced,
    days_before,
    earliest_draw_day,
    next_working_day,
    provisional_within,
    statutory,
    working_days_before,
)

OFFICIAL = OfficialCalendar()


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 9, 28), 5, date(2026, 10, 10)),  # National Day, and a Saturday that is worked
        (date(2026, 2, 13), 5, date(2026, 2, 27)),  # Spring Festival, and two Saturdays that are worked
        (date(2026, 4, 30), 3, date(2026, 5, 8)),
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
    ],
)
def test_working_days_are_counted_from_the_day_after(start, count, end):
    assert add_working_days(start, count, OFFICIAL) == end


@pytest.mark.parametrize(
    ("start", "count", "plain", "rolled"),
    [
        (date(2026, 12, 1), 20, date(2026, 12, 21), date(2026, 12, 21)),
        (date(2026, 9, 14), 20, date(2026, 10, 4), date(2026, 10, 8)),
        (date(2026, 9, 29), 3, date(2026, 10, 2), date(2026, 10, 8)),
        (date(2026, 11, 19), 3, date(2026, 11, 22), date(2026, 11, 23)),
        (date(2026, 11, 20), 30, date(2026, 12, 20), date(2026, 12, 21)),
    ],
)
def test_a_period_that_ends_on_a_rest_day_ends_on_the_next_working_day(start, count, plain, rolled):
    assert start + timedelta(days=count) == plain
    assert add_days_rolled(start, count, OFFICIAL) == rolled


def test_backwards_nothing_rolls():
    assert days_before(date(2026, 12, 21), 15) == date(2026, 12, 6)  # a Sunday, and it stays one
    assert not OFFICIAL.works(date(2026, 12, 6)).works


def test_two_working_days_before_a_monday_is_the_thursday():
    assert earliest_draw_day(date(2026, 11, 30), 2, OFFICIAL) == date(2026, 11, 26)
    assert working_days_before(date(2026, 11, 30), 2, OFFICIAL) == date(2026, 11, 26)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ],
)
def test_make_up_days_are_worked(day):
    assert day.weekday() >= 5
    assert OFFICIAL.works(day) == DayKind(works=True)


def test_2026_has_248_working_days():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(OFFICIAL.works(day).works for day in days) == 248


def test_a_year_without_a_notice_is_provisional():
    """Far enough ahead that no release of the package will know it."""
    assert announced(date(2060, 3, 1)) is None
    assert OFFICIAL.works(date(2060, 3, 1)) == DayKind(works=True, provisional=True)
    assert OFFICIAL.works(date(2060, 3, 6)) == DayKind(works=False, provisional=True)  # a Saturday
    assert statutory(date(2060, 10, 1))
    assert OFFICIAL.works(date(2060, 10, 1)) == DayKind(works=False, provisional=True)  # a Friday


def test_the_spring_festival_of_2027_is_known_before_its_notice():
    unannounced = OfficialCalendar(notice=lambda day: None)
    assert unannounced.works(date(2027, 2, 8)) == DayKind(works=False, provisional=True)  # a Monday
    assert provisional_within(date(2026, 12, 31), date(2027, 1, 4), unannounced)


def test_the_table_of_the_administrator_comes_first():
    table = {date(2026, 11, 24): False, date(2026, 11, 28): True, date(2060, 3, 1): False}
    calendar = OfficialCalendar(table)
    assert calendar.works(date(2026, 11, 24)) == DayKind(works=False)
    assert calendar.works(date(2026, 11, 28)) == DayKind(works=True)
    assert calendar.works(date(2060, 3, 1)) == DayKind(works=False)
    assert add_working_days(date(2026, 11, 23), 5, calendar) == date(2026, 11, 30)


def test_no_part_of_an_announced_year_is_provisional():
    assert not provisional_within(date(2026, 1, 1), date(2026, 12, 31), OFFICIAL)


@pytest.mark.parametrize(
    "reckon",
    [
        lambda: add_working_days(date(2026, 1, 1), -1, OFFICIAL),
        lambda: add_days_rolled(date(2026, 1, 1), -1, OFFICIAL),
        lambda: days_before(date(2026, 1, 1), -1),
        lambda: working_days_before(date(2026, 1, 1), -1, OFFICIAL),
    ],
)
def test_no_period_is_shorter_than_nothing(reckon):
    with pytest.raises(ValueError, match="-1"):
        reckon()


DAYS = st.dates(date(2004, 1, 10), date(2026, 10, 31))
COUNTS = st.integers(0, 40)


@given(DAYS, COUNTS)
def test_forth_and_back_is_where_one_started(start, count):
    start = next_working_day(start, OFFICIAL)
    assert working_days_before(add_working_days(start, count, OFFICIAL), count, OFFICIAL) == start


@given(DAYS, COUNTS, COUNTS)
def test_two_periods_one_after_the_other_are_one(start, first, second):
    after = add_working_days(add_working_days(start, first, OFFICIAL), second, OFFICIAL)
    assert after == add_working_days(start, first + second, OFFICIAL)


@given(DAYS, st.integers(1, 40))
def test_the_end_is_worked_and_holds_as_many_working_days_as_asked(start, count):
    end = add_working_days(start, count, OFFICIAL)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert OFFICIAL.works(end).works
    assert sum(OFFICIAL.works(day).works for day in between) == count


@given(DAYS, COUNTS)
def test_rolling_moves_forward_only_and_over_rest_days_only(start, count):
    plain, rolled = start + timedelta(days=count), add_days_rolled(start, count, OFFICIAL)
    assert rolled >= plain
    assert OFFICIAL.works(rolled).works
    assert not any(OFFICIAL.works(plain + timedelta(days=n)).works for n in range((rolled - plain).days))


@given(DAYS, DAYS, COUNTS)
def test_a_later_start_never_ends_earlier(first, second, count):
    first, second = sorted((first, second))
    assert add_working_days(first, count, OFFICIAL) <= add_working_days(second, count, OFFICIAL)
    assert add_days_rolled(first, count, OFFICIAL) <= add_days_rolled(second, count, OFFICIAL)
