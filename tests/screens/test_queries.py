"""Which periods run on a day, and what is said of a sealed bid to whoever has its number."""

from __future__ import annotations

from datetime import timedelta

from bidding.announcements import service as announcements
from bidding.announcements.rules import Kind
from bidding.db import db
from bidding.screens import queries
from bidding.screens.rules import Topic
from bidding.submissions.models import Bid
from bidding.tenders.kinds import Family, Method
from tests.announcements.writing import SAID

DAY = timedelta(days=1)


def titles(now):
    found = [(each.title, each.until.isoformat()) for each in queries.publicities(db.session(), now)]
    db.session.rollback()
    return found


def test_a_result_stands_until_the_day_after_is_over_and_then_no_longer(make, award, rulebook, clock):
    """One working day (政府采购法实施条例第43条), from a Monday."""
    given = make(family=Family.PROCUREMENT, method=Method.OPEN_TENDER, title="检验设备采购")
    assert titles(clock.now()) == []
    award(given)
    monday = clock.now().replace(hour=1, minute=0, second=0)
    for instant, shown in (
        (monday, True),
        (monday + DAY + timedelta(hours=14, minutes=59), True),
        (monday + DAY + timedelta(hours=15), False),
    ):
        expected = [("检验设备采购", "2026-11-24")] if shown else []
        assert titles(instant) == expected, instant


def test_works_have_no_such_period_and_none_is_made_up(make, award, rulebook, clock):
    award(make())
    assert titles(clock.now()) == []


def test_a_single_source_stands_until_its_last_day_and_not_once_it_is_withdrawn(
    begin, cast, rulebook, keys, clock
):
    with begin(cast.actor("zhou")) as tx:
        uid = announcements.create(tx, Kind.SINGLE_SOURCE, SAID[Kind.SINGLE_SOURCE]).uid
        announcements.submit(tx, uid)
    assert titles(clock.now()) == []
    with begin(cast.actor("wu")) as tx:
        ends_on = announcements.publish(tx, uid, keys=keys).ends_on
    (shown,) = titles(clock.now())
    assert shown == (SAID[Kind.SINGLE_SOURCE].title, ends_on.isoformat())
    last = clock.now() + (ends_on - clock.now().date()) * 1
    assert titles(last) == [shown]
    assert titles(last + DAY) == []


def test_an_empty_centre_shows_an_empty_day(app, clock):
    shown = queries.shown(db.session(), clock.now())
    assert {topic: len(rows) for topic, rows in shown.topics.items()} == dict.fromkeys(Topic, 0)
    assert shown.coming is None


def test_the_day_of_an_opening_tells_no_next_one(tender, clock):
    assert queries.shown(db.session(), clock.now()).coming[1].uid == tender.uid
    on_its_day = queries.shown(db.session(), tender.closes_at - timedelta(hours=1))
    assert len(on_its_day.topics[Topic.OPENINGS]) == 1
    assert on_its_day.coming is None


def test_before_the_close_a_receipts_number_tells_nothing_and_afterwards_what_is_on_the_paper(
    tender, attachment
):
    tender.submit(1, tender.seal(1, [attachment], price_fen=1_200_000_000))
    bid = db.session.query(Bid).one()
    reference, uid = bid.reference, bid.uid
    db.session.rollback()
    for name in (reference, uid, "20261125-AAAA-AAAA"):
        assert queries.stated(db.session(), name) is None
    db.session.rollback()
    tender.close()
    db.session.rollback()
    for name in (reference, uid):
        stated = queries.stated(db.session(), name)
        assert stated.bid.reference == reference
        assert len(stated.receipt.manifest_sha256) == 64
    assert queries.stated(db.session(), "20261125-AAAA-AAAA") is None
