from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.api import todo
from bidding.api.rules import SOON
from bidding.db import db


@pytest.mark.parametrize(("left", "count"), [(SOON, 1), (SOON + timedelta(seconds=1), 0), (timedelta(0), 0)])
def test_a_key_in_use_waits_two_weeks_before_its_end_and_no_longer_than_to_it(
    app, cast, key, client, clock, left, count
):
    header = key(days=30)
    client.get("/api/v1/projects", headers=header)
    clock.advance(timedelta(days=30) - left)
    with app.test_request_context():
        found = {
            login: todo.waiting(db.session(), cast.actor(login), clock.now())
            for login in ("zhou", "wu", "li")
        }
    assert [len(found[login]) for login in ("zhou", "wu", "li")] == [count, count, 0]


def test_a_key_that_nobody_uses_is_missed_by_nobody(app, cast, key, rival, clock):
    key(days=1)
    with app.test_request_context():
        assert todo.waiting(db.session(), cast.actor("zhou"), clock.now()) == []
        assert todo.waiting(db.session(), cast.actor("feng"), clock.now()) == []
