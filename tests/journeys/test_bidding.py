"""The tenderer's whole way in a real browser: get ready, prepare, seal, lose the line, come back, replace, withdraw."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from bidding.verification.cli import verify

pytestmark = pytest.mark.browser

PASSPHRASE = "correct horse battery"
#: Three papers; the last is long enough to be cut in the middle.
PAPERS = {"qualification": 40_000, "business": 300_000, "technical": 24_000_000}


def papers(folder):
    for slot, size in PAPERS.items():
        path = folder / f"{slot}.pdf"
        path.write_bytes(b"%PDF-1.7 " + bytes(size))
        yield slot, path


def fill(page: Page, price: str) -> None:
    """From the list of tasks to the sheet, by the buttons that lead on."""
    page.click("[data-task=company] .btn-primary")
    page.click("[data-step=company] [data-save]")
    page.click("[data-step=letter] [data-save]")
    expect(page.locator("[data-errors] li")).to_have_count(2)  # all at once, at their fields
    page.fill("[name=validity_days]", "90")
    page.check("#promise")
    page.click("[data-step=letter] [data-save]")
    page.fill("[name=price_fen]", price)
    page.fill("[name=days]", "158")
    page.fill("[name=quality]", "合格")
    page.fill("[name=lead]", "贺某 川1512020000001")
    page.click("[data-step=sheet] [data-save]")


def choose(page: Page, folder) -> None:
    for slot, path in papers(folder):
        page.set_input_files(f"#file-{slot}", path)


def press(page: Page) -> None:
    page.check("#agree-1")
    page.check("#agree-2")
    page.fill("#pass", PASSPHRASE)
    page.click("[data-seal] button[type=submit]")


def on_receipt(page: Page) -> str:
    """Wait for the receipt; the bid's uid."""
    page.wait_for_url(re.compile(r"/bids/[0-9a-f]{32}$"), timeout=20_000)
    expect(page.locator("h1")).to_have_text("已递交")
    expect(page.locator("[data-verified]")).to_have_class(re.compile("is-ok"))
    return page.url.rsplit("/", 1)[1]


def test_a_bid_survives_a_lost_line_and_a_reload_and_can_be_replaced_and_withdrawn(
    site, browser_page, tmp_path
):
    page = browser_page("t2")
    page.set_default_timeout(10_000)
    uid = site.uids["running"]
    page.goto(f"/notices/{uid}/ready")
    page.click("[data-try]")
    expect(page.locator("[data-line-check] [data-lamp]")).to_have_text("已试过")
    page.click("main a.btn-primary")

    fill(page, "99,999,999.00")
    expect(page.locator("[data-step=files]")).to_be_visible()
    page.set_input_files("#file-technical", {"name": "a.zip", "mimeType": "application/zip", "buffer": b"PK"})
    expect(page.locator("[data-slot=technical] [data-error]")).to_contain_text(".pdf")
    choose(page, tmp_path)
    page.wait_for_timeout(400)  # the draft is kept a moment after the last change
    page.reload()
    expect(page.locator("[data-step=files]")).to_be_visible()
    expect(page.locator("[data-slot=technical] [data-chosen]")).to_contain_text("要重新选")
    choose(page, tmp_path)
    page.click("[data-step=files] [data-save]")
    page.fill("[name=security]", "电子保函")
    page.click("[data-step=security] [data-save]")
    expect(page.locator("[data-figures]")).to_contain_text("玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整")
    expect(page.locator("[data-figures]")).to_contain_text("高于限价")
    page.click("[data-figures] a[href='#sheet'] >> nth=0")
    page.fill("[name=price_fen]", "12146300")
    expect(page.locator("#f-price_fen ~ [data-echo]")).to_have_text("壹仟贰佰壹拾肆万陆仟叁佰元整")
    page.click("[data-step=sheet] [data-save]")

    # The line is cut when half of it is up; the page is closed and opened again.
    sent = []

    def cut(route):
        if route.request.method == "PATCH":
            sent.append(1)
            if len(sent) > 2:
                return route.abort("internetdisconnected")
        return route.continue_()

    page.route("**/uploads/**", cut)
    with page.expect_download() as download:
        press(page)
    key = tmp_path / download.value.suggested_filename
    download.value.save_as(key)
    expect(page.locator("[data-trouble]")).to_contain_text("自动重试")
    other = page.context.new_page()
    other.goto("/bids")
    expect(other.locator("[data-armed]")).to_be_visible()
    other.close()
    page.unroute("**/uploads/**")
    page.reload()
    first = on_receipt(page)
    assert key.name == f"bid-{first}.key"
    checked(site, page, uid, first, tmp_path)

    page.click("a:has-text('替换投标')")
    fill_again(page, tmp_path, "12,000,000")
    page.fill("#old-pass", "not the passphrase")
    press(page)
    expect(page.locator("#old-pass-error")).to_contain_text("口令打不开")
    page.fill("#old-pass", PASSPHRASE)
    page.click("[data-seal] button[type=submit]")
    second = on_receipt(page)
    assert second != first
    page.goto(f"/bids/{first}")
    expect(page.locator("h1")).to_have_text("已被替换")

    page.goto(f"/bids/{second}/withdraw")
    page.fill("#key-pass", PASSPHRASE)
    page.click("[data-withdraw] button[type=submit]")
    expect(page.locator("h1")).to_have_text("已撤回")


def fill_again(page: Page, folder, price: str) -> None:
    """What was typed stands in the draft; files are chosen again, and the price is another."""
    page.click("[data-task=sheet] a[data-link]")
    expect(page.locator("[name=quality]")).to_have_value("合格")
    page.fill("[name=price_fen]", price)
    page.click("[data-step=sheet] [data-save]")
    expect(page.locator("[data-step=files]")).to_be_visible()
    choose(page, folder)
    page.click("[data-step=files] [data-save]")
    expect(page.locator("[data-step=check]")).to_be_visible()


def checked(site, page: Page, uid: str, bid: str, folder) -> None:
    """The receipt holds for the program that people run at home."""
    for name, address in (
        ("r.tlog-proof", f"/bids/{bid}/receipt.tlog-proof"),
        ("tender.json", f"/notices/{uid}/tender.json"),
    ):
        (folder / name).write_bytes(page.request.get(f"{site.url}{address}").body())
    told = CliRunner().invoke(
        verify, ["--receipt", str(folder / "r.tlog-proof"), "--tender", str(folder / "tender.json")]
    )
    assert told.exit_code == 0, told.output
