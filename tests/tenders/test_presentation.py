"""The timetable, the steps of drafting and the calendar's exceptions, without a page."""

from __future__ import annotations

from datetime import date, timedelta

from bidding.core.workdays import OfficialCalendar
from bidding.db import db
from bidding.tenders import presentation, queries
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import preset
from tests.tenders.drafting import CLOSES, DIGEST
from tests.tenders.figures import shanghai
from tests.tenders.service.test_publish import project_of

MORNING = shanghai(date(2026, 11, 23), 9, 0)


def entries(uid, now=MORNING):
    project = project_of(uid)
    return presentation.timetable(project, queries.plan_of(db.session, project, now), now)


def test_a_timetable_is_in_order_of_time_and_what_is_not_known_comes_last(published):
    found = entries(published())
    assert [entry.title for entry in found] == [
        "公告发布，文件开始提供",
        "文件提供期限",
        "可能影响编制的澄清或修改，须早于截止",
        "对招标文件提出异议，须早于截止",
        "对文件提问，须早于截止",
        "截止，同时开标",
        "中标候选人公示",
        "自中标通知书发出起签订合同",
    ]
    assert [entry.at for entry in found[1:6]] == [
        date(2026, 11, 30),
        date(2026, 11, 30),
        date(2026, 12, 5),
        date(2026, 12, 5),
        CLOSES,
    ]
    assert [entry.rolled for entry in found[:3]] == [False, True, False]
    assert [entry.least for entry in found] == [False] * 5 + [True, False, False]


def test_one_entry_is_next_and_a_day_is_past_at_its_end(published):
    uid = published()
    states = [entry.state for entry in entries(uid)]
    assert states == ["done", "now", "", "", "", "", "", ""]
    end = shanghai(date(2026, 11, 30), 23, 59)
    assert [entry.state for entry in entries(uid, end)][:3] == ["done", "now", ""]
    after = end + timedelta(minutes=1)
    assert [entry.state for entry in entries(uid, after)][:4] == ["done", "done", "done", "now"]
    assert [entry.state for entry in entries(uid, CLOSES)] == ["done"] * 6 + ["", ""]


def test_a_draft_without_a_deadline_shows_the_earliest_one(begun):
    found = entries(begun())
    assert {entry.state for entry in found} == {""}
    (earliest,) = [entry for entry in found if entry.title == "最早合法截止日期"]
    assert (earliest.at, earliest.figure.article) == (date(2026, 12, 14), "24")


def test_each_problem_belongs_to_the_step_that_mends_it(begun):
    project = project_of(begun())
    problems = queries.review(db.session, project, MORNING)
    found = presentation.steps(problems, project.preset)
    assert {step.name: (step.missing, step.warnings) for step in found} == {
        "facts": (0, 0),
        "lots": (1, 0),
        "qualification": (0, 0),
        "scoring": (1, 0),
        "files": (1, 0),
        "dates": (1, 0),
    }


def test_what_the_highest_price_takes_has_no_step_of_weighing():
    sale = preset(Family.PROPERTY, Method.ASSET_TRANSFER)
    assert [step.name for step in presentation.steps([], sale)] == [
        "facts",
        "lots",
        "qualification",
        "files",
        "dates",
    ]


def test_the_days_that_are_not_what_their_weekdays_say():
    spans = presentation.exceptions(2026, OfficialCalendar({date(2026, 11, 24): False}))
    assert presentation.Span(date(2026, 11, 24), date(2026, 11, 24), False, False) in spans
    assert presentation.Span(date(2026, 10, 10), date(2026, 10, 10), True, False) in spans
    national = [span for span in spans if span.first <= date(2026, 10, 1) <= span.last]
    assert [(span.works, span.provisional) for span in national] == [(False, False)]
    assert {span.provisional for span in presentation.exceptions(2027, OfficialCalendar())} == {True}


def test_a_digest_is_shown_in_groups_of_eight():
    groups = presentation.grouped(DIGEST).split()
    assert "".join(groups) == DIGEST
    assert {len(group) for group in groups} == {8}
