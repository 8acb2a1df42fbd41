"""A heartbeat is written only where a bid could be taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.core.clock import Steady, steady
from bidding.db import db
from bidding.outages import jobs, queries
from bidding.storage import StorageFull


class Broken:
    """A store whose disk is as the test says."""

    def __init__(self, error=None, free=1000):
        self.error, self._free, self.kept = error, free, set()

    def put(self, data):
        if self.error is not None:
            raise self.error
        self.kept.add("digest")
        return "digest"

    def delete(self, digest):
        self.kept.discard(digest)

    def free(self):
        return self._free


def test_it_beats_and_leaves_nothing_in_the_store(world, app):
    store = app.extensions["sealed_blobs"]
    assert jobs.heartbeat(world, store, 0, lambda: Steady("boot", 0))
    assert list(store.digests()) == []
    assert queries.newest_run(db.session()).beats == 1


@pytest.mark.parametrize(
    "store",
    [Broken(OSError(5, "Input/output error")), Broken(StorageFull()), Broken(free=999)],
    ids=["the disk fails", "the disk is full", "the reserve is touched"],
)
def test_where_no_bid_could_be_kept_there_is_no_heartbeat(world, store, caplog):
    assert not jobs.heartbeat(world, store, 1000, lambda: Steady("boot", 0))
    assert queries.newest_run(db.session()) is None
    assert "no heartbeat" in caplog.text


def test_where_the_database_takes_nothing_there_is_no_heartbeat(world, app):
    table = db.metadata.tables["heartbeat_run"]
    table.drop(db.engine)
    try:
        with pytest.raises(Exception, match="heartbeat_run"):
            jobs.heartbeat(world, app.extensions["sealed_blobs"], 0, lambda: Steady("boot", 0))
    finally:
        db.session.rollback()
        table.create(db.engine)


def test_the_lamp_says_so_after_half_a_minute(world, app, client, clock):
    assert "系统正常" in client.get("/").text
    jobs.heartbeat(world, app.extensions["sealed_blobs"], 0, lambda: Steady("boot", 0))
    clock.advance(timedelta(seconds=30))
    assert "系统正常" in client.get("/").text
    clock.advance(timedelta(seconds=1))
    assert "投标通道有故障" in client.get("/").text


def test_the_steady_clock_goes_on_and_is_this_boots():
    first, second = steady(), steady()
    assert first.source == second.source
    assert second.microseconds >= first.microseconds
