"""An agency's desk in tests: questions, drafts, the second person, and the two seats that sign later deadlines."""

from __future__ import annotations

from datetime import timedelta

from bidding.clarifications import queries, service
from bidding.clarifications.rules import FACTS
from bidding.clarifications.service import Written
from bidding.core.canonical import loads
from bidding.db import db
from bidding.ledger import queries as ledger
from bidding.ledger.models import Log
from bidding.tenders import queries as tenders
from tests.outages.playing import SIGNERS, sign

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUESTION = "是否提供现状管网的内窥检测报告？"
HARMLESS = {"affects": False, "harmless_because": "只改联系方式", "reason": "原号码停用"}
HEAVY = {"affects": True, "reason": "设计变更"}


class Desk:
    def __init__(self, tender, folder) -> None:
        self.tender, self.centre, self.folder = tender, tender.centre, folder

    @property
    def uid(self):
        return self.tender.uid

    @property
    def project(self):
        db.session.rollback()
        db.session.expire_all()
        return tenders.notice(db.session(), self.uid)

    def ask(self, body=QUESTION, who="t1"):
        vault = self.centre.app.extensions["vault"]
        with self.centre.act(who) as tx:
            return service.ask(tx, self.uid, body, vault=vault)

    def waiting(self):
        db.session.rollback()
        return queries.waiting(db.session(), self.project.id, self.centre.clock.now())

    def start(self, *questions, who="zhou"):
        with self.centre.act(who) as tx:
            return service.start(tx, self.uid, questions).uid

    def save(self, draft, who="zhou", *, facts=None, ceiling="same", **said):
        project = self.project
        whole = {name: getattr(project, name) for name in FACTS} | (facts or {})
        ceilings = {} if ceiling == "same" else {"1": ceiling}
        with self.centre.act(who) as tx:
            service.save(tx, draft, Written(facts=whole, ceilings=ceilings, **said))
        return draft

    def drafted(self, *questions, **said):
        """A draft that says something, submitted by Zhou; its uid."""
        draft = self.save(self.start(*questions), **said)
        return self.submit(draft)

    def submit(self, draft, who="zhou"):
        with self.centre.act(who) as tx:
            service.submit(tx, draft)
        return draft

    def publish(self, draft, who="wu"):
        with self.centre.act(who) as tx:
            service.publish(tx, draft, keys=self.centre.app.extensions["log_keys"])
        return draft

    def signed(self):
        """Both seats sign the later deadline that waits."""
        for role in SIGNERS:
            sign(self.centre, self.uid, self.folder, role)

    def published(self, number=1):
        db.session.rollback()
        db.session.expire_all()
        return queries.published_one(db.session(), self.uid, number)

    def leaves(self, kind=None):
        book = db.session.get_one(Log, self.project.log_id)
        found = [loads(leaf.event) for leaf in ledger.leaves(db.session(), book)]
        return [event for event in found if event["type"] == "notice" and kind in (None, event["kind"])]
