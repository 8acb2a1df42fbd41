"""Of many workers one does the work; a dead one's work is taken over."""

from datetime import timedelta

import pytest

from bidding.core.entropy import SystemEntropy
from bidding.scheduling.lease import Leased, claim
from bidding.submissions.models import Gate

LASTS = timedelta(seconds=30)


@pytest.fixture
def due(begin, tender, clock):
    """A gate whose time has come; its id."""
    with begin() as tx:
        gate = tx.session.query(Gate).one()
        gate.next_due_at = clock.now()
        return gate.id


def take(begin, row_id):
    with begin() as tx:
        return claim(tx.session, Gate, row_id, now=tx.now, entropy=SystemEntropy(), lasts=LASTS)


def test_one_of_many_gets_it(begin, due):
    assert issubclass(Gate, Leased)
    assert take(begin, due)
    assert take(begin, due) is None


def test_a_dead_workers_lease_runs_out(begin, due, clock):
    first = take(begin, due)
    clock.advance(LASTS - timedelta(microseconds=1))
    assert take(begin, due) is None
    clock.advance(timedelta(microseconds=1))
    second = take(begin, due)
    assert second
    assert second != first, "the fencing token tells the two apart"


def test_a_dead_workers_lease_does_not_outlast_a_clock_that_is_set_back(begin, due, clock):
    assert take(begin, due)
    clock.advance(-timedelta(hours=1))
    with begin() as tx:
        tx.session.get(Gate, due).next_due_at = clock.now()
    assert take(begin, due)
    assert take(begin, due) is None


def test_what_is_not_due_is_nobodys(begin, due, clock):
    with begin() as tx:
        tx.session.get(Gate, due).next_due_at = clock.now() + timedelta(microseconds=1)
    assert take(begin, due) is None
    with begin() as tx:
        tx.session.get(Gate, due).next_due_at = None
    assert take(begin, due) is None
    assert take(begin, 999) is None
