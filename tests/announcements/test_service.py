"""Writing, publishing and withdrawing announcements; objections; and the tender that follows an intention."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bidding.announcements import queries, service
from bidding.announcements.models import Announcement, Objection
from bidding.announcements.rules import (
    Kind,
    NoObjectionsHere,
    ObjectionTooLate,
    ReasonMissing,
    State,
    over_at,
)
from bidding.announcements.service import ObjectionWaiting
from bidding.core.canonical import loads, sha
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.messages.models import Message
from bidding.tenders import queries as tenders
from bidding.tenders.rules import Defects, IntentionTooLate, NoIntention
from bidding.tenders.service import ChangedMeanwhile
from tests.announcements.writing import BODY, INTENTION, SAID, SINGLE
from tests.tenders.drafting import GOODS, WORKS

DAY = timedelta(days=1)


@pytest.mark.parametrize("kind", [Kind.INTENTION, Kind.SINGLE_SOURCE])
def test_two_persons_let_an_announcement_out_and_the_centres_log_has_its_hash(desk, kind):
    uid = desk.published(kind)
    row = desk.row(uid)
    assert (row.state, row.submitted_by_id, row.published_by_id) == (
        State.PUBLISHED,
        desk.cast.zhou.id,
        desk.cast.wu.id,
    )
    assert row.sha256 == sha(row.notice).hex()
    assert desk.notes(service.PUBLISHED_NOTE) == [
        {"announcement": uid, "of": kind.value, "sha256": row.sha256}
    ]
    text = loads(row.notice)
    assert (text["title"], text["budget_fen"], text["owner"]) == (
        SAID[kind].title,
        SAID[kind].budget_fen,
        SAID[kind].owner_name,
    )


def test_pressed_twice_it_is_published_once(desk):
    uid = desk.submitted()
    for who in ("wu", "wang"):
        desk.press(who, service.publish, uid, keys=desk.keys)
    assert desk.row(uid).published_by_id == desk.cast.wu.id
    assert len(desk.notes(service.PUBLISHED_NOTE)) == 1


def test_nobody_publishes_what_they_handed_over_and_the_database_knows_it(desk):
    uid = desk.submitted()
    with pytest.raises(SamePerson):
        desk.press("zhou", service.publish, uid, keys=desk.keys)
    desk.press("wu", service.publish, uid, keys=desk.keys)
    row = desk.row(uid)
    row.published_by_id = row.submitted_by_id
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_what_lacks_a_part_is_not_handed_over_and_all_of_it_is_told(desk):
    uid = desk.draft(said=replace(INTENTION, summary="  ", budget_fen=None))
    with pytest.raises(Defects) as refused:
        desk.press("zhou", service.submit, uid)
    assert [each.refusal.field for each in refused.value.problems] == ["summary", "budget_fen"]
    assert desk.row(uid).state is State.DRAFT


def test_what_no_longer_holds_is_not_published(desk):
    uid = desk.submitted()
    desk.clock.advance(100 * DAY)  # January is over
    with pytest.raises(Defects):
        desk.press("wu", service.publish, uid, keys=desk.keys)
    assert desk.notes(service.PUBLISHED_NOTE) == []


def test_a_second_person_sends_it_back_with_a_reason(desk):
    uid = desk.submitted()
    with pytest.raises(ReasonMissing):
        desk.press("wu", service.send_back, uid, " ")
    desk.press("wu", service.send_back, uid, "预算写错")
    row = desk.row(uid)
    assert (row.state, row.returned_reason, row.submitted_by_id) == (State.DRAFT, "预算写错", None)


def test_only_a_draft_is_changed_or_thrown_away_and_not_over_a_colleagues_words(desk):
    uid = desk.draft()
    seen = desk.row(uid).version
    desk.press("wu", service.edit, uid, replace(INTENTION, title="另一个名称"), version=seen)
    with pytest.raises(ChangedMeanwhile):
        desk.press("zhou", service.edit, uid, INTENTION, version=seen)
    desk.press("zhou", service.submit, uid)
    for act, more in ((service.edit, [INTENTION]), (service.discard, [])):
        with pytest.raises(WrongState):
            desk.press("zhou", act, uid, *more)
    other = desk.draft()
    desk.press("zhou", service.discard, other)
    assert db.session.query(Announcement).filter_by(uid=other).count() == 0


@pytest.mark.parametrize("who", ["feng", "li", "sun", "lin"])
def test_another_agency_and_strangers_find_nothing(desk, rival, who):
    draft, waiting, out = desk.draft(), desk.submitted(), desk.published(Kind.SINGLE_SOURCE)
    desk.object(out, by="zhao")
    for act in (
        lambda tx: service.edit(tx, draft, INTENTION),
        lambda tx: service.submit(tx, draft),
        lambda tx: service.discard(tx, draft),
        lambda tx: service.publish(tx, waiting, keys=desk.keys),
        lambda tx: service.send_back(tx, waiting, "理由"),
        lambda tx: service.withdraw(tx, out, "理由", keys=desk.keys),
        lambda tx: service.answer_objection(tx, out, 1, "答复", upheld=False, keys=desk.keys),
    ):
        with pytest.raises(NotFound):
            desk.press(who, act)


def test_only_an_agency_writes(desk):
    for who in ("li", "wang", "sun"):
        with pytest.raises(NotFound):
            desk.press(who, service.create, Kind.INTENTION, INTENTION)


# withdrawing


def test_what_is_out_is_taken_back_by_another_than_who_let_it_out_and_stays_readable(desk):
    uid = desk.published()
    with pytest.raises(SamePerson):
        desk.press("wu", service.withdraw, uid, "项目取消", keys=desk.keys)
    for _ in range(2):
        desk.press("zhou", service.withdraw, uid, "项目取消", keys=desk.keys)
    row = desk.row(uid)
    assert (row.state, row.withdrawn_reason) == (State.WITHDRAWN, "项目取消")
    assert queries.published(db.session(), uid).notice
    (note,) = desk.notes(service.WITHDRAWN_NOTE)
    assert note == {"announcement": uid, "sha256": row.sha256, "reason": sha("项目取消").hex()}
    with pytest.raises(WrongState):
        desk.press("wang", service.publish, uid, keys=desk.keys)


def test_a_draft_is_not_withdrawn(desk):
    uid = desk.submitted()
    with pytest.raises(WrongState):
        desk.press("wu", service.withdraw, uid, "理由", keys=desk.keys)


# objections


def test_an_objection_and_its_answer_stand_in_the_log_and_in_the_record_without_a_name(desk):
    uid = desk.published(Kind.SINGLE_SOURCE)
    assert desk.row(uid).ends_on.isoformat() == "2026-11-30"
    desk.object(uid)
    desk.answer(uid, upheld=True)
    (objection,) = desk.row(uid).objections
    assert (objection.body, objection.upheld, objection.organisation.name) == (
        BODY,
        True,
        "岚岳建设集团有限公司",
    )
    assert desk.notes(service.OBJECTION_NOTE) == [{"announcement": uid, "n": 1, "sha256": objection.sha256}]
    assert desk.notes(service.ANSWER_NOTE) == [
        {"announcement": uid, "n": 1, "sha256": objection.answer_sha256}
    ]
    with pytest.raises(WrongState):
        desk.answer(uid)


def test_who_objected_is_told_of_the_answer_and_the_supervisors_of_the_objection(desk):
    uid = desk.published(Kind.SINGLE_SOURCE)
    desk.object(uid)
    desk.answer(uid)
    db.session.rollback()
    told = {(each.account_id, each.kind) for each in db.session.query(Message)}
    assert {(desk.cast[who].id, "objection-made") for who in ("zhou", "wu", "sun", "fang", "gu")} <= told
    assert [who for who, kind in told if kind == "objection-answered"] == [desk.cast.li.id]


def test_one_organisation_has_one_objection_open_at_a_time_and_another_its_own(desk):
    uid = desk.published(Kind.SINGLE_SOURCE)
    assert [desk.object(uid), desk.object(uid, by="zhao")] == [1, 2]
    with pytest.raises(ObjectionWaiting):
        desk.object(uid)
    row = desk.row(uid)
    db.session.add(
        Objection(
            announcement_id=row.id,
            n=3,
            organisation_id=desk.cast.li.organisation_id,
            made_by_id=desk.cast.li.id,
            made_at=desk.clock.now(),
            body=BODY,
            sha256="0" * 64,
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    desk.answer(uid, 1)
    assert desk.object(uid) == 3


def test_after_the_last_day_and_after_a_withdrawal_nothing_is_taken(desk):
    uid, other = desk.published(Kind.SINGLE_SOURCE), desk.published(Kind.SINGLE_SOURCE)
    desk.press("zhou", service.withdraw, other, "改为公开招标", keys=desk.keys)
    with pytest.raises(NoObjectionsHere):
        desk.object(other)
    desk.clock.advance(over_at(desk.row(uid).ends_on) - desk.clock.now())
    with pytest.raises(ObjectionTooLate):
        desk.object(uid)


@pytest.mark.parametrize("who", ["zhou", "wang", "sun", "lin"])
def test_only_tenderers_object(desk, who):
    uid = desk.published(Kind.SINGLE_SOURCE)
    with pytest.raises(NotFound):
        desk.object(uid, by=who)


def test_nobody_objects_to_a_draft(desk):
    uid = desk.submitted(Kind.SINGLE_SOURCE)
    with pytest.raises(NotFound):
        desk.object(uid)


# the tender that follows


def review(desk, uid):
    db.session.rollback()
    project = tenders.project_for(db.session(), desk.cast.actor("zhou"), uid)
    found = tenders.review(db.session(), project, desk.clock.now())
    return [each for each in found if isinstance(each.refusal, NoIntention | IntentionTooLate)]


def test_a_procurement_without_an_intention_is_only_warned_of(desk, written):
    (problem,) = review(desk, written(GOODS))
    assert isinstance(problem.refusal, NoIntention)
    assert not problem.blocks
    assert review(desk, written(WORKS)) == []


@pytest.mark.parametrize(("days", "late"), [(29, True), (30, False)])
def test_a_notice_follows_its_intention_after_thirty_days(desk, written, days, late):
    intention, project = desk.published(), written(GOODS)
    desk.press("zhou", service.follow, project, intention)
    desk.clock.advance(days * DAY)
    found = review(desk, project)
    assert [type(each.refusal) for each in found] == [IntentionTooLate] * late
    assert all(each.blocks for each in found)
    if late:
        assert found[0].refusal.params["earliest"] == "2026-12-23"


def test_a_withdrawn_intention_is_followed_by_no_draft(desk, written):
    intention, project = desk.published(), written(GOODS)
    desk.press("zhou", service.follow, project, intention)
    desk.press("zhou", service.withdraw, intention, "取消", keys=desk.keys)
    assert isinstance(review(desk, project)[0].refusal, NoIntention)
    with pytest.raises(NotFound):
        desk.press("zhou", service.follow, project, intention)


def test_a_link_can_be_changed_and_taken_away_by_the_agency_alone(desk, written, rival):
    first, second, project = desk.published(), desk.published(), written(GOODS)
    for picked in (first, second):
        desk.press("zhou", service.follow, project, picked)
    with pytest.raises(NotFound):
        desk.press("feng", service.follow, project, first)
    desk.press("zhou", service.follow, project, None)
    assert isinstance(review(desk, project)[0].refusal, NoIntention)


def test_no_tender_follows_a_draft_or_a_single_source(desk, written):
    project = written(GOODS)
    for wrong in (desk.submitted(), desk.published(Kind.SINGLE_SOURCE)):
        with pytest.raises(NotFound):
            desk.press("zhou", service.follow, project, wrong)


def test_a_notice_that_is_handed_over_keeps_its_link(desk, submitted):
    intention, project = desk.published(), submitted(GOODS)
    with pytest.raises(WrongState):
        desk.press("zhou", service.follow, project, intention)


def test_what_an_agency_wrote_about_itself_comes_back(desk):
    desk.draft(Kind.SINGLE_SOURCE)
    found = queries.written_last(db.session(), desk.cast.actor("wu"), Kind.SINGLE_SOURCE)
    assert found["finance_contact"] == SINGLE.finance_contact
    assert found["phone"] == SINGLE.phone
    assert queries.written_last(db.session(), desk.cast.actor("li"), Kind.SINGLE_SOURCE) == {}
