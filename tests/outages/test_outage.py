"""What heartbeats prove, on the boundaries: gaps, jumping clocks, holds, and what the table owes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from datetime import time as hour

import pytest

from bidding.core.clock import Steady
from bidding.core.workdays import OfficialCalendar
from bidding.outages.outage import (
    GAP,
    Beat,
    Link,
    Outage,
    Run,
    Table,
    holds,
    link,
    outages,
    propose,
    proved_since,
    stepped_over,
)

#: Wednesday 2026-11-25, 14:30 in Shanghai.
D = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
TABLE = Table(
    window=60 * MINUTE,
    least=5 * MINUTE,
    near=2 * HOUR,
    extension=2 * HOUR,
    long=2 * HOUR,
    long_extension=24 * HOUR,
    lead=30 * MINUTE,
    office=((hour(8, 30), hour(12, 0)), (hour(13, 30), hour(17, 30))),
)
CALENDAR = OfficialCalendar()


def beat(at, seconds, source="boot-1"):
    return Beat(at, Steady(source, round(seconds * 1_000_000)))


# Heartbeats


@pytest.mark.parametrize(
    ("wall", "steady", "source", "pause", "step", "breaks"),
    [
        (5, 5, "boot-1", 5, 0, False),
        (30, 30, "boot-1", 30, 0, False),
        (31, 31, "boot-1", 31, 0, True),
        (3605, 5, "boot-1", 5, 3600, True),
        (-3595, 5, "boot-1", 5, -3600, True),
        (5, 600, "boot-1", 600, -595, True),
        (6, 5, "boot-1", 5, 1, False),
        (86_420, 86_400, "boot-1", 86_400, 20, True),
        (600, 3, "boot-2", 600, 0, True),
        (-600, 3, "boot-2", 0, -600, True),
        (4, 0, "", 4, 0, False),
    ],
    ids=[
        "as it should be",
        "just no gap",
        "a gap",
        "the clock jumps on: no outage",
        "the clock jumps back: no outage",
        "a jump back does not hide an outage",
        "within a second",
        "a day's silence, slewed clock",
        "another boot: the wall clock decides",
        "another boot, and back",
        "no steady clock",
    ],
)
def test_what_lies_between_two_beats(wall, steady, source, pause, step, breaks):
    first = "" if source == "" else "boot-1"
    found = link(beat(D, 0, first), beat(D + wall * SECOND, steady, source))
    assert found == Link(pause * SECOND, step * SECOND)
    assert found.breaks is breaks


def test_outages_are_the_gaps_between_runs_and_the_silence_since_the_last():
    runs = [
        Run(D - DAY, D - HOUR),
        Run(D - 50 * MINUTE, D - 10 * MINUTE, pause=10 * MINUTE),
        Run(D - 10 * MINUTE, D, pause=5 * SECOND, step=HOUR),
    ]
    assert outages(runs, D + GAP) == [Outage(D - HOUR, D - 50 * MINUTE)]
    assert outages(runs, D + GAP + SECOND)[-1] == Outage(D, None)
    assert outages([], D) == []


def test_an_outage_is_as_long_as_it_was_though_the_clock_was_set_back_in_it():
    runs = [Run(D - DAY, D - HOUR), Run(D - HOUR, D, pause=20 * MINUTE, step=-20 * MINUTE)]
    assert outages(runs, D) == [Outage(D - HOUR, D - 40 * MINUTE)]


def test_only_a_beat_at_or_after_the_deadline_proves_how_it_stood():
    assert not proved_since([Run(D - HOUR, D - SECOND)], D)
    assert proved_since([Run(D - HOUR, D)], D)
    assert proved_since([], D)


def test_a_clock_that_was_set_shortly_before_is_found_and_slewing_is_not():
    runs = [
        Run(D - DAY, D - HOUR),
        Run(D - 30 * MINUTE, D, pause=5 * SECOND, step=-3 * SECOND),
        Run(D, D, pause=40 * SECOND, step=SECOND),
    ]
    assert stepped_over(runs, D - HOUR, D) == -3 * SECOND
    assert stepped_over(runs, D - 10 * MINUTE, D) is None


def test_a_jump_over_the_deadline_is_a_step_within_it():
    runs = [Run(D - DAY, D - 30 * MINUTE), Run(D + 30 * MINUTE, D + HOUR, pause=5 * SECOND, step=HOUR)]
    assert stepped_over(runs, D - MINUTE, D) == HOUR


# Holds


@pytest.mark.parametrize(
    ("began", "ended", "held"),
    [
        (D - MINUTE, D + MINUTE, True),
        (D, D + MINUTE, True),
        (D - MINUTE, D, False),
        (D - 5 * MINUTE, D, True),
        (D - 5 * MINUTE, D - SECOND, False),
        (D - 62 * MINUTE, D - 57 * MINUTE, False),
        (D - 65 * MINUTE, D - 55 * MINUTE, True),
        (D - 2 * HOUR, D - HOUR, False),
        (D + SECOND, D + HOUR, False),
    ],
    ids=[
        "over the deadline",
        "from the deadline on",
        "until the deadline",
        "five minutes, ended at the deadline",
        "a second less",
        "only three minutes of it within the hour",
        "five minutes of it within the hour",
        "before the hour",
        "after the deadline",
    ],
)
def test_what_holds_a_closing(began, ended, held):
    found = [Outage(began, ended)]
    assert (holds(found, D, D + 2 * HOUR, TABLE) == found) is held


def test_short_outages_within_the_hour_add_up():
    found = [Outage(D - 40 * MINUTE, D - 38 * MINUTE), Outage(D - 20 * MINUTE, D - 17 * MINUTE)]
    assert holds(found, D, D, TABLE) == found
    assert holds(found[:1], D, D, TABLE) == []


@pytest.mark.parametrize("now", [D - 2 * MINUTE, D, D + HOUR], ids=["before", "at", "after"])
def test_an_outage_that_lasts_holds_once_it_is_long_enough_or_the_deadline_has_come(now):
    found = [Outage(D - 6 * MINUTE, None)]
    assert (holds(found, D, now, TABLE) == found) is (now >= D)
    assert holds([Outage(D - 8 * MINUTE, None)], D, D - 3 * MINUTE, TABLE)


# What is owed


@pytest.mark.parametrize(
    ("began", "ended", "now", "owed"),
    [
        (D - MINUTE, D + 30 * MINUTE, D + 31 * MINUTE, D + 150 * MINUTE),
        (D - HOUR, D - 50 * MINUTE, D - 49 * MINUTE, D + 2 * HOUR),
        (D - 3 * HOUR, D - 2 * HOUR, D - HOUR, None),
        (D - 3 * HOUR, D - 119 * MINUTE, D - HOUR, D + 2 * HOUR),
        (D - 4 * HOUR, D - HOUR, D - HOUR, D + DAY),
        (D - HOUR, D + 90 * MINUTE, D + 2 * HOUR, D + DAY + 90 * MINUTE),
        (D - 20 * MINUTE, D - 16 * MINUTE, D, None),
        (D - MINUTE, None, D + MINUTE, None),
    ],
    ids=[
        "inside: two hours after its end",
        "shortly before: two hours after the deadline",
        "two hours before: nothing",
        "a minute nearer",
        "a long one before: a day",
        "a long one over it: a day after its end",
        "too short to count",
        "it lasts",
    ],
)
def test_what_the_table_owes(began, ended, now, owed):
    assert propose([Outage(began, ended)], D, now, TABLE, CALENDAR) == owed


@pytest.mark.parametrize(
    ("ended", "owed"),
    [
        # 16:00 in Shanghai on Wednesday: 18:00 is too late, so 14:30 on Thursday
        (datetime(2026, 11, 25, 8, 0, tzinfo=UTC), datetime(2026, 11, 26, 6, 30, tzinfo=UTC)),
        # 23:00 on Wednesday
        (datetime(2026, 11, 25, 15, 0, tzinfo=UTC), datetime(2026, 11, 27, 6, 30, tzinfo=UTC)),
    ],
    ids=["after hours", "a long one, into the night of the next day"],
)
def test_outside_office_hours_it_is_the_next_working_day_at_the_same_time(ended, owed):
    assert propose([Outage(D - MINUTE, ended)], D, ended, TABLE, CALENDAR) == owed


def test_on_a_friday_evening_it_is_monday():
    friday = D + 2 * DAY
    found = [Outage(friday - MINUTE, friday + 2 * HOUR)]
    assert propose(found, friday, friday + 2 * HOUR, TABLE, CALENDAR) == friday + 3 * DAY


def test_the_national_holiday_is_passed_over():
    eve = datetime(2026, 9, 30, 6, 30, tzinfo=UTC)
    calendar = OfficialCalendar(notice=lambda day: day.month != 10 or day.day > 7)
    found = [Outage(eve - MINUTE, eve + 2 * HOUR)]
    assert propose(found, eve, eve + 2 * HOUR, TABLE, calendar) == datetime(2026, 10, 8, 6, 30, tzinfo=UTC)


def test_what_has_passed_meanwhile_is_reckoned_from_now():
    found = [Outage(D - MINUTE, D + MINUTE)]
    monday = D + 5 * DAY - 4 * HOUR  # 10:30
    assert propose(found, D, monday, TABLE, CALENDAR) == D + 5 * DAY
    assert propose(found, D, monday - HOUR, TABLE, CALENDAR) == monday + HOUR


def test_it_is_a_whole_minute_and_never_less_than_owed():
    found = [Outage(D - MINUTE, D + timedelta(seconds=61))]
    assert propose(found, D, D + 2 * MINUTE, TABLE, CALENDAR) == D + 2 * HOUR + 2 * MINUTE
