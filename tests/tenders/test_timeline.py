"""The picture of a project's time says what the timetable says, on the day and to the pixel."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.core.workdays import OfficialCalendar
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import Preset, preset
from bidding.tenders.rules import plan
from bidding.tenders.timeline import MOST_DAYS, WIDTH, draw
from tests.tenders.figures import figures_of, shanghai

CALENDAR = OfficialCalendar()
MONDAY = date(2026, 11, 23)


@dataclass
class Draft:
    """What the picture looks at."""

    closes_at: object = field(default_factory=lambda: shanghai(date(2026, 12, 15)))
    opens_at: object = None
    prices_open_at: object = None
    preset: Preset = field(default_factory=lambda: preset(Family.WORKS, Method.OPEN_TENDER))


def works(draft, on=MONDAY):
    figured = figures_of(Family.WORKS, Method.OPEN_TENDER)
    closes_on = draft.closes_at.date() if draft.closes_at else None
    return draw(draft, plan(Family.WORKS, Method.OPEN_TENDER, on, figured, CALENDAR, closes_on), CALENDAR)


def test_a_bar_reaches_from_the_day_after_publication_to_its_last():
    bars = {bar.title: bar for bar in works(Draft()).bars}
    preparation = bars["从开始提供文件到截止"]
    assert (preparation.first, preparation.last) == (date(2026, 11, 24), date(2026, 12, 14))
    clarification = bars["可能影响编制的澄清或修改，须早于截止"]
    assert (clarification.first, clarification.last, clarification.until) == (
        MONDAY,
        date(2026, 11, 30),
        True,
    )


def test_where_nothing_is_read_out_responses_are_opened_and_no_bid_is():
    loud, quiet = Draft(), Draft(preset=preset(Family.PROCUREMENT, Method.NEGOTIATION))
    assert [event.title for event in works(loud).events] == ["截止，同时开标"]
    assert [event.title for event in works(quiet).events] == ["截止，同时开启响应文件"]


def test_weekends_are_shaded_and_holidays_too():
    rests = works(
        Draft(), date(2026, 9, 21)
    ).rests  # the holiday begins on Thursday, 25 September is one as well
    assert len(rests) >= 2
    assert all(float(rest.x) + float(rest.width) <= WIDTH + 0.1 for rest in rests)


def test_a_draft_without_a_deadline_is_drawn_to_the_earliest_lawful_one():
    picture = works(Draft(closes_at=None))
    assert picture.events == []
    assert picture.last == date(2026, 12, 15)


def test_what_lies_too_far_off_is_left_to_the_table():
    assert works(Draft(closes_at=shanghai(MONDAY + timedelta(days=MOST_DAYS - 2)))) is not None
    assert works(Draft(closes_at=shanghai(MONDAY + timedelta(days=MOST_DAYS - 1)))) is None


@pytest.mark.parametrize("days", [21, 30, 60, 118])
def test_labels_of_days_do_not_run_into_each_other(days):
    scale = works(Draft(closes_at=shanghai(MONDAY + timedelta(days=days)))).scale
    places = [float(mark.x) for mark in scale]
    assert all(later - earlier >= 60 for earlier, later in pairwise(places))
    assert places[-1] <= WIDTH - 60


@given(st.integers(0, 300), st.integers(1, 110))
def test_nothing_is_drawn_outside_the_picture(start, length):
    on = MONDAY + timedelta(days=start)
    picture = works(Draft(closes_at=shanghai(on + timedelta(days=length))), on)
    for bar in picture.bars:
        assert 0 <= float(bar.x) <= float(bar.x) + float(bar.width) <= WIDTH
    for event in picture.events:
        assert 0 <= float(event.x) <= WIDTH
        assert event.y <= picture.height
