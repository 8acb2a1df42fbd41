"""The page that replays a draw for everybody: from the disk, with the network off."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.verification import proving
from tests.verification.test_draws import story

pytestmark = pytest.mark.browser

PAGE = ROOT / "static" / "vendor" / "replay.html"


@pytest.fixture
def opened(chromium):
    """``opened(locale, reduced_motion)``: the page; a problem in its console fails the test."""
    contexts, problems = [], []

    def _opened(locale="zh-CN", motion="no-preference"):
        context = chromium.new_context(
            locale=locale, viewport={"width": 360, "height": 800}, reduced_motion=motion
        )
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        page.on("console", lambda each: problems.append(each.text) if each.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(PAGE.as_uri())
        page.wait_for_selector("#replay-file")
        return page

    yield _opened
    for context in contexts:
        context.close()
    assert not problems


def put_in(page, tmp_path, data):
    path = tmp_path / "draw.zip"
    path.write_bytes(data)
    page.set_input_files("#replay-file", path)
    page.click("form button[type=submit]")


def test_a_draw_is_played_step_by_step_by_keyboard_and_by_itself(opened, tmp_path):
    made, page = story(), opened()
    page.fill("#replay-anchor", made.panel.hash.hex())
    put_in(page, tmp_path, proving.whole(made))
    stage = page.locator(".rp-stage")
    expect(stage).to_be_focused(timeout=20_000)  # whoever came by keyboard goes on by keyboard
    expect(page.locator("#replay-answer > h2")).to_have_text("成立")
    counter = page.locator(".rp-counter")
    expect(counter).to_contain_text("第 1 步")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(counter).to_contain_text("第 5 步")
    expect(page.locator(".rp-seed")).to_contain_text("种子 = ")
    expect(page.locator(".rp-parties .rp-mark")).to_have_text("由受托人开启")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".rp-seed")).to_be_hidden()
    page.keyboard.press("End")
    expect(page.locator(".rp-caption")).to_contain_text("参加评标的")
    expect(page.locator(".rp-caption")).to_contain_text("专家")
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="暂停")).to_be_visible()
    expect(counter).to_contain_text("第 2 步", timeout=10_000)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="播放")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".rp-words li").first).to_be_visible()


def test_before_the_opening_it_plays_as_well_in_english_and_without_motion(opened, tmp_path):
    page = opened("en", "reduce")
    put_in(page, tmp_path, proving.early(story()))
    expect(page.locator(".rp-counter")).to_contain_text("Step 1 of", timeout=20_000)
    page.keyboard.press("End")
    assert page.evaluate("document.getAnimations().length") == 0
    expect(page.locator(".rp-words")).to_contain_text("does not come")
    expect(page.locator("#replay-answer")).to_contain_text("The opening record is not public yet")


def test_what_does_not_hold_is_not_played(opened, tmp_path):
    page, made = opened(), story()
    made.event("draw-reveal")["a0"] = made.event("draw-reveal", 1)["a0"]
    put_in(page, tmp_path, proving.whole(made))
    expect(page.locator("#replay-answer > h2")).to_have_text("不成立", timeout=20_000)
    expect(page.locator(".rp-stage")).to_have_count(0)
    put_in(page, tmp_path, b"no zip")
    expect(page.locator("#replay-answer > h2")).to_have_text("文件读不出来", timeout=20_000)


def test_the_site_takes_a_draw_where_openings_are_checked_and_serves_the_replay(client, seen, tmp_path):
    path = tmp_path / "anything.zip"
    path.write_bytes(proving.whole(story()))
    page = seen(client).page
    page.goto("/verify")
    page.set_input_files("#opening-files", path)
    page.click("[data-opening-check] button[type=submit]")
    answer = page.locator("#opening-answer")
    expect(answer).to_contain_text("专家抽取 D-1", timeout=20_000)
    expect(answer).to_contain_text("次专家抽取重演一致")
    page.goto("/verify/replay?lang=en")
    put_in(page, tmp_path, proving.whole(story()))
    expect(page.locator(".rp-counter")).to_contain_text("Step 1 of", timeout=20_000)
