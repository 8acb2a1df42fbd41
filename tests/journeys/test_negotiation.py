"""The last round of a negotiation by the pages: called by one and let out by another, answered in two suppliers' own
browsers, opened by the trustees, decided with a reason, and then everybody's to read and to check.

Up to the opened responses it is played through the services, as in ``tests/negotiation``.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.i18n.catalog import COOKIE
from bidding.story.cast import PASSWORD
from bidding.story.play import WAN
from bidding.verification.cli import verify
from tests.browser import barriers, picture
from tests.journeys.conftest import HEIGHT, _chinese_data
from tests.journeys.test_bidding import on_receipt, press
from tests.journeys.test_look import WORDS, untranslated
from tests.negotiation.conftest import Negotiation, responding
from tests.people import sign_in
from tests.serving import serving

pytestmark = pytest.mark.browser

#: What the console says of an answer that refuses: the page itself says why.
REFUSED = re.compile("status of (403|409|422)")


@pytest.fixture
def further(tmp_path, attachment):
    return {"responses": ("centre", responding(tmp_path / "negotiation", attachment))}


@pytest.fixture
def responses(laid):
    return laid[1]


class Pages:
    """The served centre, and a browser for whoever comes."""

    def __init__(self, app, negotiation, chromium, shots):
        self.app, self.negotiation, self.shots = app, negotiation, shots
        self.uid, self.url, self.problems = negotiation.tender.uid, "", []
        self._chromium, self._contexts = chromium, []

    def come(self, login=None, address="/"):
        """Somebody, just signed in, at an address."""
        context = self._chromium.new_context(
            base_url=self.url,
            viewport={"width": 1280, "height": HEIGHT},
            locale="zh-CN",
            reduced_motion="reduce",
        )
        self._contexts.append(context)
        if login:
            name = self.app.config["SIGN_IN_COOKIE"]
            value = sign_in(self.app, login).get_cookie(name).value
            context.add_cookies([{"name": name, "value": value, "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._said(page, message))
        page.goto(address)
        return page

    def _said(self, page, message):
        if message.type in ("error", "warning") and not REFUSED.search(message.text):
            self.problems.append(f"{page.url}: {message.text}")

    def look(self, page, name, *, spare=False):
        """In both languages on a wide screen and a narrow one, and without a barrier; photographed.

        The page is left in English, the next one is Chinese again. What is ``spare`` other journeys look at too: here it
        is looked at where pictures are wanted.
        """
        if spare and not os.environ.get("PICTURES"):
            return
        self._fits(page, name)
        self.problems += [f"{name}: {each['id']} {each['nodes'][0]['html'][:200]}" for each in barriers(page)]
        self._speaks(page, "en")
        page.reload()
        self._fits(page, f"{name}-en")
        data = (*_chinese_data(), "合格")  # what is typed and not sent yet
        db.session.remove()
        found = untranslated(page.evaluate(WORDS), data)
        self.problems += [f"{name}: not in English: {words[:80]}" for words in found]
        self._speaks(page, "zh-Hans")

    def _speaks(self, page, lang):
        page.context.add_cookies([{"name": COOKIE, "value": lang, "url": self.url}])

    def _fits(self, page, name):
        page.wait_for_load_state()  # without its styles a page is as wide as its words
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.problems.append(f"{name}: {wide} px wide in {width}")
            picture(page, self.shots / f"{name}-{width}.png")

    def send(self, page, form="main form:has(.btn-primary)"):
        """Press the form's main button, giving the password where it is asked for."""
        found = page.locator(form).first
        password = found.locator("[name=step_up_password]")
        if password.count():
            password.fill(PASSWORD)
        with page.expect_navigation():
            found.locator("button[type=submit]").first.click()
        return page

    def close(self):
        for context in self._contexts:
            context.close()


@pytest.fixture
def pages(app, centre, responses, chromium, shots):
    app.config["WTF_CSRF_ENABLED"] = True  # browsers carry their tokens
    db.session.remove()
    made = Pages(app, Negotiation(centre, responses), chromium, shots / "negotiation")
    with serving(app) as made.url:
        yield made
        made.close()


def test_last_offers_are_called_sealed_opened_and_decided_by_the_pages(pages, tmp_path):
    made = called(pages)
    for number, price in ((1, "710,000"), (2, "690,000")):
        offered(pages, made, number, price, tmp_path)
    pages.negotiation.offer(made, 3, 72 * WAN)
    opened(pages, made)
    decided(pages, made)
    public(pages, made, tmp_path)
    assert "\n".join(pages.problems) == ""


def called(pages):
    """The agency says who passed, is told what the law wants, and asks all; a colleague lets the call out."""
    page = pages.come("zhou")
    expect(page.locator("main")).to_contain_text("邀请报价")
    page.goto(f"/projects/{pages.uid}/rounds")
    pages.look(page, "desk", spare=True)
    page.click("main a.btn-primary")
    third = pages.negotiation.tender.received[3]
    pages.look(page, "call")
    at = (pages.negotiation.centre.clock.now() + timedelta(hours=3)).astimezone(SHANGHAI)
    page.fill("[name=closes_at]", at.strftime("%Y-%m-%dT%H:%M"))
    page.check("[name=kind][value=last]")
    for bid in pages.negotiation.tender.received.values():
        page.check(f"[name=who_{bid}][value={'left-out' if bid == third else 'invited'}]")
    page.fill(f"[name=why_{third}]", "业绩不足")
    pages.send(page)
    expect(page.locator(".sl-errors")).to_contain_text("至少要 3 家")
    expect(page.locator(f"[name=why_{third}]")).to_have_value("业绩不足")
    page.check(f"[name=who_{third}][value=invited]")
    page.fill(f"[name=why_{third}]", "")
    pages.send(page)
    expect(page.locator("main")).to_contain_text("等另一个人复核")

    second = pages.come("wu")
    second.get_by_role("link", name="去复核").click()
    pages.look(second, "to-confirm")
    pages.send(second, "form[action$='/confirm']")
    expect(second.locator("main")).to_contain_text("正在收报价，封着")
    address = second.locator("#rounds ~ ul a").first.get_attribute("href")
    return pages.negotiation.called(address.rsplit("/", 1)[1])


def offered(pages, made, number, price, folder):
    """A supplier finds the call, seals its last offer in the page and has its receipt."""
    page = pages.come(f"t{number}")
    page.get_by_role("link", name="去报价").first.click()
    expect(page.locator("h1")).to_have_text("最后报价（第 1 轮）")
    if number == 1:
        pages.look(page, "round")
    page.click("main a.btn-primary")
    expect(page.locator("[data-step=tasks]")).to_be_visible()
    if number == 1:
        pages.look(page, "sealing", spare=True)
    page.click("[data-task=letter] a[data-link]")
    page.fill("[name=validity_days]", "90")
    page.check("#promise")
    page.click("[data-step=letter] [data-save]")
    page.fill("[name=price_fen]", price)
    page.fill("[name=days]", "365")
    page.fill("[name=quality]", "合格")
    page.click("[data-step=sheet] [data-save]")  # an offer need bring no files, and no security
    expect(page.locator("[data-figures]")).to_contain_text("元整")
    if number == 1:
        page.wait_for_timeout(400)  # the draft is kept a moment after the last change
        pages.look(page, "check")
    with page.expect_download() as download:
        press(page)
    download.value.save_as(folder / download.value.suggested_filename)
    on_receipt(page)
    if number == 1:
        pages.look(page, "receipt")
        page.goto("/")
        expect(page.locator("main")).to_contain_text("已递交")
        pages.look(page, "home-of-supplier", spare=True)


def opened(pages, made):
    """Closed and opened: nobody reads anything out, and those who run it see the offers side by side."""
    pages.negotiation.open(made)
    db.session.remove()
    for login in ("zhou", "sun", "wang"):
        page = pages.come(login, f"/hall/{made.uid}")
        expect(page.locator("main")).to_contain_text("710,000.00")
        expect(page.locator(".sl-hall-steps li")).to_have_count(2)  # nothing is read out: shut, and opened
    pages.look(page, "hall-of-round")
    for login in ("sun", "wang"):
        pages.look(pages.come(login), f"home-of-{login}", spare=True)
    assert "710,000.00" not in pages.come(None, f"/hall/{pages.uid}").content()
    page = pages.come("t1", f"/negotiations/{pages.uid}")
    assert "690,000.00" not in page.content()
    pages.look(page, "own", spare=True)


def decided(pages, made):
    """Not the lowest: refused without a reason; with it put down by one and confirmed by another."""
    page = pages.come("zhou")
    page.goto(f"/projects/{pages.uid}/rounds")
    pages.look(page, "offers")
    page.click("main a.btn-primary")
    page.wait_for_url("**/award")
    page.click("main a.btn-primary")
    page.wait_for_url("**/award/1")
    pages.look(page, "award")
    page.check(f"[name=winner][value='{bid_of(page, '710,000.00')}']")
    pages.send(page)
    expect(page.locator(".sl-errors")).to_contain_text("最低的最后报价是 690,000.00 元")
    page.fill("[name=reason]", "最后报价最低的供应商书面放弃。")
    pages.send(page)
    expect(page.locator("main")).to_contain_text("等待复核")
    second = pages.come("wu", f"/projects/{pages.uid}/award/1/confirm")
    pages.look(second, "award-to-confirm")
    pages.send(second)
    expect(second.locator("main")).to_contain_text("已公布")


def bid_of(page, amount):
    """The choice whose label says an amount."""
    label = page.locator("label", has_text=amount).first
    return page.locator(f"#{label.get_attribute('for')}").get_attribute("value")


def public(pages, made, folder):
    """A stranger reads the result and its reason, and checks both openings from first to last."""
    pages.negotiation.centre.tick()
    pages.negotiation.centre.cosign()
    db.session.remove()
    page = pages.come(None, f"/notices/{pages.uid}/award")
    expect(page.locator("main")).to_contain_text("最后报价最低的供应商书面放弃。")
    expect(page.locator("main")).to_contain_text("710,000.00")
    pages.look(page, "result")
    page.click(f"#openings ~ ul a[href='/hall/{made.uid}']")
    expect(page.locator("main")).to_contain_text("690,000.00")
    pages.look(page, "hall-in-public")
    for uid in (pages.uid, made.uid):
        path = folder / f"{uid}.zip"
        path.write_bytes(page.request.get(f"/opening/{uid}/opening.zip").body())
        told = CliRunner().invoke(verify, [str(path)])
        assert told.exit_code == 0, told.output
