"""What a witness record asks for."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.opening import shortage
from bidding.opening.afterwards import FAILED
from bidding.opening.papers import rules
from bidding.opening.papers.queries import CLOSE_FAILS
from bidding.opening.papers.rules import CHECKS, Seen
from bidding.opening.sitting.rules import SHORT_AFTER
from bidding.tenders.methods import OFFERED
from tests.tenders.figures import RULES

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


@pytest.mark.parametrize(
    ("told", "figure"), [(rules.CLOSE_AFTER, CLOSE_FAILS), (SHORT_AFTER, shortage.FIGURES[FAILED])]
)
def test_what_follows_names_no_article_but_the_rulebooks(told, figure):
    codes = {rule.figure.code for rule in RULES}
    for family, words in told.items():
        assert "条" not in words
        methods = [method for one, method in OFFERED if one is family]
        known = {f"{family.value}.{method.value}.{figure}" for method in methods} <= codes
        assert known or "%(by)s" not in words


def test_whatever_law_knows_what_follows_short_sheets_knows_what_follows_short_bids():
    assert rules.CLOSE_AFTER.keys() == SHORT_AFTER.keys()
