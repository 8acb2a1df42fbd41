"""What needs whom today, at the window and for those who come to it."""

from datetime import timedelta

import pytest

from bidding.casework import service, todo
from bidding.casework.rules import Defect
from bidding.core.clock import SHANGHAI


@pytest.fixture
def waiting(app, window):
    def _waiting(login):
        with app.test_request_context(), window.begin(window.cast.actor(login)) as tx:
            return todo.waiting(tx.session, tx.actor, tx.now)

    return _waiting


def titles(found):
    return [each.title for each in found]


def test_the_window_has_what_was_filed_until_the_end_of_its_promised_day(window, waiting):
    window.filed()
    [item] = waiting("wang")
    assert item.title == "受理：城南片区排水管网改造工程施工"
    assert item.due_at.astimezone(SHANGHAI).isoformat() == "2026-11-26T00:00:00+08:00"
    assert waiting("zhou") == []
    assert waiting("sun") == []
    assert waiting("li") == []


def test_a_return_waits_for_the_applicant_alone(window, waiting, rival):
    uid = window.filed()
    window.press("wang", service.send_back, window.desk, uid, [Defect("funds", "换")])
    assert titles(waiting("zhou")) == titles(waiting("wu")) == ["补正材料：城南片区排水管网改造工程施工"]
    assert waiting("wang") == waiting("feng") == []


def test_the_review_waits_for_another_than_who_examined(window, waiting):
    window.examined()
    assert waiting("wang") == []
    assert titles(waiting("chen")) == ["审核：城南片区排水管网改造工程施工"]


def test_a_department_has_what_was_copied_to_it_until_it_answers(window, waiting, clock):
    uid = window.copied("org-reform", "org-finance")
    assert titles(waiting("sun")) == ["会签：城南片区排水管网改造工程施工"]
    window.agree("sun", uid)
    assert waiting("sun") == []
    clock.advance(timedelta(days=30))
    assert len(waiting("fang")) == 1  # late answers count as late, and are still wanted
    assert waiting("gu") == []
