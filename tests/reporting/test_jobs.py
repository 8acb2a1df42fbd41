"""The nightly count of the report, over drawers that are really broken."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bidding.core.canonical import loads
from bidding.core.clock import SHANGHAI
from bidding.core.errors import Forbidden
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.messages.kinds import Kind
from bidding.messages.models import Message
from bidding.reporting import jobs, recounting
from bidding.reporting.models import SavingsDrawer, SavingsEntry, SavingsRecount
from bidding.reporting.rules import Wanted
from bidding.reporting.savings import Standing

ROWS = (
    "A-1,县医院 CT,政府采购,公开招标,县医院,某公司,100,90,2025-11-03,成交",
    "A-2,路灯,工程,公开招标,城管局,,200,150,2025-12-01,",
    "A-3,桥,工程,公开招标,城管局,,50,,2025-12-02,流标",
)


@pytest.fixture
def at_night(clock):
    """Put the clock to two o'clock of the coming night in Shanghai, less or more a moment."""

    def _at_night(more=timedelta()):
        here = clock.now().astimezone(SHANGHAI)
        coming = here.replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=1)
        clock.advance(coming - here + more)
        return coming.date()

    return _at_night


@pytest.fixture
def count(app):
    """``count()``: one look of the job; whether it counted."""

    def _count():
        db.session.rollback()
        return jobs.recount(app.extensions["world"], app.extensions["log_keys"])

    return _count


def breakage(begin, change):
    with begin() as tx:
        drawer = tx.session.scalars(
            select(SavingsDrawer).where(SavingsDrawer.standing == Standing.COUNTED).order_by(SavingsDrawer.id)
        ).first()
        tx.session.execute(update(SavingsDrawer).where(SavingsDrawer.id == drawer.id).values(change(drawer)))


def told():
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.kind == Kind.SAVINGS_DIFFER)).all()


def notes(kind):
    db.session.rollback()
    leaves = [loads(leaf.event) for leaf in db.session.scalars(select(Leaf).order_by(Leaf.id))]
    return [event["data"] for event in leaves if event["type"] == "note" and event["kind"] == kind]


def test_it_counts_once_a_night_from_two_oclock_on(ledger_file, bring_in, at_night, count, clock):
    bring_in(ledger_file(*ROWS))
    night = at_night(-timedelta(microseconds=1))
    assert not count()
    clock.advance(timedelta(microseconds=1))
    assert count()
    assert not count()
    (row,) = db.session.scalars(select(SavingsRecount))
    assert (row.night, row.items, row.different, row.differences) == (night, 3, 0, "[]")
    assert told() == []
    clock.advance(timedelta(days=1))
    assert count()


@pytest.mark.parametrize(
    "change",
    [
        lambda drawer: {"items": drawer.items + 1},
        lambda drawer: {"basis_fen": drawer.basis_fen - 1},
        lambda drawer: {"award_fen": drawer.award_fen + 1},
    ],
)
def test_a_broken_drawer_is_found_to_the_fen_logged_and_told(
    ledger_file, bring_in, at_night, count, begin, change, report, app, cast
):
    bring_in(ledger_file(*ROWS))
    breakage(begin, change)
    at_night()
    assert count()
    db.session.rollback()
    row = recounting.latest(db.session)
    assert row.different == 1
    (difference,) = json.loads(row.differences)
    assert difference["says"] != difference["holds"]
    (note,) = notes("savings-recount-differs")
    assert note["differences"] == [difference]
    assert {message.account_id for message in told()} >= {cast.actor("wang").account_id}
    with begin(cast.actor("wang")) as tx:
        recounting.repair(tx, keys=app.extensions["log_keys"])
    assert report(Wanted()).total.items == 2  # which also holds the drawers against their entries
    assert notes("savings-drawers-repaired")[0]["differences"] == [difference]
    assert recounting.latest(db.session).different == 0


def test_an_entry_that_vanished_is_found(ledger_file, bring_in, at_night, count, begin):
    bring_in(ledger_file(*ROWS))
    with begin() as tx:
        tx.session.delete(tx.session.scalars(select(SavingsEntry).order_by(SavingsEntry.id)).first())
    at_night()
    assert count()
    assert recounting.latest(db.session).different == 1


def test_nothing_is_repaired_where_nothing_is_wrong(ledger_file, bring_in, begin, cast, app):
    bring_in(ledger_file(*ROWS))
    with begin(cast.actor("wang")) as tx:
        assert recounting.repair(tx, keys=app.extensions["log_keys"]).differences == []
    assert notes("savings-drawers-repaired") == []


@pytest.mark.parametrize("who", ["zhou", "sun", "li", "lin"])
def test_only_the_administrator_repairs(begin, cast, app, who):
    with pytest.raises(Forbidden), begin(cast.actor(who)) as tx:
        recounting.repair(tx, keys=app.extensions["log_keys"])


def test_the_pages_say_so(client, client_as, ledger_file, bring_in, at_night, count, begin):
    bring_in(ledger_file(*ROWS))
    breakage(begin, lambda drawer: {"items": drawer.items + 1})
    at_night()
    count()
    assert "有 1 处合计与逐项不符" in client.get("/savings?period=2025").text
    wang = client_as("wang")
    assert "按逐项重算" in wang.get("/savings/import").text
    assert wang.post("/savings/import/recount").status_code == 303
    page = wang.get("/savings/import").text
    assert "按逐项重算" not in page
    assert "每个合计都等于逐项相加" in page
