"""A notice of answers or corrections on paper says what its form asks for, of what was hashed and nothing else."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from bidding.clarifications.paper import correction_paper, in_force
from bidding.core.canonical import loads
from tests.clarifications.correcting import DAY, HARMLESS, HEAVY, HOUR, QUESTION


def said(data) -> str:
    """All text of a paper, without blanks."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def paper(desk, number=1):
    answer = desk.centre.app.test_client().get(f"/notices/{desk.uid}/clarifications/{number}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return said(answer.data)


def test_a_correction_on_paper_has_every_field_of_its_form(desk):
    was = desk.project
    closes_at = was.closes_at + 7 * DAY
    desk.publish(
        desk.drafted(facts={"qualification": "一级资质"}, ceiling=99_00, closes_at=closes_at, **HEAVY)
    )
    desk.signed()
    text = paper(desk)
    for wanted in (
        *("更正公告", "项目基本情况", "更正信息", "其他补充事宜", "联系方式"),
        *("原公告的项目编号" + was.code, "原公告的项目名称", "首次公告日期", "更正日期", HEAVY["reason"]),
        *("原内容", "更正后内容", "一级资质", "99.00元", "是，截止时间改为", "开标时间改为"),
        *(was.owner_name, was.agency.name, was.contact, was.phone, desk.published().notice_sha256[:32]),
        *("已经签封的投标", "可能影响"),
    ):
        assert re.sub(r"\s", "", wanted) in text, wanted


def test_an_answer_that_changes_nothing_says_so_on_paper(desk):
    desk.ask()
    desk.centre.clock.advance(HOUR)
    (question,) = desk.waiting()
    desk.publish(desk.drafted(question.uid, asked=QUESTION, answer="不提供。", **HARMLESS))
    text = paper(desk)
    assert all(
        wanted in text for wanted in ("答疑公告", QUESTION, "不提供。", "本公告不改变原公告和文件", "不影响")
    )
    assert "原内容" not in text


def test_a_paper_is_the_same_bytes_whoever_asks_and_whatever_was_corrected_since(desk):
    desk.publish(desk.drafted(facts={"owner_contact": "赵主任 0000-1111111"}, **HARMLESS))
    client = desk.centre.app.test_client()
    address = f"/notices/{desk.uid}/clarifications/1.pdf"
    first = client.get(address)
    assert "赵主任" in said(first.data)
    desk.publish(desk.drafted(facts={"owner_contact": "钱主任 0000-2222222"}, **HARMLESS))
    assert client.get(address).data == first.data
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(f"/notices/{desk.uid}/clarifications/3.pdf").status_code == 404


@pytest.mark.parametrize(
    ("item", "value", "where"),
    [
        ("contact", "新人", lambda notice: notice["contact"]["name"]),
        ("phone", "0000", lambda notice: notice["contact"]["phone"]),
        ("agency_address", "新址", lambda notice: notice["agency"]["address"]),
        ("owner_contact", "新联系", lambda notice: notice["owner_contact"]),
    ],
)
def test_the_notice_in_force_has_the_last_word_of_the_corrections(desk, item, value, where):
    original = loads(desk.project.notice)
    texts = [{"items": [{"item": item, "lot": None, "was": "", "is": each}]} for each in ("在前的", value)]
    assert where(in_force(original, texts)) == value
    assert in_force(original, []) == original


def test_money_and_files_of_a_correction_are_put_in_words(desk):
    original = loads(desk.project.notice)
    file = {"name": "图纸.pdf", "size": 1234, "sha256": "ab" * 32}
    text = {
        "kind": "更正公告",
        "number": 1,
        "project": original["project"],
        "questions": None,
        "answer": None,
        "original": {"title": "甲", "published_at": 0, "sha256": "00" * 32},
        "items": [
            {"item": "ceiling", "label": "最高限价", "lot": "1", "was": 10000, "is": None},
            {"item": "file", "label": "文件", "lot": None, "was": None, "is": file},
        ],
        "affects_preparation": True,
        "why_not": None,
        "reason": "补图",
        "postponed": False,
        "bids": "stand",
        "because": [],
        "contact": {"name": "周", "phone": "1"},
        "published_at": 0,
    }
    made = correction_paper(
        text, original, sha256="0" * 64, centre="中心", address="https://jy.example/a", original_address="b"
    )
    rows = made["sections"][1]["table"]["rows"]
    assert rows[0][1].startswith("1 ")
    assert rows[0][2:] == ["100.00 元（壹佰元整）", "无"]
    assert rows[1][2] == "无"
    assert "图纸.pdf（1,234 字节，SHA-256 abab" in rows[1][3]
