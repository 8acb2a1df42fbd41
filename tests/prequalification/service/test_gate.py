"""Only who passed may bid (条例 36): asked at every door of the service by a stranger, a rival who failed, and one who passed."""

from __future__ import annotations

import pytest

from bidding.prequalification.rules import NotQualified
from bidding.submissions import reception, uploads
from bidding.submissions import service as submissions
from bidding.submissions.models import Attempt, Upload
from bidding.submissions.tus import Place
from bidding.tenders import queries as tenders
from tests.tenders import drafting

PLACE = Place("a" * 32, "files", 1)


@pytest.fixture
def tendered(holding, seats, newcomers):
    return holding.tendered(seats, applicants=("li", "zhao", "he", "ma"), failing=("zhao",))[0]


@pytest.fixture
def desk(app):
    return app.extensions["desk"]


@pytest.mark.parametrize("login", ["zhao", "guo"], ids=["a rival who failed", "a stranger"])
def test_nothing_of_a_bid_is_taken_from_whoever_has_not_passed(holding, desk, tendered, login):
    actor = holding.cast.actor(login)
    doors = (
        lambda: reception.begin_upload(desk, actor, tendered, PLACE, 100),
        lambda: reception.receive(desk, actor, tendered, "key", [b"package"]),
        lambda: reception.submit(desk, actor, tendered, {"manifest": {}}, "key"),
    )
    for door in doors:
        with pytest.raises(NotQualified, match="没有通过资格预审"):
            door()
    with holding.begin() as tx:
        assert tx.session.query(Upload).count() == 0
        assert tx.session.query(Attempt).count() == 0, "the log would tell that somebody tried"


def test_who_passed_begins_a_bid(holding, desk, tendered):
    assert reception.begin_upload(desk, holding.cast.actor("li"), tendered, PLACE, 100).offset == 0


def test_the_transaction_asks_again(holding, tendered):
    """Whatever the page has asked before: the row is written where it was asked."""
    with holding.begin(holding.cast.actor("guo")) as tx:
        project = tenders.notice(tx.session, tendered)
        with pytest.raises(NotQualified):
            submissions.require_bidder(tx.session, tx.actor, project)
        with pytest.raises(NotQualified):
            uploads.create(tx, tendered, PLACE, 1, None, None, 0)


def test_a_tender_that_is_examined_afterwards_asks_nobody(holding, seats):
    uid = drafting.published(holding.begin, holding.cast, holding.blobs, holding.keys, seats)
    with holding.begin(holding.cast.actor("zhao")) as tx:
        submissions.require_bidder(tx.session, tx.actor, tenders.notice(tx.session, uid))
