"""Ledgers to import, and a check that every drawer holds what lies in it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bidding.db import db
from bidding.reporting import queries, service
from bidding.reporting.importing import read_ledger
from bidding.reporting.models import SavingsDrawer, SavingsEntry
from bidding.reporting.rules import Wanted
from tests.award.conftest import award, confirm, make, record, today  # noqa: F401 — opened projects
from tests.lifecycle.conftest import course  # noqa: F401

HEADER = "项目编号,项目名称,类别,方式,招标人,中标人,预算（万元）,成交价（万元）,日期,结果"


@pytest.fixture
def ledger_file():
    """``ledger_file(rows…)``: the bytes of a CSV with our header."""

    def _file(*rows, header=HEADER):
        return "\n".join([header, *rows]).encode("utf-8-sig")

    return _file


@pytest.fixture
def bring_in(app, begin, cast, blobs):
    """``bring_in(data)``: an administrator uploads and takes a file; the batch's uid."""

    def _bring_in(data, *, by="wang", good_only=False):
        ledger = read_ledger("ledger.csv", data)
        digest = blobs.put(data)
        with begin(cast.actor(by)) as tx:
            uid = service.keep_upload(tx, "ledger.csv", digest).uid
        with begin(cast.actor(by)) as tx:
            service.take(
                tx,
                uid,
                ledger.rows,
                ledger.bad_rows,
                good_only=good_only,
                keys=app.extensions["log_keys"],
            )
        return uid

    return _bring_in


@pytest.fixture
def report(app):
    """``report(wanted)``: read from the drawers, after a check that the entries say the same."""

    def _report(wanted=None):
        db.session.rollback()
        wanted = wanted or Wanted()
        found = queries.report(db.session, wanted)
        assert found == queries.recount(db.session, wanted)
        _drawers_hold_their_entries()
        return found

    return _report


def _drawers_hold_their_entries():
    rows = db.session.execute(
        select(
            SavingsDrawer.items,
            SavingsDrawer.basis_fen,
            SavingsDrawer.award_fen,
            func.count(SavingsEntry.id),
            func.coalesce(func.sum(SavingsEntry.basis_fen), 0),
            func.coalesce(func.sum(SavingsEntry.award_fen), 0),
        )
        .outerjoin(SavingsEntry, SavingsEntry.drawer_id == SavingsDrawer.id)
        .group_by(SavingsDrawer.id)
    )
    for row in rows:
        assert tuple(row[:3]) == tuple(int(value) for value in row[3:])
