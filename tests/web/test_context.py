"""What a route asks of its request."""

from datetime import timedelta

from bidding.core.actor import NOBODY
from bidding.web import context


def test_a_request_reads_the_clock_once(app, clock):
    with app.test_request_context():
        first = context.now()
        clock.advance(timedelta(seconds=1))
        assert context.now() == first


def test_every_request_has_its_own_now(client, clock):
    first = client.get("/clock").json["now"]
    clock.advance(timedelta(hours=1))
    assert client.get("/clock").json["now"] != first


def test_a_transaction_knows_who_acts_and_when(app, clock):
    with app.test_request_context(), context.transaction() as tx:
        assert tx.actor == NOBODY
        assert tx.now == clock.now()
        assert tx.session is context.session()
