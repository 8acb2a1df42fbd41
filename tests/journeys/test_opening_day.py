"""The day of an opening, with everything a process of its own: the served centre, a witness that comes late, the kit
on a trustee's own machine without a network, and six browsers, one of which is the screen on the wall.

Twenty bids; five trustees, of whom two do not come and one hands in a share that is not what was dealt. The supervisor's
browser is closed over the shares that open the box, the host's in the middle of the reading.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from bidding.core.clock import SystemClock
from bidding.core.money import yuan
from bidding.core.signing import sign_object
from bidding.db import db
from bidding.opening.batches import TAG
from bidding.sealing.dealing import trustee_sign_seed
from bidding.story.cast import PASSPHRASE, PEOPLE, tenderer
from bidding.story.centre import WITNESS
from tests.journeys.conftest import HEIGHT
from tests.journeys.test_hall import Opening
from tests.program.test_kit_opening import PAGE, saved
from tests.program.test_trustee import go, use_key
from tests.real import ROOT, Real, until

pytestmark = pytest.mark.browser

BIDS = 20
FIRST = 1_200_000_000
STEP = 1_234_567
NAMES = {person.login: person.name for person in PEOPLE}
BIDDING = str(Path(sys.executable).with_name("bidding"))
SEEN = 30_000


@pytest.fixture
def day(tmp_path, chromium, shots):
    """Twenty bids in the box, the deadline the next minute, everybody before their browser."""
    soon = SystemClock().now() + timedelta(seconds=68)
    closes_at = soon.replace(second=0, microsecond=0)  # deadlines are whole minutes
    real = Real(tmp_path, BIDS, closes_at=closes_at)
    with real.app.app_context():
        real.clock.set(closes_at - timedelta(hours=2))
        for number in range(1, BIDS + 1):
            sealed = real.tender.seal(number, [], price_fen=FIRST + number * STEP)
            real.tender.submit(number, sealed)
        db.session.remove()
    real.start()
    made, contexts = Opening(SimpleNamespace(uid=real.tender.uid), shots=shots), []
    made.real = real
    people = {"host": "zhou", "supervisor": "sun", "administrator": "wang", "first": "t1", "second": "t2"}

    def come(who):
        login = people.get(who)
        context = chromium.new_context(
            base_url=real.url,
            viewport={"width": 1280, "height": HEIGHT},
            locale="en-GB" if who == "second" else "zh-CN",
            reduced_motion="reduce",
        )
        contexts.append(context)
        if login:
            name, value = real.cookie(login)
            context.add_cookies([{"name": name, "value": value, "url": real.url}])
        page = made.pages[who] = context.new_page()
        page.on("pageerror", lambda error, who=who: made.problems.append(f"{who}: {error}"))
        page.on(
            "console",
            lambda message, who=who: (
                made.problems.append(f"{who}: {message.text}")
                if message.type in ("error", "warning") and not re.search("409|422", message.text)
                else None
            ),
        )

    made.come = come
    for who in (*people, "screen"):
        come(who)
    yield made
    for context in contexts:
        context.close()
    real.stop()


@pytest.fixture
def witness(day, tmp_path):
    """``witness()`` starts the supervisor's witness as a process of its own."""
    running = []
    home = tmp_path / "people" / "witness"
    command = [BIDDING, "witness", "--url", day.real.url, "--every", "1"]
    command += ["--key", str(home / "witness.key"), "--state", str(home / "state.json")]

    def _start():
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    yield _start
    for process in running:
        process.terminate()
        process.wait()


@pytest.fixture
def kit(chromium, tmp_path):
    """``kit(package, trustee)``: the files that the kit makes, in a browser without a network."""
    context = chromium.new_context(locale="zh-CN")
    context.set_offline(True)
    page = context.new_page()

    def _make(package, trustee):
        page.goto("about:blank")
        page.goto(PAGE.as_uri())
        go(page, "open")
        page.set_input_files("#open-packages", package)
        page.wait_for_selector("text=核对通过", timeout=SEEN)
        page.check("#open-same-0")
        use_key(page, "open", tmp_path / "people" / "trustees" / f"trustee-{trustee}.age", PASSPHRASE)
        page.wait_for_selector(".sl-done", timeout=SEEN)
        return [saved(page, package.parent, f".sl-done a >> nth={place}") for place in (0, 1)]

    yield _make
    context.close()


def fetch(day, folder):
    """The opening package, as the supervisor saves it from the hall once a witness has seen the close."""
    page = day.go("supervisor")
    token = page.locator("form[action$='/package'] [name=csrf_token]").input_value()
    until(
        lambda: page.request.post(f"/opening/{day.hall.uid}/package", form={"csrf_token": token}).ok,
        seconds=60,
    )
    with page.expect_download() as download:
        page.locator("form[action$='/package'] button").click()
    path = folder / "opening-package.json"
    download.value.save_as(path)
    return path


def hand_in(day, files):
    page = day.go("supervisor")
    form = page.locator("form[action$='/shares']")
    form.locator("input[type=file]").set_input_files(files)
    with page.expect_navigation(timeout=SEEN):
        form.locator("button[type=submit]").click()
    return page


def lied(day, files, folder):
    """The same files, one share of them another's, signed by the trustee who did it."""
    batch = json.loads(files[0].read_text())["batch"]
    batch["shares"][0]["S"] = batch["shares"][1]["S"]
    seed = trustee_sign_seed(day.real.tender.centre.trustees["finance"].seed)
    (folder / "lied").mkdir()
    path = folder / "lied" / files[0].name
    path.write_text(json.dumps({"batch": batch, "sig": sign_object(seed, TAG, batch)}))
    return [path, files[1]]


def read_out(day, first, last):
    """The host reads these places out, one after the other."""
    host = day.go("host")
    for place in range(first, last + 1):
        with host.expect_navigation():
            host.locator("form[action$='/read'] button").click()
        expect(host.locator("tr.is-now[data-say]")).to_contain_text(yuan(FIRST + place * STEP))


def gone(day, who):
    """Their browser is closed while what they pressed is on its way, and they come with another."""
    day.pages[who].context.close()
    day.come(who)


def test_twenty_bids_are_opened_before_everybodys_eyes_though_one_trustee_cheats_and_the_witness_comes_late(
    day, witness, kit, tmp_path
):
    screen = day.go("screen", "/screen")
    day.go("first")
    day.press("first", "sign-in", person="李代表", acknowledged=True)
    day.press("second", "sign-in", person="Ms Zhao", acknowledged=True)
    expect(screen.locator("main")).to_contain_text(f"已封箱，收到 {BIDS} 份有效投标", timeout=90_000)

    # No witness has been there yet: the box stays shut.
    page = day.go("supervisor")
    page.locator("form[action$='/package'] button").click()
    expect(page.locator("main")).to_contain_text("见证")
    day.go("host")
    day.press("host", "list")
    expect(screen.locator(".sl-screen-names li")).to_have_count(BIDS, timeout=SEEN)
    witness()

    package = fetch(day, tmp_path)
    for trustee in ("reform", "renewal"):
        page = hand_in(day, kit(package, trustee))
        expect(page.locator(".sl-errors")).to_have_count(0)
    made = kit(package, "finance")
    page = hand_in(day, lied(day, made, tmp_path))
    expect(page.locator(".sl-errors")).to_be_visible()
    assert yuan(FIRST + STEP) not in page.content()
    page = day.go("supervisor")
    page.locator("form[action$='/shares'] input[type=file]").set_input_files(made)
    page.locator("form[action$='/shares'] button[type=submit]").click(no_wait_after=True)
    gone(day, "supervisor")
    for _ in range(6):  # it is there, or on its way; or it did not get there
        if not day.go("supervisor").locator("form[action$='/shares']").count():
            break
        time.sleep(0.5)
    else:
        expect(hand_in(day, made).locator(".sl-errors")).to_have_count(0)

    expect(screen.locator("tbody tr")).not_to_have_count(0, timeout=SEEN)
    read_out(day, 1, BIDS // 2)
    day.pages["host"].locator("form[action$='/read'] button").click(no_wait_after=True)
    gone(day, "host")
    now = day.go("host").locator("tr.is-now[data-say]").inner_text()
    read_out(day, BIDS // 2 + (2 if yuan(FIRST + (BIDS // 2 + 1) * STEP) in now else 1), BIDS)
    expect(screen.locator("tr.is-now")).to_contain_text(yuan(FIRST + BIDS * STEP), timeout=SEEN)
    for who in ("first", "second"):
        page = day.go(who)
        with page.expect_navigation():
            page.locator("form[action$='/line'] button").click()
    day.press("host", "close-lines")
    day.press("host", "close-record")
    for who, login in (("host", "zhou"), ("supervisor", "sun"), ("administrator", "wang")):
        day.press(who, "sign", name=NAMES[login])
    for number, who in enumerate(("first", "second"), 1):
        day.press(who, "sign", name=tenderer(number)[1].name)
    day.press("host", "end")
    expect(screen.locator("main")).to_contain_text("开标会结束", timeout=SEEN)

    found = verified(day, tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr
    main = day.go("host", "/record").locator("main")
    expect(main).to_contain_text(WITNESS)
    refused = main.locator("#opened-by ~ ul").nth(1)
    expect(refused).to_contain_text("内容核对不上")
    expect(refused).to_contain_text("签名是该席的")
    record = main.locator("#opened-by ~ ul").first.inner_text()
    assert record.count("交份额") == 5, "each of the five is named"
    assert record.count("没有交份额") == 2
    assert "\n".join(day.problems) == ""


def verified(day, folder):
    """What ``bidding verify`` says of the opening that anybody may download, once the witness has signed its end."""
    bundle = folder / "opening.zip"
    for _ in range(20):
        day.pages["screen"].wait_for_timeout(1000)
        bundle.write_bytes(day.pages["screen"].request.get(f"/opening/{day.hall.uid}/opening.zip").body())
        found = subprocess.run(
            [BIDDING, "verify", str(bundle)], capture_output=True, text=True, check=False, cwd=ROOT
        )
        if found.returncode == 0 and "签字" in found.stdout:
            break
    return found
