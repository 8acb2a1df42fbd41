"""Notices about the course of a played tender."""

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.ledger.current import log_keys
from bidding.lifecycle import service
from bidding.lifecycle.contents import Words, bases
from bidding.lifecycle.rules import Kind
from bidding.submissions.models import Gate
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project


class Course:
    """Drafting and publishing notices, and how the tender stands then."""

    def __init__(self, tender) -> None:
        self.tender, self.centre = tender, tender.centre
        self.wu = self.centre.actor("wu")

    def draft(self, kind, who="zhou", *, basis=None, **words):
        whole = {
            "reason": "收到书面异议",
            "refunds": "没有收取费用和保证金" if kind is Kind.TERMINATION else "",
            "next_step": "答复后恢复",
            "contact": "周经办",
            "phone": "0000-1234567",
        }
        known = bases(self.tender.facts.family, kind)
        chosen = basis if basis is not None else known[0].code if known else ""
        with self.centre.act(who) as tx:
            return service.draft(tx, self.tender.uid, kind, Words(**(whole | words), basis=chosen)).uid

    def publish(self, uid, who="wu"):
        with self.centre.act(who) as tx:
            return service.publish(tx, self.tender.uid, uid, keys=log_keys()).n

    def announce(self, kind, **words):
        return self.publish(self.draft(kind, **words))

    def project(self) -> Project:
        db.session.rollback()
        db.session.expire_all()
        return tenders.notice(db.session, self.tender.uid)

    def project_in(self, tx) -> Project:
        """As a transaction that is not over sees it."""
        return tx.session.scalars(select(Project).where(Project.uid == self.tender.uid)).one()

    def gate(self) -> Gate:
        project = self.project()
        return db.session.scalar(select(Gate).where(Gate.project_id == project.id))


@pytest.fixture
def course(tender):
    return Course(tender)
