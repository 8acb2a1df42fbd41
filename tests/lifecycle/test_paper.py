"""A notice about a tender's course on paper says what its form asks for, of what was hashed and nothing else."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from bidding.core.canonical import loads
from bidding.lifecycle.paper import course_paper
from bidding.lifecycle.rules import Kind
from bidding.tenders.kinds import Family, Method


def said(data) -> str:
    """All text of a paper, without blanks."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def paper(course, n):
    answer = course.centre.app.test_client().get(f"/notices/{course.tender.uid}/course/{n}/notice.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return said(answer.data)


def test_a_termination_on_paper_has_every_field_of_its_form(course):
    was = course.project()
    course.announce(Kind.TERMINATION, reason="建设任务取消", next_step="不再招标")
    text = paper(course, 1)
    for wanted in (
        *("终止公告", "项目基本情况", "终止的原因", "退款", "其他补充事宜", "联系方式"),
        *("项目编号" + was.code, was.title, "首次公告日期", "建设任务取消", "不再招标"),
        *("没有收取费用和保证金", "招标投标法实施条例第31条", "永远密封，不打开", "也写进中心的日志"),
        *(was.owner_name, was.agency.name, "周经办", "0000-1234567"),
    ):
        assert re.sub(r"\s", "", wanted) in text, wanted


def test_a_suspension_and_a_resumption_on_paper_say_what_becomes_of_bids_and_of_the_deadline(course):
    course.announce(Kind.SUSPENSION)
    course.announce(Kind.RESUMPTION, reason="异议已经答复")
    suspended, resumed = paper(course, 1), paper(course, 2)
    assert all(
        each in suspended for each in ("暂停公告", "暂停的原因", "收到书面异议", "仍然密封有效", "答复后恢复")
    )
    assert all(each in resumed for each in ("恢复公告", "恢复的原因", "异议已经答复", "不变："))
    assert "退款" not in suspended + resumed


def test_a_paper_is_the_same_bytes_whoever_asks_and_another_tenders_is_not_there(course):
    course.announce(Kind.SUSPENSION)
    client = course.centre.app.test_client()
    address = f"/notices/{course.tender.uid}/course/1/notice.pdf"
    first = client.get(address)
    assert client.get(address).data == first.data
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(f"/notices/{course.tender.uid}/course/2/notice.pdf").status_code == 404


@pytest.mark.parametrize(
    ("family", "method", "name", "heading", "lot"),
    [
        (Family.WORKS, Method.OPEN_TENDER, "流标公告", "流标的原因", "涉及的标段"),
        (Family.PROCUREMENT, Method.OPEN_TENDER, "废标公告", "废标的原因", "涉及的采购包"),
        (Family.PROCUREMENT, Method.NEGOTIATION, "终止公告", "终止的原因", "涉及的采购包"),
        (Family.PROPERTY, Method.ASSET_TRANSFER, "流拍公告", "流拍的原因", "涉及的标的"),
    ],
)
def test_a_failure_is_called_as_its_law_calls_it_and_names_the_lots(
    course, family, method, name, heading, lot
):
    original = loads(course.project().notice) | {"family": family.value, "method": method.value}
    text = {
        "kind": "failure",
        "project": original["project"],
        "title": original["title"],
        "of": "00" * 32,
        "closes_at": 0,
        "announced_at": 86_400,
        "law": "政府采购法",
        "article": "36(1)",
        "reason": "不足三家",
        "refunds": None,
        "next_step": "重新采购",
        "lots": ["1"],
        "contact": {"name": "周", "phone": "1"},
    }
    made = course_paper(
        text, original, sha256="0" * 64, centre="中心", address="https://jy.example/a", original_address="b"
    )
    assert made["name"] == name
    assert heading in made["sections"][1]["title"]
    facts = dict(made["sections"][0]["facts"])
    assert dict(made["sections"][1]["facts"])[heading.replace("的原因", "日期")].startswith("1970-01-02")
    assert facts[lot] == f"{original['lots'][0]['number']} {original['lots'][0]['name']}"
    assert made["sections"][1]["lines"] == ["不足三家"]
    told = dict(made["sections"][2]["facts"])
    assert told["下一步"] == "重新采购"
    assert "通知了递交" in told["通知"]  # 政府采购法 36
