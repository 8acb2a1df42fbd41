"""What waits for whom, and that before the deadline it hangs on no application."""

from __future__ import annotations

import pytest

from bidding.db import db
from bidding.prequalification import rules, service
from bidding.prequalification.todo import waiting
from tests.prequalification.holding import CLOSES


@pytest.fixture
def titles(app, holding, clock):
    def _titles(login):
        db.session.rollback()
        with app.test_request_context():
            found = waiting(db.session(), holding.cast.actor(login), clock.now())
        return [each.title.partition("：")[0] for each in found]

    return _titles


EVERYBODY = ("zhou", "wu", "wang", "sun", "lin", "li", "zhao")


def test_a_notice_waits_for_everybody_who_may_publish_it_but_its_author(holding, titles, rival):
    uid = holding.written()
    assert all(titles(login) == [] for login in EVERYBODY)
    holding.press("zhou", service.hand_over, uid)
    waits = {login: titles(login) for login in (*EVERYBODY, "feng")}
    assert {login for login, found in waits.items() if found} == {"wu", "wang"}


def test_before_the_deadline_nothing_waits_whoever_applied(holding, titles, clock):
    uid = holding.published()
    holding.applied(uid, "li")
    assert all(titles(login) == [] for login in EVERYBODY)
    clock.set(CLOSES)
    assert all(titles(login) == [] for login in EVERYBODY)


@pytest.mark.parametrize("applicants", [(), ("li", "zhao", "he")], ids=["nobody", "three"])
def test_from_the_opening_to_the_result_it_waits_for_the_agency(holding, titles, clock, applicants):
    uid = holding.published()
    found = holding.applied(uid, *applicants)
    clock.set(CLOSES + rules.SETTLES)
    assert titles("zhou") == titles("wu") == ["开启资格预审申请"]
    assert titles("wang") == titles("li") == []
    holding.open(uid)
    assert titles("zhou") == titles("wu") == ["审查资格预审申请"]
    holding.judge(uid, dict.fromkeys(found.values(), True))
    assert (titles("zhou"), titles("wu")) == ([], ["复核资格预审结果"])
    holding.press("wu", service.decide, uid, keys=holding.keys)
    assert titles("zhou") == titles("wu") == []
    assert titles("he") == (["资格预审结果"] if applicants else [])
