"""The offline page, opened from the disk as a tenderer would, with the network off."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from bidding.core.canonical import dumps
from bidding.core.entropy import ReplayEntropy
from bidding.core.signing import public_key
from bidding.sealing.dealing import identity_of
from bidding.sealing.keys import BidKey, parse_posting, read_bid_key, write_key
from bidding.sealing.manifest import bid_uid, check_manifest
from tests.browser import barriers
from tests.conftest import ROOT
from tests.program.test_sealing import PANEL, PASSPHRASE, opened_by_hand
from tests.program.test_verifying import HASH, RECEIPT, TENDER
from tests.sealing.papers import tender_file
from tests.sealing.test_client import TENDERER, Taken

pytestmark = pytest.mark.browser

#: The keys of a bid's two envelopes.
IDENTITIES = tuple((name, identity_of(bytes(32), name.encode().ljust(32))) for name in ("offer", "files"))
PAGE = ROOT / "static" / "vendor" / "offline.html"


@pytest.fixture
def page(chromium):
    """The page in a browser without a network; a problem in its console fails the test."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 360, "height": 800})
    context.set_offline(True)
    page = context.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(PAGE.as_uri())
    page.wait_for_selector("h1")
    yield page
    context.close()
    assert not problems


def _fill(page, tmp_path):
    tender = tmp_path / "tender.json"
    tender.write_bytes(dumps(tender_file()))
    page.set_input_files("#tender", tender)
    page.wait_for_selector("#lot")
    page.check("#same")
    page.fill("#name", TENDERER[0])
    page.fill("#uscc", TENDERER[1])
    for name, value in {"price_fen": "1,234,567.89", "days": "90", "quality": "合格"}.items():
        page.fill(f"#field-{name}", value)
    page.fill("#passphrase", PASSPHRASE)
    page.fill("#again", PASSPHRASE)


def test_a_bid_is_sealed_from_the_disk_and_opened_with_its_key_file(page, tmp_path):
    _fill(page, tmp_path)
    attached = {"说明.txt": "施工组织设计".encode(), "空.txt": b""}
    page.set_input_files(
        "#slot-other",
        [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in attached.items()],
    )
    assert page.inner_text("output >> nth=0") == "1,234,567.89 元（壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分）"
    assert " ".join(re.findall(".{8}", PANEL.hash.hex())) in page.inner_text("dl")
    page.click("button[type=submit] >> nth=0")
    page.wait_for_selector(".sl-done a", timeout=60_000)
    assert "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分" in page.inner_text("#outcome")
    saved = []
    for place in (0, 1):
        with page.expect_download() as download:
            page.click(f".sl-done a >> nth={place}")
        saved.append(tmp_path / download.value.suggested_filename)
        download.value.save_as(saved[-1])
    taken = Taken(saved[0])
    manifest = check_manifest(taken.outer["manifest"], taken.outer["sig"], PANEL, PANEL.hash)
    assert saved[0].name == f"T-2026-1-1-{manifest['bid'][:8]}.bidseal"
    assert saved[1].name == f"bid-{manifest['bid']}.key"
    assert manifest["client"] == hashlib.sha256((PAGE.parent / "bidseal.js").read_bytes()).hexdigest()
    sheet, _, files = opened_by_hand(taken, read_bid_key(saved[1], PASSPHRASE))
    assert sheet["fields"]["price_fen"] == 123_456_789
    assert files == attached


@pytest.mark.parametrize(
    ("changes", "control", "words"),
    [
        ({"#again": "something else entirely"}, "again", "两次填的口令不一样"),
        ({"#uscc": "91"}, "uscc", "18 位，您填了 2 位"),
        ({"#field-price_fen": "-3"}, "field-price_fen", "金额不能是负数"),
        ({"#passphrase": "short", "#again": "short"}, "passphrase", "至少 12 个字符"),
    ],
)
def test_a_slip_is_told_at_its_field(page, tmp_path, changes, control, words):
    _fill(page, tmp_path)
    for selector, value in changes.items():
        page.fill(selector, value)
    page.click("button[type=submit] >> nth=0")
    page.wait_for_selector("#problem")
    assert words in page.inner_text("#problem")
    assert page.evaluate("document.activeElement.id") == control


def test_a_file_of_the_wrong_kind_is_told_at_its_slot_and_a_price_above_the_ceiling_while_it_is_typed(
    page, tmp_path
):
    _fill(page, tmp_path)
    page.fill("#field-price_fen", "2,000,000.01")
    assert "高于公告的上限 2,000,000.00 元" in page.inner_text("output >> nth=0")
    page.set_input_files("#slot-technical", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"})
    page.click("button[type=submit] >> nth=0")
    page.wait_for_selector("#problem")
    assert "只收 .pdf" in page.inner_text("#problem")
    assert page.evaluate("document.activeElement.id") == "slot-technical"


def test_the_fingerprint_must_have_been_compared(page, tmp_path):
    _fill(page, tmp_path)
    page.uncheck("#same")
    page.click("button[type=submit] >> nth=0")
    assert "请先对照公告上的指纹" in page.inner_text("#problem")


def test_a_receipt_is_checked_there_too_in_both_languages(page, tmp_path):
    (tmp_path / "r.tlog-proof").write_text(RECEIPT, "utf-8")
    (tmp_path / "tender.json").write_text(TENDER, "utf-8")
    for verdict in ("回执成立", "The receipt holds"):
        page.fill("#check-anchor", HASH)
        page.set_input_files("#check-files", [tmp_path / "r.tlog-proof", tmp_path / "tender.json"])
        page.wait_for_selector("#check-answer h2")
        assert page.inner_text("#check-answer h2") == verdict
        page.click("header button")


def test_it_reads_well_at_360_pixels_and_for_screen_readers(page, tmp_path):
    _fill(page, tmp_path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [each["id"] for each in barriers(page)] == []


def test_an_altered_program_is_not_used(chromium, tmp_path):
    altered = tmp_path / "offline.html"
    altered.write_text(PAGE.read_text("utf-8").replace("bidseal/v1 manifest", "bidseal/v1 manifesT"), "utf-8")
    page = chromium.new_page()
    page.goto(altered.as_uri())
    page.wait_for_selector("main")
    assert "This file was altered" in page.inner_text("main")
    page.close()


def test_the_page_holds_the_listed_program_and_may_load_nothing_else():
    text = PAGE.read_text("utf-8")
    assert (PAGE.parent / "bidseal.js").read_text("utf-8") in text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(r'(src|href)="(?!data:)', text.split('<script type="text/plain"')[0])
    listed = {item["file"]: item for item in json.loads((PAGE.parent / "vendor.json").read_text("utf-8"))}
    assert listed["offline.html"]["sources"]


def test_a_key_file_that_is_none_is_told_at_its_own_field(page, tmp_path):
    _fill(page, tmp_path)
    page.evaluate("document.querySelector('details').open = true")
    page.set_input_files("#replaces", {"name": "old.key", "mimeType": "text/plain", "buffer": b"nothing"})
    page.fill("#replaces-passphrase", PASSPHRASE)
    page.click("button[type=submit] >> nth=0")
    page.wait_for_selector("#problem")
    assert "old.key 不是可用的密钥文件" in page.inner_text("#problem")
    assert page.evaluate("document.activeElement.id") == "replaces"


def test_a_key_file_gives_away_the_envelopes_that_are_ticked_and_nothing_else(page, tmp_path):
    own = BidKey("T-2026-1", "1", PANEL.hash.hex(), bid_uid(public_key(bytes(32))), bytes(32), IDENTITIES)
    path = tmp_path / f"bid-{own.bid}.key"
    write_key(path, own, PASSPHRASE, ReplayEntropy(b"key"), work_factor=10)
    page.set_input_files("#reveal-file", path)
    page.fill("#reveal-pass", "not the passphrase")
    page.click("form:has(#reveal-file) button[type=submit]")
    page.wait_for_selector("#reveal-outcome .sl-field-msg", timeout=30_000)
    page.fill("#reveal-pass", PASSPHRASE)
    page.click("form:has(#reveal-file) button[type=submit]")
    page.wait_for_selector("#reveal-outcome h3", timeout=30_000)
    page.click("#reveal-outcome .btn-primary")
    assert "请勾选" in page.inner_text("#reveal-outcome")
    page.check("#reveal-0")
    page.click("#reveal-outcome .btn-primary")
    with page.expect_download() as download:
        page.click("#reveal-outcome a")
    assert download.value.suggested_filename == f"posted-{own.bid}.json"
    written = json.loads(download.value.path().read_text("utf-8"))
    assert parse_posting(written) == own.posting(["offer"])
    assert not barriers(page)
