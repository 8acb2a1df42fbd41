"""Any sequence of notices, bids and time, played through the services."""

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.lifecycle import queries, service
from bidding.lifecycle.contents import Words, bases
from bidding.lifecycle.rules import MOVE_OF, MOVES, Kind, State
from bidding.outages import queries as outages
from bidding.submissions import service as gates
from bidding.submissions.rules import GateState
from bidding.tenders.kinds import Stage

_STEPS = st.lists(
    st.tuples(st.sampled_from([*Kind, "retender", "bid", "drop"]), st.integers(0, 80)), max_size=8
)


class _Undo(Exception):
    pass


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_no_sequence_of_notices_and_time_leaves_the_table(course, steps):
    """Each example plays in one transaction that is undone. Time, in hours, passes the deadline now and then."""
    with pytest.raises(_Undo):
        _walk(course, steps)


def _walk(course, steps):
    with course.centre.act("zhou") as tx:
        now = tx.now
        for what, hours in steps:
            now += timedelta(hours=hours)
            step = dataclasses.replace(tx, now=now)
            before = _seen(step, course)
            try:
                with tx.session.begin_nested():
                    _play(step, course, what)
            except DomainError:
                tx.session.expire_all()
                assert _seen(step, course)[0] is before[0]
            else:
                _agrees(what, before, _seen(step, course))
        raise _Undo


def _seen(tx, course):
    project = course.project_in(tx)
    gate = gates.gate_of(tx, project.uid)[0]
    return queries.state(tx.session, project), project, gate, outages.hold_of(tx.session, project.id)


def _play(tx, course, what):
    uid = course.tender.uid
    if what == "retender":
        service.retender(tx, uid, region="539921")
    elif what == "drop":
        waiting = queries.waiting(tx.session, course.project_in(tx).id)
        if waiting is not None:
            service.drop(tx, uid, waiting.uid)
    elif what == "bid":
        gates.stamp(tx, uid, tx.now)
    else:
        known = bases(course.tender.facts.family, what)
        refunds = "没有" if what is Kind.TERMINATION else ""
        words = Words("原因", known[0].code if known else "", refunds, "下一步", "周经办", "0")
        row = service.draft(tx, uid, what, words)
        second = dataclasses.replace(tx, actor=course.wu)
        service.publish(second, uid, row.uid, keys=log_keys())


def _agrees(what, before, now):
    state, project, gate, _ = now
    if isinstance(what, Kind):
        assert before[0] in MOVES[MOVE_OF[what]].sources
        assert state is MOVES[MOVE_OF[what]].target
    elif what == "retender":
        assert before[0] in (State.FAILED, State.TERMINATED)
        assert state is State.RETENDERED
    else:
        assert state is before[0]
    assert project.stage is not Stage.SUSPENDED or gate.held_at is not None
    assert (project.stage is Stage.TERMINATED) is (gate.state is GateState.SHUT)
    assert what != "bid" or gate.state is not GateState.SHUT
