from __future__ import annotations

import pytest

from tests.outages.playing import MINUTE, Server


@pytest.fixture
def server(tender, tmp_path):
    """A tender ten minutes before its deadline, in a server that beats."""
    tender.centre.clock.set(tender.closes_at - 10 * MINUTE)
    made = Server(tender.centre, tmp_path)
    made.beat()
    return made


@pytest.fixture
def bid(tender, attachment):
    """Seal and hand in a bid of one of the tenderers."""

    def _bid(number):
        sealed = tender.seal(number, [attachment], price_fen=1_200_000_000 + number)
        return tender.submit(number, sealed)

    return _bid


@pytest.fixture
def held(server, tender, bid):
    """Two bids are in; the server fell silent a minute before the deadline and came back ten minutes after it."""
    bid(1)
    bid(2)
    server.serve_until(tender.closes_at - MINUTE)
    server.come_back(tender.closes_at + 10 * MINUTE)
    return server
