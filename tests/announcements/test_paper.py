"""An announcement on paper has every field of its form, of what was hashed and nothing else."""

from __future__ import annotations

import io
import re
from datetime import date, datetime

import pypdf
import pytest

from bidding.announcements.contents import OfLot, Publicity, announcement_text
from bidding.announcements.paper import announcement_paper
from bidding.announcements.rules import FAMILY, PRESETS, Kind
from bidding.core.clock import SHANGHAI
from bidding.documents import pdf
from bidding.tenders.kinds import Family, Method
from tests.announcements.writing import CANDIDATES, FIRST, INTENTION, OPINION, SAID, SINGLE
from tests.tenders.figures import figures_of

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
AGENCY = ("明川县城市更新中心", "12539921MB1A000021")
FIELDS = {
    Kind.INTENTION: [
        *("采购意向公告", "采购项目名称", "采购需求概况", "预算金额（万元）", "预计采购时间", "备注"),
        *(INTENTION.title, INTENTION.summary, "1,320.00", "2027年1月", INTENTION.note),
        *(
            "财库〔2020〕10号",
            "2026年11月采购意向公开如下",
            "初步安排，具体采购项目情况以相关采购公告和采购文件为准",
        ),
    ],
    Kind.SINGLE_SOURCE: [
        *(
            "单一来源采购公示",
            "项目信息",
            "拟定供应商信息",
            "专业人员论证意见",
            "公示期限",
            "异议",
            "联系方式",
        ),
        *(SINGLE.title, SINGLE.summary, SINGLE.reason, "4,800,000.00元（肆佰捌拾万元整）"),
        *(SINGLE.supplier_name, SINGLE.supplier_address),
        *(OPINION.name, OPINION.unit, OPINION.post, OPINION.words),
        *("5个工作日（发布当日不计），至2026-11-3024:00", "政府采购法实施条例第38条、财政部令第74号第38条"),
        *(SINGLE.finance_name, SINGLE.finance_address, SINGLE.finance_contact, "同时抄送财政部门"),
    ],
    Kind.CANDIDATES: [
        *("中标候选人公示", "招标项目", "评标情况", "公示期限", "提出异议的渠道和方式", "行政监督部门"),
        *(CANDIDATES.title, CANDIDATES.summary, "T-2026-001/1", "12,001,234.00元", "165日"),
        *(part for each in CANDIDATES.candidates for part in (each.name, each.uscc, each.lead)),
        *(FIRST.quality, FIRST.score, FIRST.fit, "2026-11-23"),
        *("3日（发布当日不计），至2026-11-3024:00", "招标投标法实施条例第54条"),
        *(CANDIDATES.finance_name, CANDIDATES.finance_address, CANDIDATES.finance_contact),
    ],
}


def text_of(kind, at=AT):
    preset = PRESETS[kind]
    family, method = (FAMILY, preset.method) if preset.method else (Family.WORKS, Method.OPEN_TENDER)
    figure = figures_of(family, method).get(preset.period)
    publicity = Publicity(date(2026, 11, 30), figure) if figure else None
    lot = OfLot("T-2026-001", "p1", family.value, method.value, "1", "主干管") if preset.of_lot else None
    return announcement_text(kind, SAID[kind], uid="abc", agency=AGENCY, at=at, publicity=publicity, of=lot)


def said(data):
    pages = pypdf.PdfReader(io.BytesIO(pdf.render("notice", data))).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def paper_of(kind, at=AT, **more):
    return announcement_paper(
        text_of(kind, at),
        sha256="ab" * 32,
        centre="明川县招投标交易中心",
        address="https://jy.example/a",
        **more,
    )


@pytest.mark.parametrize("kind", Kind)
def test_an_announcement_on_paper_has_every_field_of_its_form(kind):
    found = said(paper_of(kind))
    who = [SAID[kind].owner_name, SAID[kind].owner_address, SAID[kind].owner_contact, AGENCY[0], "周经办"]
    logged = "写进项目的日志" if kind is Kind.CANDIDATES else "写进本中心的日志"
    for wanted in (*FIELDS[kind], *who, logged, "ab" * 16):
        assert re.sub(r"\s", "", wanted) in found, wanted
    assert ("招标人" in found) == (kind is Kind.CANDIDATES)


@pytest.mark.parametrize("kind", Kind)
def test_a_draft_on_paper_says_that_it_is_one_and_has_no_hash(kind):
    found = said(paper_of(kind, None, is_draft=True))
    assert "预览，还没有发布" in found
    assert "abab" not in found


def test_whoever_buys_by_itself_is_named_once():
    text = text_of(Kind.INTENTION) | {"agency": {"name": INTENTION.owner_name, "uscc": "x", "address": "y"}}
    made = announcement_paper(text, sha256="", centre="", address="https://jy.example/a")
    assert made["signed_by"] == [INTENTION.owner_name]
    assert all(label != "采购代理机构" for section in made["sections"] for label, _ in section["facts"])
