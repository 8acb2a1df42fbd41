"""Somebody presses what the pages offer, one transaction a press."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from bidding.db import db
from bidding.ledger.models import Leaf, Log
from bidding.prequalification import queries, service
from bidding.prequalification.models import Prequalification
from bidding.prequalification.rules import Examiner
from bidding.prequalification.service import Dates, Said
from bidding.story.play import weigh
from bidding.tenders import queries as tenders
from bidding.tenders import service as tender_service
from bidding.tenders.kinds import Examination
from bidding.tenders.models import Project
from tests.tenders import drafting
from tests.tenders.figures import shanghai

FILE = b"%PDF-1.7 prequalification document"
#: Five days from Monday 11-23 end on Saturday 11-28, so on Monday; five from that Monday on Saturday 12-05, so again.
OFFERED, CLOSES = date(2026, 11, 30), shanghai(date(2026, 12, 7))
#: Procurement counts working days from the notice.
FIFTH_WORKING_DAY = date(2026, 11, 30)
SAID = Said("李投标", "0000-1111111")
SECOND = timedelta(seconds=1)
TENDER_CLOSES = shanghai(date(2027, 1, 5))
APPLICANTS = ("li", "zhao", "he")


class Holding:
    def __init__(self, app, begin, cast, blobs, clock) -> None:
        self.keys = app.extensions["log_keys"]
        self.begin, self.cast, self.blobs, self.clock = begin, cast, blobs, clock

    def press(self, login, act, *arguments, **more):
        with self.begin(self.cast.actor(login)) as tx:
            return act(tx, *arguments, **more)

    def stands(self, uid) -> tuple[Project, Prequalification | None]:
        db.session.rollback()
        db.session.expire_all()
        project = db.session.query(Project).filter_by(uid=uid).one()
        return project, queries.of_project(db.session, project.id)

    def notes(self, kind="prequalification"):
        """What the centre's log says of prequalifications."""
        db.session.rollback()
        log = db.session.query(Log).filter_by(code="centre").one_or_none()
        if log is None:
            return []
        leaves = db.session.query(Leaf).filter_by(log_id=log.id).order_by(Leaf.idx)
        said = [json.loads(leaf.event) for leaf in leaves]
        return [each for each in said if each["type"] == "note" and each["kind"].startswith(kind)]

    # The notice -------------------------------------------------------------------------------------------------

    def begun(self, facts=drafting.WORKS, by="zhou"):
        """A draft that is to be prequalified, without its dates and documents; its uid."""
        uid = drafting.begun(self.begin, self.cast, facts, by=by)
        with self.begin(self.cast.actor(by)) as tx:
            tender_service.add_lot(tx, uid, drafting.LOT)
            project = tenders.project_for(tx.session, tx.actor, uid)
            weigh(tx, project)
            before = replace(project.who_may, examination=Examination.BEFORE)
            tender_service.set_qualification(tx, uid, before)
        return uid

    def written(self, facts=drafting.WORKS, *, offered=OFFERED, closes_at=CLOSES):
        """With dates and documents; its uid."""
        uid = self.begun(facts)
        digest = self.blobs.put(FILE)
        self.press("zhou", service.set_dates, uid, Dates(offered, closes_at, closes_at.date(), "分册装订。"))
        self.press("zhou", service.add_document, uid, "资格预审文件.pdf", digest, len(FILE))
        return uid

    def published(self, facts=drafting.WORKS, **more):
        """A notice that is out; its uid."""
        uid = self.written(facts, **more)
        self.press("zhou", service.hand_over, uid)
        self.press("wu", service.publish, uid, keys=self.keys)
        return uid

    # Applications -----------------------------------------------------------------------------------------------

    def add(self, uid, login, content=None, name="申请文件.pdf"):
        """One file more in the applicant's draft; its digest."""
        content = content or f"%PDF-1.7 of {login}".encode()
        digest = self.blobs.put(content)
        self.press(login, service.add_file, uid, name, digest, len(content), self.clock.now())
        return digest

    def hand_in(self, uid, login, said=SAID):
        return self.press(login, service.hand_in, uid, said, self.clock.now())

    def applied(self, uid, *logins):
        """Each hands one in; by login."""
        found = {}
        for login in logins:
            self.add(uid, login)
            found[login] = self.hand_in(uid, login)
        return found

    # The result -------------------------------------------------------------------------------------------------

    def open(self, uid, login="zhou"):
        self.clock.set(max(self.clock.now(), self.stands(uid)[1].closes_at + timedelta(minutes=1)))
        return self.press(login, service.open_applications, uid, keys=self.keys)

    def opened(self, facts=drafting.WORKS, applicants=APPLICANTS):
        """With applications that the agency has opened; (uid, applications by login)."""
        uid = self.published(facts)
        found = self.applied(uid, *applicants)
        self.open(uid)
        return uid, found

    def judge(self, uid, verdicts, login="zhou", *, hand_over=True, examiner=Examiner.OWNER, committee=""):
        """``verdicts``: by the application, True or why not."""
        said = {
            each.uid: (passed is True, "" if passed is True else passed) for each, passed in verdicts.items()
        }
        return self.press(
            login,
            service.keep_verdicts,
            uid,
            said,
            examiner=examiner,
            committee=committee,
            hand_over=hand_over,
        )

    def decided(self, facts=drafting.WORKS, applicants=APPLICANTS, failing=()):
        """With its result; (uid, applications by login)."""
        uid, found = self.opened(facts, applicants)
        self.judge(uid, {each: login not in failing or "资质证书过期" for login, each in found.items()})
        self.press("wu", service.decide, uid, keys=self.keys)
        return uid, found

    def tendered(self, seats, **more):
        """And the tender itself, published to those who passed; its uid."""
        uid, found = self.decided(**more)
        self.complete(uid)
        with self.begin(self.cast.actor("zhou")) as tx:
            tender_service.submit_for_review(tx, uid)
        with self.begin(self.cast.actor("wu")) as tx:
            tender_service.publish(tx, uid, seats=seats, k=3, keys=self.keys)
        return uid, found

    def complete(self, uid):
        """What the tender's own notice needs beside."""
        digest = self.blobs.put(drafting.FILE)
        with self.begin(self.cast.actor("zhou")) as tx:
            tender_service.add_document(tx, uid, "招标文件.pdf", digest, len(drafting.FILE))
            tender_service.set_dates(tx, uid, closes_at=TENDER_CLOSES)
