"""A public tender with prequalification, from the draft to the notice for those who passed: in a browser, by everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from bidding.db import db
from bidding.prequalification import rules
from bidding.story.cast import PASSWORD
from tests.browser import barriers, picture
from tests.journeys.conftest import HEIGHT
from tests.people import sign_in
from tests.prequalification.conftest import holding, keys, newcomers, rulebook, seats  # noqa: F401 — fixtures
from tests.prequalification.holding import CLOSES, FILE
from tests.serving import serving
from tests.tenders.drafting import WORKS

pytestmark = pytest.mark.browser


@pytest.fixture
def browser_of(app, cast, chromium):
    """``browser_of(login)``: a page of somebody's own browser, signed in at the clock's time."""
    contexts = []

    def _page(login, locale="zh-CN"):
        db.session.remove()
        context = chromium.new_context(
            base_url=url, locale=locale, viewport={"width": 1280, "height": HEIGHT}, reduced_motion="reduce"
        )
        contexts.append(context)
        name = app.config["SIGN_IN_COOKIE"]
        context.add_cookies([{"name": name, "value": sign_in(app, login).get_cookie(name).value, "url": url}])
        return context.new_page()

    with serving(app) as url:
        yield _page
        for context in contexts:
            context.close()


def look(page, shots, name):
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        picture(page, shots / f"prequalification-{name}-{width}.png")
    assert barriers(page) == [], name
    page.set_viewport_size({"width": 1280, "height": HEIGHT})


def press(page, name):
    """Press the button that is called so, and wait for the next page."""
    if page.locator("[name$=step_up_password]").count():
        page.locator("[name$=step_up_password]").first.fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def upload(page, name, content):
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    press(page, "上传")


def test_from_the_draft_to_the_notice_for_those_who_passed(
    browser_of,
    holding,  # noqa: F811
    seats,  # noqa: F811
    newcomers,  # noqa: F811
    clock,
    shots,
):
    facts = replace(WORKS, consortium=True)
    uid = holding.begun(facts)

    zhou = browser_of("zhou")
    zhou.goto(f"/projects/{uid}/qualification")
    zhou.get_by_label("资格后审").check()
    press(zhou, "保存")
    expect(zhou.locator("main")).not_to_contain_text("资格预审：通过资格预审的才能投标")
    zhou.goto(f"/projects/{uid}/qualification")
    zhou.get_by_label("资格预审：先发资格预审公告").check()
    look(zhou, shots, "choice")
    press(zhou, "保存")
    zhou.goto(f"/projects/{uid}")
    with zhou.expect_navigation():
        zhou.locator("main").get_by_role("link", name="资格预审", exact=True).click()
    look(zhou, shots, "desk-empty")
    zhou.fill("#closes_at", "2026-12-07T14:30")
    zhou.fill("#examined_on", "2026-12-08")
    press(zhou, "保存时间")
    upload(zhou, "资格预审文件.pdf", FILE)
    look(zhou, shots, "desk-ready")
    press(zhou, "提交复核")
    expect(zhou.locator("main")).to_contain_text("等另一位同事复核")

    wu = browser_of("wu")
    wu.goto("/")
    with wu.expect_navigation():
        wu.get_by_role("link", name="去复核").click()
    look(wu, shots, "publish")
    press(wu, "发布资格预审公告")
    expect(wu.locator("h1")).to_have_text(facts.title)
    look(wu, shots, "notice")
    english = browser_of("zhao", "en-GB")
    english.goto(f"/prequalifications/{uid}")
    look(english, shots, "notice-en")
    english.goto("/prequalifications")
    look(english, shots, "list-en")

    li = browser_of("li")
    li.goto(f"/prequalifications/{uid}")
    with li.expect_navigation():
        li.get_by_role("link", name="递交资格预审申请").click()
    look(li, shots, "apply-empty")
    upload(li, "申请文件.pdf", b"%PDF-1.7 of li")
    look(li, shots, "apply")
    li.fill("#phone", "0000-1111111")
    press(li, "递交申请")
    expect(li.locator("h1")).to_have_text("已递交")
    look(li, shots, "receipt")
    receipt = li.url
    holding.applied(uid, "zhao", "he", "ma")

    zhou.goto(f"/projects/{uid}/prequalification")
    look(zhou, shots, "desk-open")
    clock.set(CLOSES + rules.SETTLES)
    zhou = browser_of("zhou")
    zhou.goto(f"/projects/{uid}/prequalification")
    look(zhou, shots, "desk-closed")
    press(zhou, "开启申请")
    rows = zhou.locator("input[type=radio][value=yes]")
    for place in range(4):
        rows.nth(place).check()
    zhou.locator("input[type=radio][value=no]").nth(1).check()
    zhou.get_by_label("招标人（采购人）或代理机构审查").check()
    press(zhou, "交另一位同事复核")
    expect(zhou.locator("main")).to_contain_text("请写明理由")
    zhou.locator("textarea").nth(1).fill("资质证书 2026-10-01 到期，见申请文件第 3 页。")
    look(zhou, shots, "examine")
    press(zhou, "交另一位同事复核")
    wu = browser_of("wu")
    wu.goto(f"/projects/{uid}/prequalification/applications")
    look(wu, shots, "decide")
    press(wu, "确认结果，发出通知书")

    li, zhao = browser_of("li"), browser_of("zhao", "en-GB")
    li.goto("/")
    li.get_by_role("link", name="看结果通知书").click()
    assert li.url.rsplit("/", 1)[1] == receipt.rsplit("/", 1)[1]
    expect(li.locator("h1")).to_have_text("通过资格预审")
    look(li, shots, "passed")
    zhao.goto("/applications")
    look(zhao, shots, "mine-en")
    zhao.locator("main table a").first.click()
    expect(zhao.locator("main")).to_contain_text("资质证书 2026-10-01 到期")
    look(zhao, shots, "failed-en")

    holding.complete(uid)
    zhou.goto(f"/projects/{uid}")
    press(zhou, "提交复核")
    wu.goto(f"/projects/{uid}/publish")
    press(wu, "发布公告")
    expect(wu.locator("main")).to_contain_text("资格预审：通过资格预审的才能投标")
    li.goto(f"/notices/{uid}")
    li.get_by_role("link", name="准备投标").first.click()
    expect(li).to_have_url(f"{li.url.split('/notices')[0]}/notices/{uid}/ready")
    zhao.goto(f"/notices/{uid}")
    assert zhao.locator(f'a[href="/notices/{uid}/ready"]').count() == 0
    zhao.goto(f"/notices/{uid}/ready")
    look(zhao, shots, "refused-en")
