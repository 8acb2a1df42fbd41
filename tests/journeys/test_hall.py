"""An opening as six browsers see it: host, supervisor, administrator, two tenderers, and the screen on the wall.

The box is opened by the trustees' own client beside the browsers; everything in the hall is pressed in pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bidding.db import db
from bidding.story.cast import PASSWORD
from tests.browser import barriers, picture
from tests.journeys.conftest import HEIGHT
from tests.journeys.test_look import WIDTHS
from tests.opening.sitting.test_service import Hall
from tests.people import sign_in
from tests.serving import serving

pytestmark = pytest.mark.browser

PEOPLE = {"host": "zhou", "supervisor": "sun", "administrator": "wang", "first": "t1", "second": "t2"}


@dataclass
class Opening:
    """The hall's address, the people's pages by what they are, and what went wrong in any of them."""

    hall: Hall
    pages: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    shots: object = None

    def go(self, who, end=""):
        self.pages[who].goto(f"/hall/{self.hall.uid}{end}")
        return self.pages[who]

    def press(self, who, act, **fields):
        """Come to the hall, fill the form of that act, and press its button."""
        page = self.go(who)
        form = page.locator(f"form[action$='/{act}']").first
        opener = page.locator(f"details:has(form[action$='/{act}'])")
        if opener.count() and not form.is_visible():
            opener.first.locator("> summary").click()
        for name, value in fields.items():
            place = form.locator(f"[name$='-{name}']")
            if value is True:
                place.check()
            else:
                place.fill(value)
        password = form.locator("[name$='step_up_password']")
        if password.count():
            password.fill(PASSWORD)
        with page.expect_navigation():
            form.locator("button[type=submit]").click()
        expect(page.locator(".sl-errors")).to_have_count(0)
        return page

    def look(self, who, name, widths=WIDTHS):
        """Every width without a scroll bar, and no barrier that axe knows; photographed."""
        page = self.pages[who]
        page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 1080 if who == "screen" else HEIGHT})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.problems.append(f"{name}: {wide} px wide in {width}")
            picture(page, self.shots / f"{name}-{width}.png", full_page=who != "screen")
        self.problems += [f"{name}: {each['id']} {each['nodes'][0]['html'][:200]}" for each in barriers(page)]


@pytest.fixture
def journey(app, closed_soon, chromium, shots):
    with serving(app) as url:
        made, contexts = Opening(closed_soon, shots=shots), []
        for who, login in {**PEOPLE, "screen": None}.items():
            context = chromium.new_context(
                base_url=url,
                viewport={"width": 1280, "height": HEIGHT},
                locale="en-GB" if who == "second" else "zh-CN",
                reduced_motion="reduce",
            )
            contexts.append(context)
            if login:
                name = app.config["SIGN_IN_COOKIE"]
                value = sign_in(app, login).get_cookie(name).value
                context.add_cookies([{"name": name, "value": value, "url": url}])
            page = made.pages[who] = context.new_page()
            page.on("pageerror", lambda error, who=who: made.problems.append(f"{who}: {error}"))
            page.on(
                "console",
                lambda message, who=who: (
                    made.problems.append(f"{who}: {message.text}")
                    if message.type in ("error", "warning") and "409" not in message.text
                    else None
                ),
            )
        yield made
        for context in contexts:
            context.close()


@pytest.fixture
def closed_soon(centre, tender, clock):
    """Three bids, ten minutes before the deadline; the doors are open."""
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [], price_fen=1_200_000_000 + number * 1_234_567))
    clock.set(tender.closes_at - timedelta(minutes=10))
    return Hall(tender)


def test_a_sitting_is_held_before_everybodys_eyes(journey):
    hall, screen = journey.hall, journey.go("screen", "/screen")
    first = journey.go("first")
    expect(first.locator(".sl-discipline li")).to_have_count(6)
    journey.look("first", "hall-sign-in")
    first = journey.press("first", "sign-in", person="李代表", acknowledged=True)
    expect(first.locator("main")).to_contain_text("您单位已签到")
    expect(journey.go("host").locator("main")).not_to_contain_text("李代表")

    hall.tender.close()
    db.session.remove()
    expect(screen.locator("main")).to_contain_text("已封箱，收到 3 份有效投标", timeout=15_000)
    host = journey.go("host")
    journey.press("host", "list")
    expect(screen.locator(".sl-screen-names li")).to_have_count(3, timeout=15_000)
    hall.tender.open(["reform", "finance", "notary"])
    db.session.remove()

    expect(screen.locator("tbody tr")).to_have_count(3, timeout=15_000)
    journey.press("administrator", "admit", person="王代表")
    watching = journey.go("second")
    journey.press("host", "read")
    expect(screen.locator("tr.is-now")).to_contain_text("12,012,345.67", timeout=15_000)
    journey.look("screen", "screen-read", (1920, 1280, 360))
    journey.look("host", "hall-read")
    for _ in range(2):
        journey.press("host", "read")
    expect(watching.locator("tr.is-now[data-say]")).to_contain_text("12,037,037.01", timeout=15_000)  # live

    page = journey.go("first")
    page.locator("form[action$='/line'] button").focus()
    journey.look("first", "hall-confirm")
    page.locator("form[action$='/line'] button").focus()
    page.keyboard.press("Enter")  # by the keyboard alone
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("无异议")
    journey.press("first", "object", words="投标截止以哪个时钟为准？")
    journey.go("host")
    journey.press("host", "answer", answer="以平台服务器时钟为准，证据见关闭记录。")
    journey.press("host", "close-lines")
    expect(screen.locator("main")).to_contain_text("以平台服务器时钟为准", timeout=15_000)

    journey.press("supervisor", "suspend", reason="网络检查")
    journey.press("administrator", "suspend/confirm")
    expect(screen.locator("main")).to_contain_text("网络检查", timeout=15_000)
    journey.go("host")
    journey.press("host", "resume", reason="检查完毕")
    journey.press("supervisor", "resume/confirm")

    journey.press("host", "close-record")
    for who, login in (("host", "zhou"), ("supervisor", "sun"), ("administrator", "wang"), ("first", "t1")):
        journey.press(who, "sign", name=hall.centre.actor(login).name)
    journey.press("host", "end")
    expect(screen.locator("main")).to_contain_text("开标会结束", timeout=15_000)
    journey.go("first", "/record")
    journey.look("first", "hall-record")
    journey.go("second")
    journey.look("second", "hall-english")
    assert host.url == journey.go("host").url
    assert "\n".join(journey.problems) == ""


def test_the_screen_says_when_the_network_is_gone(journey):
    screen = journey.go("screen", "/screen")
    expect(screen.locator("[data-fresh]")).to_contain_text("数据截至")
    screen.context.set_offline(True)
    expect(screen.locator("[data-fresh]")).to_contain_text("网络中断", timeout=15_000)
    expect(screen.locator("main")).to_contain_text("箱子封着")
    screen.context.set_offline(False)
    expect(screen.locator("[data-fresh]")).not_to_contain_text("网络中断", timeout=15_000)


#: Where the rules of conduct end, and where the foot of the screen begins.
_ENDS = "[document.querySelector('.sl-discipline'), document.querySelector('footer')].map(e => e.getBoundingClientRect())"


def test_the_rules_of_conduct_are_read_to_the_end_on_any_wall_in_either_language(journey):
    for who in ("screen", "second"):
        page = journey.go(who, "/screen")
        for width, height in ((1920, 1080), (1280, 720)):
            page.set_viewport_size({"width": width, "height": height})
            rules, foot = page.evaluate(_ENDS)
            assert rules["bottom"] <= foot["top"], (who, width)
