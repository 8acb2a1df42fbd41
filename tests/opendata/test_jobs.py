"""The job writes everything once, in rounds, and is not stopped by one that fails."""

from __future__ import annotations

import logging

from sqlalchemy import update

from bidding.opendata import jobs
from bidding.opendata.models import Release
from bidding.tenders.models import Project


def test_it_writes_what_waits_and_then_nothing(app, opened, begin, rows):
    with begin() as tx:
        tx.session.query(Release).delete()
    writer = jobs.Writer(app.extensions["world"], "ocds-abc123")
    assert [writer(), writer()] == [2, 0]
    first = rows()
    assert [key for _, key, _ in first] == ["notice", "opening-1"]
    opened.award()  # its clockwork writes as well
    writer()
    assert rows()[:2] == first
    assert [key for _, key, _ in rows()] == ["notice", "opening-1", "result-1-1"]


def test_one_that_fails_is_told_of_and_holds_up_no_other(app, tender, begin, write, rows, caplog, client):
    with begin() as tx:
        tx.session.query(Release).delete()
        tx.session.execute(update(Project).where(Project.uid == tender.uid).values(notice="{}"))
    with caplog.at_level(logging.ERROR):
        assert write() == 0
    assert "cannot be written" in caplog.text
    assert client.get("/opendata/bulk/2026.jsonl.gz").status_code == 404
    assert client.get("/opendata").status_code == 200
