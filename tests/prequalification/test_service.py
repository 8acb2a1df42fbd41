"""From the notice to the gate: who may, who must not, what the log holds, and two at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import dumps, sha
from bidding.core.errors import Forbidden, NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.identity.policy import NotApproved
from bidding.ledger.models import Leaf
from bidding.messages.kinds import Kind
from bidding.messages.models import Message
from bidding.prequalification import queries, rules, service
from bidding.prequalification.rules import ApplicationState, Examiner
from bidding.prequalification.service import Dates
from bidding.prequalification.service.applying import said_of
from bidding.tenders import entry
from bidding.tenders import queries as tenders
from bidding.tenders import service as tender_service
from bidding.tenders.kinds import Examination, Stage
from bidding.tenders.models import ApprovedProject
from bidding.tenders.rules import Defects, NoExaminationBefore, RequirementFacts
from bidding.tenders.service import ChangedMeanwhile
from tests.prequalification.holding import APPLICANTS, CLOSES, OFFERED, SAID, SECOND
from tests.tenders import drafting

DAY = timedelta(days=1)


# The notice -----------------------------------------------------------------------------------------------------


def test_a_notice_is_written_by_one_and_published_by_another(holding, cast):
    uid = holding.written()
    holding.press("zhou", service.hand_over, uid)
    with pytest.raises(SamePerson):
        holding.press("zhou", service.publish, uid, keys=holding.keys)
    holding.press("wu", service.publish, uid, keys=holding.keys)
    project, found = holding.stands(uid)
    assert project.stage is Stage.PREQUALIFYING
    assert (found.submitted_by_id, found.published_by_id) == (cast.zhou.id, cast.wu.id)
    (note,) = holding.notes()
    assert note["kind"] == "prequalification-notice"
    assert note["data"] == {"project": project.code, "sha256": sha(found.notice).hex()}


def test_the_database_too_wants_two_persons(holding, begin, cast):
    uid = holding.published()
    with begin() as tx:
        row = queries.public(tx.session, uid)
        row.published_by_id = cast.zhou.id
        with pytest.raises(IntegrityError):
            tx.session.flush()
        tx.session.rollback()


@pytest.mark.parametrize("facts", [drafting.WORKS, drafting.GOODS], ids=["works", "goods"])
def test_the_notice_says_what_the_law_wants(holding, facts):
    _, found = holding.stands(holding.published(facts))
    text = json.loads(found.notice)
    for name in ("title", "owner", "owner_address", "owner_contact", "summary", "funding", "qualification"):
        assert text[name], name
    assert text["agency"]["address"]
    assert text["contact"]["phone"]
    assert text["consortium"] is False
    assert text["requirements"]
    assert text["lots"][0]["budget_fen"] == drafting.LOT.budget_fen
    assert (text["available_until_on"], text["examined_on"]) == (OFFERED.isoformat(), "2026-12-07")
    assert text["closes_at"] == int(CLOSES.timestamp())
    assert text["documents"][0]["sha256"]
    assert "evaluation" not in text, "how bids are weighed, the tender's own notice says"


def test_everything_that_is_missing_is_told_at_once(holding):
    uid = holding.begun(replace(drafting.WORKS, phone="", paper_bids=True))
    with pytest.raises(Defects) as refused:
        holding.press("zhou", service.hand_over, uid)
    assert {problem.refusal.code for problem in refused.value.problems} == {
        "tenders.missing",
        "tenders.paper_with_examination",
        "prequalification.no_dates",
        "prequalification.no_files",
    }


def test_conditions_of_a_single_lot_do_not_go_with_it(holding):
    uid = holding.written()
    with holding.begin(holding.cast.actor("zhou")) as tx:
        who_may = tenders.project_for(tx.session, tx.actor, uid).who_may
        rows = (RequirementFacts("一级资质", "", "1"),)
        tender_service.set_qualification(tx, uid, replace(who_may, requirements=rows))
    with pytest.raises(Defects):
        holding.press("zhou", service.hand_over, uid)


def test_dates_that_the_law_forbids_are_refused_where_they_are_typed(holding):
    uid = holding.begun()
    with pytest.raises(rules.AvailableTooShort):
        holding.press("zhou", service.set_dates, uid, Dates(OFFERED - DAY, CLOSES))
    with pytest.raises(rules.ApplicationsTooShort):
        holding.press("zhou", service.set_dates, uid, Dates(OFFERED, CLOSES - DAY))


def test_dates_that_were_lawful_are_checked_again_by_whoever_publishes(holding, clock):
    uid = holding.written()
    holding.press("zhou", service.hand_over, uid)
    clock.advance(3 * DAY)
    with pytest.raises(Defects):
        holding.press("wu", service.publish, uid, keys=holding.keys)


def test_what_changed_after_it_was_handed_over_is_not_published_unseen(holding):
    uid = holding.written()
    holding.press("zhou", service.hand_over, uid)
    with holding.begin(holding.cast.actor("zhou")) as tx:
        project = tenders.project_for(tx.session, tx.actor, uid)
        tender_service.edit_project(tx, uid, replace(project.written, qualification="特级资质。"))
    with pytest.raises(ChangedMeanwhile):
        holding.press("wu", service.publish, uid, keys=holding.keys)
    holding.press("wu", service.send_back, uid, "资格要求改了，请再核对。")
    assert holding.stands(uid)[1].returned_reason
    holding.press("zhou", service.hand_over, uid)
    holding.press("wu", service.publish, uid, keys=holding.keys)


def test_from_the_notice_to_the_result_the_project_stays_as_it_is(holding):
    uid = holding.published()
    for act in (
        lambda tx: tender_service.edit_project(tx, uid, drafting.WORKS),
        lambda tx: tender_service.add_lot(tx, uid, drafting.LOT),
        lambda tx: tender_service.submit_for_review(tx, uid),
        lambda tx: service.set_dates(tx, uid, Dates(OFFERED, CLOSES)),
        lambda tx: service.add_document(tx, uid, "a.pdf", "0" * 64, 1),
    ):
        with pytest.raises(WrongState):
            holding.press("zhou", act)


def test_nobody_elses_prequalification_can_be_touched(holding, rival):
    uid = holding.written()
    for login in ("feng", "li", "zhao", "sun", "lin"):
        with pytest.raises(NotFound):
            holding.press(login, service.set_dates, uid, Dates(OFFERED, CLOSES))
        with pytest.raises(NotFound):
            holding.press(login, service.hand_over, uid)
    holding.press("zhou", service.hand_over, uid)
    for login in ("feng", "li", "sun"):
        with pytest.raises(NotFound):
            holding.press(login, service.publish, uid, keys=holding.keys)
    with pytest.raises(NotFound):
        holding.press("wang", service.set_dates, uid, Dates(OFFERED, CLOSES))
    holding.press("wang", service.publish, uid, keys=holding.keys)


def test_a_method_whose_law_knows_none_has_none(holding):
    uid = drafting.begun(holding.begin, holding.cast, drafting.SMALL)
    with holding.begin(holding.cast.actor("zhou")) as tx:
        who_may = tenders.project_for(tx.session, tx.actor, uid).who_may
        before = replace(who_may, examination=Examination.BEFORE)
        with pytest.raises(NoExaminationBefore):
            tender_service.set_qualification(tx, uid, before)


def test_a_project_that_is_examined_afterwards_has_no_such_desk(holding):
    uid = drafting.begun(holding.begin, holding.cast)
    with pytest.raises(NotFound):
        holding.press("zhou", service.set_dates, uid, Dates(OFFERED, CLOSES))


# Applications ---------------------------------------------------------------------------------------------------


def test_an_application_is_received_at_the_servers_time_and_its_digest_can_be_made_again(holding, clock):
    uid = holding.published()
    holding.add(uid, "li")
    at = clock.now()
    made = holding.hand_in(uid, "li")
    mine = queries.own(db.session, holding.cast.actor("li"), made.uid)
    assert (mine.state, mine.received_at) == (ApplicationState.EFFECTIVE, at)
    assert mine.digest == sha(dumps(said_of(mine, mine.prequalification.project))).hex()
    assert mine.reference.startswith("Z20261123-")


def test_the_deadline_is_exact(holding, clock):
    uid = holding.published()
    for login in ("li", "zhao"):
        holding.add(uid, login)
    clock.set(CLOSES - timedelta(microseconds=1))
    holding.hand_in(uid, "li")
    clock.set(CLOSES)
    for act in (
        lambda: holding.hand_in(uid, "zhao"),
        lambda: holding.add(uid, "zhao", b"%PDF more"),
    ):
        with pytest.raises(rules.NotTaken):
            act()
    found = holding.stands(uid)[1]
    assert [each.organisation_id for each in queries.in_at_deadline(db.session, found)] == [
        holding.cast.li.organisation_id
    ]


def test_what_arrived_in_time_is_not_late_because_it_waited_for_its_turn(holding, clock):
    uid = holding.published()
    holding.add(uid, "li")
    arrived = CLOSES - timedelta(microseconds=1)
    clock.set(CLOSES + SECOND)
    made = holding.press("li", service.hand_in, uid, SAID, arrived)
    assert made.received_at == arrived


def test_a_newer_application_takes_the_place_of_the_older_and_one_taken_back_is_none(holding):
    uid = holding.published()
    first = holding.applied(uid, "li")["li"]
    holding.add(uid, "li", b"%PDF another")
    second = holding.hand_in(uid, "li")
    own = {each.uid: each for each in queries.own_all(db.session, holding.cast.actor("li"))}
    assert own[first.uid].state is ApplicationState.SUPERSEDED
    assert len(own[second.uid].files) == 2, "the files that were in already come along"
    holding.press("li", service.withdraw, second.uid, holding.clock.now())
    holding.press("li", service.withdraw, second.uid, holding.clock.now())
    assert queries.in_at_deadline(db.session, holding.stands(uid)[1]) == []
    holding.add(uid, "li", b"%PDF a third")
    holding.hand_in(uid, "li")
    assert len(queries.in_at_deadline(db.session, holding.stands(uid)[1])) == 1


def test_only_approved_tenderers_apply_and_only_for_themselves(holding):
    uid = holding.published()
    with pytest.raises(NotApproved):
        holding.add(uid, "qian")
    for login in ("zhou", "wang", "sun", "lin"):
        with pytest.raises(Forbidden):
            holding.add(uid, login)
    made = holding.applied(uid, "li")["li"]
    for login in ("zhao", "qian"):
        with pytest.raises(NotFound):
            holding.press(login, service.withdraw, made.uid, holding.clock.now())
        with pytest.raises(NotFound):
            queries.own(db.session, holding.cast.actor(login), made.uid)


def test_an_application_of_no_files_is_none(holding):
    uid = holding.published()
    with pytest.raises(rules.NothingHandedIn):
        holding.hand_in(uid, "li")


def test_nothing_of_an_application_is_in_any_log_before_the_deadline(holding):
    uid = holding.published()
    before = db.session.query(Leaf).count()
    holding.applied(uid, "li", "zhao")
    db.session.rollback()
    assert db.session.query(Leaf).count() == before


def test_nobody_reads_applications_before_the_deadline(holding, clock):
    uid = holding.published()
    holding.applied(uid, "li")
    assert queries.opened(db.session, holding.stands(uid)[1]) == []
    for at in (clock.now(), CLOSES, CLOSES + rules.SETTLES - timedelta(microseconds=1)):
        clock.set(at)
        for login in ("zhou", "wu"):
            with pytest.raises(rules.NotYetOpen):
                holding.press(login, service.open_applications, uid, keys=holding.keys)
    clock.set(CLOSES + rules.SETTLES)
    for login in ("wang", "sun", "li", "zhao", "lin"):
        with pytest.raises(NotFound):
            holding.press(login, service.open_applications, uid, keys=holding.keys)


# The result -----------------------------------------------------------------------------------------------------


def test_what_was_in_at_the_deadline_is_bound_by_a_digest_without_names_or_numbers(holding):
    uid, found = holding.opened()
    holding.open(uid, "wu")
    row = holding.stands(uid)[1]
    _, note = holding.notes()
    assert (note["kind"], note["data"]["sha256"]) == ("prequalification-opened", sha(row.register).hex())
    assert set(note["data"]) == {"project", "sha256"}
    text = json.loads(row.register)
    assert {each["digest"] for each in text["applications"]} == {each.digest for each in found.values()}
    assert "建设集团" not in row.register


def test_one_examines_and_another_decides(holding):
    uid, found = holding.opened()
    with pytest.raises(WrongState):
        holding.press("wu", service.decide, uid, keys=holding.keys)
    holding.judge(uid, dict.fromkeys(found.values(), True))
    with pytest.raises(SamePerson):
        holding.press("zhou", service.decide, uid, keys=holding.keys)
    for login in ("wang", "sun", "li"):
        with pytest.raises(NotFound):
            holding.press(login, service.decide, uid, keys=holding.keys)
    holding.press("wu", service.decide, uid, keys=holding.keys)
    holding.press("wu", service.decide, uid, keys=holding.keys)
    project, row = holding.stands(uid)
    assert (project.stage, row.enough) == (Stage.DRAFT, True)
    assert project.qualified_as is not None
    assert [each["kind"] for each in holding.notes()] == [
        f"prequalification-{what}" for what in ("notice", "opened", "decided")
    ]
    assert holding.notes()[-1]["data"]["sha256"] == sha(row.result).hex()


def test_verdicts_are_kept_unfinished_and_handed_over_whole(holding):
    uid, found = holding.opened()
    li, zhao, he = found.values()
    holding.judge(uid, {li: True}, hand_over=False)
    with pytest.raises(rules.VerdictMissing):
        holding.judge(uid, {zhao: "资质证书过期"})
    with pytest.raises(rules.ReasonMissing):
        holding.judge(uid, {zhao: "", he: True})
    holding.judge(uid, {zhao: "资质证书过期", he: True})
    with pytest.raises(WrongState):
        holding.judge(uid, {zhao: True})
    holding.press("wu", service.return_review, uid, "请写明哪一份。")
    assert holding.stands(uid)[1].review_returned
    holding.judge(uid, {zhao: True})


def test_a_committee_is_registered_with_its_members(holding):
    uid, found = holding.opened()
    everybody = dict.fromkeys(found.values(), True)
    with pytest.raises(rules.ExaminerMissing):
        holding.judge(uid, everybody, examiner=None)
    with pytest.raises(rules.CommitteeTooSmall):
        holding.judge(uid, everybody, examiner=Examiner.COMMITTEE, committee="张三，设计院，专家")
    members = "\n".join(["张三，设计院，专家"] * 4 + ["吴科长，更新中心，招标人代表"])
    holding.judge(uid, everybody, examiner=Examiner.COMMITTEE, committee=members)
    holding.press("wu", service.decide, uid, keys=holding.keys)
    assert len(json.loads(holding.stands(uid)[1].result)["committee"]) == 5


def test_of_procurement_the_buyer_examines(holding):
    uid, found = holding.opened(drafting.GOODS)
    holding.judge(uid, dict.fromkeys(found.values(), True), examiner=None)
    assert holding.stands(uid)[1].examiner is Examiner.OWNER


@pytest.mark.parametrize("failing", [("he",), ("li", "zhao", "he")])
def test_with_fewer_than_three_the_project_is_over(holding, failing):
    uid, _ = holding.decided(failing=failing)
    project, row = holding.stands(uid)
    assert (project.stage, project.qualified_as, row.enough) == (Stage.UNQUALIFIED, None, False)
    with pytest.raises(WrongState), holding.begin(holding.cast.actor("zhou")) as tx:
        tender_service.edit_project(tx, uid, drafting.WORKS)


def test_nobody_applied_and_so_it_is_over(holding):
    uid, _ = holding.decided(applicants=())
    assert holding.stands(uid)[0].stage is Stage.UNQUALIFIED


def test_every_applicant_is_told_that_there_is_a_result_and_nobody_else(holding):
    _, found = holding.decided(failing=("he",))
    told = db.session.query(Message).filter_by(kind=Kind.PREQUALIFIED).order_by(Message.path).all()
    assert {(each.account_id, each.path) for each in told} == {
        (holding.cast[login].id, f"/applications/{made.uid}") for login, made in found.items()
    }
    assert len({json.loads(each.params)["title"] for each in told}) == 1
    assert not any("passed" in each.params or "资质证书" in each.params for each in told)


# The tender afterwards ------------------------------------------------------------------------------------------


def blocking(holding, uid):
    project = holding.stands(uid)[0]
    found = tenders.review(db.session, project, holding.clock.now())
    return {problem.refusal.code for problem in found if problem.blocks}


def test_the_tender_waits_for_the_result(holding):
    uid = holding.begun()
    assert "tenders.not_prequalified" in blocking(holding, uid)


def test_what_applicants_were_judged_by_stays(holding):
    uid, _ = holding.decided()
    assert not {code for code in blocking(holding, uid) if "prequalified" in code}
    with holding.begin(holding.cast.actor("zhou")) as tx:
        project = tenders.project_for(tx.session, tx.actor, uid)
        tender_service.edit_project(tx, uid, replace(project.written, qualification="特级资质。"))
    assert "tenders.changed_since_prequalified" in blocking(holding, uid)


def test_nor_is_it_examined_afterwards_once_it_was_before(holding):
    uid, _ = holding.decided()
    with holding.begin(holding.cast.actor("zhou")) as tx:
        who_may = tenders.project_for(tx.session, tx.actor, uid).who_may
        tender_service.set_qualification(tx, uid, replace(who_may, examination=Examination.AFTER))
    assert "tenders.changed_since_prequalified" in blocking(holding, uid)


def test_an_approved_project_has_come_with_the_notice_of_its_prequalification(holding, begin, cast):
    """双轨运行: the list of those that have not come knows every stage from that notice on."""
    facts = replace(drafting.WORKS, approval_code="2608-539921-04-01-123456")
    with begin() as tx:
        approved = ApprovedProject(
            code=facts.approval_code,
            name=facts.title,
            department="县发展和改革局",
            investment_fen=drafting.WAN * 1320,
            approved_on=date(2026, 1, 5),
            entered_at=tx.now,
            entered_by_id=cast.wang.id,
        )
        tx.session.add(approved)

    def is_missing():
        db.session.rollback()
        codes = [row.code for row in db.session.scalars(entry.missing(date(2026, 11, 23), 90))]
        (row,) = db.session.scalars(entry.approved()).all()
        came = entry.whereabouts(db.session(), [row])[row.code].tenders
        assert bool(codes) is not bool(came)
        return bool(codes)

    holding.written(facts)
    assert is_missing(), "a draft is none"
    uid = holding.published(facts)
    assert not is_missing()
    applied = holding.applied(uid, *APPLICANTS)
    holding.open(uid)
    holding.judge(uid, dict.fromkeys(applied.values(), True))
    holding.press("wu", service.decide, uid, keys=holding.keys)
    assert holding.stands(uid)[0].stage is Stage.DRAFT
    assert not is_missing(), "it is being made ready for those who passed"
