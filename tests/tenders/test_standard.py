"""The standard document of a comparison: whole for every template, and known to be outdated when the draft is changed."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from bidding.tenders import standard
from bidding.tenders.kinds import OFFERED, SUBJECTS, Family, PriceForm
from bidding.tenders.rules import LotFacts, ProjectFacts
from tests.tenders.drafting import LOT, SMALL, WAN

ONE = LotFacts("全部内容", 10 * WAN)


def test_every_subject_of_a_comparison_has_a_template_that_says_everything():
    assert {each.subject for each in standard.templates().values()} == set(SUBJECTS[Family.LOCAL])
    for code, template in standard.templates().items():
        assert code == template.code
        assert all(getattr(template, item.name) for item in fields(template))
        assert standard.template_for(template.subject) is template


@pytest.mark.parametrize("template", standard.templates().values(), ids=lambda each: each.code)
def test_the_paper_says_what_the_draft_says_and_no_dates(template):
    facts = replace(SMALL, subject=template.subject, qualification=template.qualification)
    said = standard.content(template, facts, [ONE])
    text = str(said)
    for wanted in (facts.title, facts.owner_name, facts.summary, facts.phone, "100,000.00 元（壹拾万元整）"):
        assert wanted in text
    assert [chapter["title"][:3] for chapter in said["chapters"]] == [
        "第一章",
        "第二章",
        "第三章",
        "第四章",
        "第五章",
    ]
    assert all(clause for chapter in said["chapters"] for clause in chapter["clauses"])
    assert "2026" not in text
    assert "投标人" not in text


def test_lots_are_told_apart_where_there_are_several_and_ceilings_and_security_only_where_there_are_any():
    template = standard.templates()["repair"]
    alone = dict(standard.content(template, SMALL, [ONE])["facts"])
    assert "预算" in alone
    assert "最高限价" not in alone
    both = dict(standard.content(template, SMALL, [ONE, LOT])["facts"])
    assert {"预算（全部内容）", f"最高限价（{LOT.name}）", f"比选保证金（{LOT.name}）"} <= set(both)


def test_only_comparisons_have_one():
    assert [pair for pair in OFFERED if standard.may_be_made(*pair)] == [(SMALL.family, SMALL.method)]


CHANGES = {
    "title": "另一处屋面维修",
    "owner_name": "另一单位",
    "summary": "屋面防水 900 平方米。",
    "qualification": "有资质。",
    "phone": "0000-7654321",
    "consortium": True,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_paper_made_before_a_change_is_found_out_and_one_made_after_it_is_not(name):
    template = standard.templates()["repair"]
    made = [("比选文件.pdf", "repair", standard.digest(standard.content(template, SMALL, [ONE])))]
    assert standard.check_made(made, SMALL, [ONE]) == []
    changed: ProjectFacts = replace(SMALL, **{name: CHANGES[name]})
    assert [problem.blocks for problem in standard.check_made(made, changed, [ONE])] == [True]
    assert standard.check_made(made, SMALL, [replace(ONE, budget_fen=11 * WAN)])


def test_what_people_uploaded_and_what_a_template_made_that_is_gone_is_nobodys_to_judge():
    assert standard.check_made([("自编.pdf", None, None), ("旧.pdf", "gone", "0" * 64)], SMALL, [ONE]) == []


def test_a_line_that_is_numbered_already_is_not_numbered_twice():
    facts = replace(SMALL, qualification="1. 有执照。\n（2）有资质。\n3、无失信。\n近 3 年无违法。")
    clauses = standard.content(standard.templates()["repair"], facts, [ONE])["chapters"][0]["clauses"]
    assert clauses[:4] == ["有执照。", "有资质。", "无失信。", "近 3 年无违法。"]


@pytest.mark.parametrize(
    ("lots", "told"),
    [
        ([ONE], "超过预算的，申请无效"),
        ([replace(ONE, ceiling_fen=9 * WAN)], "超过最高限价的，申请无效"),
        ([ONE, LOT], "超过最高限价或者预算的，申请无效"),
        ([replace(ONE, price_form=PriceForm.RATE)], "报价形式见公告"),
    ],
)
def test_the_price_may_not_lie_above_what_there_is(lots, told):
    assert told in str(standard.content(standard.templates()["repair"], SMALL, lots))


def test_a_form_that_was_saved_without_a_change_leaves_the_paper_as_it_is():
    template = standard.templates()["services"]
    facts = replace(SMALL, summary="一楼。\n二楼。", award_method="甲\n乙", contact="周经办")
    made = [("比选文件.pdf", "services", standard.digest(standard.content(template, facts, [ONE])))]
    saved = replace(facts, summary="一楼。\r\n二楼。", award_method="甲\r\n乙", contact=" 周经办 ")
    assert standard.check_made(made, saved, [ONE]) == []
