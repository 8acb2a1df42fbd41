"""What the publicity of candidates lets be decided, on each boundary."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bidding.award.standstill import (
    NotACandidate,
    NotFirst,
    Standing,
    StillStanding,
    Unanswered,
    Upheld,
    check,
)
from bidding.core.clock import SHANGHAI

LAST = date(2026, 11, 26)
OVER = datetime(2026, 11, 27, tzinfo=SHANGHAI)
AFTER = date(2026, 11, 27)


def said(bid="a", day=AFTER, reason="", now=OVER, **more):
    standing = Standing(("a", "b", "c"), LAST, **more)
    return check(standing, bid, "某公司", day, reason, now, article="招标投标法实施条例第54条")


def test_the_first_candidate_wins_once_the_last_day_is_over():
    assert said() == ""
    with pytest.raises(StillStanding):
        said(now=OVER - timedelta(microseconds=1))


def test_the_notice_of_award_is_dated_after_the_last_day():
    with pytest.raises(StillStanding) as refused:
        said(day=LAST)
    assert refused.value.field == "awarded_on"


def test_another_than_the_first_needs_a_reason_which_stands_in_the_result():
    with pytest.raises(NotFirst) as refused:
        said("c")
    assert refused.value.field == "reason"
    assert "第 3 名" in str(refused.value)
    assert said("b", reason="第一名放弃中标") == "第一名放弃中标"
    assert said("a", reason="多余的话") == ""


def test_nobody_else_wins_with_whatever_reason():
    with pytest.raises(NotACandidate):
        said("d", reason="招标人另有考虑")


def test_nobody_wins_before_every_objection_is_answered_or_while_one_was_right():
    with pytest.raises(Unanswered):
        said(unanswered=1)
    with pytest.raises(Upheld):
        said(is_upheld=True)
