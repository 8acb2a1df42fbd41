"""A list that the province drew, from the file to the room and to the record."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.committee import queries, rules, service
from bidding.committee.drawn_list import ListHasErrors, NobodyOnIt, NotMatched
from bidding.committee.models import DrawnList, Member
from bidding.committee.queries import lists
from bidding.committee.queries.sheet import record_sheet
from bidding.committee.rules import Source
from bidding.committee.service import Declaration
from bidding.core.errors import NotFound, SamePerson, WrongState
from bidding.db import db
from bidding.experts.listing import lines_of
from tests.committee.test_service import notes, paper

ROWS = "姓名,单位,手机,专业,是否参加\n钱一,省设计院,13800000001,给排水,参加\n孙二,省勘察院,13800000002,道路,参加\n周五,市院,13800000005,道路,不参加\n"


@pytest.fixture
def certificate(play, app):
    """A certificate for two experts that two persons stand for; the evaluation has begun."""
    play.vault = app.extensions["pool_vault"]
    centre = play.centre
    at = play.tender.closes_at + timedelta(hours=3)
    uid = paper(play, source=Source.EXTERNAL, count=2, evaluation_at=at, certificate="川2026-001")
    with centre.act("sun") as tx:
        service.confirm_paper(tx, uid)
    play.close_tender()
    centre.clock.set(at)
    return uid


def bring(play, certificate, text=ROWS, who="zhou"):
    centre, data = play.centre, text.encode()
    with centre.act(who) as tx:
        return service.bring_list(
            tx, certificate, "名单.csv", data, lines_of("名单.csv", data, 500), centre.blobs, play.vault
        ).uid


def take(play, uid, who="zhou", **options):
    with play.centre.act(who) as tx:
        return service.take_list(tx, uid, play.centre.blobs, play.vault, **options).taken


def confirm(play, uid, who="sun"):
    with play.centre.act(who) as tx:
        service.confirm_list(tx, uid)


def members():
    session = db.session()
    session.rollback()
    session.expire_all()
    return session.scalars(select(Member).order_by(Member.id)).all()


def test_its_people_sign_in_like_others_and_stand_in_the_record_with_the_certificates_number(
    play, certificate
):
    uid = bring(play, certificate)
    assert members() == []  # nobody is entered by a look at it
    assert take(play, uid) == 2
    assert not any(one.awaited for one in members())
    with pytest.raises(WrongState), play.centre.act("sun") as tx:
        service.confirm_member(tx, members()[0].uid)  # with their list or not at all
    with pytest.raises(WrongState), play.centre.act("zhou") as tx:
        service.withdraw_member(tx, members()[0].uid)
    confirm(play, uid)
    first, second = members()
    assert [one.awaited for one in (first, second)] == [True, True]
    assert [(one.name, one.specialty, one.phone_end) for one in (first, second)] == [
        ("钱一", "给排水", "0001"),
        ("孙二", "道路", "0002"),
    ]
    with play.centre.act("wang") as tx:
        token = service.open_room(tx, play.tender.uid)[1]
    with play.centre.act("wang") as tx:
        assert service.recognise(tx, token, "钱一", "0001").uid == first.uid
        service.sign_in(tx, token, first.uid, Declaration(None))
    session = db.session()
    session.rollback()
    row = session.scalars(select(DrawnList)).one()
    sheet = record_sheet(
        session, first.project, centre="中心", address="https://x", printed_at=play.centre.clock.now()
    )
    assert [(one["name"], one["by"], one["confirmed"] != "") for one in sheet["people"]] == [
        ("钱一", "川2026-001", True),
        ("孙二", "川2026-001", True),
    ]
    assert sheet["people"][0]["arrived_at"] is not None
    (kept,) = sheet["lists"]
    assert (kept["sha256"], kept["taken"], kept["away"]) == (hashlib.sha256(ROWS.encode()).hexdigest(), 2, 1)
    noted = notes_of(session, first, "committee-list")
    assert noted == [{"certificate": "川2026-001", "count": 2, "sha256": kept["log"]}]
    assert row.sha256 not in str(noted)
    with play.centre.blobs.open(row.blob) as file:
        assert "钱一".encode() not in file.read()


def notes_of(session, one, kind):
    class Holder:
        draw = one

    return [event["data"] for event in notes(Holder, kind)]


def test_no_name_comes_in_before_the_evaluation_begins(play, app):
    play.vault = app.extensions["pool_vault"]
    at = play.centre.clock.now() + timedelta(hours=1)
    uid = paper(play, source=Source.EXTERNAL, evaluation_at=at, certificate="川2026-002")
    with play.centre.act("sun") as tx:
        service.confirm_paper(tx, uid)
    play.centre.clock.set(at - timedelta(microseconds=1))
    with pytest.raises(rules.NotYet):
        bring(play, uid)
    play.centre.clock.set(at)
    bring(play, uid)


def test_whoever_took_a_list_does_not_confirm_it(play, certificate):
    uid = bring(play, certificate, who="wang")
    with pytest.raises(WrongState):
        confirm(play, uid)  # nothing is taken yet
    take(play, uid, "wang")
    with pytest.raises(SamePerson):
        confirm(play, uid, "wang")
    confirm(play, uid)
    with pytest.raises(WrongState):
        confirm(play, uid)
    with pytest.raises(WrongState):
        take(play, uid)
    with pytest.raises(WrongState), play.centre.act("zhou") as tx:
        service.withdraw_list(tx, uid)
    session = db.session()
    session.rollback()
    row = session.scalars(select(DrawnList)).one()
    row.confirmed_by_id = row.taken_by_id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_nobody_is_taken_whom_the_committee_cannot_have_and_the_rest_only_when_asked(play, certificate):
    agency = _agency(play)
    text = f"{ROWS}吴六,{agency},13800000006,道路,参加\n郑七,市院,13800000007,道路,参加\n"
    uid = bring(play, certificate, text)
    with pytest.raises(ListHasErrors) as refused:
        take(play, uid)
    assert refused.value.params["refused"] == 2
    session = db.session()
    row = session.scalars(select(DrawnList)).one()
    found = lists.survey(session, row, lists.lines_of(row, play.centre.blobs, play.vault))
    assert [(error.line, error.name, error.column) for error in found.errors] == [
        (5, "吴六", "单位"),
        (6, "郑七", "姓名"),
    ]
    session.rollback()
    assert take(play, uid, skip_refused=True) == 2
    again = bring(play, certificate)
    with pytest.raises(NobodyOnIt):
        take(play, again, skip_refused=True)  # they are there already


def _agency(play):
    session = db.session()
    session.rollback()
    project = queries.project_for(session, _actor(play), play.tender.uid, queries.Permission.COMMITTEE_READ)
    return project.agency.name


def _actor(play):
    with play.centre.act("wang") as tx:
        return tx.actor


def test_columns_are_matched_by_hand_and_remembered_for_the_next_list_of_the_platform(play, certificate):
    text = "甲,乙,丙\n钱一,省设计院,13800000001\n"
    uid = bring(play, certificate, text)
    with pytest.raises(NotMatched):
        take(play, uid)
    with play.centre.act("zhou") as tx:
        service.match_columns(tx, uid, 1, {"name": 0, "unit": 1, "phone": 2})
    assert take(play, uid) == 1
    with pytest.raises(WrongState), play.centre.act("zhou") as tx:
        service.match_columns(tx, uid, 1, {})
    confirm(play, uid)
    next_one = bring(play, certificate, "标题\n甲,乙,丙\n孙二,省勘察院,13800000002\n")
    assert take(play, next_one) == 1


def test_a_list_taken_back_takes_its_people_along(play, certificate):
    uid = bring(play, certificate)
    take(play, uid)
    with play.centre.act("zhou") as tx:
        service.withdraw_list(tx, uid)
    assert members() == []
    with pytest.raises(NotFound):
        confirm(play, uid)


@pytest.mark.parametrize("who", ["t1", "sun"])
def test_who_brings_no_list(play, certificate, who):
    with pytest.raises(NotFound):
        bring(play, certificate, who=who)
    uid = bring(play, certificate)
    with pytest.raises(NotFound):
        take(play, uid, who)
    with pytest.raises(NotFound):
        confirm(play, uid, "zhou" if who == "sun" else who)


def test_a_paper_of_another_kind_takes_no_list(play, certificate):
    uid = paper(play, evaluation_at=play.centre.clock.now())
    with play.centre.act("sun") as tx:
        service.confirm_paper(tx, uid)
    with pytest.raises(WrongState):
        bring(play, uid)
