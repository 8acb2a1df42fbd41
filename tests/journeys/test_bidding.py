"""The tenderer's whole way in a real browser: get ready, prepare, seal, lose the line, come back, replace, withdraw."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.money import daxie, yuan
from bidding.db import db
from bidding.ledger.queries import NotYetSigned
from bidding.submissions.models import Bid
from bidding.verification.cli import verify

pytestmark = pytest.mark.browser

PASSPHRASE = "correct horse battery"
#: Three papers; the last is long enough to be cut in the middle.
PAPERS = {"qualification": 40_000, "business": 300_000, "technical": 10_000_000}


def papers(folder):
    for slot, size in PAPERS.items():
        path = folder / f"{slot}.pdf"
        path.write_bytes(b"%PDF-1.7 " + bytes(size))
        yield slot, path


def fill(page: Page, price: str) -> None:
    """From the list of tasks to the sheet, by the buttons that lead on."""
    page.click("[data-task=letter] .btn-primary")
    page.click("[data-step=letter] [data-save]")
    expect(page.locator("[data-errors] li")).to_have_count(2)  # all at once, at their fields
    page.fill("[name=validity_days]", "90")
    page.check("#promise")
    expect(page.locator("[data-errors]")).to_be_hidden()  # put right, it no longer says so
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


def on_receipt(page: Page, within: int = 40_000) -> str:
    """Wait for the receipt, ``within`` milliseconds; the bid's uid."""
    page.wait_for_url(re.compile(r"/bids/[0-9a-f]{32}$"), timeout=within)
    expect(page.locator("h1")).to_have_text("已递交")
    expect(page.locator("[data-verified]")).to_have_class(re.compile("is-ok"))
    return page.url.rsplit("/", 1)[1]


#: What lies in the browser's own files, by folder; and how many sealed files in its database.
SEALED = """(async () => {
  const home = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealed", { create: true });
  const found = {};
  for await (const [name, folder] of home) {
    found[name] = [];
    for await (const file of folder.keys()) found[name].push(file);
    found[name].sort();
  }
  const { keys } = await import("/static/js/bidding/store.js");
  return [found, (await keys("parts", [])).length];
})()"""
#: A computer that died while it sealed, in this lot or in another.
LEFT_OVER = """async (name) => {
  const home = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealed", { create: true });
  await (await home.getDirectoryHandle(name, { create: true })).getFileHandle("files-9", { create: true });
}"""
IN_DATABASE = (
    "import('/static/js/bidding/store.js').then(({ keys }) => keys('parts', [])).then((all) => all.length)"
)
NO_FILES = (
    "StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('', 'SecurityError'));"
)


def test_a_bid_survives_a_lost_line_and_a_reload_and_can_be_replaced_and_withdrawn(
    site, browser_page, tmp_path
):
    page = browser_page("t2")
    page.set_default_timeout(20_000)
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
    here = page.evaluate(
        "() => { const { org, project, lot } = JSON.parse(document.querySelector('#facts').dataset.facts);"
        " return [org, project, lot].map(encodeURIComponent).join(' '); }"
    )
    disk = page.context.new_cdp_session(page)
    disk.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": 5_000_000})
    press(page)
    refused = page.locator("#agree-2-error")
    expect(refused).to_contain_text("空间不够存加密后的文件（10.3 MB）", timeout=20_000)
    assert page.evaluate(SEALED) == [{}, 0]
    disk.send("Storage.overrideQuotaForOrigin", {"origin": site.url})
    for folder in (here, "9 another 1"):
        page.evaluate(LEFT_OVER, folder)
    with page.expect_download() as download:
        press(page)
    key = tmp_path / download.value.suggested_filename
    download.value.save_as(key)
    expect(page.locator("[data-trouble]")).to_contain_text("自动重试")
    other = page.context.new_page()
    other.goto("/bids")
    expect(other.locator("[data-armed]")).to_be_visible()
    other.goto("/notices")  # nothing to do with the bid, and it says so too
    way = other.locator("[data-on-its-way]")
    expect(way).to_be_visible()
    assert way.get_attribute("href").startswith(f"/notices/{uid}/lots/1/bid")
    other.close()
    assert page.evaluate(SEALED) == [{here: ["files-0", "files-1", "files-2", "files-3", "offer-0"]}, 0]
    page.unroute("**/uploads/**")
    page.reload()
    first = on_receipt(page)
    expect(page.locator("[data-on-its-way]")).to_be_hidden()
    assert key.name == f"bid-{first}.key"
    assert page.evaluate(SEALED) == [{}, 0]
    checked(site, page, uid, first, tmp_path)

    page.click("a:has-text('替换投标')")
    fill_again(page, tmp_path, "12,000,000")
    page.fill("#old-pass", "not the passphrase")
    press(page)
    expect(page.locator("#old-pass-error")).to_contain_text("口令打不开", timeout=20_000)  # two scrypts
    page.fill("#old-pass", PASSPHRASE)
    page.route("**/receipt.tlog-proof", not_yet_signed, times=2)
    page.click("[data-seal] button[type=submit]")
    second = on_receipt(page)
    assert second != first
    page.goto(f"/bids/{first}")
    expect(page.locator("h1")).to_have_text("已被替换")

    page.goto(f"/bids/{second}/withdraw")
    page.fill("#key-pass", PASSPHRASE)
    page.click("[data-withdraw] button[type=submit]")
    expect(page.locator("h1")).to_have_text("已撤回", timeout=20_000)  # scrypt again


def not_yet_signed(route):
    """The bid stands, and its log is not signed with it: what a receipt's address answers for that moment."""
    route.fulfill(status=NotYetSigned.status, json={"code": NotYetSigned.code, "text": NotYetSigned.text})


def test_with_two_envelopes_the_price_has_a_step_of_its_own_and_both_are_handed_in_together(
    site, browser_page, tmp_path
):
    """And that in a private window that has no files of its own."""
    page = browser_page("t3")
    page.add_init_script(NO_FILES)
    page.set_default_timeout(20_000)
    uid = site.uids["two"]
    page.goto(f"/notices/{uid}/lots/1/bid")
    expect(page.locator("[data-task]")).to_have_count(7)
    page.click("[data-task=letter] a[data-link]")
    page.fill("[name=validity_days]", "90")
    page.check("#promise")
    page.click("[data-step=letter] [data-save]")
    expect(page.locator("[data-step=sheet] [name=price_fen]")).to_have_count(0)
    page.fill("[name=days]", "158")
    page.fill("[name=quality]", "合格")
    page.fill("[name=lead]", "贺某 川1512020000001")
    page.click("[data-step=sheet] [data-save]")
    for slot in ("qualification", "business", "technical"):
        file = {"name": f"{slot}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 "}
        page.set_input_files(f"#file-{slot}", file)
    page.click("[data-step=files] [data-save]")
    page.fill("[name=security]", "电子保函")
    page.click("[data-step=security] [data-save]")
    page.click("[data-step=price] [data-save]")
    expect(page.locator("[data-errors] li")).to_have_count(1)  # the price; its files may be left out
    page.fill("[name=price_fen]", "12,000,000")
    bill = {"name": "清单.xlsx", "mimeType": "application/octet-stream", "buffer": b"PK prices"}
    page.set_input_files("#file-bill", bill)
    page.click("[data-step=price] [data-save]")
    expect(page.locator("[data-figures]")).to_contain_text("壹仟贰佰万元整")
    expect(page.locator("[data-papers]")).to_contain_text("清单.xlsx")
    page.route("**/bids", lambda route: route.abort("internetdisconnected"))
    with page.expect_download():
        press(page)
    expect(page.locator("[data-trouble]")).to_contain_text("自动重试")
    assert page.evaluate(IN_DATABASE) == 8
    page.unroute("**/bids")
    bid = on_receipt(page)
    assert page.evaluate(IN_DATABASE) == 0
    with site.app.app_context():
        made = loads(db.session.scalar(select(Bid.manifest).where(Bid.uid == bid)))
        db.session.remove()
    assert [(each["id"], len(each["files"])) for each in made["envelopes"]] == [
        ("technical", 1),
        ("files", 4),
        ("offer", 1),
        ("prices", 2),
    ]


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


#: Around every place where the numerals change their rule, and what a lot costs.
AMOUNTS = (
    0, 1, 10, 11, 100, 101, 110, 1_000, 100_000, 100_100, 101_000, 10_000_000, 10_000_100, 1_000_000_000,
    1_000_000_001, 1_214_630_000, 10_000_000_000, 10_000_000_100, 1_000_100_000_000, 12_000_000_000_000, 2**53 - 1,
)  # fmt: skip


def test_the_page_reads_and_writes_amounts_as_the_server_does(browser_page):
    page = browser_page("t1")
    page.goto("/bids")
    found = page.evaluate(
        """async (amounts) => {
          const { daxie, parsePercent, parseYuan, percent, yuan } = await import("/static/js/bidding/numbers.js");
          const read = (parse, text) => { try { return parse(text); } catch { return null; } };
          return {
            daxie: amounts.map(daxie), yuan: amounts.map(yuan), back: amounts.map((fen) => parseYuan(yuan(fen))),
            typed: ["１２，３４５．6元", "¥1 000", "1,00", "1.234", "-5", "", "90071992547409.92"].map((t) => read(parseYuan, t)),
            rates: ["1.25", "100%", "0.0001", "1.23456", "x"].map((text) => read(parsePercent, text)),
            shown: [12500, 1_000_000, 1, 0].map(percent),
          };
        }""",
        list(AMOUNTS),
    )
    assert found["daxie"] == [daxie(fen) for fen in AMOUNTS]
    assert found["yuan"] == [yuan(fen) for fen in AMOUNTS]
    assert found["back"] == list(AMOUNTS)
    assert found["typed"] == [1_234_560, 100_000, None, None, None, None, None]
    assert found["rates"] == [12_500, 1_000_000, 1, None, None]
    assert found["shown"] == ["1.25%", "100%", "0.0001%", "0%"]


KEPT = """(async () => {
  const home = await navigator.storage.getDirectory();
  const names = (await indexedDB.databases()).map((base) => base.name);
  for await (const folder of (await home.getDirectoryHandle("sealed", { create: true })).keys()) names.push(folder);
  return names;
})()"""


def test_the_service_rooms_computer_keeps_nothing(site, browser_page):
    page = browser_page("t3")
    page.set_default_timeout(20_000)
    page.clock.install()
    page.goto("/desk")
    page.evaluate(LEFT_OVER, "9 another 1")
    page.click("main form .btn-primary")
    page.goto("/notices/{running}/lots/1/bid#sheet".format(**site.uids))
    page.fill("[name=price_fen]", "12,000,000")
    page.clock.run_for(2_000)
    expect(page.locator("[data-saved]")).to_have_text("服务室的电脑不留草稿，请一次办完")
    page.reload()
    expect(page.locator("[name=price_fen]")).to_have_value("")
    page.clock.run_for(299_000)
    expect(page.locator("[data-desk-left]")).to_contain_text("0:01")
    page.mouse.move(5, 5)
    page.clock.run_for(2_000)
    expect(page.locator("[data-desk-left]")).to_contain_text("4:5")
    page.clock.run_for(300_000)
    page.wait_for_url(re.compile("/desk$"))
    assert page.evaluate(KEPT) == []
    page.goto("/bids")
    expect(page).to_have_url(re.compile("/sign-in"))
