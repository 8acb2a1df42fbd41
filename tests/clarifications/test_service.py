"""Questions nobody can trace, and corrections by two persons and two seats, through the whole product."""

from __future__ import annotations

import io
import threading
from dataclasses import replace

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from bidding.clarifications import queries, rules, service
from bidding.clarifications.events import ClarificationPublished
from bidding.clarifications.impact import Bids, TooLateForThis
from bidding.clarifications.models import Question, QuestionQuota
from bidding.clarifications.rules import State
from bidding.core.canonical import loads, sha
from bidding.core.errors import Forbidden, NotFound, SamePerson, WrongState
from bidding.db import db, uow
from bidding.identity import queries as identity
from bidding.messages.models import Message
from bidding.opening import service as openings
from bidding.outages import queries as outages
from bidding.outages import rules as outage_rules
from bidding.outages import service as extending
from bidding.story.play import FACTS, Tender, Told
from bidding.tenders import queries as tenders
from bidding.tenders import service as tender_service
from bidding.tenders.kinds import Envelopes, Family
from bidding.tenders.rules import BudgetBelowCeiling
from bidding.verification.verify import Asked, verify
from bidding.wiring import published_texts
from tests.clarifications.correcting import DAY, HARMLESS, HEAVY, HOUR, QUESTION, Desk
from tests.outages.playing import draft as extend_by_hand
from tests.outages.playing import sign

WAN = 10_000 * 100


# Questions ------------------------------------------------------------------------------------------------------


def test_a_question_waits_for_the_next_full_hour_and_names_nobody(desk):
    receipt = desk.ask()
    assert desk.waiting() == []
    desk.centre.clock.advance(HOUR)
    (found,) = desk.waiting()
    assert found.body == QUESTION
    assert found.shown_at.minute == 0
    columns = {column.key for column in inspect(Question).columns}
    assert columns == {
        "id",
        "uid",
        "project_id",
        "body",
        "asked_on",
        "shown_at",
        "receipt_sha256",
        "clarification_id",
    }
    assert found.receipt_sha256 == sha(receipt).hex()
    assert queries.by_receipt(db.session(), found.project_id, f" {receipt.upper()} ").uid == found.uid
    with pytest.raises(rules.NoSuchReceipt):
        queries.by_receipt(db.session(), found.project_id, receipt[:-1])


def test_nothing_in_the_database_ties_a_question_to_who_asked_it(desk):
    """Of everything that is written by asking, no row holds the asker, its account, or an instant."""
    before = _everything()
    desk.centre.clock.advance(HOUR + HOUR / 4)
    asked_at = desk.centre.clock.now()
    desk.ask(who="t2")
    written = {
        table: [row for row in rows if row not in before[table]] for table, rows in _everything().items()
    }
    assert {table for table, rows in written.items() if rows} == {"question", "question_quota"}
    with desk.centre.act("t2") as tx:
        account = identity.account_of(tx.session, tx.actor)
        own = account.organisation
        known = {account.uid, account.name, account.login, own.uid, own.name, own.uscc}
    project = desk.project
    (question,), (quota,) = written["question"], written["question_quota"]
    told = {str(value) for value in (*question, *quota)}
    assert not told & known
    assert project.uid not in told
    assert {column.key for column in inspect(QuestionQuota).columns} == {
        "id",
        "mark",
        "asked",
        "last_on",
        "today",
    }
    assert not any(asked_at.isoformat()[:16].replace("T", " ") in value for value in told)


def _everything():
    db.session.rollback()
    tables = inspect(db.engine).get_table_names()
    return {
        table: [tuple(row) for row in db.session.execute(text(f'SELECT * FROM "{table}"'))]
        for table in tables
    }


def test_one_organisation_asks_so_often_and_no_more(desk):
    for number in range(rules.MOST_A_DAY):
        desk.ask(f"第 {number} 个问题：工期怎么算？")
    with pytest.raises(rules.TooManyQuestions):
        desk.ask("还有一个问题：工期怎么算？")
    desk.ask("别的单位还可以问吗，工期怎么算？", who="t2")
    desk.centre.clock.advance(DAY)
    desk.ask("第二天的问题：工期怎么算？")
    counted = sorted(row.asked for row in db.session.query(QuestionQuota))
    assert counted == [1, rules.MOST_A_DAY + 1]


def test_the_whole_of_a_tender_has_its_quota_too(desk):
    for number in range(rules.MOST_OF_ONE):
        if number and number % rules.MOST_A_DAY == 0:
            desk.centre.clock.advance(DAY)
        desk.ask(f"第 {number} 个问题：工期怎么算？")
    desk.centre.clock.advance(DAY)
    with pytest.raises(rules.TooManyQuestions):
        desk.ask("再问一个：工期怎么算呢？")


def test_who_would_name_itself_is_stopped(desk):
    with desk.centre.act("t1") as tx:
        name = tx.actor.name
    with pytest.raises(rules.NamesTheAsker):
        desk.ask(f"我是{name[0]} {name[1:]}，想问工期怎么算？")
    assert db.session.query(QuestionQuota).count() == 0


def test_the_same_words_are_asked_once(desk):
    desk.ask()
    with pytest.raises(rules.AskedAlready):
        desk.ask(who="t2")


def test_questions_end_on_the_rulebooks_day(desk):
    last = queries.last_day_to_ask(db.session(), desk.project)
    assert (tenders.local_day(desk.project.closes_at) - last).days == 10
    now = desk.centre.clock.now()
    desk.centre.clock.set(now + (last - tenders.local_day(now)))
    desk.ask()
    desk.centre.clock.advance(DAY)
    with pytest.raises(rules.AskingOver):
        desk.ask("第二天再问一个问题？")


@pytest.mark.parametrize("who", ["zhou", "sun", "wang"])
def test_only_tenderers_ask(desk, who):
    with pytest.raises(Forbidden):
        desk.ask(who=who)


# Answers --------------------------------------------------------------------------------------------------------


def test_several_questions_share_one_answer(desk):
    heard = []
    desk.centre.world.bus.subscribe(ClarificationPublished, lambda _tx, event: heard.append(event))
    receipt = desk.ask()
    desk.ask("现状管网有没有检测报告可以看？", who="t2")
    desk.centre.clock.advance(HOUR)
    with desk.centre.act("t3") as tx:
        tender_service.follow(tx, desk.uid)
    chosen = [each.uid for each in desk.waiting()]
    draft = desk.start(*chosen)
    assert desk.waiting() == []
    desk.save(
        draft,
        asked="有没有检测报告？",
        answer="有，在图纸附件三。",
        affects=False,
        harmless_because="文件里已有",
    )
    desk.publish(desk.submit(draft))
    found = desk.published()
    assert (found.text["kind"], found.text["questions"], found.text["items"]) == (
        "答疑公告",
        "有没有检测报告？",
        [],
    )
    assert [event["sha256"] for event in desk.leaves("clarification")] == [found.notice_sha256]
    assert sha(found.notice).hex() == found.notice_sha256
    assert heard == [ClarificationPublished(desk.project.id, 1, "答疑公告")]
    told = {
        message.account.login for message in db.session.query(Message).filter(Message.kind == "clarified")
    }
    assert "t3" in told
    assert "sun" in told
    assert "wu" not in told  # who has just done it
    assert queries.by_receipt(db.session(), found.project_id, receipt).clarification_id == found.id


def test_a_dropped_draft_gives_its_questions_back(desk):
    desk.ask()
    desk.centre.clock.advance(HOUR)
    draft = desk.start(desk.waiting()[0].uid)
    with desk.centre.act("zhou") as tx:
        service.drop(tx, draft)
    assert len(desk.waiting()) == 1
    assert desk.start() != draft


# Corrections ----------------------------------------------------------------------------------------------------


def test_a_correction_by_two_persons_is_in_force_at_once(desk, attachment):
    tender = desk.tender
    first = desk.project.notice
    sealed = tender.seal(1, [attachment], price_fen=1_200_000_000)
    tender.submit(1, sealed)
    digest = desk.centre.blobs.put(b"%PDF-1.7 second edition")
    old = desk.project.documents[0]
    draft = desk.start()
    with desk.centre.act("zhou") as tx:
        service.add_file(tx, draft, "第二版.pdf", digest, 23, replaces=old.sha256)
    desk.save(draft, facts={"term": "180 日历天"}, ceiling=1250 * WAN, **HEAVY)
    with desk.centre.act("zhou") as tx:
        service.submit(tx, draft)
    with pytest.raises(SamePerson):
        desk.publish(draft, who="zhou")
    desk.publish(draft, who="wang")  # an administrator may be the second person
    project = desk.project
    assert (project.term, project.lots[0].ceiling_fen) == ("180 日历天", 1250 * WAN)
    assert [bool(each.replaced_at) for each in project.documents] == [True, False]
    assert project.notice == first
    found = desk.published()
    items = {item["item"]: (item["was"], item["is"]) for item in found.text["items"]}
    assert items["ceiling"] == (tender.lot.ceiling_fen, 1250 * WAN)
    assert items["file"][1] == {"name": "第二版.pdf", "size": 23, "sha256": digest}
    assert found.text["original"]["sha256"] == sha(first).hex()
    assert (found.text["postponed"], found.text["bids"]) == (False, Bids.COMPARE.value)
    assert [event["kind"] for event in desk.leaves()] == [
        "tender-notice",
        "tender-document",
        "tender-document",
        "correction",
    ]
    # whoever seals from now on is held to the new ceiling; who has sealed keeps its bid
    fields = tender.tender_file()["lots"][0]["fields"]
    assert {field["ceiling"] for field in fields if field["name"] == "price_fen"} == {1250 * WAN}
    with pytest.raises(WrongState):
        desk.publish(draft)


def test_a_later_deadline_waits_for_two_seats_and_then_all_is_in_force(desk, attachment, tmp_path):
    tender, was = desk.tender, desk.project.closes_at
    sealed = [tender.seal(number, [attachment], price_fen=1_100_000_000 + number) for number in (1, 2, 3)]
    for number, each in enumerate(sealed, 1):
        tender.submit(number, each)
    later = was + 7 * DAY
    draft = desk.drafted(facts={"term": "180 日历天"}, closes_at=later, **HEAVY)
    desk.publish(draft)
    assert (desk.project.term, desk.project.closes_at) == (tender.facts.term, was)
    assert outages.pending(db.session(), desk.project.id).part_of == draft
    desk.centre.cosign()
    desk.signed()
    project = desk.project
    assert (project.term, project.closes_at, project.opens_at) == ("180 日历天", later, later)
    found = desk.published()
    assert found.text["postponed"]
    assert (
        found.text["schedule"]["notice_sha256"]
        == outages.corrections(db.session(), project.id)[0].notice_sha256
    )
    moved = {item["item"]: item["is"] for item in found.text["items"]}
    assert moved["closes_at"] == moved["opens_at"] == int(later.timestamp())
    letters = [message.account_id for message in db.session.query(Message).filter_by(kind="corrected-later")]
    assert len(letters) == len(set(letters)) > 3
    assert not db.session.query(Message).filter_by(kind="deadline-moved").count()  # one letter, not two
    # the seals made before open, and the verifier is content
    tender.closes_at = later
    db.session.rollback()
    db.session.expire_all()
    tender.close()
    tender.open(["reform", "finance", "notary"])
    target = io.BytesIO()
    project = tenders.notice(db.session(), desk.uid)
    texts = published_texts(db.session(), project)
    openings.write_opening(db.session(), project, desk.centre.sealed, target, notices=texts)
    path = tmp_path / "opening.zip"
    path.write_bytes(target.getvalue())
    report = verify(path, Asked(panel=project.panel_hash))
    assert report.refusals == []
    # the notice, the later dates and the correction: each text is in the package, under its digest
    assert [each.params for each in report.findings if each.code == "notices"] == [{"count": 3}]
    hashes = {event["sha256"] for event in desk.leaves("correction")}
    assert found.notice_sha256 in hashes


def test_of_two_envelopes_the_second_opening_moves_as_far(desk, tmp_path):
    two = Tender(desk.centre, tmp_path / "two", Told(), facts=replace(FACTS, envelopes=Envelopes.TWO))
    two.publish()
    other = Desk(two, tmp_path)
    was = other.project
    closes, prices = was.closes_at, was.prices_open_at
    other.publish(other.drafted(closes_at=closes + 7 * DAY, affects=True, reason="设计变更"))
    other.signed()
    moved = other.project
    assert (moved.closes_at - closes, moved.opens_at - closes, moved.prices_open_at - prices) == (
        7 * DAY,
    ) * 3
    items = [item["item"] for item in other.published().text["items"]]
    assert items == ["closes_at", "opens_at", "prices_open_at"]


def test_procurement_keeps_its_subject_and_qualification(desk, tmp_path):
    goods = Tender(
        desk.centre,
        tmp_path / "goods",
        Told(),
        facts=replace(FACTS, family=Family.PROCUREMENT, subject="goods"),
    )
    goods.publish()
    other = Desk(goods, tmp_path)
    draft = other.start()
    for name in ("summary", "qualification"):
        with pytest.raises(rules.SubjectFixed):
            other.save(draft, facts={name: "另一种写法"}, **HEAVY)
    other.save(draft, facts={"term": "三个月"}, **HEAVY)


def test_dates_taken_back_make_it_a_draft_again(desk):
    draft = desk.publish(
        desk.drafted(facts={"term": "180 日历天"}, closes_at=desk.project.closes_at + 7 * DAY, **HEAVY)
    )
    with pytest.raises(WrongState):
        desk.save(draft)
    with desk.centre.act("sun") as tx:
        extending.drop(tx, desk.uid)
    with desk.centre.act("zhou") as tx:
        found = queries.clarification_for(tx.session, tx.actor, draft)
        assert (found.state, found.extension_id) == (State.DRAFT, None)
        assert "撤回" in found.returned_reason
    desk.save(draft, facts={"term": "170 日历天"}, **HEAVY)


def test_a_signature_that_comes_too_late_for_the_period_is_refused_and_nothing_has_happened(desk):
    """Approved in time, signed so late that fifteen days are no longer left."""
    project = desk.project
    later = project.closes_at + 7 * DAY
    draft = desk.publish(desk.drafted(facts={"term": "180 日历天"}, closes_at=later, **HEAVY))
    desk.centre.clock.set(project.closes_at - 2 * DAY)
    desk.centre.cosign()
    sign(desk.centre, desk.uid, desk.folder, "agency")
    with pytest.raises(service.Infeasible) as refused:
        sign(desk.centre, desk.uid, desk.folder, "supervisor")
    assert isinstance(refused.value.problems[0].refusal, TooLateForThis)
    assert desk.project.closes_at < later
    with desk.centre.act("zhou") as tx:
        assert queries.clarification_for(tx.session, tx.actor, draft).state is State.SIGNING


def test_one_thing_at_a_time(desk):
    draft = desk.drafted(facts={"phone": "0000-7654321"}, **HARMLESS)
    with pytest.raises(service.AnotherOpen):
        desk.start(who="wu")
    with desk.centre.act("wu") as tx:
        service.send_back(tx, draft, "号码少一位")
    assert desk.start(who="wu") == draft  # a draft is gone on with
    extend_by_hand(desk.centre, desk.uid, desk.project.closes_at + 7 * DAY)
    desk.save(draft, facts={"phone": "0000-7654321"}, closes_at=desk.project.closes_at + 8 * DAY, **HARMLESS)
    desk.submit(draft)
    with pytest.raises(outage_rules.AnotherWaits):
        desk.publish(draft)


def test_a_form_filled_in_over_an_older_version_is_told_so(desk):
    draft = desk.start()
    desk.save(draft, answer="甲")
    with desk.centre.act("wu") as tx, pytest.raises(service.ChangedMeanwhile):
        service.save(tx, draft, service.Written(answer="乙"), version=1)


@pytest.mark.parametrize("name", ["title", "consortium", "price_form", "budget_fen", "envelopes"])
def test_what_would_break_seals_or_make_another_tender_is_not_touched(desk, name):
    draft = desk.start()
    with desk.centre.act("zhou") as tx, pytest.raises(rules.NotChangeable):
        service.save(tx, draft, service.Written(facts={name: "x"}))


def test_a_ceiling_above_the_budget_is_refused_at_its_field(desk):
    draft = desk.start()
    with pytest.raises(BudgetBelowCeiling) as refused:
        desk.save(draft, ceiling=desk.tender.lot.budget_fen + 1)
    assert refused.value.field == "ceiling_1"


def test_what_is_infeasible_goes_to_nobody(desk):
    draft = desk.save(desk.start())
    with pytest.raises(service.Infeasible):
        desk.submit(draft)


def test_files_that_stand_already_or_replace_nothing_are_refused(desk):
    draft = desk.start()
    old = desk.project.documents[0]
    with desk.centre.act("zhou") as tx, pytest.raises(tender_service.DocumentTwice):
        service.add_file(tx, draft, "again.pdf", old.sha256, 9, replaces=None)
    with desk.centre.act("zhou") as tx, pytest.raises(rules.FileUnknown):
        service.add_file(tx, draft, "new.pdf", "a" * 64, 9, replaces="b" * 64)
    with desk.centre.act("zhou") as tx, pytest.raises(tender_service.DocumentEmpty):
        service.add_file(tx, draft, "new.pdf", "", 0, replaces=None)
    with desk.centre.act("zhou") as tx, pytest.raises(NotFound):
        service.remove_file(tx, draft, "a" * 64)


def test_after_the_deadline_nothing_is_corrected(desk):
    draft = desk.drafted(facts={"phone": "0000-7654321"}, **HARMLESS)
    desk.centre.clock.set(desk.project.closes_at)
    with pytest.raises(rules.NotOpen):
        desk.publish(draft)
    with pytest.raises(rules.NotOpen):
        desk.start()


def test_two_people_who_approve_at_once_publish_once(desk):
    draft = desk.drafted(facts={"phone": "0000-7654321"}, **HARMLESS)
    centre, barrier, done = desk.centre, threading.Barrier(2), []
    actors = {login: centre.actor(login) for login in ("wu", "wang")}

    def approve(login):
        with centre.app.app_context():
            barrier.wait()
            try:
                with uow.transaction(actors[login], centre.world) as tx:
                    service.publish(tx, draft, keys=centre.app.extensions["log_keys"])
                done.append("published")
            except WrongState:
                done.append("too late")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=approve, args=(login,)) for login in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["published", "too late"]
    assert len(desk.leaves("correction")) == 1
    assert desk.published().number == 1


def test_the_table_itself_wants_two_persons_and_a_reason(desk):
    draft = desk.drafted(facts={"phone": "0000-7654321"}, **HARMLESS)
    for values in (
        "approved_at = submitted_at, approved_by_id = submitted_by_id",
        "harmless_because = ''",
        "published_at = submitted_at",
    ):
        with pytest.raises(IntegrityError), desk.centre.act() as tx:
            tx.session.execute(text(f"UPDATE clarification SET {values} WHERE uid = :uid"), {"uid": draft})


def test_a_tenderer_finds_no_draft_and_another_agency_neither(desk):
    draft = desk.start()
    own = desk.centre.actor("zhou")
    rival = replace(own, organisation_id=own.organisation_id + 1)
    for stranger in (desk.centre.actor("t1"), rival):
        with pytest.raises(NotFound):
            queries.clarification_for(db.session(), stranger, draft)
        with pytest.raises(NotFound), uow.transaction(stranger, desk.centre.world) as tx:
            service.start(tx, desk.uid)
    found = queries.clarification_for(db.session(), own, draft)
    assert loads(found.changes) == {"ceilings": {}, "facts": {}, "files": []}
