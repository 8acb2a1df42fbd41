"""What the start page tells: the day's openings, what is near, and whether the centre can keep its word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.portal import queries
from bidding.story.play import BETWEEN, FACTS, Tender, Told
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Envelopes


def test_a_day_begins_and_ends_at_midnight_in_shanghai(tender, clock):
    project = tenders.notice(db.session, tender.uid)
    day = project.opens_at.astimezone(SHANGHAI).replace(hour=0, minute=0)
    before, last = day - timedelta(seconds=1), day + timedelta(hours=23, minutes=59)
    assert queries.openings_today(db.session, before) == []
    assert queries.next_opening(db.session, before)[1].uid == tender.uid
    for instant in (day, last):
        assert [each.hall.project.uid for each in queries.openings_today(db.session, instant)] == [tender.uid]
    assert queries.openings_today(db.session, day + timedelta(days=1)) == []
    assert queries.next_opening(db.session, project.opens_at) is None


def test_of_two_envelopes_each_opening_stands_in_the_list_of_its_day(centre, tmp_path):
    two = Tender(centre, tmp_path / "two", Told(), facts=replace(FACTS, envelopes=Envelopes.TWO))
    two.publish()
    prices = two.closes_at + BETWEEN
    for at, is_of_prices in ((two.closes_at, False), (prices, True)):
        (found,) = queries.openings_today(db.session, at)
        assert (found.at, found.is_of_prices) == (at, is_of_prices)
    assert queries.next_opening(db.session, two.closes_at)[0] == prices
    db.session.rollback()


def test_a_notice_is_as_large_as_its_lots_together(tender, clock):
    (near,) = queries.closing_soon(db.session, clock.now())
    assert near.limit_fen == sum(lot.ceiling_fen for lot in near.project.lots)
    near.project.lots[0].ceiling_fen = None
    assert near.limit_fen == near.project.lots[0].budget_fen
    db.session.rollback()


def test_the_vitals_follow_witness_and_drills(tender, clock):
    vitals = queries.vitals(db.session, clock.now())
    assert vitals.witnessed
    assert vitals.logged
    assert (vitals.able, vitals.trustees) == (5, 5)
    later = queries.vitals(db.session, clock.now() + timedelta(days=60))
    assert (later.able, later.trustees, later.drilled_until) == (0, 5, None)


def test_an_empty_centre_promises_nothing(app, clock):
    vitals = queries.vitals(db.session, clock.now())
    assert (vitals.logged, vitals.witnessed, vitals.trustees, vitals.beat_at) == (None, False, 0, None)
