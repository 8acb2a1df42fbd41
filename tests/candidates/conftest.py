"""An opened works tender whose candidates nobody has written down yet, by the rulebook's figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bidding.announcements import queries as announced
from bidding.announcements import service as announcements
from bidding.announcements.rules import over_at
from bidding.award import service as awarding
from bidding.award.service import Decision
from bidding.candidates import service
from bidding.candidates.service import Recommended
from bidding.db import db
from bidding.tenders.models import Project
from bidding.tenders.queries import local_day
from tests.announcements.writing import BODY, CANDIDATES
from tests.award.conftest import make  # noqa: F401 — fixtures
from tests.award.opened import Given, bid_uid
from tests.tenders.conftest import rival, rulebook  # noqa: F401 — fixtures

FIT = "市政公用工程施工总承包二级，同类业绩两项。"


@dataclass
class Opened:
    """One opened tender, and one press a transaction."""

    given: Given
    begin: object
    cast: object
    keys: object
    clock: object

    def press(self, login, act, *arguments, **more):
        with self.begin(self.cast.actor(login)) as tx:
            return act(tx, *arguments, **more)

    def bid(self, login, lot="1"):
        return bid_uid(self.given, lot, login)

    def ranks(self, *logins, lot="1"):
        return [Recommended(self.bid(each, lot) if each else "", "93.40 分", FIT) for each in logins]

    def write(self, *logins, by="zhou", lot="1", version=None, **changed):
        said = replace(CANDIDATES, reported_on=local_day(self.clock.now()), **changed)
        ranks = self.ranks(*logins or ("li", "zhao", "he"), lot=lot)
        return self.press(by, service.write, self.given.uid, lot, said, ranks, version=version).uid

    def publish(self, *logins, lot="1"):
        uid = self.write(*logins, lot=lot)
        self.press("zhou", announcements.submit, uid)
        self.press("wu", announcements.publish, uid, keys=self.keys)
        return uid

    def row(self, uid):
        db.session.rollback()
        db.session.expire_all()
        return announced.own(db.session(), self.cast.actor("wang"), uid)

    def project(self):
        db.session.rollback()
        return db.session.query(Project).filter_by(uid=self.given.uid).one()

    def over(self, uid):
        """Let the publicity run out."""
        self.clock.set(over_at(self.row(uid).ends_on) + timedelta(hours=9))

    def record(self, login="li", lot="1", **more):
        decision = Decision(local_day(self.clock.now()), self.bid(login, lot) if login else "", **more)
        return self.press("zhou", awarding.record_award, self.given.uid, lot, decision).record_sha256

    def confirm(self, seen, lot="1"):
        return self.press("wu", awarding.confirm_award, self.given.uid, lot, seen)

    def object(self, uid, by="he"):
        return self.press(by, announcements.make_objection, uid, BODY, keys=self.keys).n

    def answer(self, uid, n, *, upheld):
        words = "经复核，评审符合招标文件。"
        self.press("zhou", announcements.answer_objection, uid, n, words, upheld=upheld, keys=self.keys)

    def withdraw(self, uid, by="zhou"):
        self.press(by, announcements.withdraw, uid, "异议成立，重新评审。", keys=self.keys)


@pytest.fixture
def opened(app, begin, cast, clock, make, rulebook):  # noqa: F811 — fixtures
    """``opened(lots=…)``: the tender."""

    def _opened(**wanted):
        given = make(candidates=(), **wanted)
        return Opened(given, begin, cast, app.extensions["log_keys"], clock)

    return _opened
