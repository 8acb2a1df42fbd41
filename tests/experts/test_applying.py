"""Somebody applies, an administrator looks at it, another lets them in; whoever has the code sees a state."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.actor import NOBODY
from bidding.core.errors import Forbidden, SamePerson, WrongState
from bidding.db import db
from bidding.experts import applying, service
from bidding.experts.applying import Given, Letter, State
from bidding.experts.fitness import Level
from bidding.experts.models import Expert, ExpertApplication
from tests.experts.playing import fill_pool
from tests.people import sign_in

NUMBER = "11010519491231002X"
GIVEN = Given(
    "李专家", "明川大学", None, "教授", Level.SENIOR, date(2005, 1, 1), date(1949, 12, 31), NUMBER, "13912345678",
    "li@example.cn", "明川县", True, True, ("A0801", "A0901"),
)  # fmt: skip
LETTER = Letter("推荐信.pdf", "0" * 64)


@pytest.fixture
def pool(centre):
    fill_pool(centre.act, centre.blobs, centre.keys, count=3)
    return centre


def hand_in(centre, given=GIVEN, letter=LETTER):
    with centre.act("wang") as tx:
        return service.apply_to_pool(replace_actor(tx), given, letter).uid


def replace_actor(tx):
    """As nobody: applicants have no account."""
    return replace(tx, actor=NOBODY)


def do(centre, who, act, *args):
    with centre.act(who) as tx:
        return act(tx, *args)


def row(uid):
    session = db.session()
    session.rollback()
    session.expire_all()
    return session.query(ExpertApplication).filter_by(uid=uid).one()


def test_an_application_enters_the_pool_by_two_administrators(pool):
    uid = hand_in(pool)
    with pytest.raises(WrongState):
        do(pool, "chen", service.accept_application, uid, pool.keys)
    do(pool, "wang", service.propose_entry, uid)
    with pytest.raises(SamePerson):
        do(pool, "wang", service.accept_application, uid, pool.keys)
    do(pool, "chen", service.accept_application, uid, pool.keys)
    expert = db.session().query(Expert).filter_by(name="李专家").one()
    assert (expert.phone, expert.id_number, expert.level) == ("13912345678", NUMBER, Level.SENIOR)
    assert [one.code for one in expert.specialties] == ["A0801", "A0901"]
    assert (row(uid).state, row(uid).expert_id) == (State.ACCEPTED, expert.id)
    with pytest.raises(WrongState):
        do(pool, "chen", service.accept_application, uid, pool.keys)


def test_who_is_in_the_pool_is_brought_up_to_date_and_not_entered_twice(pool):
    known = replace(GIVEN, name="专家001", phone="13800000001", unit="新单位")
    uid = hand_in(pool, known)
    do(pool, "wang", service.propose_entry, uid)
    do(pool, "chen", service.accept_application, uid, pool.keys)
    session = db.session()
    assert session.query(Expert).count() == 3
    expert = session.query(Expert).filter_by(name="专家001").one()
    assert (expert.unit, expert.id_number) == ("新单位", NUMBER)
    assert [one.code for one in expert.specialties] == ["A0801", "A0802", "A0901"]
    other = hand_in(
        pool, replace(known, name="专家002", phone="13800000002")
    )  # the number is the first one's
    do(pool, "wang", service.propose_entry, other)
    with pytest.raises(applying.TwoPeople):
        do(pool, "chen", service.accept_application, other, pool.keys)


def test_who_was_retired_is_not_let_in_by_the_back_door(pool):
    with pool.act("wang") as tx:
        tx.session.query(Expert).filter_by(name="专家001").one().active = False
    uid = hand_in(pool, replace(GIVEN, name="专家001", phone="13800000001"))
    do(pool, "wang", service.propose_entry, uid)
    with pytest.raises(applying.OutOfPool):
        do(pool, "chen", service.accept_application, uid, pool.keys)


def test_everything_that_is_missing_is_told_once(pool):
    uid = hand_in(pool)
    with pytest.raises(applying.DefectsMissing):
        do(pool, "wang", service.return_application, uid, [" "])
    do(pool, "wang", service.return_application, uid, ["推荐信没有单位公章。", "", "职称证书看不清"])
    assert row(uid).defects.splitlines() == ["推荐信没有单位公章。", "职称证书看不清"]
    with pool.act("wang") as tx:
        service.apply_again(replace_actor(tx), uid, replace(GIVEN, title="研究员"), LETTER)
    assert (row(uid).state, row(uid).title) == (State.SUBMITTED, "研究员")
    with pytest.raises(applying.ReturnedOnce):
        do(pool, "wang", service.return_application, uid, ["还有"])
    with pytest.raises(WrongState), pool.act("wang") as tx:
        service.apply_again(replace_actor(tx), uid, GIVEN, LETTER)


def test_a_refusal_says_why_and_ends_it(pool):
    uid = hand_in(pool)
    with pytest.raises(applying.ReasonMissing):
        do(pool, "wang", service.refuse_application, uid, " ", pool.keys)
    do(pool, "wang", service.refuse_application, uid, "从业年限不足", pool.keys)
    assert (row(uid).state, row(uid).reason) == (State.REFUSED, "从业年限不足")
    for act in (service.propose_entry, service.accept_application):
        with pytest.raises(WrongState):
            do(pool, "chen", act, uid, *([pool.keys] if act is service.accept_application else []))


@pytest.mark.parametrize(
    ("changes", "letter", "refusal"),
    [
        ({"works": False, "procurement": False}, LETTER, applying.NoPoolChosen),
        ({}, None, applying.LetterMissing),
        ({"codes": ("A0801", "B99")}, LETTER, applying.NoSuchSpecialty),
        ({"codes": ()}, LETTER, applying.NoSuchSpecialty),
    ],
)
def test_what_an_application_must_have(pool, changes, letter, refusal):
    with pytest.raises(refusal):
        hand_in(pool, replace(GIVEN, **changes), letter)


def test_procurement_alone_needs_no_letter(pool):
    assert row(hand_in(pool, replace(GIVEN, works=False), None)).letter_blob is None


@pytest.mark.parametrize("who", ["zhou", "sun", "t1"])
def test_only_administrators_review(pool, who):
    uid = hand_in(pool)
    for act, args in (
        (service.propose_entry, ()),
        (service.return_application, (["x"],)),
        (service.refuse_application, ("x", pool.keys)),
        (service.accept_application, (pool.keys,)),
    ):
        with pytest.raises(Forbidden):
            do(pool, who, act, uid, *args)


def test_the_database_wants_two_persons(pool):
    uid = hand_in(pool)
    do(pool, "wang", service.propose_entry, uid)
    do(pool, "chen", service.accept_application, uid, pool.keys)
    session = db.session()
    found = session.scalar(select(ExpertApplication))
    found.decided_by_id = found.proposed_by_id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


# By the pages


def filled(**changes):
    given = {
        "name": "李专家",
        "id_number": NUMBER.lower(),
        "phone": "139 1234 5678",
        "email": "li@example.cn",
        "unit": "明川大学",
        "region": "明川县",
        "title": "教授",
        "level": "senior",
        "years": "20",
        "pools": ["works", "procurement"],
        "specialty": "A0801",
        "second": "A0901",
        "declared": "y",
        "letter": (io.BytesIO(b"%PDF-1.7 our recommendation"), "推荐信.pdf"),
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def post(client, data, at="/experts/apply"):
    return client.post(at, data=data, content_type="multipart/form-data")


def test_a_stranger_applies_and_sees_a_state_and_nothing_they_wrote(pool, client, app):
    answer = post(client, filled())
    assert answer.status_code == 303, answer.get_data(as_text=True)
    home = answer.headers["Location"]
    page = client.get(home).get_data(as_text=True)
    assert "等待审核" in page
    for word in ("李专家", "明川大学", "1391234", NUMBER):
        assert word not in page
    uid = home.rsplit("/", 1)[1]
    assert client.get(f"/experts/apply?code={uid}").headers["Location"].endswith(uid)
    wang = sign_in(app, "wang")
    desk = wang.get(f"/experts/applications/{uid}").get_data(as_text=True)
    assert "139****5678" in desk
    assert NUMBER not in desk
    assert "已到年龄上限" in desk  # born in 1949: not for procurement
    letter = wang.get(f"/experts/applications/{uid}/letter.pdf")
    assert letter.data == b"%PDF-1.7 our recommendation"
    kept = [path.read_bytes() for path in Path(app.config["BLOBS"]).rglob("*") if path.is_file()]
    assert not any(b"our recommendation" in data for data in kept)
    for who in ("zhou", "sun", "t1"):
        for address in (f"/experts/applications/{uid}", f"/experts/applications/{uid}/letter.pdf"):
            assert sign_in(app, who).get(address).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words", "status"),
    [
        ({"id_number": "110105194912310021"}, "校验位不对", 422),
        ({"phone": "123"}, "7 到 20 位数字", 422),
        ({"email": "li@"}, "不是电子邮箱", 422),
        ({"declared": None}, "请先确认这一条", 422),
        ({"letter": None}, "单位推荐", 422),
        ({"letter": (io.BytesIO(b"PK no"), "x.pdf")}, "不是 PDF", 422),
    ],
)
def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(pool, client, changes, words, status):
    answer = post(client, filled(**changes))
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert words in page
    assert "明川大学" in page
    assert db.session().query(ExpertApplication).count() == 0


def test_a_letter_has_the_limit_of_other_papers(pool, client, app):
    app.config["MAX_DOCUMENT"] = 400_000
    for size, status in ((400_000, 303), (400_001, 413)):
        letter = io.BytesIO(b"%PDF-".ljust(size, b"x"))
        with post(client, filled(letter=(letter, "推荐信.pdf"))) as answer:
            assert answer.status_code == status


def test_one_address_does_not_apply_without_end(pool, client, app):
    app.config["THROTTLE_ADDRESS"] = 3
    for _ in range(3):
        assert post(client, filled()).status_code == 303
    answer = post(client, filled())
    assert answer.status_code == 429
    assert "分钟后再试" in answer.get_data(as_text=True)


def test_a_returned_application_is_handed_in_anew_from_an_empty_form(pool, client, app):
    home = post(client, filled()).headers["Location"]
    uid = home.rsplit("/", 1)[1]
    assert client.get(f"{home}/again").status_code == 409  # nobody has sent it back
    wang, chen = sign_in(app, "wang"), sign_in(app, "chen")
    desk = f"/experts/applications/{uid}"
    assert wang.post(f"{desk}/return", data={"other": ""}).status_code == 422
    assert wang.post(f"{desk}/return", data={"other": "证书看不清"}).status_code == 303
    assert "证书看不清" in client.get(home).get_data(as_text=True)
    form = client.get(f"{home}/again").get_data(as_text=True)
    assert "证书看不清" in form
    assert "李专家" not in form
    assert post(client, filled(title="研究员"), f"{home}/again").status_code == 303
    assert wang.post(f"{desk}/propose").status_code == 303
    assert wang.post(f"{desk}/accept").status_code == 403
    assert chen.post(f"{desk}/accept").status_code == 303
    assert "您已在专家库" in client.get(home).get_data(as_text=True)
