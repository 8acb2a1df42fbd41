"""A person makes a passkey, comes back with it, and confirms with it; and sets up codes. Chromium's own virtual key."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import expect

from bidding.i18n.catalog import COOKIE
from bidding.story.cast import PASSWORD
from tests.browser import barriers, picture
from tests.journeys.conftest import HEIGHT
from tests.journeys.test_look import WORDS, untranslated

pytestmark = pytest.mark.browser

#: Nobody else's journeys use these two.
WITH_KEY, WITH_CODES = "t3", "t2"
_SIX_MINUTES, _HALF_A_MINUTE = timedelta(minutes=6), timedelta(seconds=30)


@pytest.fixture
def local(site):
    """The site under a name: browsers make no passkeys for a bare address."""
    return site.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def person(chromium, local):
    """``person("en")``: a page of somebody's browser, with a security key in the computer."""
    opened = []

    def _person(lang="zh-Hans", key=True):
        context = chromium.new_context(
            base_url=local, locale="zh-CN" if lang == "zh-Hans" else "en-GB", reduced_motion="reduce"
        )
        context.add_cookies([{"name": COOKIE, "value": lang, "url": local}])
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: pytest.fail(f"script: {error}"))
        if key:
            tools = context.new_cdp_session(page)
            tools.send("WebAuthn.enable")
            options = {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
            tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return page

    yield _person
    for context in opened:
        context.close()


def sign_in(page, login):
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form[method=post] button").click()


def look(page, site, folder, name, lang="zh-Hans"):
    """Sound, on both widths, in its own language; pictures are kept to be looked at."""
    problems = [
        f"{name}: axe {each['id']}" for each in barriers(page) if each["impact"] in ("serious", "critical")
    ]
    if lang == "en":
        problems += [f"{name}: {words}" for words in untranslated(page.evaluate(WORDS), site.data)]
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{name}: wider than {width}")
        picture(page, folder / f"{name}-{lang}-{width}.jpg", quality=60, type="jpeg")
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    return problems


def test_a_passkey_is_made_signs_in_and_confirms(site, person, shots):
    page = person()
    sign_in(page, WITH_KEY)
    expect(page.locator(".sl-person")).to_be_visible()
    page.goto("/account/passkeys/new")
    problems = look(page, site, shots, "new-passkey")
    page.fill("[name=name]", "办公室电脑")
    page.locator("form[data-passkey=add] button").click()
    page.wait_for_url("**/account/security?added=*")
    expect(page.locator("tbody th")).to_have_text("办公室电脑")
    problems += look(page, site, shots, "security")

    page.context.clear_cookies()
    page.goto("/sign-in?next=/account")
    problems += look(page, site, shots, "sign-in")
    page.locator("[data-passkey=sign-in] button").click()
    page.wait_for_url("**/account")
    expect(page.locator("h1")).to_have_text("账号与密码")
    problems += look(page, site, shots, "account")

    page.context.clear_cookies()
    sign_in(page, WITH_KEY)
    page.wait_for_url("**/sign-in/second*")
    problems += look(page, site, shots, "second-step")
    page.locator("[data-passkey=second] button").click()
    expect(page.locator(".sl-person")).to_be_visible()

    site.clock.advance(_SIX_MINUTES)
    page.goto("/account/codes")
    password = page.locator("[name=step_up_password]")
    expect(password).to_be_visible()
    problems += look(page, site, shots, "confirm")
    page.locator("[data-passkey=step-up] button").click()
    expect(password).to_be_hidden()
    expect(page.locator("[data-passkey=step-up] [role=status]")).to_have_text("已确认是您本人。请继续。")
    page.locator("main form[method=post] button[type=submit]").click()
    expect(page.locator(".sl-codes li")).to_have_count(10)
    problems += look(page, site, shots, "codes")
    assert not problems, "\n".join(problems)


def test_without_a_key_the_button_says_so_and_the_form_still_works(site, person):
    page = person()
    page.goto("/sign-in")
    page.locator("[data-passkey=sign-in] button").click()
    expect(page.locator("[data-passkey=sign-in] [role=status]")).not_to_be_empty()
    sign_in(page, WITH_CODES)
    expect(page.locator(".sl-person, [name=code]").first).to_be_visible()


def test_an_authenticator_is_set_up_and_asked_for_in_english_too(site, person, shots):
    page = person("en", key=False)
    sign_in(page, WITH_CODES)
    expect(page.locator(".sl-person")).to_be_visible()
    page.goto("/account/security")
    problems = look(page, site, shots, "security", "en")
    page.goto("/account/authenticator/new")
    problems += look(page, site, shots, "authenticator-new", "en")
    page.locator("main form[method=post] button").click()
    secret = page.locator("dd.sl-mono").nth(1).inner_text().replace(" ", "")
    problems += look(page, site, shots, "authenticator", "en")
    page.fill("[name=code]", pyotp.TOTP(secret).at(site.clock.now()))
    page.locator("main form[method=post] button").click()
    page.wait_for_url("**/account/security")
    problems += look(page, site, shots, "security-set", "en")

    page.context.clear_cookies(name=site.app.config["SIGN_IN_COOKIE"])
    site.clock.advance(_HALF_A_MINUTE)
    sign_in(page, WITH_CODES)
    page.wait_for_url("**/sign-in/second*")
    problems += look(page, site, shots, "second-step", "en")
    page.fill("[name=code]", "000000")
    page.locator("main form[method=post] button").click()
    problems += look(page, site, shots, "second-step-wrong", "en")
    page.fill("[name=code]", pyotp.TOTP(secret).at(site.clock.now()))
    page.locator("main form[method=post] button").click()
    expect(page.locator(".sl-person")).to_be_visible()
    assert not problems, "\n".join(problems)
