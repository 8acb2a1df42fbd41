"""One person of the pool by its page: what is masked, what is shown once, and what takes two administrators."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bidding.db import db
from bidding.experts.models import Expert, ExpertAct, ExpertDisclosure
from tests.experts.playing import fill_pool
from tests.people import sign_in


@pytest.fixture
def home(centre):
    """The address of somebody in a pool of three."""
    fill_pool(centre.act, centre.blobs, centre.keys, count=3, 身份证号="", 邮箱="someone@example.cn")
    uid = db.session().scalar(select(Expert.uid).order_by(Expert.id))
    db.session().rollback()
    return f"/experts/people/{uid}"


def text_of(answer):
    return answer.get_data(as_text=True)


def test_a_number_is_shown_in_one_answer_against_a_reason(home, app):
    wang, sun = sign_in(app, "wang"), sign_in(app, "sun")
    page = text_of(wang.get(home))
    assert "138****0000" in page
    assert "s***@example.cn" in page
    refused = wang.post(f"{home}/number", data={"which": "phone", "reason": ""})
    assert refused.status_code == 422
    assert "13800000000" not in text_of(refused)
    shown = wang.post(f"{home}/number", data={"which": "phone", "reason": "通知评审时间"})
    assert "13800000000" in text_of(shown)
    assert "someone@example.cn" not in text_of(shown)  # the one that was asked for
    assert shown.headers["Cache-Control"] == "no-store"
    assert "13800000000" not in text_of(wang.get(home))
    assert wang.post(f"{home}/number", data={"which": "id_number", "reason": "核对"}).status_code == 404
    record = text_of(sun.get("/experts/disclosures"))
    assert "通知评审时间" in record
    for secret in ("13800000000", "138****0000", "专家000"):
        assert secret not in record
    for who in ("zhou", "sun", "t1"):
        other = sign_in(app, who)
        assert other.get(home).status_code == 403
        assert other.post(f"{home}/number", data={"which": "phone", "reason": "想看"}).status_code == 403
    assert sign_in(app, "zhou").get("/experts/disclosures").status_code == 403
    assert len(db.session().scalars(select(ExpertDisclosure)).all()) == 1


def test_an_act_is_proposed_confirmed_by_another_and_lifted(home, app):
    wang, chen = sign_in(app, "wang"), sign_in(app, "chen")
    filled = {
        "kind": "suspension",
        "from_on": "2026-11-01",
        "until_on": "2030-01-01",
        "reason": "明财采〔2026〕8号",
    }
    assert wang.post(f"{home}/acts", data=filled | {"until_on": "2026-10-01"}).status_code == 422
    assert wang.post(f"{home}/acts", data=filled).status_code == 303
    act = db.session().scalar(select(ExpertAct.uid))
    assert "等另一位中心管理员复核" in text_of(wang.get(home))
    assert "复核专家的办理事项" in text_of(chen.get("/"))
    assert wang.post(f"{home}/acts/{act}/active").status_code == 403
    assert chen.post(f"{home}/acts/{act}/active").status_code == 303
    page = text_of(wang.get(home))
    assert "暂停抽取，到 2030-01-01" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))  # three forms ask for a reason
    refused = wang.post(f"{home}/acts/{act}/lift", data={"from_on": "2026-11-02", "reason": ""})
    assert refused.status_code == 422
    assert "<details open><summary>提出解除" in text_of(refused)
    lifted = wang.post(f"{home}/acts/{act}/lift", data={"from_on": "2026-11-02", "reason": "复议撤销"})
    assert lifted.status_code == 303
    second = db.session().scalar(select(ExpertAct.uid).order_by(ExpertAct.id.desc()))
    assert chen.post(f"{home}/acts/{second}/active").status_code == 303
    assert "暂停抽取" not in text_of(wang.get(home))
    assert chen.post(f"{home}/acts/{second}/declined").status_code == 409


def test_the_table_of_specialties_and_the_way_to_retire_one(home, app):
    wang = sign_in(app, "wang")
    assert wang.post("/experts/specialties/A0801/retired").status_code == 303
    assert "停用" in text_of(wang.get("/experts/specialties"))
    assert "A0801 给排水" not in text_of(wang.get("/experts"))
    assert wang.post("/experts/specialties/none/retired").status_code == 404
    assert sign_in(app, "sun").post("/experts/specialties/A0801/active").status_code == 403
