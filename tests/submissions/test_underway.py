from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bidding.submissions.underway import Turns, Underway

CLOSES_AT = datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def test_what_is_in_hand_counts_for_its_own_project_until_it_is_done():
    underway = Underway()
    with underway.since("one", CLOSES_AT - MICROSECOND), underway.since("one", CLOSES_AT - MICROSECOND):
        assert underway.before("one", CLOSES_AT) == 2
        assert underway.before("other", CLOSES_AT) == 0
    assert underway.before("one", CLOSES_AT) == 0


def test_what_came_at_the_closing_instant_delays_nobody():
    underway = Underway()
    with underway.since("one", CLOSES_AT):
        assert underway.before("one", CLOSES_AT) == 0


def test_a_refused_message_is_no_longer_in_hand():
    underway = Underway()
    with pytest.raises(LookupError), underway.since("one", CLOSES_AT - MICROSECOND):
        raise LookupError
    assert underway.before("one", CLOSES_AT) == 0


def test_each_log_has_a_turn_of_its_own():
    turns = Turns()
    with turns.of(1), turns.of(2):
        assert turns.of(1) is turns.of(1)
