"""What waits for whom at the window."""

import pytest

from bidding.db import db
from bidding.identity import service
from bidding.identity.service import Paper
from bidding.identity.todo import waiting

LICENCE = Paper("a" * 64, "执照.pdf")


@pytest.fixture
def asked(app, cast, clock):
    """``asked("wang")``: the titles of what waits for Wang."""

    def _asked(login):
        db.session.rollback()
        with app.test_request_context():
            return [each.title for each in waiting(db.session(), cast.actor(login), clock.now())]

    return _asked


@pytest.fixture
def filed(begin, cast):
    with begin(cast.actor("qian")) as tx:
        found = service.file_papers(
            tx, licence=LICENCE, authorisation=LICENCE, contact="钱", phone="0000-1234567"
        )
        return service.fingerprint(found)


def test_a_tenderer_is_led_from_one_step_to_the_next(asked, begin, cast):
    assert asked("qian") == ["上传营业执照和授权书"]
    with begin(cast.actor("qian")) as tx:
        seen = service.fingerprint(
            service.file_papers(tx, licence=LICENCE, authorisation=LICENCE, contact="钱", phone="1")
        )
    assert asked("qian") == ["企业档案正在窗口审核"]
    with begin(cast.actor("wang")) as tx:
        service.send_back(tx, "org-qianye", seen=seen, defects=["看不清"])
    assert asked("qian") == ["补正企业档案"]
    with begin(cast.actor("qian")) as tx:
        service.file_papers(tx, licence=LICENCE, authorisation=None, contact="钱", phone="1")
    with begin(cast.actor("wang")) as tx:
        service.approve(tx, "org-qianye", seen=seen)
    assert asked("qian") == []


def test_filings_wait_for_the_administrator_and_for_nobody_else(asked, filed):
    assert asked("wang") == ["审核登记：阡野园林有限公司"]
    for login in ("li", "zhou", "sun", "lin"):
        assert asked(login) == []


def test_a_single_administrator_is_told_to_find_a_second(asked, begin, cast):
    with begin(cast.actor("wang")) as tx:
        service.disable(tx, cast.chen.uid)
    assert asked("wang") == ["只有一位管理员"]
