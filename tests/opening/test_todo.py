"""What waits for whom when a box's hour has come."""

from __future__ import annotations

import pytest

from bidding.db import db
from bidding.opening import todo


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
def sealed(tender, attachment):
    """Three bids in a box that is still open to more."""
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))
    return tender


def test_a_closed_box_waits_for_its_agency_and_the_supervisor(sealed, waiting):
    assert waiting("sun") == []
    sealed.close()
    for login in ("zhou", "wu", "sun"):
        (item,) = waiting(login)
        assert item.url == f"/opening/{sealed.uid}"
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


def test_where_every_lot_failed_there_is_nothing_to_open(tender, waiting):
    tender.close()
    assert waiting("sun") == []
