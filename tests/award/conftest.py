"""An opened project, and the two persons who decide about it."""

from __future__ import annotations

import pytest

from bidding.award import service
from bidding.award.service import Decision
from bidding.core.clock import SHANGHAI
from tests.award.opened import Given, bid_uid, tendered


@pytest.fixture
def make(app, cast, begin):
    """``make(title=…, lots=…)``: an opened project; what it was made from."""

    def _make(**wanted):
        given = Given(**wanted)
        with begin() as tx:
            tendered(tx, cast, app.extensions["log_keys"], given)
        return given

    return _make


@pytest.fixture
def today(clock):
    return clock.now().astimezone(SHANGHAI).date()


@pytest.fixture
def record(begin, cast, today):
    """``record(given, "li", amount_fen=…)``: Zhou puts a result down; its SHA-256."""

    def _record(given, winner="li", *, lot="1", by="zhou", **more):
        bid = bid_uid(given, lot, winner) if winner else ""
        with begin(cast.actor(by)) as tx:
            decision = Decision(more.pop("awarded_on", today), bid, **more)
            return service.record_award(tx, given.uid, lot, decision).record_sha256

    return _record


@pytest.fixture
def confirm(begin, cast):
    """``confirm(given, sha256)``: Wu agrees to what was recorded; the row's id."""

    def _confirm(given, seen, *, lot="1", by="wu"):
        with begin(cast.actor(by)) as tx:
            return service.confirm_award(tx, given.uid, lot, seen).id

    return _confirm


@pytest.fixture
def award(record, confirm):
    """``award(given, "li", …)``: both steps."""

    def _award(given, winner="li", *, lot="1", **more):
        return confirm(given, record(given, winner, lot=lot, **more), lot=lot)

    return _award
