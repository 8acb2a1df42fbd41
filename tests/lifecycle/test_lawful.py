"""No sequence of edits, corrections, notices and time gives a published tender that breaks a certain rule, or one room twice.

Everything goes through the services that the pages call. What is asked afterwards is asked of the database: the same
review that stands before publishing, and the rows of bookings. ``HYPOTHESIS_PROFILE=thorough`` plays a hundred times as long.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from bidding.clarifications import queries as clarifications
from bidding.clarifications import service as clarification_service
from bidding.clarifications.models import Clarification
from bidding.clarifications.rules import FACTS as CHANGEABLE
from bidding.core.canonical import loads, sha
from bidding.core.clock import SHANGHAI
from bidding.core.errors import DomainError
from bidding.core.workdays import days_before, working_days_before
from bidding.db import db, uow
from bidding.ledger import queries as ledger
from bidding.ledger.models import Log
from bidding.lifecycle import service as lifecycle
from bidding.lifecycle.contents import Words, bases
from bidding.lifecycle.rules import Kind
from bidding.outages import queries as outages
from bidding.outages import service as outage_service
from bidding.rooms import service as room_service
from bidding.rooms.rules import Purpose, Span, for_opening
from bidding.rooms.service import Want
from bidding.story.cast import EVALUATION_ROOM, OPENING_ROOM
from bidding.story.play import FACTS, LOT, Tender, Told, closing
from bidding.tenders import bookings, queries, rules
from bidding.tenders import service as tenders
from bidding.tenders.kinds import Envelopes, Evaluation, Factor, Family, Method, Reserved, Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import CriterionFacts, Scoring
from bidding.wiring import published_texts
from tests.outages.playing import SIGNERS, sign
from tests.rooms.test_service import assert_nothing_is_given_twice
from tests.stage import ROOT

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
#: Of the tenders that a step is for, the first or second; or the first of all, whatever stage it is in.
WHICH = st.sampled_from([0, 0, 1, 1, 2])
PEOPLE = st.sampled_from(["zhou", "wu", "wu"])
KINDS = st.sampled_from(
    [
        (Family.WORKS, Method.OPEN_TENDER, "construction", Envelopes.ONE),
        (Family.WORKS, Method.OPEN_TENDER, "construction", Envelopes.TWO),
        (Family.PROCUREMENT, Method.OPEN_TENDER, "goods", Envelopes.ONE),
        (Family.LOCAL, Method.COMPARISON, "goods", Envelopes.ONE),
    ]
)
#: Days from today to the deadline: on both sides of every period there is.
DAYS = st.sampled_from([-1, 0, 2, 3, 4, 6, 7, 8, 19, 20, 21, 22, 28])
#: Parts of a facts' form that a notice may not lack, or that bring a rule of their own.
BLANKS = st.sampled_from(["funding", "owner_contact", "phone", "qualification", "media"])


def _edit(name, /, **values):
    return st.tuples(st.just(name), st.fixed_dictionaries(values))


#: What somebody does to a draft: lawful values and, one step beyond each bound, unlawful ones.
EDITS = st.one_of(
    _edit("fix_the_dates", days=DAYS, hour=st.sampled_from([9, 14, 20]), apart=st.sampled_from([0, 0, 0, 1])),
    _edit("write_the_facts", name=BLANKS, blank=st.booleans(), paper=st.booleans()),
    _edit(
        "write_the_lot",
        budget=st.sampled_from([40_000_000, 40_000_001, 500_000_000]),
        over=st.sampled_from([0, 0, 1]),
        security=st.sampled_from([0, 20, 20, 21]),
    ),
    _edit("write_another_lot", add=st.booleans()),
    _edit(
        "weigh",
        price=st.sampled_from([299, 300, 300, 600, 601]),
        missing=st.sampled_from([0, 0, 0, 1]),
        deduction=st.sampled_from([None, 30, 99, 100, 201]),
    ),
    _edit(
        "say_who_may_bid",
        reserved=st.sampled_from([None, *Reserved]),
        share=st.sampled_from([None, 399, 400]),
    ),
    _edit("change_the_documents", add=st.booleans()),
    _edit("book_the_rooms", later=st.sampled_from([0, 0, 2, 26])),
)


class Tenders(RuleBasedStateMachine):
    """Two tenders of one agency that want the same rooms, and a clock that only goes forward."""

    centre = None  # set by the test: one centre, and fresh tenders for every example
    begins_at = None
    folder = None
    serial = 0
    #: How often each step was not refused: a walk that is refused everything shows nothing.
    done = Counter()

    @initialize(kind=KINDS, other=KINDS, out=st.booleans())
    def write(self, kind, other, out):
        """Two lawful drafts; of half the walks the first is published already."""
        Tenders.serial += 1
        self.centre.clock.set(self.begins_at)
        self.uids, self.mine, self.was, self.stages = [], set(), {}, None
        for place, (family, method, subject, envelopes) in enumerate((kind, other)):
            title = f"第 {Tenders.serial} 组第 {place + 1} 个项目"
            trade = "A02" if family is Family.WORKS else ""
            facts = replace(
                FACTS,
                title=title,
                family=family,
                method=method,
                subject=subject,
                envelopes=envelopes,
                trade=trade,
            )
            lot = replace(LOT, budget_fen=40_000_000, ceiling_fen=39_000_000, security_fen=400_000)
            made = Tender(
                self.centre, self.folder / f"{Tenders.serial}-{place}", Told(), facts=facts, lot=lot
            )
            made.write([ROOT / "pyproject.toml"])
            self.uids.append(made.uid)
            self.mine.add(made.uid)
        if out:
            self.act(lambda tx: tenders.submit_for_review(tx, self.uids[0]))
            self.let_out(self.uids[0], "wu")

    def teardown(self):
        """No later example finds the rooms taken, or its own tenders held up by these."""
        with self.centre.act("zhou") as tx:
            for uid in self.uids:
                project = tx.session.scalars(select(Project).where(Project.uid == uid)).one()
                room_service.arrange(
                    tx, bookings.named_of(project), [], calendar=queries.calendar(tx.session)
                )

    def act(self, act, who="zhou"):
        """Do it in a transaction of its own; a refusal leaves everything as it was."""
        try:
            with self.centre.act(who) as tx:
                done = act(tx)
            self.done[sys._getframe(1).f_code.co_name] += 1
            self.stages = None
            return done
        except DomainError:
            return None
        finally:
            db.session.rollback()
            db.session.expire_all()

    def instant(self, days, hour):
        day = self.centre.clock.now().astimezone(SHANGHAI).replace(minute=30, second=0, microsecond=0)
        return day.replace(hour=hour) + days * DAY

    def project(self, uid):
        return db.session.scalars(select(Project).where(Project.uid == uid)).one()

    def where(self):
        """The stage of each tender by its uid, asked again after whatever may have changed it."""
        if self.stages is None:
            db.session.rollback()
            self.stages = {uid: self.project(uid).stage for uid in self.uids}
        return self.stages

    def some_in(self, *stages):
        """Whether a step can find anything to do."""
        return any(stage in stages for stage in self.where().values())

    def one_in(self, which, *stages):
        """The uid of one of the tenders in these stages, or of the first whatever its stage, which then refuses."""
        fit = [uid for uid, stage in self.where().items() if stage in stages]
        return fit[which % len(fit)] if fit and which < len(self.uids) else self.uids[0]

    # The draft

    @precondition(lambda self: self.some_in(Stage.DRAFT, Stage.SUBMITTED))
    @rule(which=WHICH, edit=EDITS, wait=st.sampled_from([None, None, 0, 0, 2]))
    def edit(self, which, edit, wait):
        """One of the agency changes something, and often two persons let it out at once, or days later."""
        uid, (name, values) = self.one_in(which, Stage.DRAFT), edit
        getattr(self, name)(uid, **values)
        if wait is not None:
            self.act(lambda tx: tenders.submit_for_review(tx, uid))
            self.centre.clock.advance(wait * DAY)
            self.let_out(uid, "wu")

    def fix_the_dates(self, uid, days, hour, apart):
        closes = self.instant(days, hour)
        later = {"opens_at": closes + apart * HOUR, "prices_open_at": closes + 2 * DAY}
        self.act(lambda tx: tenders.set_dates(tx, uid, closes_at=closes, **later))

    def write_the_facts(self, uid, name, blank, paper):
        written = self.project(uid).written
        value = "" if blank else getattr(FACTS, name)
        facts = replace(written, **{name: value}, paper_bids=paper)
        self.act(lambda tx: tenders.edit_project(tx, uid, facts))

    def write_the_lot(self, uid, budget, over, security):
        """Security at two per cent and one fen above it; a ceiling at the budget and above."""
        whole = budget * 20 // 1000
        facts = replace(
            LOT,
            budget_fen=budget,
            ceiling_fen=budget + over,
            security_fen={0: 0, 20: whole, 21: whole + 1}[security],
        )
        self.act(lambda tx: tenders.edit_lot(tx, uid, "1", facts))

    def write_another_lot(self, uid, add):
        small = replace(LOT, budget_fen=1_000_000, ceiling_fen=None, security_fen=0)
        if add:
            self.act(lambda tx: tenders.add_lot(tx, uid, small))
        else:
            self.act(lambda tx: tenders.remove_lot(tx, uid, "2"))

    def weigh(self, uid, price, missing, deduction):
        rows = (
            CriterionFacts(Factor.PRICE, "报价", price, "低价优先"),
            CriterionFacts(Factor.TECHNICAL, "技术方案", 1000 - price - missing, "按方案评"),
        )
        scoring = Scoring(Evaluation.COMPREHENSIVE, sme_permille=deduction, rows=rows)
        self.act(lambda tx: tenders.set_scoring(tx, uid, scoring))

    def say_who_may_bid(self, uid, reserved, share):
        said = replace(self.project(uid).who_may, reserved=reserved, reserved_permille=share)
        self.act(lambda tx: tenders.set_qualification(tx, uid, said))

    def change_the_documents(self, uid, add):
        data = b"%PDF-1.4 " + str(Tenders.serial).encode()
        digest = self.centre.blobs.put(data)
        if add:
            self.act(lambda tx: tenders.add_document(tx, uid, "文件.pdf", digest, len(data)))
        else:
            held = self.project(uid).documents[-1:]
            for each in held:
                self.act(lambda tx, own=each.sha256: tenders.remove_document(tx, uid, own))

    def book_the_rooms(self, uid, later):
        project = self.project(uid)
        if project.opens_at is None:
            return
        span = for_opening(project.opens_at + later * HOUR, 2 * HOUR)
        after = Span(span.ends_at, span.ends_at + 2 * HOUR)
        wanted = [
            Want(Purpose.OPENING, self.centre.rooms[OPENING_ROOM], span, "opening_room"),
            Want(Purpose.EVALUATION, self.centre.rooms[EVALUATION_ROOM], after, "evaluation_room"),
        ]
        if project.prices_open_at is not None:
            prices = for_opening(project.prices_open_at, 2 * HOUR)
            wanted.append(Want(Purpose.PRICES, self.centre.rooms[OPENING_ROOM], prices, "prices_room"))

        def arrange(tx):
            found = tx.session.scalars(select(Project).where(Project.uid == uid)).one()
            room_service.arrange(tx, bookings.named_of(found), wanted, calendar=queries.calendar(tx.session))

        self.act(arrange)

    @precondition(lambda self: self.some_in(Stage.DRAFT))
    @rule(which=WHICH)
    def mend(self, which):
        """Somebody puts right whatever stands against it, so that a walk comes further than the draft."""
        uid = self.one_in(which, Stage.DRAFT)
        project = self.project(uid)
        if project.stage is not Stage.DRAFT:
            return
        whole = {name: getattr(FACTS, name) for name, _ in rules.LABELLED if name != "title"}
        facts = replace(project.written, **whole, paper_bids=False)
        lot = replace(LOT, budget_fen=40_000_000, ceiling_fen=39_000_000, security_fen=400_000)
        closes = closing(self.centre.clock.now() + 23 * DAY)
        if not project.documents:
            self.change_the_documents(uid, True)
        rows = (
            CriterionFacts(Factor.PRICE, "报价", 400, "低价优先"),
            CriterionFacts(Factor.TECHNICAL, "技术方案", 600, "按方案评"),
        )
        procures = project.preset.procures
        scoring = Scoring(Evaluation.COMPREHENSIVE, sme_permille=100 if procures else None, rows=rows)
        said = replace(project.who_may, reserved=Reserved.NO if procures else None, reserved_permille=None)
        for act in (
            lambda tx: tenders.edit_project(tx, uid, facts),
            lambda tx: tenders.edit_lot(tx, uid, "1", lot),
            lambda tx: tenders.set_scoring(tx, uid, scoring),
            lambda tx: tenders.set_qualification(tx, uid, said),
            lambda tx: tenders.set_dates(tx, uid, closes_at=closes, prices_open_at=closes + 2 * DAY),
        ):
            self.act(act)

    # Two persons

    @precondition(lambda self: self.some_in(Stage.DRAFT))
    @rule(which=WHICH)
    def submit(self, which):
        uid = self.one_in(which, Stage.DRAFT)
        self.act(lambda tx: tenders.submit_for_review(tx, uid))

    @precondition(lambda self: self.some_in(Stage.SUBMITTED))
    @rule(which=WHICH)
    def send_back(self, which):
        uid = self.one_in(which, Stage.SUBMITTED)
        self.act(lambda tx: tenders.return_to_draft(tx, uid, "请改"), "wu")

    @precondition(lambda self: self.some_in(Stage.SUBMITTED))
    @rule(which=WHICH, who=PEOPLE)
    def publish(self, which, who):
        uid = self.one_in(which, Stage.SUBMITTED)
        self.let_out(uid, who)

    def let_out(self, uid, who):
        centre = self.centre
        seats = {"seats": centre.trustee_uids, "k": 3, "keys": centre.keys}
        self.act(lambda tx: tenders.publish(tx, uid, **seats), who)

    # Corrections

    @precondition(lambda self: self.some_in(Stage.PUBLISHED))
    @rule(
        which=WHICH,
        wait=st.sampled_from([0, 0, 0, 2, 9]),
        changes=st.sampled_from(["phone", "term", "term", "ceiling", "blank", "nothing"]),
        affects=st.booleans(),
        days=st.sampled_from([None, None, -1, 1, 7, 14, 15, 16, 30]),
        signed=st.booleans(),
        who=PEOPLE,
    )
    def correct(self, which, wait, changes, affects, days, signed, who):
        uid = self.one_in(which, Stage.PUBLISHED)
        self.centre.clock.advance(wait * DAY)
        project = self.project(uid)
        if project.published_at is None or project.closes_at is None:
            return
        facts = {name: getattr(project, name) for name in CHANGEABLE}
        facts |= {
            "phone": {"phone": f"0000-{self.centre.clock.now():%H%M%S}"},
            "term": {"term": "180 日历天"},
            "blank": {"contact": ""},
        }.get(changes, {})
        written = clarification_service.Written(
            facts=facts,
            ceilings={"1": project.lots[0].budget_fen + 1} if changes == "ceiling" else {},
            closes_at=None if days is None else project.closes_at + days * DAY,
            affects=affects,
            harmless_because="" if affects else "只改联系方式",
            reason="更正",
        )
        draft = self.act(lambda tx: clarification_service.start(tx, uid, ()).uid)
        if draft is None:
            return
        for act, by in (
            (lambda tx: clarification_service.save(tx, draft, written), "zhou"),
            (lambda tx: clarification_service.submit(tx, draft), "zhou"),
            (
                lambda tx: clarification_service.publish(
                    tx, draft, keys=self.centre.app.extensions["log_keys"]
                ),
                who,
            ),
        ):
            self.act(act, by)
        if signed:
            self.sign(uid)
        if self.left_open(draft):
            self.act(lambda tx: clarification_service.send_back(tx, draft, "不行"), "wu")
            self.act(lambda tx: clarification_service.drop(tx, draft))

    def left_open(self, draft):
        found = db.session.scalars(select(Clarification).where(Clarification.uid == draft)).one()
        return found.approved_at is None

    @precondition(lambda self: self.some_in(Stage.PUBLISHED))
    @rule(which=WHICH, days=st.sampled_from([-1, 1, 5, 21]), signed=st.booleans())
    def extend(self, which, days, signed):
        uid = self.one_in(which, Stage.PUBLISHED, Stage.SUSPENDED)
        project = self.project(uid)
        if project.closes_at is not None:
            closes = project.closes_at + days * DAY
            self.act(lambda tx: outage_service.draft(tx, uid, closes_at=closes, reason="延期"))
            if signed:
                self.sign(uid)

    @precondition(lambda self: self.some_in(Stage.PUBLISHED, Stage.SUSPENDED))
    @rule(which=WHICH)
    def both_seats_sign(self, which):
        self.sign(self.one_in(which, Stage.PUBLISHED, Stage.SUSPENDED))

    def sign(self, uid):
        project = self.project(uid)
        if project.log_id is None or outages.pending(db.session(), project.id) is None:
            return
        for role in SIGNERS:
            try:
                sign(self.centre, uid, self.folder, role)
                self.done["sign"] += 1
                self.stages = None
            except DomainError:
                pass
            finally:
                db.session.rollback()
                db.session.expire_all()

    # Notices that act

    @precondition(lambda self: self.some_in(Stage.PUBLISHED, Stage.SUSPENDED))
    @rule(which=WHICH, kind=st.sampled_from([*Kind, Kind.RESUMPTION]), who=PEOPLE)
    def announce(self, which, kind, who):
        uid = self.one_in(which, Stage.PUBLISHED, Stage.SUSPENDED)
        family = self.project(uid).family
        known = bases(family, kind)
        refunds = "没有" if kind is Kind.TERMINATION else ""
        words = Words("原因", known[0].code if known else "", refunds, "下一步", "周经办", "0")
        row = self.act(lambda tx: lifecycle.draft(tx, uid, kind, words).uid)
        if row is not None:
            self.act(lambda tx: lifecycle.publish(tx, uid, row, keys=self.centre.keys), who)
            self.act(lambda tx: lifecycle.drop(tx, uid, row), "wu")

    @precondition(lambda self: self.some_in(Stage.PUBLISHED, Stage.TERMINATED))
    @rule(which=WHICH)
    def tender_again(self, which):
        uid = self.one_in(which, Stage.TERMINATED, Stage.PUBLISHED)
        made = self.act(lambda tx: lifecycle.retender(tx, uid, region="539921").uid)
        if made is not None:
            self.uids[self.uids.index(uid)] = made
            self.mine.add(made)

    # Time

    @rule(time=st.sampled_from([HOUR, HOUR, DAY, DAY, 3 * DAY, 8 * DAY]))
    def time_passes(self, time):
        self.centre.clock.advance(time)

    @rule()
    def the_clockwork_ticks(self):
        self.centre.tick()
        self.stages = None

    # What may never be

    @invariant()
    def nothing_is_broken(self):
        if not hasattr(self, "uids") or self.stages is not None:
            return  # nothing has changed since it was looked at
        self.where()
        assert_nothing_is_given_twice()
        published = select(Project).where(Project.uid.in_(self.mine), Project.published_at.is_not(None))
        for project in db.session.scalars(published.order_by(Project.id)).all():
            broken = broken_rules(project, self.was)
            assert broken == [], (project.title, broken)
        db.session.rollback()


def broken_rules(project, was):
    """What of a published tender breaks a certain rule, counted from its own publication; of its log and of its two persons.

    ``was`` remembers which corrections have been looked at: each is held against the deadline on the day it came out.
    """
    session = db.session()
    at = project.published_at
    found = [each.refusal.code for each in queries.review(session, project, at) if each.blocks]
    if project.published_by_id == project.prepared_by_id:
        found.append("one person")
    book = session.get_one(Log, project.log_id)
    events = [loads(leaf.event) for leaf in ledger.leaves(session, book)]
    told = [e["sha256"] for e in events if e["type"] == "notice" and not e["kind"].endswith("-document")]
    if sorted(told) != sorted(sha(text).hex() for text in published_texts(session, project)):
        found.append("log and notices differ")
    last = [event for event in events if event["type"] == "schedule"][-1]
    if last["closes_at"] != int(project.closes_at.timestamp()):
        found.append("log and deadline differ")
    for each in clarifications.published(session, project.id):
        if was.setdefault(each.uid, project.closes_at) is project.closes_at and each.affects:
            found += _too_late(session, project, each)
    return found


def _too_late(session, project, correction):
    """What bears on bids is out so many days before the deadline (招标投标法 23; 政府采购法实施条例 31), reckoned anew here."""
    figure = queries.figures_of(session, project, queries.local_day(project.published_at)).get(
        "clarification"
    )
    if figure is None or not figure.blocks:
        return []
    count = working_days_before if figure.unit == "working-day" else None
    closes, out = (queries.local_day(each) for each in (project.closes_at, correction.published_at))
    days = queries.calendar(session)
    last = count(closes, figure.value, days) if count else days_before(closes, figure.value)
    return [] if out <= last else [f"{correction.uid} is out on {out}, the last day was {last}"]


@pytest.mark.slow
def test_no_walk_publishes_what_breaks_a_certain_rule_or_gives_a_room_twice(centre, tmp_path, postgresql):
    Tenders.centre, Tenders.folder, Tenders.begins_at = centre, tmp_path, centre.clock.now()
    Tenders.serial, Tenders.done = 0, Counter()
    walks = 500 if THOROUGH else 12
    if (
        postgresql is not None
    ):  # what differs there are the races below; the walks ask it ten times as many statements as they are long
        walks //= 4
    run_state_machine_as_test(
        Tenders,
        settings=settings(
            max_examples=walks,
            stateful_step_count=60 if THOROUGH else 30,
            derandomize=not THOROUGH,
            deadline=None,
            phases=[Phase.generate, Phase.shrink] if THOROUGH else [Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if postgresql is None:
        for step in ("let_out", "correct", "sign", "announce", "book_the_rooms", "mend"):
            assert Tenders.done[step], f"no walk came as far as {step}"


# Races ------------------------------------------------------------------------------------------------------------


def _unlawful(uid):
    """What one of the agency changes in a draft while another lets it go on: each of it breaks a certain rule."""
    short = closing(at_least(uid) + 3 * DAY)
    dear = replace(LOT, budget_fen=40_000_000, ceiling_fen=39_000_000, security_fen=800_001)
    return [
        lambda tx: tenders.set_dates(tx, uid, closes_at=short),
        lambda tx: tenders.edit_lot(tx, uid, "1", dear),
        lambda tx: tenders.edit_project(
            tx, uid, replace(queries.project_for(tx.session, tx.actor, uid).written, funding="")
        ),
        lambda tx: tenders.remove_lot(tx, uid, "1"),
        lambda tx: tenders.remove_document(
            tx, uid, queries.project_for(tx.session, tx.actor, uid).documents[0].sha256
        ),
        lambda tx: tenders.set_scoring(tx, uid, Scoring(Evaluation.COMPREHENSIVE)),
    ]


def at_least(uid):
    return db.session.scalars(select(Project).where(Project.uid == uid)).one().created_at


@pytest.mark.parametrize("nth", range(6), ids=["dates", "security", "facts", "lot", "document", "scoring"])
def test_whoever_edits_while_it_is_published_edits_a_draft_or_nothing(centre, tmp_path, nth):
    """One sends it back and spoils it, the other publishes, at once: it is a spoilt draft, or a lawful notice."""
    lot = replace(LOT, budget_fen=40_000_000, ceiling_fen=39_000_000, security_fen=800_000)
    made = Tender(centre, tmp_path / "raced", Told(), lot=lot)
    uid = made.write([ROOT / "pyproject.toml"])
    with centre.act("zhou") as tx:
        tenders.submit_for_review(tx, uid)
    spoil = _unlawful(uid)[nth]
    seats = {"seats": centre.trustee_uids, "k": 3, "keys": centre.keys}
    acts = {
        "zhou": [
            lambda tx: tenders.return_to_draft(tx, uid, "再改"),
            spoil,
            lambda tx: tenders.submit_for_review(tx, uid),
        ],
        "wu": [lambda tx: tenders.publish(tx, uid, **seats)] * 3,
    }
    raced(centre, acts)
    project = db.session.scalars(select(Project).where(Project.uid == uid)).one()
    if project.published_at is None:
        assert project.log_id is None
        blocking = [each for each in queries.review(db.session(), project, centre.clock.now()) if each.blocks]
        assert project.stage is Stage.DRAFT or blocking == []  # spoilt, nobody may hand it over
    else:
        assert broken_rules(project, {}) == []


def raced(centre, acts):
    """Everybody's acts one after another, everybody at once; whoever comes second is refused, and nothing else happens."""
    actors = {login: centre.actor(login) for login in acts}
    start, broken = threading.Barrier(len(acts)), []

    def run(login):
        with centre.app.app_context():
            start.wait(timeout=20)
            for act in acts[login]:
                try:
                    with uow.transaction(actors[login], centre.world) as tx:
                        act(tx)
                except (DomainError, StaleDataError):
                    db.session.rollback()
                except Exception as error:  # whatever a thread says, the test must hear
                    broken.append(error)
            db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=run, args=(login,)) for login in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []


def test_a_correction_a_suspension_and_an_extension_at_once_leave_one_lawful_tender(centre, tmp_path):
    """Each takes the row of the log first, so each sees what the one before it did, or is refused."""
    made = Tender(centre, tmp_path / "raced", Told())
    made.publish([ROOT / "pyproject.toml"], in_rooms=True)
    uid, closes = made.uid, made.closes_at
    project = db.session.scalars(select(Project).where(Project.uid == uid)).one()
    facts = {name: getattr(project, name) for name in CHANGEABLE} | {"term": "180 日历天"}
    written = clarification_service.Written(
        facts=facts, closes_at=closing(closes + 7 * DAY), affects=True, reason="更正"
    )
    with centre.act("zhou") as tx:
        correction = clarification_service.start(tx, uid, ()).uid
        clarification_service.save(tx, correction, written)
        clarification_service.submit(tx, correction)
        known = bases(project.family, Kind.SUSPENSION)
        words = Words("异议", known[0].code if known else "", "", "下一步", "周经办", "0")
        suspension = lifecycle.draft(tx, uid, Kind.SUSPENSION, words).uid
    raced(
        centre,
        {
            "wu": [
                lambda tx: clarification_service.publish(
                    tx, correction, keys=centre.app.extensions["log_keys"]
                )
            ],
            "wang": [lambda tx: lifecycle.publish(tx, uid, suspension, keys=centre.keys)],
            "zhou": [
                lambda tx: outage_service.draft(tx, uid, closes_at=closing(closes + DAY), reason="延期"),
                lambda tx: outage_service.draft(tx, uid, closes_at=closing(closes + 3 * DAY), reason="延期"),
            ],
        },
    )
    for role in SIGNERS:
        with contextlib.suppress(DomainError):
            sign(centre, uid, tmp_path, role)
    db.session.rollback()
    db.session.expire_all()
    project = db.session.scalars(select(Project).where(Project.uid == uid)).one()
    assert project.closes_at >= closes
    assert broken_rules(project, {}) == []
    assert_nothing_is_given_twice()
