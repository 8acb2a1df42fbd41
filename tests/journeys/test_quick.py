"""A small comparison, from nothing to the published notice, by the keyboard alone: eight fields and a second person.

Timed by the model of ``docs/walks/first-bid.md``; what it took stands in ``docs/walks/quick-comparison.md``. The first time
every line is read; the next time what was read before is known, as it is to people who do this for a living.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bidding.db import db
from bidding.story.cast import PASSWORD
from bidding.story.window import accept
from tests.journeys import conftest
from tests.journeys.test_first_bid import Keys

pytestmark = pytest.mark.browser

ASKED = ["title", "owner_name", "summary", "budget_fen", "ceiling_fen", "qualification", "closes_at", "file"]
FIRST_TIME, EVERY_TIME = timedelta(minutes=7), timedelta(minutes=5)
REPAIR = {
    "title": "档案馆屋面维修比选",
    "owner_name": "明川县档案馆",
    "summary": "屋面防水 800 平方米，拆除旧防水层，30 日内完工。",
    "budget_fen": "100000",
}
GOODS = {
    "title": "档案馆密集架采购比选",
    "summary": "档案密集架 60 列，送货安装，20 日内交付。",
    "budget_fen": "86000",
}


def publishes(site, clerk: Keys, colleague: Keys, template: str, typed: dict[str, str]) -> timedelta:
    """One drafts and hands over, the other publishes; what both took."""
    page = clerk.page
    begun = len(clerk.lines), len(colleague.lines)
    page.goto("/projects")
    clerk.known()
    clerk.press("main a[href='/projects/quick']")
    page.wait_for_url("**/projects/quick")
    clerk.read("template")
    clerk.press(f"main a[href$='template={template}']")
    page.wait_for_url(f"**template={template}")
    clerk.read("eight fields")
    shown = "els => els.filter(e => e.type !== 'hidden').map(e => e.name)"
    assert page.eval_on_selector_all("main form :is(input, textarea, select)", shown) == ASKED
    expect(page.locator("[name=closes_at]")).to_have_value(re.compile(r"T14:30$"))
    for name, text in typed.items():
        clerk.write(f"[name={name}]", text)
    clerk.press("main form .btn-primary")
    page.wait_for_url("**/preview")
    clerk.read("preview")
    expect(page.locator("main form[action$='/submit']")).to_contain_text(
        "并承诺本单位已有、随时出示：立项或采购的内部决定"
    )
    clerk.press("main form[action$='/submit'] .btn-primary")
    page.wait_for_url(re.compile(r"/projects/\w{12}$"))
    uid = page.url.rsplit("/", 1)[1]
    clerk.read("handed over")

    takes_on(site, uid)
    second = colleague.page
    site.clock.advance(timedelta(minutes=6))  # at work for a while, and asked who it is
    second.goto("/")
    colleague.known()
    colleague.press(f"main a[href$='/projects/{uid}/publish']")
    second.wait_for_url("**/publish")
    colleague.read("publish")
    colleague.write("[name=step_up_password]", PASSWORD)
    colleague.press("main form[action$='/publish'] .btn-primary")
    second.wait_for_url(f"**/notices/{uid}")
    expect(second.locator("h1")).to_have_text(typed["title"])
    expect(second.locator("main")).to_contain_text("比选文件.pdf")
    took = [*clerk.lines[begun[0] :], *colleague.lines[begun[1] :]]
    return timedelta(seconds=sum(line.seconds for line in took))


def takes_on(site, uid):
    """The centre's window presses its one button: what the clerk filed by handing over, in a time that is not theirs."""
    with site.app.app_context():
        accept(site.centre, uid)
        db.session.remove()


def test_a_comparison_is_published_by_two_in_less_than_five_minutes(site, browser_page):
    clerk, colleague = Keys(browser_page("zhou")), Keys(browser_page("wu"))
    first = publishes(site, clerk, colleague, "repair", REPAIR)
    again = publishes(site, clerk, colleague, "goods", GOODS)
    with site.app.app_context():
        site.data = conftest._chinese_data()  # other tests ask whether pages are in English
    table = f"{clerk.table()}\n{colleague.table()}\nthe first time {first}, the next {again}"
    logging.getLogger(__name__).info("%s", table)
    assert first < FIRST_TIME, table
    assert again < EVERY_TIME, table
