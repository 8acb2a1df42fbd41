"""What waits for whom when a box's hour has come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.core.workdays import OfficialCalendar
from bidding.db import db
from bidding.opening import rescue, rules, todo
from bidding.sealing import queries as trustees
from bidding.sealing import service as sealing


@pytest.fixture
def waiting(app, centre, clock):
    def _waiting(login):
        actor = centre.actor(login)
        with app.test_request_context():
            found = todo.waiting(db.session, actor, clock.now())
        db.session.rollback()
        return found

    return _waiting


@pytest.fixture
def further(attachment):
    def sealed(_, tender):
        for number in (1, 2, 3):
            tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))
        return tender

    return {"sealed": ("tender", sealed)}


@pytest.fixture
def sealed(laid):
    """Three bids in a box that is still open to more."""
    return laid[1]


def test_a_closed_box_waits_for_its_agency_and_the_supervisor(sealed, waiting):
    assert waiting("sun") == []
    sealed.close()
    for login in ("zhou", "wu", "sun"):
        (item,) = waiting(login)
        assert item.url == f"/hall/{sealed.uid}"
        assert item.lamp == "now"


def test_it_waits_until_the_last_trustee_who_is_needed(sealed, waiting):
    sealed.close()
    sealed.open(["reform", "finance"])
    (item,) = waiting("sun")
    assert "现在到了 2 位" in item.words
    sealed.open(["notary"])
    assert waiting("sun") == []


@pytest.mark.parametrize("who", ["t1", "wang"])
def test_it_waits_for_nobody_else(sealed, waiting, who):
    sealed.close()
    assert waiting(who) == []


def test_a_bid_that_trustees_failed_waits_for_its_own_tenderer(sealed, waiting, centre):
    sealed.close()
    centre.wait(timedelta(minutes=120))
    for login in ("t1", "t2", "t3"):
        (item,) = waiting(login)
        assert item.url == f"/hall/{sealed.uid}/key"
    assert waiting("sun") == []
    with centre.act("t1") as tx:
        rescue.post_keys(tx, sealed.uid, sealed.bids[1].key.posting(["offer"]).to_json(), centre.sealed)
    assert waiting("t1") == []
    assert len(waiting("t2")) == 1


def test_where_every_lot_failed_there_is_nothing_to_open(tender, waiting):
    tender.close()
    assert waiting("sun") == []


def test_on_the_eve_every_trustee_is_asked_to_try_the_key_and_the_administrator_sees_to_the_others(
    tender, centre, waiting, clock
):
    with centre.act("wang") as tx:
        trustees.trustee(tx.session, centre.trustee_uids[0]).account_id = centre.actor("sun").account_id
    eve = rules.eve(tender.closes_at, OfficialCalendar({}))
    clock.set(eve - timedelta(seconds=1))
    assert not [item for login in ("sun", "zhou", "wang") for item in waiting(login)]
    clock.set(eve)
    for login, count in (("sun", 1), ("wang", 4), ("zhou", 0), ("t1", 0)):
        found = [item for item in waiting(login) if item.url.endswith("/drill")]
        assert len(found) == count, login
        assert all(item.due_at == tender.closes_at for item in found)
    clock.set(tender.closes_at)
    assert waiting("fang") == []


def test_too_few_keys_on_the_eve_are_told_to_those_who_run_the_opening(tender, centre, waiting, clock):
    clock.set(tender.closes_at - timedelta(hours=2))
    for uid in centre.trustee_uids[:3]:
        with centre.act("wang") as tx:
            sealing.retire_trustee(tx, uid, reason="丢失", keys=centre.app.extensions["log_keys"])
    for login, told in (("sun", True), ("zhou", True), ("wang", True), ("t1", False)):
        assert any(item.url == "/opening/keys" for item in waiting(login)) is told, login
