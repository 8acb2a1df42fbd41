"""What waits for whom: questions with their legal day, drafts for the second person, nothing once it is over."""

from __future__ import annotations

import pytest

from bidding.clarifications.todo import waiting
from bidding.core.clock import SHANGHAI
from bidding.db import db
from tests.clarifications.correcting import HARMLESS, HOUR


@pytest.fixture
def listed(desk):
    def _listed(login):
        actor = desk.centre.actor(login)
        with desk.centre.app.test_request_context():
            return waiting(db.session(), actor, desk.centre.clock.now())

    return _listed


def test_questions_wait_for_the_agency_until_the_legal_day(desk, listed):
    desk.ask()
    assert listed("zhou") == []
    desk.centre.clock.advance(HOUR)
    (item,) = listed("zhou")
    assert (
        item.due_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") == "11-27 00:00"
    )  # three days after Monday, to the end
    assert listed("sun") == listed("wang") == listed("t1") == []


def test_a_draft_waits_for_another_person_and_for_nobody_after_the_deadline(desk, listed):
    draft = desk.drafted(facts={"phone": "0000-7654321"}, **HARMLESS)
    assert listed("zhou") == []
    assert [item.url for item in listed("wu")] == [f"/clarifications/{draft}/preview"]
    assert len(listed("wang")) == 1
    desk.centre.clock.set(desk.project.closes_at)
    assert listed("wu") == []
