"""What waits for the agency after an opening."""

from __future__ import annotations

import pytest

from bidding.award import todo
from bidding.db import db


@pytest.fixture
def waiting(app, cast, clock):
    def _waiting(login):
        db.session.rollback()
        with app.test_request_context():
            return todo.waiting(db.session, cast.actor(login), clock.now())

    return _waiting


def test_an_opened_lot_waits_until_somebody_records_it(make, waiting, record, award):
    given = make(lots=("1", "2"))
    assert [t.url for t in waiting("zhou")] == ["/projects/p1/award"]
    award(given, lot="1")
    assert [t.url for t in waiting("zhou")] == ["/projects/p1/award"]
    record(given, lot="2")
    assert waiting("zhou") == []
    (todo_,) = waiting("wu")
    assert (todo_.url, todo_.lamp) == ("/projects/p1/award/2/confirm", "now")


def test_nothing_waits_before_the_opening_or_where_every_lot_failed(make, waiting):
    make(opened=False)
    make(uid="p2", code="T-2", failed=("1",), opened=False)
    assert waiting("zhou") == []


@pytest.mark.parametrize("who", ["li", "sun", "wang"])
def test_nobody_else_is_asked(make, waiting, record, who):
    record(make())
    assert waiting(who) == []
