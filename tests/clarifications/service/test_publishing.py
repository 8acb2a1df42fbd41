"""A prequalification corrected by two persons: who may, what the log holds, who is told. Of tenders: ``test_service``."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bidding.clarifications import queries, service
from bidding.clarifications.announced import ANNOUNCED, TenderTooSoon
from bidding.clarifications.models import Clarification
from bidding.clarifications.rules import About, NotOpen, State
from bidding.clarifications.service import AnotherOpen, Infeasible
from bidding.core.canonical import loads, sha
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.messages.kinds import Kind
from bidding.messages.models import Message
from bidding.prequalification import rules
from bidding.prequalification import service as prequalification
from bidding.tenders import service as tenders
from tests.clarifications.announcing import ABOUT, HEAVY, LATER, SLIGHT, AnnouncedDesk
from tests.prequalification.conftest import (  # noqa: F401 — fixtures
    holding,
    keys,
    newcomers,
    rival,
    rulebook,
    seats,
)
from tests.prequalification.holding import APPLICANTS, CLOSES, FILE
from tests.tenders.figures import shanghai


@pytest.fixture
def desk(holding):  # noqa: F811
    return AnnouncedDesk(holding)


def test_two_persons_extend_the_deadline_and_the_centres_log_has_it(desk, cast):
    was = desk.found().notice
    draft = desk.submitted({"available_until_on": "2026-12-04"}, closes_at=LATER, **HEAVY)
    with pytest.raises(SamePerson):
        desk.publish(draft, "zhou")
    desk.publish(draft)
    found, row = desk.found(), desk.published()
    assert (found.closes_at, found.available_until_on) == (LATER, date(2026, 12, 4))
    assert found.notice == was
    assert (row.state, row.number, row.approved_by_id) == (State.PUBLISHED, 1, cast.wu.id)
    said = loads(row.notice)
    assert said["type"] == "prequalification-correction"
    assert said["original"]["sha256"] == sha(was).hex()
    assert [(each["item"], each["was"], each["is"]) for each in said["items"]] == [
        ("available_until_on", "2026-11-30", "2026-12-04"),
        ("closes_at", int(CLOSES.timestamp()), int(LATER.timestamp())),
    ]
    assert said["postponed"] is True
    notes = [each for each in desk.holding.notes() if each["kind"] == "prequalification-correction"]
    assert [each["data"]["sha256"] for each in notes] == [sha(row.notice).hex()]


def test_the_database_too_wants_two_persons_and_no_seats(desk, begin, cast):
    draft = desk.submitted({"phone": "0000-7654321"}, **SLIGHT)
    desk.publish(draft)
    with begin() as tx:
        row = tx.session.query(Clarification).filter_by(uid=draft).one()
        row.approved_by_id = cast.zhou.id
        with pytest.raises(IntegrityError):
            tx.session.flush()
        tx.session.rollback()
    with begin() as tx, pytest.raises(IntegrityError):
        tx.session.execute(text("UPDATE clarification SET extension_id = 1"))


def test_facts_days_words_and_files_are_in_force_and_the_old_file_stays(desk):
    draft = desk.save(
        desk.start(),
        {
            "qualification": "具备市政公用工程施工总承包二级以上资质",
            "note": "胶装。",
            "examined_on": "2026-12-15",
        },
        answer="二级即可。",
        asked="要一级吗？",
        closes_at=LATER,
        **HEAVY,
    )
    old, new = sha(FILE).hex(), b"%PDF-1.7 corrected"
    digest = desk.holding.blobs.put(new)
    more = {"replaces": old}
    desk.holding.press("zhou", service.add_file, draft, "资格预审文件（更正）.pdf", digest, len(new), **more)
    desk.holding.press("zhou", service.submit, draft)
    desk.publish(draft)
    project, found = desk.holding.stands(desk.uid)
    assert project.qualification == "具备市政公用工程施工总承包二级以上资质"
    assert (found.note, found.examined_on) == ("胶装。", date(2026, 12, 15))
    assert [(each.sha256, each.replaced_at is not None) for each in found.files] == [
        (old, True),
        (digest, False),
    ]
    row = desk.published()
    assert row.text["kind"] == "资格预审澄清、更正公告"
    assert {each["item"] for each in row.text["items"]} == {
        "qualification",
        "note",
        "examined_on",
        "file",
        "closes_at",
    }


def test_what_applicants_are_judged_by_is_what_was_corrected(desk):
    """The digest that binds the tender to its prequalification is taken when enough have passed (87号令 25)."""
    desk.corrected({"qualification": "新的资格条件", "requirements": "二级资质 | 证书\n业绩一项"}, **HEAVY)
    rows = desk.holding.stands(desk.uid)[0].who_may.requirements
    assert [(each.what, each.proof) for each in rows] == [("二级资质", "证书"), ("业绩一项", "")]
    applied = desk.holding.applied(desk.uid, *APPLICANTS)
    desk.holding.open(desk.uid)
    desk.holding.judge(desk.uid, dict.fromkeys(applied.values(), True))
    desk.holding.press("wu", prequalification.decide, desk.uid, keys=desk.holding.keys)
    desk.holding.complete(desk.uid)
    with desk.holding.begin(desk.holding.cast.actor("zhou")) as tx:
        tenders.submit_for_review(tx, desk.uid)


def test_an_application_stays_and_may_be_replaced_until_the_later_deadline(desk):
    first = desk.holding.applied(desk.uid, "li")["li"]
    desk.corrected(closes_at=LATER, **SLIGHT)
    desk.holding.clock.set(CLOSES)  # the first deadline is none any more
    desk.holding.add(desk.uid, "li", b"%PDF-1.7 more", "补充.pdf")
    again = desk.holding.hand_in(desk.uid, "li")
    assert again.digest != first.digest
    with pytest.raises(rules.NotYetOpen):
        desk.holding.press("zhou", prequalification.open_applications, desk.uid, keys=desk.holding.keys)
    desk.holding.clock.set(LATER)
    with pytest.raises(rules.NotTaken):
        desk.holding.hand_in(desk.uid, "li")


def test_who_applies_or_has_begun_to_is_told_and_nobody_else_among_tenderers(desk):
    desk.holding.applied(desk.uid, "li")
    desk.holding.add(desk.uid, "zhao")
    gone = desk.holding.applied(desk.uid, "he")["he"]
    desk.holding.press("he", prequalification.withdraw, gone.uid, desk.holding.clock.now())
    desk.corrected(closes_at=LATER, **SLIGHT)
    told = desk.told(Kind.PREQUALIFICATION_LATER)
    assert {"li", "zhao", "zhou"} <= set(told)
    assert not {"wu", "he"} & set(told)
    message = db.session.query(Message).filter_by(kind=Kind.PREQUALIFICATION_LATER).first()
    assert message.path == f"/prequalifications/{desk.uid}/clarifications/1"
    desk.corrected({"phone": "1"}, **SLIGHT)
    assert "li" in desk.told(Kind.PREQUALIFICATION_CLARIFIED)


@pytest.mark.parametrize("login", ["li", "feng"])
def test_strangers_and_rivals_find_none(desk, login, rival):  # noqa: F811
    draft = desk.submitted({"phone": "1"}, **SLIGHT)
    for act, arguments in (
        (service.start, {"about": ABOUT}),
        (service.publish, {"keys": desk.holding.keys}),
        (service.send_back, {"reason": "不行"}),
        (service.drop, {}),
    ):
        uid = desk.uid if act is service.start else draft
        with desk.holding.begin(desk.holding.cast.actor(login)) as tx, pytest.raises(NotFound):
            act(tx, uid, **arguments)


def test_one_at_a_time_and_none_before_the_notice_or_from_the_deadline_on(desk):
    with pytest.raises(NotFound):
        desk.holding.press("zhou", service.start, desk.holding.written(), about=ABOUT)
    assert desk.start() == desk.start()
    draft = desk.save(desk.start(), {"phone": "1"}, **SLIGHT)
    desk.holding.press("zhou", service.submit, draft)
    with pytest.raises(AnotherOpen):
        desk.start()
    desk.holding.clock.set(CLOSES)
    with pytest.raises(NotOpen):
        desk.publish(draft)
    with pytest.raises(NotOpen):
        desk.start()


def test_it_is_tested_again_on_the_day_it_goes_out(desk):
    draft = desk.submitted({"note": "胶装。"}, **HEAVY)
    desk.holding.clock.set(shanghai(date(2026, 12, 5)))
    with pytest.raises(Infeasible):
        desk.publish(draft)
    assert desk.found().note == "分册装订。"


def test_a_prequalification_that_was_ended_is_corrected_no_more(desk):
    draft = desk.submitted({"phone": "1"}, **SLIGHT)
    desk.holding.press("zhou", prequalification.propose_end, desk.uid, "取消采购")
    desk.holding.press("wu", prequalification.end, desk.uid, keys=desk.holding.keys)
    with pytest.raises(NotOpen):
        desk.publish(draft)


def test_the_planned_tender_is_moved_first(desk):
    plan = {"closes_at": shanghai(date(2026, 12, 28))}
    desk.holding.press("zhou", tenders.set_dates, desk.uid, **plan)
    draft = desk.save(desk.start(), closes_at=LATER, **SLIGHT)
    with pytest.raises(Infeasible) as refused:
        desk.holding.press("zhou", service.submit, draft)
    (problem,) = refused.value.problems
    assert isinstance(problem.refusal, TenderTooSoon)
    desk.holding.press("zhou", tenders.set_dates, desk.uid, closes_at=shanghai(problem.earliest))
    desk.holding.press("zhou", service.submit, draft)
    desk.publish(draft)
    with pytest.raises(WrongState):
        desk.holding.press("zhou", tenders.add_document, desk.uid, "x.pdf", "a" * 64, 1)


def test_its_corrections_are_not_the_tenders(desk, seats):  # noqa: F811
    desk.corrected({"phone": "0000-7654321"}, **SLIGHT)
    unfinished = desk.start()
    applied = desk.holding.applied(desk.uid, *APPLICANTS)
    desk.holding.open(desk.uid)
    desk.holding.judge(desk.uid, dict.fromkeys(applied.values(), True))
    desk.holding.press("wu", prequalification.decide, desk.uid, keys=desk.holding.keys)
    desk.holding.complete(desk.uid)
    with desk.holding.begin(desk.holding.cast.actor("zhou")) as tx:
        tenders.submit_for_review(tx, desk.uid)
    with desk.holding.begin(desk.holding.cast.actor("wu")) as tx:
        tenders.publish(tx, desk.uid, seats=seats, k=3, keys=desk.holding.keys)
    assert queries.published(db.session(), desk.published().project_id) == []
    own = desk.holding.press("zhou", service.start, desk.uid)
    assert own.uid != unfinished
    assert own.about is About.TENDER
    with pytest.raises(NotFound):
        queries.published_one(db.session(), desk.uid, 1)


def test_only_what_can_be_corrected_is_asked(desk):
    assert set(queries.announced_of(desk.found()).says) == set(ANNOUNCED)


def test_of_two_second_persons_at_once_one_lets_it_out(desk):
    draft = desk.submitted(closes_at=LATER, **SLIGHT)
    desk.publish(draft)
    with pytest.raises(WrongState):
        desk.publish(draft, "wang")
    assert len([each for each in desk.holding.notes() if each["kind"].endswith("correction")]) == 1
