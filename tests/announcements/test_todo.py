"""What waits for whom: the second person, what was sent back, objections without an answer."""

import pytest

from bidding.announcements import service, todo
from bidding.announcements.rules import Kind
from bidding.core.clock import SHANGHAI


@pytest.fixture
def waiting(app, desk):
    def _waiting(login):
        with app.test_request_context(), desk.begin(desk.cast.actor(login)) as tx:
            return todo.waiting(tx.session, tx.actor, tx.now)

    return _waiting


def titles(found):
    return [each.title for each in found]


def test_the_second_person_hears_of_it_and_whoever_wrote_it_only_when_it_comes_back(desk, waiting, rival):
    uid = desk.submitted()
    assert titles(waiting("wu")) == titles(waiting("wang")) == ["复核采购意向公告：县医院 CT 采购"]
    for who in ("zhou", "feng", "li", "sun"):
        assert waiting(who) == []
    desk.press("wu", service.send_back, uid, "预算写错")
    assert titles(waiting("zhou")) == ["退回修改：县医院 CT 采购"]
    assert waiting("feng") == []


def test_an_objection_waits_for_the_agency_until_five_working_days_after_the_publicity(desk, waiting, rival):
    uid = desk.published(Kind.SINGLE_SOURCE)
    desk.object(uid)
    (item,) = waiting("zhou")
    assert item.title == "答复异议：县医院直线加速器维保"
    assert item.due_at.astimezone(SHANGHAI).isoformat() == "2026-12-08T00:00:00+08:00"
    for who in ("feng", "wang", "li"):
        assert waiting(who) == []
    desk.answer(uid)
    assert waiting("zhou") == []
