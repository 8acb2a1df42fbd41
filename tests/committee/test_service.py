"""From the release to the chair: who comes in, who signs in, who steps aside, and how they did."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.committee import queries, rules, service
from bidding.committee.models import Appraisal, Member
from bidding.committee.rules import BASES, QUESTIONS, Recusal, Source
from bidding.committee.service import Declaration, Paper, Person
from bidding.core.canonical import loads
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.experts import queries as experts_queries
from bidding.experts import service as experts
from bidding.experts.calls import Answer
from bidding.experts.models import Expert
from bidding.experts.rules import BadComposition, Conditions, Place, Relation
from bidding.experts.service import Unit
from bidding.ledger.events import EventType
from bidding.ledger.models import Leaf
from bidding.tenders.kinds import Family
from bidding.tenders.models import RuleRow

NOTHING = Declaration(None)
PDF = b"%PDF-1.4 consent"
YES = {code: True for code, _ in QUESTIONS}


def paper(play, who="zhou", **changes):
    centre = play.centre
    given = {
        "source": Source.DIRECT,
        "basis": BASES[Source.DIRECT][0],
        "count": 1,
        "evaluation_at": play.tender.closes_at + timedelta(hours=3),
        "file_name": "同意.pdf",
        "data": PDF,
    }
    with centre.act(who) as tx:
        return service.bring_paper(tx, play.tender.uid, Paper(**(given | changes)), centre.blobs).uid


def confirm(play, what, uid, who="sun"):
    with play.centre.act(who) as tx:
        what(tx, uid)


def enter(play, name="方圆", unit="明川县住建局", paper="", who="zhou", phone_end="1234"):
    with play.centre.act(who) as tx:
        return service.enter_member(tx, play.tender.uid, Person(name, unit, phone_end), paper).uid


def open_room(play, who="wang"):
    with play.centre.act(who) as tx:
        return service.open_room(tx, play.tender.uid)[1]


def members(play):
    session = db.session()
    session.rollback()
    session.expire_all()
    return session.scalars(select(Member).order_by(Member.id)).all()


def sign_in(play, token, one, declared=NOTHING):
    with play.centre.act("wang") as tx:
        return service.sign_in(tx, token, one.uid, declared).uid


def owners_representative(play):
    uid = enter(play)
    confirm(play, service.confirm_member, uid)
    return uid


def notes(play, kind):
    session = db.session()
    session.rollback()
    rows = session.scalars(
        select(Leaf.event)
        .where(Leaf.log_id == play.draw.project.log_id, Leaf.type == EventType.NOTE.value)
        .order_by(Leaf.idx)
    )
    return [event for event in map(loads, rows) if event["kind"] == kind]


def choose(play, uid):
    with play.centre.act("wang") as tx:
        service.choose_chair(tx, play.tender.uid, uid)


# From the room's opening to the chair


def test_a_committee_comes_together_and_elects_its_chair(released):
    play = released
    owners_representative(play)
    token = open_room(play)
    everybody = members(play)
    assert [one.source for one in everybody] == [Source.OWNER, *[Source.DRAWN] * 4]
    assert all(one.specialty and len(one.phone_end) == 4 for one in everybody[1:])
    for one in everybody[:-1]:
        sign_in(play, token, one)
    with pytest.raises(rules.Incomplete):
        choose(play, everybody[1].uid)
    sign_in(play, token, everybody[-1])
    choose(play, everybody[1].uid)
    choose(play, everybody[2].uid)  # elected anew: there is one chair
    chairs = [one.uid for one in members(play) if one.chaired_at]
    assert chairs == [everybody[2].uid]
    (first, last) = notes(play, "committee-chair")
    assert (last["data"]["members"], last["data"]["experts"]) == (5, 4)
    arrived = notes(play, "committee-arrived")
    assert len(arrived) == 5
    text = str([*arrived, first])
    assert not any(one.name in text or one.unit in text for one in everybody)
    assert {one.conduct for one in members(play)} == {"panel-1 zone-1"}


def test_a_room_opens_when_the_evaluation_begins_and_the_tenderers_are_known(play):
    closes = play.tender.closes_at
    with pytest.raises(WrongState):
        open_room(play)  # nothing is asked for yet
    play.request(evaluation_at=closes - timedelta(hours=1))
    with pytest.raises(rules.NotYet):
        open_room(play)
    play.centre.clock.set(closes - timedelta(hours=1))
    with pytest.raises(rules.StillOpen):
        open_room(play)


def test_a_page_opened_anew_voids_the_old_address(released):
    first = open_room(released)
    second = open_room(released)
    session = db.session()
    session.rollback()
    with pytest.raises(NotFound):
        queries.room(session, first)
    queries.room(session, second)
    with released.centre.act("wang") as tx:
        service.close_room(tx, released.tender.uid)
    db.session().rollback()
    with pytest.raises(NotFound):
        queries.room(db.session(), second)
    assert len(members(released)) == 4  # nobody is seated twice


def test_somebody_is_recognised_by_name_and_digits_and_misses_are_counted(released):
    token = open_room(released)
    one = members(released)[0]

    def ask(name, digits):
        with released.centre.act("wang") as tx:
            found = service.recognise(tx, token, name, digits)
            return found.uid if found else None

    assert ask(f" {one.name} ", one.phone_end) == one.uid
    other = "0000" if one.phone_end != "0000" else "1111"
    assert [ask(one.name, other) for _ in range(rules.MOST_MISSES)] == [None] * rules.MOST_MISSES
    with pytest.raises(rules.RoomLocked):
        ask(one.name, one.phone_end)
    token = open_room(released)
    assert ask(one.name, one.phone_end) == one.uid
    sign_in(released, token, one)
    assert ask(one.name, one.phone_end) is None  # nobody signs in twice


def test_who_declares_a_tie_steps_aside_and_is_not_awaited_any_more(released):
    token = open_room(released)
    one = members(released)[0]
    sign_in(released, token, one, Declaration(Recusal.FAMILY, "配偶在该公司"))
    after = members(released)[0]
    assert (after.recusal, after.arrived_at) == (Recusal.FAMILY, None)
    (note,) = notes(released, "committee-recused")
    assert note["data"]["reason"] == "family"
    assert note["data"]["h"] == one.h
    assert "配偶" not in str(note)
    with pytest.raises(NotFound):
        sign_in(released, token, one)


@pytest.mark.parametrize("way", ["unit", "related", "former"])
def test_who_is_of_a_tenderer_cannot_sign_in_even_undeclared(bidders, released, way):
    centre, unit = released.centre, bidders[0]
    token = open_room(released)
    one = members(released)[0]
    with centre.act("wang") as tx:
        if way == "unit":
            tx.session.get_one(Member, one.id).unit = unit
        elif way == "related":
            experts.relate(tx, Unit(one.unit), Unit(unit), Relation.HOLDING, "登记信息", centre.keys)
        else:
            uid = tx.session.get_one(Expert, one.expert_id).uid
            experts.add_employment(tx, uid, Unit(unit), date(2026, 11, 1), centre.keys)
    with pytest.raises(rules.OfATenderer):
        sign_in(released, token, one)
    sign_in(released, token, members(released)[1])
    sign_in(released, token, one, Declaration(Recusal.EMPLOYED))


def test_whoever_the_draw_goes_on_without_does_not_sign_in(released):
    token = open_room(released)
    one = members(released)[0]
    stratum = next(s for s, h in _standing(released) if h == one.h)
    released.answer(stratum, one.h, Answer.ABSENT)
    with pytest.raises(rules.NotServing):
        sign_in(released, token, one)
    sign_in(released, token, members(released)[1])


def _standing(play):
    session = db.session()
    return [(one.stratum, one.h) for one in experts_queries.serving(session, play.draw.project)]


def test_a_drawn_member_is_called_what_their_list_is_called(play):
    centre, closes = play.centre, play.tender.closes_at
    places = (Place("A0801", 2, 2, "明川县"), Place("A0802", 2, 2))
    play.to_drawn(conditions=Conditions(5, 1, places), evaluation_at=closes + timedelta(hours=3))
    play.call_everybody()
    with centre.act("wang") as tx:
        experts.retire_specialty(tx, "A0802", retired=True)
    play.close_tender()
    centre.wait(closes + timedelta(hours=3, minutes=1))
    play.release()
    open_room(play)
    assert {one.specialty for one in members(play)} == {"给排水（明川县）", "市政道路"}


def test_a_paper_that_one_person_brought_does_not_move_the_evaluation(released):
    uid = paper(released, evaluation_at=released.tender.closes_at + timedelta(days=30))
    open_room(released)
    confirm(released, service.confirm_paper, uid)
    with pytest.raises(rules.NotYet):
        open_room(released)


def test_who_leaves_is_written_down_and_the_panel_is_short_of_them(released):
    owners_representative(released)
    token = open_room(released)
    everybody = members(released)
    for one in everybody:
        sign_in(released, token, one)
    choose(released, everybody[1].uid)
    with released.centre.act("wang") as tx:
        service.leave(tx, everybody[1].uid, "评审中发现与投标单位有利益关系", Recusal.INTEREST)
    with pytest.raises(WrongState), released.centre.act("wang") as tx:
        service.leave(tx, everybody[1].uid, "再次")
    (note,) = notes(released, "committee-left")
    assert (note["data"]["arrived"], note["data"]["recusal"]) == (True, "interest")
    with pytest.raises(BadComposition):
        choose(released, everybody[2].uid)  # four are left


def test_the_buyers_representative_does_not_chair(released):
    representative = owners_representative(released)
    token = open_room(released)
    for one in members(released):
        sign_in(released, token, one)
    session = db.session()
    project = released.draw.project
    assert project.family is Family.WORKS
    assert queries.owner_may_chair(session, project, released.centre.clock.now())
    figure = session.scalars(
        select(RuleRow).where(RuleRow.code == "procurement.experts.chair-is-expert")
    ).one()
    assert figure.value == 1
    with released.centre.act("wang") as tx:
        tx.session.add(RuleRow(**_like(figure, code="works.experts.chair-is-expert")))
    with pytest.raises(rules.MayNotChair):
        choose(released, representative)


def _like(row, **changes):
    columns = {c.name: getattr(row, c.name) for c in RuleRow.__table__.columns if c.name != "id"}
    return columns | changes


# Papers and persons


def test_a_paper_counts_once_somebody_else_has_confirmed_it(play):
    uid = paper(play, "wang")
    with pytest.raises(SamePerson):
        confirm(play, service.confirm_paper, uid, "wang")
    with pytest.raises(WrongState):
        enter(play, paper=uid)
    confirm(play, service.confirm_paper, uid)
    with pytest.raises(WrongState):
        confirm(play, service.confirm_paper, uid)
    with pytest.raises(WrongState), play.centre.act("zhou") as tx:
        service.withdraw_paper(tx, uid)
    session = db.session()
    session.rollback()
    event = loads(session.scalars(select(Leaf.event).order_by(Leaf.id.desc())).first())
    assert (event["kind"], event["data"]["count"]) == ("committee-appointed", 1)


def test_experts_of_a_paper_come_in_when_the_evaluation_begins_and_no_more_than_it_says(play):
    uid = paper(play)
    confirm(play, service.confirm_paper, uid)
    with pytest.raises(rules.NotYet):
        enter(play, paper=uid)
    play.centre.clock.set(play.tender.closes_at + timedelta(hours=3))
    first = enter(play, "钱一", "省设计院", uid)
    with pytest.raises(rules.EnoughAppointed):
        enter(play, "孙二", "省设计院", uid)
    with pytest.raises(rules.ListedAlready):
        enter(play, "钱 一", "另一单位")
    with play.centre.act("zhou") as tx:
        service.withdraw_member(tx, first)
    again = enter(play, "孙二", "省设计院", uid)
    with pytest.raises(SamePerson):
        confirm_own(play, again)
    confirm(play, service.confirm_member, again)
    with pytest.raises(WrongState), play.centre.act("zhou") as tx:
        service.withdraw_member(tx, again)


def confirm_own(play, uid):
    """Who entered somebody confirms them: an administrator might, were it not for the rule."""
    with play.centre.act("wang") as tx:
        one = tx.session.scalars(select(Member).where(Member.uid == uid)).one()
        one.entered_by_id = tx.actor.account_id
        tx.session.flush()
        service.confirm_member(tx, uid)


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"", b"%PDF-" + b"0" * (rules.MOST_MB * 2**20)])
def test_a_paper_is_a_pdf_of_some_size(play, data):
    with pytest.raises(rules.NoFile) as refused:
        paper(play, data=data)
    assert refused.value.field == "file"


def test_the_database_keeps_two_persons_apart(play):
    uid = enter(play)
    session = db.session()
    session.rollback()
    one = session.scalars(select(Member).where(Member.uid == uid)).one()
    one.confirmed_at, one.confirmed_by_id = one.entered_at, one.entered_by_id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


@pytest.mark.parametrize("who", ["t1", "sun", "zhou"])
def test_who_opens_no_room(released, who):
    with pytest.raises(NotFound):
        open_room(released, who)


@pytest.mark.parametrize("who", ["t1", "sun"])
def test_who_names_nobody(play, who):
    with pytest.raises(NotFound):
        enter(play, who=who)
    with pytest.raises(NotFound):
        paper(play, who=who)


# How they did


def test_the_record_of_performance_is_due_five_working_days_after(released):
    session = db.session()
    project = released.draw.project
    at = released.draw.evaluation_at
    assert queries.appraisal_due(session, project, at) is None  # 198号 is of procurement
    project.family = Family.PROCUREMENT
    monday = at.replace(year=2026, month=11, day=23)
    assert queries.appraisal_due(session, project, monday) == date(2026, 11, 30)
    session.rollback()


def test_a_record_is_written_once_by_the_agency_and_stands_in_the_log_by_its_digest(released):
    owners_representative(released)
    token = open_room(released)
    everybody = members(released)
    with pytest.raises(WrongState), released.centre.act("zhou") as tx:
        service.appraise(tx, everybody[1].uid, YES, "")  # who has not come has not performed
    for one in everybody:
        sign_in(released, token, one)
    with pytest.raises(WrongState), released.centre.act("zhou") as tx:
        service.appraise(tx, everybody[0].uid, YES, "")  # the owner's own
    for who in ("wang", "sun", "t1"):
        with pytest.raises(NotFound), released.centre.act(who) as tx:
            service.appraise(tx, everybody[1].uid, YES, "")
    with released.centre.act("zhou") as tx:
        service.appraise(tx, everybody[1].uid, YES | {"punctual": False}, "认真")
    with pytest.raises(rules.AppraisedAlready), released.centre.act("zhou") as tx:
        service.appraise(tx, everybody[1].uid, YES, "")
    session = db.session()
    row = session.scalars(select(Appraisal)).one()
    assert loads(row.answers)["punctual"] is False
    (note,) = notes(released, "committee-appraised")
    assert set(note["data"]) == {"sha256"}


def test_the_days_count_from_the_stated_end_else_from_the_first_result_else_from_the_beginning(released):
    play, centre = released, released.centre
    begun = play.draw.evaluation_at
    session = db.session()
    project = play.draw.project

    def over():
        session.rollback()
        return queries.over_at(session, project.id)

    assert over() == begun
    with pytest.raises(rules.NobodyCame):
        end(play, centre.clock.now())
    token = open_room(play)
    sign_in(play, token, members(play)[0])
    centre.wait(begun + timedelta(hours=5))
    with centre.act("zhou") as tx:
        service.on_result(tx, project.id)
        service.on_result(tx, project.id)
    handed_in = over()
    assert handed_in > begun
    centre.wait(centre.clock.now() + timedelta(hours=1))
    end(play, begun + timedelta(hours=4))
    assert over() == begun + timedelta(hours=4)
    end(play, begun + timedelta(hours=3), "wang")  # a slip is corrected
    with centre.act("zhou") as tx:
        service.on_result(tx, project.id)
    assert over() == begun + timedelta(hours=3)
    assert len(notes(play, "committee-ended")) == 2


def end(play, at, who="zhou"):
    with play.centre.act(who) as tx:
        service.end_evaluation(tx, play.tender.uid, at)


@pytest.mark.parametrize("who", ["t1", "sun"])
def test_who_states_no_end(released, who):
    with pytest.raises(NotFound):
        end(released, released.centre.clock.now(), who)


def test_an_expert_who_sat_there_says_once_how_owner_and_agency_did(released):
    owners_representative(released)
    token = open_room(released)
    everybody = members(released)
    said = {code: code != "meddling" for code, _ in rules.FEEDBACK}

    def rate(one):
        with released.centre.act("wang") as tx:
            service.rate(tx, token, one.uid, said, " 认真 ")

    for one in everybody[:2]:
        sign_in(released, token, one)
    with pytest.raises(NotFound):
        rate(everybody[1])  # 198号 is of procurement
    with released.centre.act("wang") as tx:
        figure = tx.session.scalars(
            select(RuleRow).where(RuleRow.code == "procurement.experts.appraisal")
        ).one()
        tx.session.add(RuleRow(**_like(figure, code="works.experts.appraisal")))
    with pytest.raises(NotFound):
        rate(everybody[0])  # the owner's own
    with pytest.raises(NotFound):
        rate(everybody[2])  # has not come
    rate(everybody[1])
    with pytest.raises(rules.RatedAlready):
        rate(everybody[1])
    session = db.session()
    (row,) = queries.feedback(session, released.draw.project.id)
    assert (row.remark, loads(row.answers)["meddling"]) == ("认真", False)
    (note,) = notes(released, "committee-rated")
    assert set(note["data"]) == {"sha256"}
