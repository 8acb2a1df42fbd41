"""The committee's page, the room's page, and the record of performance, as people use them."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from bidding.committee import service
from bidding.committee.models import Appraisal, Member
from bidding.committee.rules import BASES, QUESTIONS, Source
from bidding.db import db
from tests.committee.test_service import paper
from tests.people import sign_in


@pytest.fixture
def as_(app):
    """A signed-in client of somebody of the centre."""
    return lambda login: sign_in(app, login)


def text_of(answer):
    return answer.get_data(as_text=True)


def people():
    session = db.session()
    session.rollback()
    session.expire_all()
    return session.scalars(select(Member).order_by(Member.id)).all()


def test_the_page_is_for_those_who_do_the_work(play, as_, client):
    address = f"/projects/{play.tender.uid}/committee"
    for who in ("zhou", "wang", "sun"):
        assert "还没有成员" in text_of(as_(who).get(address))
    assert as_("t1").get(address).status_code == 403
    assert client.get(address).status_code in {302, 401}


def test_a_representative_and_a_paper_are_brought_by_one_and_confirmed_by_another(play, as_):
    address = f"/projects/{play.tender.uid}/committee"
    agency, supervisor = as_("zhou"), as_("sun")
    given = {"name": "方圆", "unit": "明川县住建局", "title": "科长", "phone_end": "12", "paper": ""}
    refused = agency.post(f"{address}/members", data=given)
    assert refused.status_code == 422
    assert "请填写 4 位数字" in text_of(refused)
    assert 'value="方圆"' in text_of(refused)
    assert agency.post(f"{address}/members", data=given | {"phone_end": "1234"}).status_code == 303
    (one,) = people()
    assert "等待复核" in text_of(agency.get(address))
    assert supervisor.post(f"/committee/members/{one.uid}/confirm").status_code == 303
    assert "等待签到" in text_of(agency.get(address))

    def paper(**changes):
        data = {
            "source": "external",
            "basis": BASES[Source.EXTERNAL][0],
            "certificate": "川2026-001",
            "count": "4",
            "evaluation_at": "2026-12-20T09:00",
            "file": (io.BytesIO(b"%PDF-1.4 certificate"), "证明.pdf"),
        }
        return agency.post(f"{address}/papers", data=data | changes, content_type="multipart/form-data")

    assert "请填写外部专家库抽取证明上的编号" in text_of(paper(certificate=""))
    assert "这条依据不是" in text_of(paper(basis=BASES[Source.DIRECT][0]))
    assert paper().status_code == 303
    page = text_of(supervisor.get(address))
    assert "川2026-001" in page
    uid = re.search(r"/committee/papers/(\w+)/confirm", page)[1]
    with supervisor.get(f"/committee/papers/{uid}/file") as file:
        assert file.data == b"%PDF-1.4 certificate"
    assert supervisor.post(f"/committee/papers/{uid}/confirm").status_code == 303
    assert "已复核" in text_of(agency.get(address))


def test_at_the_rooms_page_members_sign_in_without_an_account(released, as_, client):
    address = f"/projects/{released.tender.uid}/committee"
    opened = as_("wang").post(f"{address}/room")
    assert opened.status_code == 303
    room = opened.headers["Location"]
    assert "还登录着工作人员的账号" in text_of(as_("wang").get(room))
    one, other = people()[:2]
    wrong = client.post(
        room, data={"name": one.name, "phone_end": "0000" if one.phone_end != "0000" else "1111"}
    )
    assert wrong.status_code == 422
    assert "对不上" in text_of(wrong)
    found = client.post(room, data={"name": one.name, "phone_end": one.phone_end})
    assert found.status_code == 303
    form = found.headers["Location"]
    page = text_of(client.get(form))
    assert one.name in page
    assert other.name not in page
    assert client.post(form, data={"declared": "none"}).status_code == 422  # the rules are not accepted
    done = client.post(form, data={"declared": "none", "accepts": "y", "words": ""})
    assert done.status_code == 303
    assert "签到成功" in text_of(client.get(done.headers["Location"]))
    assert client.get(form).status_code == 404
    aside = client.post(room, data={"name": other.name, "phone_end": other.phone_end}).headers["Location"]
    done = client.post(aside, data={"declared": "family", "accepts": "y", "words": "亲属"})
    assert "您的回避已登记" in text_of(client.get(done.headers["Location"]))
    desk = text_of(as_("wang").get(address))
    assert "请到抽取页登记，再通知下一位" in desk  # the draw calls the next one, and knows nothing of it yet
    assert f"/draws/{released.uid}" in desk
    assert "请到抽取页登记" not in text_of(as_("sun").get(address))
    assert address in text_of(as_("zhou").get(f"/draws/{released.uid}"))  # once released, the draw leads here
    ids = re.findall(r'\bid="([^"]+)"', desk)
    assert len(ids) == len(set(ids))
    refused = text_of(as_("wang").post(f"/committee/members/{people()[2].uid}/leave", data={"reason": ""}))
    assert refused.count("<details open>") == 1
    assert client.get("/arrival/" + "0" * 48).status_code == 404


def test_the_record_of_performance_is_asked_whole(released, as_, client):
    room = as_("wang").post(f"/projects/{released.tender.uid}/committee/room").headers["Location"]
    one = people()[0]
    form = client.post(room, data={"name": one.name, "phone_end": one.phone_end}).headers["Location"]
    client.post(form, data={"declared": "none", "accepts": "y"})
    agency = as_("zhou")
    address = f"/committee/members/{one.uid}/appraisal"
    answers = {code: "yes" for code, _ in QUESTIONS}
    assert agency.post(address, data=answers | {"law": ""}).status_code == 422
    assert agency.post(address, data=answers | {"remark": "认真负责"}).status_code == 303
    assert "认真负责" in text_of(agency.get(address))
    assert agency.post(address, data=answers).status_code == 409
    assert db.session().query(Appraisal).count() == 1


def test_a_list_of_the_province_is_brought_looked_at_taken_and_confirmed(play, as_):
    address = f"/projects/{play.tender.uid}/committee"
    agency, supervisor = as_("zhou"), as_("sun")
    uid = paper(
        play,
        source=Source.EXTERNAL,
        count=2,
        evaluation_at=play.centre.clock.now(),
        certificate="川2026-001",
    )
    with play.centre.act("sun") as tx:
        service.confirm_paper(tx, uid)
    assert "导入抽取名单" in text_of(agency.get(address))
    assert "导入抽取名单" not in text_of(supervisor.get(address))

    def bring(text):
        data = {"file": (io.BytesIO(text.encode()), "名单.csv")}
        return agency.post(f"/committee/papers/{uid}/list", data=data, content_type="multipart/form-data")

    refused = bring("\n")
    assert refused.status_code == 422
    assert "文件是空的" in text_of(refused)
    found = bring("甲,单位,手机\n钱一,省设计院,13800000001\n").headers["Location"]
    assert "还没有认出这些列：姓名" in text_of(agency.get(found))
    wanted = {"is_name": 0, "is_unit": 1, "is_phone": 2, "is_specialty": -1, "is_title": -1, "is_uscc": -1}
    assert agency.post(f"{found}/columns", data=wanted | {"line": 1, "is_answer": -1}).status_code == 303
    page = text_of(agency.get(found))
    assert "登记 1 人" in page
    assert "钱一" in page
    assert "13800000001" not in page
    assert "名单还在检查" in text_of(supervisor.get(found))
    assert agency.post(f"{found}/take").status_code == 303
    assert "等待复核" in text_of(agency.get(address))
    assert found in text_of(supervisor.get("/"))
    assert supervisor.post(f"{found}/confirm").status_code == 303
    page = text_of(agency.get(address))
    assert "已复核，1 人" in page
    with supervisor.get(f"{address}/record.pdf") as file:
        pages = PdfReader(io.BytesIO(file.data)).pages
    text = "".join("".join(each.extract_text() for each in pages).split())
    assert "评审成员组成记录表" in text
    assert "川2026-001" in text
    another = bring("姓名,单位,手机\n孙二,省院,13800000002\n").headers["Location"]
    assert agency.post(f"{another}/withdraw").status_code == 303
    assert agency.get(another).status_code == 404
