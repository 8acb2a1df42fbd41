"""How the screen is cut into panels, and what may be typed for a receipt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.screens.rules import (
    COSTS,
    IDLE_SECONDS,
    MOST_PANELS,
    MOST_ROWS,
    ROWS,
    TIMES,
    WARNED_SECONDS,
    Topic,
    named,
    panels,
    turned,
)
from bidding.tenders import rules as tenders
from tests.conftest import ROOT


def found(**rows):
    return {topic: list(range(rows.get(topic.value, 0))) for topic in Topic}


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        (1, [1]),
        (ROWS, [ROWS]),
        (ROWS + 1, [ROWS, 1]),
        (MOST_ROWS, [ROWS] * MOST_PANELS),
        (MOST_ROWS + 1, [ROWS] * MOST_PANELS),
    ],
)
def test_a_topic_is_cut_where_the_screen_ends(rows, parts):
    cut = [panel for panel in panels(found(closing=rows)) if panel.topic is Topic.CLOSING]
    assert [len(panel.rows) for panel in cut] == parts
    assert [(panel.number, panel.of) for panel in cut] == [
        (number, len(parts)) for number in range(1, len(parts) + 1)
    ]


def test_on_an_empty_day_one_panel_says_so():
    assert [panel.name for panel in panels(found())] == ["openings-1"]


@given(st.fixed_dictionaries({topic.value: st.integers(0, 3 * MOST_ROWS) for topic in Topic}))
def test_nothing_is_shown_twice_and_every_panel_has_its_name(rows):
    cut = panels(found(**rows))
    assert len({panel.name for panel in cut}) == len(cut)
    for topic in Topic:
        shown = [row for panel in cut if panel.topic is topic for row in panel.rows]
        assert shown == list(range(min(rows[topic.value], MOST_ROWS)))


def test_the_style_sheet_has_a_place_for_every_panel_there_can_be():
    most = MOST_PANELS * (len(Topic) - 1) + 1  # of sums there is one
    css = (ROOT / "static" / "css" / "screen.css").read_text("utf-8")
    assert f'[data-at="{most - 1}"] > :nth-child({most})' in css
    assert f'[data-at="{most}"]' not in css


@pytest.mark.parametrize(("asked", "at"), [(0, 0), (3, 3), (4, 0), (9, 1)])
def test_past_the_last_panel_it_begins_anew(asked, at):
    assert turned(asked, 4) == at


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("20261125-P8BN-5E8A", "20261125-P8BN-5E8A"),
        ("  20261125-P8BN-5E8A\r\n", "20261125-P8BN-5E8A"),
        ("https://bids.example.gov.cn/bids/0123456789abcdef", "0123456789abcdef"),
        ("https://bids.example.gov.cn/bids/0123456789abcdef/", "0123456789abcdef"),
        ("", ""),
        ("/", ""),
        ("-", ""),
        ("投标", ""),
        ("a b", ""),
        ("a" * 200, "a" * 200),
        ("a" * 201, ""),
    ],
)
def test_a_receipts_number_is_what_was_typed_or_the_end_of_what_was_scanned(typed, name):
    assert named(typed) == name


def test_who_is_asked_has_the_time_that_wcag_gives_and_some_was_left_before():
    assert WARNED_SECONDS >= 20
    assert IDLE_SECONDS - WARNED_SECONDS >= 30


def test_every_figure_of_a_one_time_notice_is_one_of_the_rulebook():
    assert {*TIMES, *COSTS} <= set(tenders.LABELS)
