from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bidding.lifecycle.rules import (
    MOVE_OF,
    MOVES,
    DeadlineHasPassed,
    Kind,
    Move,
    NothingFailed,
    NotInTable,
    OnHoldAlready,
    OpeningBegun,
    Situation,
    State,
    after,
    check,
    moves_from,
    possible,
    state_of,
    title,
)
from bidding.submissions.rules import GateState
from bidding.tenders.kinds import Family, Method, Stage

NOW = datetime(2026, 12, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def tender(state=State.PUBLISHED, *, gate=GateState.OPEN, closes_at=NOW + HOUR, held_at=None, unannounced=()):
    return Situation(state, gate, closes_at, held_at, unannounced)


# the table


def test_every_move_but_a_resumption_by_later_dates_leads_to_a_state_that_its_notice_says():
    assert {MOVES[move].target for move in MOVE_OF.values()} == {
        State.SUSPENDED,
        State.PUBLISHED,
        State.TERMINATED,
        State.FAILED,
    }


def test_every_state_can_be_reached_from_a_draft():
    reached, new = set(), {State.DRAFT}
    while new:
        reached |= new
        new = {MOVES[move].target for state in new for move in moves_from(state)} - reached
    assert reached == set(State)


def test_nothing_leads_out_of_a_tender_that_was_tendered_again():
    assert moves_from(State.RETENDERED) == ()


@given(st.sampled_from(State), st.sampled_from(Move))
def test_a_move_is_in_the_table_or_refused(state, move):
    if state in MOVES[move].sources:
        assert after(state, move) is MOVES[move].target
    else:
        with pytest.raises(NotInTable):
            after(state, move)


class Walk(RuleBasedStateMachine):
    """Any sequence of moves, allowed or not."""

    def __init__(self):
        super().__init__()
        self.state, self.ended = State.DRAFT, False

    @rule(move=st.sampled_from(Move))
    def step(self, move):
        before = self.state
        try:
            self.state = after(before, move)
        except NotInTable:
            assert move not in moves_from(before)
        self.ended |= before is State.TERMINATED

    @invariant()
    def what_was_terminated_is_never_published_again(self):
        assert not self.ended or self.state in (State.TERMINATED, State.RETENDERED)


TestWalk = Walk.TestCase


@pytest.mark.parametrize(
    ("stage", "failed", "followed", "state"),
    [
        (Stage.DRAFT, False, False, State.DRAFT),
        (Stage.PUBLISHED, False, False, State.PUBLISHED),
        (Stage.PUBLISHED, False, True, State.PUBLISHED),  # some lots only are tendered again
        (Stage.PUBLISHED, True, False, State.FAILED),
        (Stage.PUBLISHED, True, True, State.RETENDERED),
        (Stage.SUSPENDED, False, False, State.SUSPENDED),
        (Stage.TERMINATED, False, False, State.TERMINATED),
        (Stage.TERMINATED, False, True, State.RETENDERED),
    ],
)
def test_the_state_follows_from_what_people_decided(stage, failed, followed, state):
    assert state_of(stage, failed=failed, followed=followed) is state


# guards


@pytest.mark.parametrize("kind", [Kind.SUSPENSION, Kind.TERMINATION])
@pytest.mark.parametrize("gate", GateState)
def test_only_a_box_that_is_not_being_opened_is_suspended_or_terminated(kind, gate):
    if gate in (GateState.OPEN, GateState.CLOSING, GateState.CLOSED):
        check(kind, tender(gate=gate), NOW)
    else:
        with pytest.raises(OpeningBegun):
            check(kind, tender(gate=gate), NOW)


def test_what_an_outage_holds_is_not_suspended_but_may_be_terminated():
    held = tender(held_at=NOW - HOUR)
    with pytest.raises(OnHoldAlready):
        check(Kind.SUSPENSION, held, NOW)
    check(Kind.TERMINATION, held, NOW)


@pytest.mark.parametrize(
    ("held", "closes", "goes_on"),
    [
        (-HOUR, HOUR, True),  # the deadline is to come
        (-HOUR, timedelta(microseconds=1), True),
        (-HOUR, timedelta(), False),  # the closing instant itself is too late
        (-HOUR, -HOUR + timedelta(microseconds=1), False),  # it passed just after the suspension
        (-HOUR, -HOUR, True),  # it was suspended at the deadline: everybody had their time
        (-HOUR, -2 * HOUR, True),  # or after it
    ],
)
def test_a_tender_resumes_as_it_was_unless_its_deadline_passed_meanwhile(held, closes, goes_on):
    found = tender(State.SUSPENDED, held_at=NOW + held, closes_at=NOW + closes)
    if goes_on:
        check(Kind.RESUMPTION, found, NOW)
    else:
        with pytest.raises(DeadlineHasPassed):
            check(Kind.RESUMPTION, found, NOW)


def test_a_failure_is_announced_once():
    check(Kind.FAILURE, tender(unannounced=["1"]), NOW)
    with pytest.raises(NothingFailed):
        check(Kind.FAILURE, tender(), NOW)


def test_what_is_offered_is_what_is_possible():
    assert possible(tender(), NOW) == (Kind.SUSPENSION, Kind.TERMINATION)
    assert possible(tender(State.SUSPENDED, held_at=NOW - HOUR), NOW) == (Kind.RESUMPTION, Kind.TERMINATION)
    assert possible(tender(gate=GateState.OPENED, unannounced=["1"]), NOW) == (Kind.FAILURE,)
    assert possible(tender(State.TERMINATED, gate=GateState.SHUT), NOW) == ()


def test_a_procurement_is_voided_and_everything_else_fails():
    assert title(Kind.FAILURE, Family.PROCUREMENT) == "废标公告"
    assert title(Kind.FAILURE, Family.WORKS) == "流标公告"
    assert title(Kind.FAILURE, Family.PROPERTY, Method.ASSET_TRANSFER) == "流拍公告"
    assert title(Kind.FAILURE, Family.PROPERTY, Method.LEASE) == "流租公告"
    assert title(Kind.FAILURE, Family.LOCAL, Method.COMPARISON) == "比选失败公告"
    assert title(Kind.SUSPENSION, Family.PROPERTY, Method.LEASE) == "暂停公告"
