"""PostgreSQL is killed while tenderers hand in their bids, and started again: who was answered has a bid, who was not gets one."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import httpx
import psutil
import pytest
from sqlalchemy import func, select

from bidding.ledger.models import Leaf
from bidding.submissions.models import Bid
from bidding.submissions.rules import BidState
from tests.faults.test_bad_line import database
from tests.real import Real, until

BIDS, HANDS = 6, 3
#: What a client that comes again may be told: try later, another request of mine is under way, it is there already.
AGAIN = (503, 409, 423)


@pytest.fixture
def served(tmp_path_factory):
    """A centre on a PostgreSQL of its own."""
    with database("postgresql") as (url, server):
        made = Real(tmp_path_factory.mktemp("killed"), tenderers=BIDS, database=url)
        made.start()
        yield made, server
        made.stop()


def kill(server):
    """The way the kernel ends it when memory runs out: postmaster and backends, nothing is flushed."""
    postmaster = psutil.Process(server.get_pid())
    group = [*postmaster.children(recursive=True), postmaster]
    for process in group:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(group, timeout=5)


class Hands:
    """Tenderers who hand in one after the other, each step again until the server says that it is done."""

    def __init__(self, lines):
        self.lines, self.answered, self.strange, self.met = list(lines), [], [], 0
        self.threads = [threading.Thread(target=self._work) for _ in range(HANDS)]
        for thread in self.threads:
            thread.start()

    def _work(self):
        while self.lines:
            line = self.lines.pop()
            for place in line.files:
                self._again(lambda line=line, place=place: self._part(line, place))
            self._again(line.sign)
            self.answered.append(line)

    def _part(self, line, place):
        if place not in line.urls:
            answer = line.create(place)
            if answer.status_code != 201:
                return answer
        answer = line.http.head(line.urls[place])
        if answer.status_code != 200:
            return answer
        at = int(answer.headers["Upload-Offset"])
        return line.patch(place, line.files[place][at:], at)

    def _again(self, step):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                answer = step()
            except httpx.TransportError as error:
                self.strange.append(repr(error))
                return
            if answer.status_code < 300:
                return
            if answer.status_code not in AGAIN:
                self.strange.append((answer.status_code, answer.text))
                return
            self.met += answer.status_code == 503
            time.sleep(0.05)
        self.strange.append("it never came to be")


def test_postgresql_killed_under_load_costs_nobody_a_bid_and_the_server_goes_on(served, tmp_path):
    real, server = served
    paper = tmp_path / "technical.bin"
    paper.write_bytes(bytes(range(256)) * 400)
    lines = [real.fresh(paper) for _ in range(BIDS)]
    hands = Hands(lines)
    until(lambda: len(hands.answered) >= 2, seconds=60)
    kill(server)
    before = list(hands.answered)
    until(lambda: hands.met >= HANDS, seconds=60)  # everybody has been told to come again
    away = httpx.get(f"{real.url}/notices", headers={"Accept": "application/json"}, timeout=30)
    assert (away.status_code, away.json()["code"]) == (503, "web.busy")
    server.ensure_postgres_running()
    for thread in hands.threads:
        thread.join()
    assert hands.strange == []
    assert len(hands.answered) == BIDS
    assert len(before) < BIDS, "it was killed while bids came in"
    assert real.process.poll() is None

    assert [line.state()["state"] for line in lines] == ["effective"] * BIDS
    assert (
        real.ask(lambda s: s.scalar(select(func.count(Bid.id)).where(Bid.state == BidState.EFFECTIVE)))
        == BIDS
    )
    log = real.ask(lambda s: s.execute(select(Leaf.idx, Leaf.type).order_by(Leaf.idx)).all())
    assert [kind for _, kind in log].count("bid") == BIDS
    real.cosign()
    for line in lines:
        assert line.http.get(f"/bids/{line.bid}/receipt.tlog-proof?witnessed").status_code == 200
