"""A bid that trustees failed is opened by its tenderer, in the tenderer's own browser."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from playwright.sync_api import expect

from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.sealing.keys import write_key
from bidding.story.cast import PASSWORD
from tests.browser import picture
from tests.journeys.conftest import HEIGHT
from tests.people import sign_in
from tests.serving import serving

pytestmark = pytest.mark.browser

PASSPHRASE = "密钥文件的口令，只有自己知道"


@pytest.fixture
def received():
    """The body of every request that reached the server: no browser shows a script the files that it sends."""
    return []


@pytest.fixture
def browser_of(app, tender, chromium, received):
    """``browser_of(login)``: a page of somebody's own browser before the served tender, which no trustee came to."""
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [], price_fen=1_200_000_000 + number * 1_234_567))
    tender.close()
    tender.centre.wait(timedelta(minutes=120))
    db.session.remove()

    def listening(environ, start):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        received.append(body)
        return app(environ | {"wsgi.input": BytesIO(body)}, start)

    contexts = []

    def _page(login, locale="zh-CN"):
        context = chromium.new_context(
            base_url=url, locale=locale, viewport={"width": 1280, "height": HEIGHT}, reduced_motion="reduce"
        )
        contexts.append(context)
        name = app.config["SIGN_IN_COOKIE"]
        context.add_cookies([{"name": name, "value": sign_in(app, login).get_cookie(name).value, "url": url}])
        return context.new_page()

    with serving(listening) as url:
        yield _page
        for context in contexts:
            context.close()


def look(page, shots, name):
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        picture(page, shots / f"{name}-{width}.png")


def test_a_tenderers_key_file_opens_its_bid_and_its_passphrase_stays_in_the_browser(
    browser_of, tender, received, tmp_path, shots
):
    paths = {}
    for number in (1, 2):
        paths[number] = tmp_path / f"bid-{number}.key"
        write_key(paths[number], tender.bids[number].key, PASSPHRASE, ReplayEntropy(b"key"), work_factor=10)
    page = browser_of("t1")
    page.goto(f"/hall/{tender.uid}")
    look(page, shots, "after-hall")
    page.click("[data-mine=after] a.btn")
    expect(page.locator("[data-here]")).to_be_visible()
    look(page, shots, "after-key")
    page.set_input_files("#key-file", paths[2])
    page.fill("#key-pass", PASSPHRASE)
    page.click("[data-posting] button[type=submit]")
    expect(page.locator("#key-file-error")).to_contain_text("是另一份的")  # and nothing was sent
    page.set_input_files("#key-file", paths[1])
    page.fill("#key-pass", "别的口令，不是这一个")
    page.click("[data-posting] button[type=submit]")
    expect(page.locator("#key-pass-error")).to_contain_text("打不开")
    page.fill("#key-pass", PASSPHRASE)
    password = page.locator("[name$=step_up_password]")
    if password.count():
        password.fill(PASSWORD)
    with page.expect_navigation():
        page.click("[data-posting] button[type=submit]")
    expect(page.locator("main")).to_contain_text("12,012,345.67")
    expect(page.locator("main")).to_contain_text("以本单位的密钥补开")
    posted, key = b"".join(received), tender.bids[1].key
    assert dict(key.identities)["offer"].encode() in posted
    assert PASSPHRASE.encode() not in posted
    assert key.sign_seed.hex().encode() not in posted

    tender.centre.wait(timedelta(minutes=121))
    db.session.remove()
    host = browser_of("zhou", "en-GB")
    host.goto(f"/hall/{tender.uid}")
    host.click("[data-mine=after] summary")
    look(host, shots, "after-decide")
    host.check("input[value=failed]")
    password = host.locator("[data-mine=after] [name$=step_up_password]")
    if password.count():
        password.fill(PASSWORD)
    with host.expect_navigation():
        host.click("[data-mine=after] button[type=submit]")
    expect(host.locator("main")).to_contain_text("failed")
    look(host, shots, "after-decided")
