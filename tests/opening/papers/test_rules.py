"""What a witness record asks for."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.opening.papers import rules
from bidding.opening.papers.rules import CHECKS, Seen
from bidding.opening.sitting.rules import SHORT_AFTER

NOON = datetime(2026, 12, 15, 4, tzinfo=UTC)


def test_nobody_leaves_at_the_instant_they_came_nor_later_than_now():
    second = timedelta(seconds=1)
    rules.check_stay(NOON, NOON + second, NOON + second)
    with pytest.raises(rules.LeftTooEarly):
        rules.check_stay(NOON, NOON, NOON + second)
    with pytest.raises(rules.NotLeftYet):
        rules.check_stay(NOON, NOON + 2 * second, NOON + second)


@pytest.mark.parametrize("code", CHECKS)
def test_a_fault_needs_words_and_what_was_not_seen_does_not(code):
    checks = dict.fromkeys(CHECKS, Seen.UNSEEN)
    rules.check_points(checks, "")
    checks[code] = Seen.NO
    with pytest.raises(rules.ProblemUnsaid):
        rules.check_points(checks, " ")
    rules.check_points(checks, "摄像头没有开")


def test_whatever_law_knows_what_follows_short_sheets_knows_what_follows_short_bids():
    assert rules.CLOSE_AFTER.keys() == SHORT_AFTER.keys()
