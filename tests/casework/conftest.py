"""A draft of the agency, and a case about it as far as a test wants it."""

from __future__ import annotations

import pytest

from bidding.casework import queries, service
from bidding.casework.checklists import checklist
from bidding.casework.rules import How, Opinion, Outcome
from tests.tenders import drafting
from tests.tenders.conftest import keys, rival, rulebook, seats  # noqa: F401 — fixtures

PROJECT = "project"


class Window:
    """Somebody presses what the pages offer, one transaction a press."""

    def __init__(self, app, begin, cast, blobs) -> None:
        self.desk, self.begin, self.cast, self.blobs = app.extensions["case_desk"], begin, cast, blobs

    def press(self, login, act, *arguments, **more):
        with self.begin(self.cast.actor(login)) as tx:
            return act(tx, *arguments, **more)

    def case(self, uid, login="wang"):
        with self.begin(self.cast.actor(login)) as tx:
            return queries.case_for(tx.session, tx.actor, uid)

    def opened(self, facts=drafting.WORKS, by="zhou"):
        project = drafting.written(self.begin, self.cast, self.blobs, facts, by=by)
        with self.begin(self.cast.actor(by)) as tx:
            subject = self.desk.subject(tx.session, PROJECT, project)
            return service.open_case(tx, self.desk, subject).uid

    def answered(self, facts=drafting.WORKS, by="zhou"):
        """Every line answered: the documents from the draft, the rest on paper."""
        uid = self.opened(facts, by)
        with self.begin(self.cast.actor(by)) as tx:
            for line in checklist(queries.case_for(tx.session, tx.actor, uid).checklist).lines:
                if line.from_subject:
                    service.take_from_subject(tx, self.desk, uid, line.code)
                else:
                    service.answer(tx, uid, line.code, how=How.PAPER, words="")
        return uid

    def filed(self, facts=drafting.WORKS, by="zhou"):
        uid = self.answered(facts, by)
        self.press(by, service.file, self.desk, uid)
        return uid

    def accepted(self, facts=drafting.WORKS):
        uid = self.filed(facts)
        self.press("wang", service.accept, self.desk, uid)
        return uid

    def examined(self):
        uid = self.accepted()
        self.press("wang", service.examine, self.desk, uid, "材料齐全，符合条件。")
        return uid

    def closed(self, decision=Outcome.GRANTED, words="同意"):
        uid = self.examined()
        self.press("chen", service.review, self.desk, uid, decision, words)
        self.press("wang", service.close, self.desk, uid)
        return uid

    def copied(self, *organisations):
        uid = self.accepted()
        self.press("wang", service.copy_to, self.desk, uid, organisations or ("org-reform", "org-finance"))
        return uid

    def fast(self):
        uid = self.accepted()
        self.press("wang", service.ask_speed, self.desk, uid, "省重点民生项目")
        self.press("chen", service.speed_up, self.desk, uid)
        return uid

    def agree(self, login, uid):
        self.press(login, service.opine, self.desk, uid, Opinion.AGREE, "")


@pytest.fixture
def window(app, begin, cast, blobs, rulebook):  # noqa: F811 — the fixture
    return Window(app, begin, cast, blobs)
