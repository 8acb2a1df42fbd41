from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.sealing.holder import holder_hash
from bidding.story.cast import tenderer
from bidding.submissions import service as gates
from bidding.submissions.models import Attempt, Bid, Gate
from bidding.submissions.paper import counting, rules, service
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import BagState, Sealing
from tests.bags import bring, publish


@pytest.fixture
def window(centre, tmp_path):
    return publish(centre, tmp_path / "tender")


def events(kind):
    db.session.rollback()
    rows = db.session.scalars(select(Leaf.event).where(Leaf.type == kind).order_by(Leaf.id))
    return [loads(row) for row in rows]


def give_back(window, bag, login="wang"):
    with window.centre.act(login) as tx:
        return service.give_back(tx, bag.uid, tx.now).state


def test_a_bag_is_a_line_of_the_register_and_a_leaf_that_names_nobody(window):
    bag = bring(window, 1)
    (event,) = events("paper")
    unit, _ = tenderer(1)
    assert event["bag"] == bag.uid
    assert event["holder"] == holder_hash(bytes.fromhex(bag.salt), unit.name, unit.uscc)
    assert unit.uscc not in str(event)
    assert bag.reference.startswith("P")
    assert db.session.scalar(select(Bid)) is None


def test_a_late_or_badly_sealed_bag_goes_back_with_a_slip_and_the_log_learns_no_name(window):
    torn = bring(window, 1, sealing=Sealing.TORN)
    assert (torn.code, torn.reference[0]) == ("paper.seal", "R")
    centre = window.centre
    assert isinstance(bring(window, 2, arrived_at=window.closes_at - timedelta(microseconds=1)), Bag)
    centre.clock.set(window.closes_at)
    late = bring(window, 3)
    assert late.code == "paper.late"
    assert "已经截止" in late.reason
    assert [event["code"] for event in events("attempt")] == ["paper.seal", "paper.late"]
    assert len(events("paper")) == 1


def test_one_bag_of_a_tenderer_in_a_lot_until_it_is_taken_back(window):
    bag = bring(window, 1)
    with pytest.raises(rules.BagHeld):
        bring(window, 1)
    assert give_back(window, bag) is BagState.BACK
    with pytest.raises(rules.NotHeld):
        give_back(window, bag)
    assert bring(window, 1).uid != bag.uid
    window.centre.clock.set(window.closes_at)
    held = db.session.scalar(select(Bag).where(Bag.state == BagState.HELD))
    db.session.rollback()
    with pytest.raises(rules.NotHeld):
        give_back(window, held)


def test_a_terminated_tenders_bags_go_back_whenever_they_are_asked_for(window):
    bag = bring(window, 1)
    with window.centre.act() as tx:
        gates.shut(tx, window.uid)
    window.centre.clock.set(window.closes_at + timedelta(days=1))
    assert give_back(window, bag) is BagState.BACK


def test_only_the_window_takes_bags_and_nobody_touches_anothers(window):
    for login in ("zhou", "sun", "t1"):
        with pytest.raises(Forbidden):
            bring(window, 1, login=login)
    bag = bring(window, 1)
    bag.account_id  # noqa: B018 — still there
    with window.centre.act() as tx:
        tx.session.get_one(Bag, bag.id).account_id = window.centre.actor("zhou").account_id
    with pytest.raises(NotFound):
        give_back(window, bag)


def test_what_the_window_cannot_take(window, tender):
    with pytest.raises(rules.UnknownTenderer):
        bring(window, 1, uscc="91110000000000000X")
    with pytest.raises(rules.NoPaper):
        bring(tender, 1)
    with pytest.raises(NotFound):
        bring(window, 1, lot="9")


def test_bags_count_like_bids_and_of_two_the_sealed_one_stands(window, attachment):
    first, second = bring(window, 1), bring(window, 2)
    window.submit(1, window.seal(1, [attachment], price_fen=1_200_000_000))
    window.submit(3, window.seal(3, [attachment], price_fen=1_200_000_001))
    assert db.session.scalar(select(Bid).where(Bid.on_paper)) is None
    db.session.rollback()
    window.close()
    (close,) = events("close")
    assert close["count"] == 4
    (double,) = events("paper-double")
    assert double["bag"] == first.uid
    assert not events("failed")
    db.session.rollback()
    assert [bid.uid for bid in db.session.scalars(select(Bid).where(Bid.on_paper))] == [second.uid]


def test_too_few_with_the_double_left_out_fail_the_lot(window, attachment):
    bring(window, 1)
    window.submit(1, window.seal(1, [attachment], price_fen=1_200_000_000))
    bring(window, 2)
    window.close()
    assert len(events("failed")) == 1


def test_a_deadline_that_moves_makes_bags_of_them_again(window):
    bring(window, 1)
    window.close()
    db.session.rollback()
    gate = db.session.scalar(select(Gate).where(Gate.project.has(uid=window.uid)))
    with window.centre.act() as tx:
        counting.unsettle(tx, gate.project)
    db.session.rollback()
    assert db.session.scalar(select(Bid)) is None
    assert db.session.scalar(select(Bag)).state is BagState.HELD


def test_the_attempt_is_its_tenderers_to_see(window):
    bring(window, 2, sealing=Sealing.OPEN)
    db.session.rollback()
    attempt = db.session.scalar(select(Attempt))
    assert attempt.reason.startswith("密封不符合要求")
