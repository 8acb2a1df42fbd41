"""An agency's desk for a prequalification that is out."""

from __future__ import annotations

from datetime import date

from bidding.clarifications import queries, service
from bidding.clarifications.rules import About
from bidding.clarifications.service import Written
from bidding.db import db
from bidding.identity.models import Account
from bidding.messages.models import Message
from bidding.prequalification.models import Prequalification
from tests.prequalification.holding import Holding
from tests.tenders.figures import shanghai

ABOUT = About.PREQUALIFICATION
LATER = shanghai(date(2026, 12, 14))
HEAVY = {"affects": True, "reason": "业绩要求写错"}
SLIGHT = {"affects": False, "harmless_because": "只改电话", "reason": "号码停用"}


class AnnouncedDesk:
    """The agency's desk for one prequalification that is out."""

    def __init__(self, holding: Holding) -> None:
        self.holding, self.uid = holding, holding.published()

    def start(self, who="zhou"):
        return self.holding.press(who, service.start, self.uid, about=ABOUT).uid

    def save(self, draft, facts=None, who="zhou", **said):
        says = queries.announced_of(self.found()).says
        written = Written(facts={**says, **(facts or {})}, **said)
        self.holding.press(who, service.save, draft, written)
        return draft

    def submitted(self, facts=None, **said):
        draft = self.save(self.start(), facts, **said)
        self.holding.press("zhou", service.submit, draft)
        return draft

    def publish(self, draft, who="wu"):
        return self.holding.press(who, service.publish, draft, keys=self.holding.keys)

    def corrected(self, facts=None, **said):
        self.publish(self.submitted(facts, **said))
        return self.published()

    def published(self, number=1):
        db.session.rollback()
        db.session.expire_all()
        return queries.published_one(db.session(), self.uid, number, ABOUT)

    def found(self) -> Prequalification:
        return self.holding.stands(self.uid)[1]

    def told(self, kind):
        db.session.rollback()
        rows = db.session.query(Account.login).join(Message, Message.account_id == Account.id)
        return sorted(login for (login,) in rows.filter(Message.kind == kind))
