"""What waits for whom in drafting."""

from __future__ import annotations

import pytest

from bidding.db import db
from bidding.tenders import service, todo
from tests.tenders.drafting import WORKS


@pytest.fixture
def waiting(app, cast, clock):
    """``waiting("wu")``: titles and buttons of what waits for one of the cast."""

    def _waiting(who):
        with app.test_request_context():
            found = todo.waiting(db.session, cast.actor(who), clock.now())
        db.session.rollback()
        return [(item.title, item.action, item.url) for item in found]

    return _waiting


def test_a_draft_waits_for_whoever_writes_it(begun, waiting, rival):
    uid = begun()
    assert waiting("zhou") == [(f"起草公告：{WORKS.title}", "接着写", f"/projects/{uid}")]
    for who in ("wu", "feng", "wang", "sun", "li", "lin"):
        assert waiting(who) == []


def test_what_was_handed_over_waits_for_the_second_person(submitted, waiting, rival):
    uid = submitted()
    for who in ("wu", "wang", "chen"):
        assert waiting(who) == [(f"复核并发布：{WORKS.title}", "去复核", f"/projects/{uid}/publish")]
    for who in ("zhou", "feng", "sun", "li", "lin"):
        assert waiting(who) == []


def test_what_was_sent_back_says_why(app, cast, clock, submitted, begin):
    uid = submitted()
    with begin(cast.actor("wu")) as tx:
        service.return_to_draft(tx, uid, "限价与清单不一致。")
    with app.test_request_context():
        (item,) = todo.waiting(db.session, cast.actor("zhou"), clock.now())
    assert (item.words, item.lamp) == ("限价与清单不一致。", "soon")


def test_a_published_project_waits_for_nobody(published, waiting):
    published()
    for who in ("zhou", "wu", "wang"):
        assert waiting(who) == []
