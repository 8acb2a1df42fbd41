"""The hall's two machines in a real browser: what moves by itself, and what is left of a visitor."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser import picture

pytestmark = pytest.mark.browser

#: What a browser could keep of a visitor: storage, databases, cookies it may read.
KEPT = """async () => [
  Object.keys(localStorage).length, Object.keys(sessionStorage).length, (await indexedDB.databases()).length, document.cookie,
]"""


def test_the_screen_turns_stops_at_a_key_and_says_as_of_when_it_is_while_the_network_is_lost(
    tender, client, clock, seen, tmp_path
):
    clock.set(tender.closes_at - timedelta(hours=3))
    visit = seen(client)
    page = visit.page
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install()
    visit.go("/screen")
    page.set_viewport_size({"width": 1920, "height": 1080})
    shown, fresh = page.locator("[data-panel]:visible"), page.locator("[data-fresh]")
    turn = page.locator("[data-turn]")

    def panel():
        return shown.get_attribute("data-panel")

    assert panel() == "openings-1"
    page.clock.run_for(15_500)
    assert panel() == "closing-1"
    page.keyboard.press(" ")
    assert "画面已停住" in turn.inner_text()
    page.clock.run_for(60_000)
    assert panel() == "closing-1"
    page.keyboard.press("ArrowLeft")
    assert panel() == "openings-1"
    page.keyboard.press(" ")
    visit.is_accessible()
    picture(page, tmp_path / "screen.png", full_page=False)

    board = "**/screen"
    page.route(board, lambda route: route.abort())
    page.clock.run_for(20_000)
    page.wait_for_selector(".is-lost")
    assert fresh.inner_text().startswith("网络中断，画面停在这里 · 数据截至")
    before = panel()
    page.clock.run_for(15_000)
    assert panel() != before  # what was there last goes on turning
    page.unroute(board)
    page.clock.run_for(70_000)
    page.wait_for_selector("[data-fresh]:not(.is-lost)")
    assert fresh.inner_text().startswith("数据截至")

    visit.problems = [each for each in visit.problems if "ERR_FAILED" not in each]
    page.emulate_media(reduced_motion="reduce")
    visit.go("/screen")
    assert "继续轮播" in turn.inner_text()
    assert not visit.problems, visit.problems


def test_the_kiosk_asks_after_a_while_and_then_nothing_is_left_of_whoever_stood_there(
    tender, client, seen, tmp_path
):
    visit = seen(client)
    page = visit.page
    page.set_viewport_size({"width": 1080, "height": 1920})
    page.clock.install()
    visit.go("/kiosk")
    length = page.evaluate("history.length")
    asking = page.locator("[data-ask]")

    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/kiosk?lang=en")
    page.get_by_role("link", name="Find a notice").click()
    page.wait_for_url("**/kiosk/notices?lang=en")
    page.fill("#q", "排水")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/notices?*q=*")
    page.get_by_role("link", name="城南片区").click()
    page.wait_for_url(f"**/kiosk/notices/{tender.uid}*")
    small = page.evaluate(
        "[...document.querySelectorAll('a.sl-kiosk-btn, button:not([hidden])')].filter((each) => each.offsetParent && each.offsetHeight < 64).length"
    )
    assert small == 0
    picture(page, tmp_path / "kiosk.png")

    page.clock.run_for(39_000)
    assert not asking.is_visible()
    page.clock.run_for(3_000)
    assert asking.is_visible()
    visit.is_accessible()
    page.get_by_role("button", name="Go on").click()
    page.clock.run_for(30_000)
    assert not asking.is_visible()
    assert page.url.split("?")[0].endswith(tender.uid)

    page.clock.run_for(31_000)
    page.wait_for_url("**/kiosk")
    assert page.get_by_role("heading", name="您要办什么？").is_visible()
    assert page.evaluate("history.length") == length
    assert page.evaluate(KEPT) == [0, 0, 0, ""]
    assert page.context.cookies() == []
    page.go_back()
    assert "排水" not in page.content()
    assert tender.uid not in page.url

    visit.go("/kiosk/guides")
    page.route("**/kiosk", lambda route: route.abort())
    page.clock.run_for(61_000)
    page.get_by_role("heading", name="暂时连不上").wait_for()
    assert page.locator("main").inner_text() == ""
    page.unroute("**/kiosk")
    page.clock.run_for(6_000)
    page.wait_for_url("**/kiosk")
    assert not [each for each in visit.problems if "ERR_FAILED" not in each], visit.problems
