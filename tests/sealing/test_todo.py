from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.db import db
from bidding.sealing import service, todo
from tests.sealing.keyring import enrol, enrolment_file


@pytest.fixture
def keys(app):
    return app.extensions["log_keys"]


def told(app, cast, clock, who):
    with app.test_request_context():
        found = [(item.url, item.lamp) for item in todo.waiting(db.session(), cast.actor(who), clock.now())]
        db.session.rollback()
    return found


def test_a_proposal_waits_for_everybody_who_may_confirm_but_its_author(app, begin, cast, clock):
    with begin(cast.actor("wang")) as tx:
        uid = service.propose_trustee(
            tx, file=enrolment_file("notary"), role="notary", holder="顾", organisation_uid="org-notary"
        ).uid
    for who, count in (("wang", 0), ("chen", 1), ("sun", 1), ("zhou", 0), ("li", 0), ("lin", 0)):
        assert told(app, cast, clock, who) == [(f"/trustees/{uid}", "now")] * count, who


def test_a_drill_waits_for_its_trustee_and_for_the_administrator_where_there_is_no_account(
    app, begin, cast, clock, keys
):
    own = enrol(begin, cast, keys, "supervisor", drill=False)
    outside = enrol(begin, cast, keys, "notary", drill=False)
    assert told(app, cast, clock, "sun") == [(f"/trustees/{own}/drill", "soon")]
    assert told(app, cast, clock, "wang") == [(f"/trustees/{outside}/drill", "soon")]
    for who in ("fang", "zhou", "li", "zhao"):
        assert told(app, cast, clock, who) == []


def test_a_drill_is_due_a_week_before_its_end(app, begin, cast, clock, keys):
    uid = enrol(begin, cast, keys, "supervisor")
    clock.advance(timedelta(days=23) - timedelta(seconds=1))
    assert told(app, cast, clock, "sun") == []
    clock.advance(timedelta(seconds=1))
    assert told(app, cast, clock, "sun") == [(f"/trustees/{uid}/drill", "")]
