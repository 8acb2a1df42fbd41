"""When questions end, what they may not say, and what no correction touches."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest

from bidding.clarifications import rules
from bidding.clarifications.rules import FACTS, FIXED, Proposal
from bidding.core.clock import SHANGHAI
from bidding.core.workdays import OfficialCalendar
from bidding.tenders.rules import Figure, LotFacts, ProjectFacts
from tests.tenders.drafting import WORKS

CALENDAR = OfficialCalendar({})
OWN = ("岚岳建设集团有限公司", "91539921MA6KQ7X3A0", "0000-1234567", "李", "李投标", "")


def figure(value, unit="day"):
    return Figure("x.y.question", value, unit, "本中心设定", "", "local")


@pytest.mark.parametrize(
    ("given", "last"),
    [
        (None, date(2026, 12, 21)),
        (figure(10), date(2026, 12, 11)),
        (figure(10, "working-day"), date(2026, 12, 7)),
    ],
)
def test_the_last_day_for_questions(given, last):
    assert rules.last_day_to_ask(date(2026, 12, 21), given, CALENDAR) == last


@pytest.mark.parametrize(
    ("given", "due"),
    [
        (None, None),
        (figure(3), date(2026, 11, 30)),  # 11-29 is a Sunday
        (figure(3, "working-day"), date(2026, 12, 1)),
    ],
)
def test_the_day_by_which_it_is_answered(given, due):
    assert rules.answer_by(date(2026, 11, 26), given, CALENDAR) == due


@pytest.mark.parametrize(("minute", "wait"), [(0, 60), (1, 59), (59, 1)])
def test_a_question_is_shown_at_the_next_full_hour(minute, wait):
    asked = datetime(2026, 11, 26, 10, minute, tzinfo=SHANGHAI)
    assert rules.shown_at(asked) == asked + timedelta(minutes=wait)


@pytest.mark.parametrize(
    "body",
    [
        "我公司岚岳建设集团有限公司想问工期",
        "岚岳建设 集团有限公司 想问工期怎么算",
        "请回复 0000 1234567，谢谢您",
        "信用代码 91539921ma6kq7x3a0 的单位",
        "李投标想问一下工期怎么算",
    ],
)
def test_who_asks_must_not_be_read_off_the_question(body):
    with pytest.raises(rules.NamesTheAsker):
        rules.check_question(body, OWN)


@pytest.mark.parametrize("body", ["", "工期?", " " * 50, "问" * (rules.MAX_QUESTION + 1)])
def test_a_question_has_a_length(body):
    with pytest.raises(rules.QuestionLength):
        rules.check_question(body, OWN)


def test_a_question_is_kept_without_its_blanks():
    assert rules.check_question("  工期 怎么算？\r\n\r\n 包括春节吗？ ", OWN) == "工期 怎么算？\n包括春节吗？"


def test_every_fact_and_figure_is_either_corrected_or_said_why_not():
    """A field that somebody adds to a notice has to be put on one side or the other."""
    written = set(ProjectFacts.__dataclass_fields__) | set(LotFacts.__dataclass_fields__)
    assert written - set(FACTS) - set(FIXED) == {"name", "ceiling_fen"}
    for name in FIXED:
        with pytest.raises(rules.NotChangeable):
            rules.check_touchable([name])
    rules.check_touchable(FACTS)


def test_only_what_differs_is_kept():
    assert rules.differing(asdict(WORKS), {"term": f" {WORKS.term}\r\n", "phone": "1"}) == {"phone": "1"}


def test_a_proposal_is_read_as_it_was_written():
    made = Proposal({"phone": "1"}, {"1": None}, (rules.File("a.pdf", "a" * 64, 1, "b" * 64),))
    assert Proposal.read(made.written) == made
