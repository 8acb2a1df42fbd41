"""A published tender is corrected, suspended, resumed, terminated and tendered again, by the pages of those who do it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.walking import Walk, in_english, published, sound

pytestmark = pytest.mark.browser


@pytest.fixture
def people(site, browser_page, shots):
    """``people("zhou", width=360)``: somebody's walk; None is anybody."""

    def _walk(login, **how):
        return Walk(browser_page(login, **how), site, shots / f"changes-{login}-{how.get('lang', 'zh')}")

    return _walk


def test_a_correction_is_looked_at_before_published_by_two_and_seen_by_everybody(site, people, tmp_path):
    uid = published(site, tmp_path / "corrected", title="城东雨水管网改造工程施工")
    tenderer = people("t1")
    tenderer.go(f"/notices/{uid}")
    tenderer.press(f"/notices/{uid}/follow")

    zhou = people("zhou")
    zhou.go(f"/notices/{uid}/clarifications")
    zhou.look("desk")
    zhou.press(f"/notices/{uid}/clarifications")
    zhou.fill(
        {
            "summary": "新建雨水、污水管道 7.2 公里，改造检查井 412 座。",
            "ceiling_1": "12,500,000",
            "reason": "清单漏计一段管道，限价随之核减。",
        }
    )
    zhou.page.check("[name=affects][value=yes]")
    zhou.look("draft")
    zhou.sent(zhou.page.locator("main form:has([name=summary]) .btn-primary"))
    draft = zhou.page.url.rsplit("/", 2)[1]
    for words in ("6.8", "7.2 公里", "12,500,000.00", "没有日期变动", "符合", "已经签封的投标"):
        assert words in zhou.text, words
    zhou.look("impact")
    zhou.press(f"/clarifications/{draft}/submit")
    assert "经办和复核不能是同一人" in zhou.text

    wu = people("wu")
    wu.go("/")
    wu.sent(wu.page.locator(f"main a[href*='/clarifications/{draft}']").first)
    wu.look("check")
    wu.press(f"/clarifications/{draft}/publish")

    reader = people(None, width=360)
    reader.go(f"/notices/{uid}")
    expect(reader.page.locator("main")).to_contain_text("7.2 公里")
    reader.look("notice")
    reader.sent(reader.page.locator(f"main a[href$='/notices/{uid}/clarifications/1']").first)
    for walk in (reader, tenderer):
        walk.go(f"/notices/{uid}/clarifications/1")
        table = walk.page.locator("section:has(#diff)")
        for words in ("6.8 公里", "7.2 公里", "12,864,000.00", "12,500,000.00"):
            expect(table).to_contain_text(words)
    reader.look("correction")
    tenderer.go("/messages")
    expect(tenderer.page.locator("main")).to_contain_text("城东雨水管网改造工程施工")
    english = people("zhou", lang="en")
    in_english(
        english, f"/notices/{uid}", f"/notices/{uid}/clarifications/1", f"/clarifications/{draft}/preview"
    )
    sound(tenderer, zhou, wu, reader, english)


def test_a_tender_is_suspended_resumed_terminated_and_tendered_again_by_two(site, people, tmp_path):
    uid = published(site, tmp_path / "stopped", title="城南公园景观提升工程施工")
    zhou, wu, reader = people("zhou"), people("wu"), people(None, width=360)

    def announce(kind, words):
        """One writes the notice, the other publishes it; everybody reads it."""
        zhou.go(f"/projects/{uid}/course")
        zhou.sent(zhou.page.locator(f"main a[href$='/course/new/{kind}']"))
        if kind != "resumption":
            zhou.page.locator("[name=basis]").first.check()
        zhou.fill(words)
        zhou.look(f"write-{kind}")
        zhou.sent(zhou.page.locator("main form .btn-primary"))
        assert "起草和发布不能是同一人" in zhou.text
        wu.go(f"/projects/{uid}/course")
        wu.look(f"publish-{kind}")
        wu.press("/publish")
        reader.go(f"/notices/{uid}")
        return reader.text

    said = announce("suspension", {"reason": "正在核实一份对招标文件的异议。", "next_step": "答复后恢复。"})
    assert "暂停" in said
    reader.look("suspended")
    assert "恢复公告" in announce("resumption", {"reason": "异议已经答复，招标文件不作修改。"})
    said = announce(
        "termination",
        {
            "reason": "县里调整了建设计划，本项目不再实施原方案。",
            "refunds": "没有收取费用和保证金。",
            "next_step": "方案调整后重新招标。",
        },
    )
    assert "项目已终止" in said
    assert "不再收投标文件" in said
    reader.look("terminated")
    reader.go(f"/notices/{uid}/course/3")
    assert "永远密封，不打开。" in reader.text
    reader.look("termination")
    zhou.go(f"/projects/{uid}/course")
    zhou.look("course")
    zhou.press(f"/projects/{uid}/course/repeat")
    assert zhou.page.url.rsplit("/", 1)[1] != uid
    expect(zhou.page.locator("h1")).to_have_text("城南公园景观提升工程施工（第2次）")
    assert "复制自 城南公园景观提升工程施工" in zhou.text
    zhou.look("again")
    english = people("zhou", lang="en")
    in_english(english, f"/projects/{uid}/course", f"/notices/{uid}", f"/notices/{uid}/course/3")
    sound(zhou, wu, reader, english)
