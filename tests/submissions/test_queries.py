from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.submissions import queries
from bidding.submissions import service as gates
from bidding.tenders.models import Project


def quiet_since(tender):
    db.session.rollback()
    found = queries.quiet_since(db.session, tender.centre.clock.now())
    db.session.rollback()  # whoever asks next sees what happened meanwhile
    return found


def published_at(tender):
    found = db.session.scalar(select(Project.published_at).where(Project.uid == tender.uid))
    db.session.rollback()
    return found


def test_it_is_quiet_from_a_tenders_publication_until_its_close_stands(tender):
    began = published_at(tender)
    assert quiet_since(tender) == began
    tender.centre.clock.set(tender.closes_at)
    assert quiet_since(tender) == began  # the close is not written yet
    tender.close()
    assert quiet_since(tender) == tender.centre.clock.now()


def test_a_hold_keeps_it_quiet_after_the_close(tender):
    tender.close()
    with tender.centre.act() as tx:
        gates.hold(tx, tender.uid, "outage before the deadline")
    assert quiet_since(tender) == published_at(tender)


@pytest.mark.parametrize(("after", "quiet"), [(-1, True), (0, False)], ids=["before", "at-the-deadline"])
def test_a_terminated_tender_keeps_it_quiet_until_its_deadline(tender, after, quiet):
    with tender.centre.act() as tx:
        gates.shut(tx, tender.uid)
    tender.centre.clock.set(tender.closes_at + timedelta(seconds=after))
    assert (quiet_since(tender) == published_at(tender)) is quiet
