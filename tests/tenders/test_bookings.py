"""What the rooms are told of projects, and whose rooms no longer fit."""

from datetime import timedelta

from bidding.db import db
from bidding.tenders import bookings
from bidding.tenders.models import Project
from tests.tenders.drafting import CLOSES


def project_of(uid):
    db.session.rollback()
    return db.session.query(Project).filter_by(uid=uid).one()


def test_a_project_is_found_by_its_number_by_those_whose_it_is(written, cast, rival):
    project = project_of(written())
    for who, finds in (("zhou", True), ("wang", True), ("feng", False), ("sun", False), ("li", False)):
        assert (bookings.own_by_code(db.session(), cast.actor(who), project.code) is not None) is finds, who
    assert bookings.own_by_code(db.session(), cast.actor("zhou"), "NOBODYS") is None


def test_a_draft_is_not_public_and_a_notice_is(written, published):
    draft, out = project_of(written()), project_of(published())
    named = bookings.named(db.session(), {draft.id, out.id})
    assert (named[draft.id].is_public, named[draft.id].log_id) == (False, None)
    assert (named[out.id].is_public, named[out.id].log_id) == (True, out.log_id)


def test_a_room_is_misplaced_while_the_coming_opening_lies_outside_it(
    published, rooms_of, begin, cast, rival
):
    uid = published()
    rooms_of(uid, CLOSES)
    now = CLOSES - timedelta(days=1)
    found = {}
    for opens_at in (
        CLOSES,
        CLOSES + timedelta(hours=2),
        CLOSES + timedelta(hours=1, minutes=59),
        CLOSES + timedelta(days=1),
    ):
        with begin(cast.actor("zhou")) as tx:
            tx.session.query(Project).filter_by(uid=uid).one().opens_at = opens_at
        found[opens_at] = len(bookings.misplaced(db.session(), cast.actor("zhou"), now))
    assert list(found.values()) == [0, 1, 0, 1]
    assert len(bookings.misplaced(db.session(), cast.actor("wang"), now)) == 1
    assert bookings.misplaced(db.session(), cast.actor("feng"), now) == []
    assert bookings.misplaced(db.session(), cast.actor("zhou"), CLOSES + timedelta(days=1)) == [], (
        "it is over"
    )
