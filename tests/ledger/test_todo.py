"""What the administrator is told."""

from datetime import timedelta

from bidding.ledger import jobs, todo
from bidding.ledger.models import Log


def told(app, session, actor, clock):
    with app.test_request_context():
        return [(item.lamp, item.url) for item in todo.waiting(session(), actor, clock.now())]


def test_no_witness_at_all_is_said_to_the_administrator_alone(app, session, cast, clock):
    assert told(app, session, cast.actor("wang"), clock) == [("now", "/log/witnesses")]
    for other in ("zhou", "sun", "li", "lin"):
        assert told(app, session, cast.actor(other), clock) == []


def test_a_silent_witness_and_a_stopped_log_are_said(app, begin, session, cast, clock, world, keys, book):
    jobs.sign_pending(world, keys)
    assert told(app, session, cast.actor("wang"), clock) == []
    clock.advance(timedelta(minutes=2))
    with begin() as tx:
        tx.session.get_one(Log, book).known_size = 9
    found = told(app, session, cast.actor("wang"), clock)
    assert [lamp for lamp, _ in found] == ["over", "soon"]
