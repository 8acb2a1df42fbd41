"""An agency's desk for announcements in tests: one press a transaction."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bidding.announcements import queries, service
from bidding.announcements.models import Announcement
from bidding.announcements.rules import Kind
from bidding.db import db
from bidding.ledger.models import Leaf, Log
from tests.announcements.writing import BODY, SAID
from tests.tenders.conftest import begun, keys, rival, rulebook, submitted, written  # noqa: F401 — fixtures

DAY = timedelta(days=1)


class Desk:
    def __init__(self, app, begin, cast) -> None:
        self.app, self.begin, self.cast = app, begin, cast
        self.keys, self.clock = app.extensions["log_keys"], app.extensions["world"].clock

    def press(self, login, act, *arguments, **more):
        with self.begin(self.cast.actor(login)) as tx:
            return act(tx, *arguments, **more)

    def draft(self, kind=Kind.INTENTION, said=None, by="zhou"):
        return self.press(by, service.create, kind, said or SAID[kind]).uid

    def submitted(self, kind=Kind.INTENTION, said=None):
        uid = self.draft(kind, said)
        self.press("zhou", service.submit, uid)
        return uid

    def published(self, kind=Kind.INTENTION, said=None):
        uid = self.submitted(kind, said)
        self.press("wu", service.publish, uid, keys=self.keys)
        return uid

    def object(self, uid, body=BODY, by="li"):
        return self.press(by, service.make_objection, uid, body, keys=self.keys).n

    def answer(self, uid, n=1, words="两家授权已过期，异议不成立。", by="zhou", *, upheld=False):
        self.press(by, service.answer_objection, uid, n, words, upheld=upheld, keys=self.keys)

    def row(self, uid) -> Announcement:
        db.session.rollback()
        db.session.expire_all()
        return queries.own(db.session(), self.cast.actor("wang"), uid)

    def notes(self, kind):
        """What the centre's log says of this kind, in order."""
        db.session.rollback()
        of_centre = Log.code == "centre"
        leaves = db.session.query(Leaf).join(Log, Log.id == Leaf.log_id).filter(of_centre).order_by(Leaf.idx)
        found = [json.loads(leaf.event) for leaf in leaves]
        return [each["data"] for each in found if each["type"] == "note" and each["kind"] == kind]


@pytest.fixture
def desk(app, begin, cast, rulebook):  # noqa: F811 — the fixtures of the tenders' tests
    """A centre with its rulebook and its log."""
    return Desk(app, begin, cast)
