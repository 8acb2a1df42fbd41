"""Ending a prequalification before its result: by two, with a reason, and nothing that was handed in is ever read."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import sha
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.lifecycle import service as courses
from bidding.prequalification import queries, rules, service
from bidding.prequalification.rules import Standing
from bidding.tenders.kinds import Stage
from tests.prequalification.holding import CLOSES


def standing(holding, uid):
    return rules.standing(holding.stands(uid)[1].times, holding.clock.now())


def test_one_proposes_and_another_ends_it(holding):
    uid = holding.published()
    holding.applied(uid, "li")
    holding.press("zhou", service.propose_end, uid, "规划调整，项目取消。")
    with pytest.raises(rules.EndWaits):
        holding.press("wu", service.propose_end, uid, "又一次")
    with pytest.raises(SamePerson):
        holding.press("zhou", service.end, uid, keys=holding.keys)
    assert standing(holding, uid) is Standing.OPEN, "a proposal stops nothing"
    holding.press("wu", service.end, uid, keys=holding.keys)
    project, found = holding.stands(uid)
    assert (project.stage, project.qualified_as, standing(holding, uid)) == (
        Stage.UNQUALIFIED,
        None,
        Standing.ENDED,
    )
    note = holding.notes()[-1]
    assert (note["kind"], note["data"]["sha256"]) == ("prequalification-ended", sha(found.end_notice).hex())
    assert json.loads(found.end_notice)["reason"] == "规划调整，项目取消。"


def test_what_was_ended_takes_opens_and_decides_nothing(holding, clock):
    uid = holding.published()
    made = holding.applied(uid, "li")["li"]
    holding.press("zhou", service.propose_end, uid, "规划调整。")
    holding.press("wang", service.end, uid, keys=holding.keys)
    for act in (
        lambda: holding.add(uid, "zhao"),
        lambda: holding.press("li", service.withdraw, made.uid, clock.now()),
        lambda: holding.press("wu", service.end, uid, keys=holding.keys),
        lambda: holding.press("zhou", service.propose_end, uid, "再来"),
    ):
        with pytest.raises(WrongState):
            act()
    clock.set(CLOSES + rules.SETTLES)
    with pytest.raises(WrongState):
        holding.press("zhou", service.open_applications, uid, keys=holding.keys)
    with holding.begin() as tx:
        assert queries.opened(tx.session, queries.public(tx.session, uid)) == []
    with holding.begin(holding.cast.actor("zhou")) as tx:
        assert courses.retender(tx, uid, region="539921").stage is Stage.DRAFT


def test_a_reason_is_asked_for_and_a_proposal_can_be_taken_back(holding):
    uid = holding.published()
    with pytest.raises(rules.EndReasonMissing):
        holding.press("zhou", service.propose_end, uid, "  ")
    with pytest.raises(WrongState):
        holding.press("wu", service.end, uid, keys=holding.keys)
    holding.press("zhou", service.propose_end, uid, "写错了。")
    holding.press("zhou", service.drop_end, uid)
    with pytest.raises(WrongState):
        holding.press("wu", service.end, uid, keys=holding.keys)


def test_with_a_result_there_is_nothing_to_end(holding):
    uid, _ = holding.decided()
    with pytest.raises(WrongState):
        holding.press("zhou", service.propose_end, uid, "太晚。")


def test_strangers_and_rivals_end_nothing(holding, rival):
    uid = holding.published()
    for login in ("feng", "li", "sun", "lin", "wang"):
        with pytest.raises(NotFound):
            holding.press(login, service.propose_end, uid, "不是我的")
    holding.press("zhou", service.propose_end, uid, "规划调整。")
    for login in ("feng", "li", "sun", "lin"):
        with pytest.raises(NotFound):
            holding.press(login, service.end, uid, keys=holding.keys)


def test_the_database_too_wants_two_persons(holding, begin):
    uid = holding.published()
    holding.press("zhou", service.propose_end, uid, "规划调整。")
    holding.press("wu", service.end, uid, keys=holding.keys)
    with begin() as tx:
        row = queries.public(tx.session, uid)
        row.ended_by_id = row.end_asked_by_id
        with pytest.raises(IntegrityError):
            tx.session.flush()
        tx.session.rollback()
