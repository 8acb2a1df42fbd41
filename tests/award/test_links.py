"""The ways that a notice offers to its result."""

from __future__ import annotations

import pytest
from flask import g
from sqlalchemy import select

from bidding.award.links import links
from bidding.db import db
from bidding.tenders.models import Project, Stage

RESULT, DESK = "/notices/p1/award", "/projects/p1/award"


@pytest.fixture
def ways(app, cast):
    """``ways("zhou")``: addresses offered to a person, or to a stranger."""

    def _ways(login=None):
        db.session.rollback()
        with app.test_request_context():
            g.pop("_login_user", None)  # the test's own application context lasts longer than one visit
            if login:
                g._login_user = Signed(cast.actor(login))
            return [url for _, url in links(db.session.scalar(select(Project)))]

    return _ways


class Signed:
    """A signed-in person, as Flask-Login holds one."""

    is_authenticated = True

    def __init__(self, actor):
        self.actor = actor


def test_nothing_leads_anywhere_before_the_opening(make, ways):
    make(opened=False)
    assert ways() == ways("zhou") == []


def test_the_agency_finds_its_desk_and_nobody_else_does(make, ways, record):
    record(make())
    assert ways("zhou") == ways("wu") == [DESK]
    for other in (None, "li", "sun", "wang"):
        assert ways(other) == []


def test_everybody_finds_a_final_result(make, ways, award):
    award(make())
    assert ways() == ways("li") == [RESULT]
    assert ways("zhou") == [RESULT, DESK]


def test_a_failed_lot_is_a_result(make, ways):
    make(failed=("1",), opened=False)
    assert ways() == [RESULT]


def test_a_draft_has_no_result(make, ways, begin):
    make(failed=("1",), opened=False)
    with begin() as tx:
        tx.session.scalar(select(Project)).stage = Stage.DRAFT
    assert ways("zhou") == []
