"""Checking receipts in the browser: what is altered is told, in the words of ``bidding verify``."""

from __future__ import annotations

import base64
import json

import pytest

from bidding.core.canonical import Malformed, dumps
from bidding.i18n.catalog import english
from bidding.i18n.extract import PLACES
from bidding.ledger.proof import parse_proof, verify_receipt, write_proof
from bidding.ledger.trust import parse_policy
from bidding.verification import findings
from tests.conftest import ROOT
from tests.sealing.papers import tender_file

pytestmark = pytest.mark.browser

CASE = json.loads((ROOT / "tests" / "vectors" / "protocol-vectors.json").read_text("utf-8"))
RECEIPT = CASE["receipt"]["witnessed_text"]
EARLY = CASE["receipt"]["unwitnessed_text"]
HASH = CASE["panel"]["panel_hash"]
TENDER = dumps(tender_file() | {"panel": CASE["panel"]["json"]}).decode()


def _check(program, receipt=RECEIPT, tender=TENDER, panel=HASH):
    given = {
        "receipt": {"name": "r", "text": receipt},
        "tender": tender and {"name": "tender.json", "text": tender},
        "panel": panel,
    }
    return program.run("return bidseal.checkReceipt(arg)", given)


def _codes(found):
    return [(each["mark"], each["code"]) for each in found["findings"]]


def test_a_cosigned_receipt_holds(program):
    found = _check(program, panel=" ".join(HASH[n : n + 8] for n in range(0, 64, 8)).upper())
    assert found["accepted"]
    assert found["complete"]
    assert _codes(found) == [
        ("holds", "receipt.path"),
        ("holds", "panel"),
        ("holds", "manifest"),
        ("holds", "receipt"),
        ("note", "receipt.unplaced"),
    ]
    leaf = CASE["leaves"][CASE["receipt"]["index"]]
    assert found["facts"]["bid"] == leaf["event"]["manifest"]["bid"]
    assert found["facts"]["at"] == leaf["event"]["at"]
    assert found["facts"]["witnesses"] == [
        {"name": "witness.test.example/w1", "at": CASE["log"]["cosigned_at"]}
    ]


def test_what_was_not_checked_is_not_called_checked(program):
    for changes, note in (
        ({"tender": None}, "tender.missing"),
        ({"panel": None}, "panel.unknown"),
        ({"receipt": EARLY}, "receipt.unwitnessed"),
    ):
        found = _check(program, **changes)
        assert found["accepted"]
        assert not found["complete"]
        assert ("note", note) in _codes(found)


def _altered():
    """Receipts with one thing wrong, the code that says so, and whether the server's verifier must refuse them too."""
    proof = parse_proof(RECEIPT)
    extra = json.loads(proof.extra)
    extra["event"]["at"] -= 1
    backdated = base64.b64encode(dumps(extra)).decode()
    lines = RECEIPT.split("\n")
    path = lines.index(next(line for line in lines if line.startswith("index"))) + 1
    without = "\n".join(lines[:path] + lines[path + 1 :])
    signature = next(line for line in lines if line.startswith("— test.example"))
    raw = bytearray(base64.b64decode(signature.split(" ")[2]))
    raw[20] ^= 1
    forged = RECEIPT.replace(signature.split(" ")[2], base64.b64encode(raw).decode())
    return {
        "backdated": ("\n".join([lines[0], f"extra {backdated}", *lines[2:]]), "receipt.path"),
        "another place": (RECEIPT.replace(f"index {proof.index}", "index 0"), "receipt.path"),
        "a path too short": (without, "receipt.path"),
        "a forged signature": (forged, "receipt.signature"),
        "no event": ("\n".join([lines[0], *lines[2:]]), "receipt.form"),
        "no receipt": ("hello\n\nworld\n", "receipt.form"),
        "nothing": ("", "receipt.form"),
        "bytes for text": ("\ufffd\x00\ufffd", "receipt.form"),
    }


@pytest.mark.parametrize(("text", "code"), _altered().values(), ids=_altered())
def test_what_is_altered_is_refused_by_both(program, text, code):
    found = _check(program, text)
    assert not found["accepted"]
    assert _codes(found)[-1] == ("refused", code)
    with pytest.raises(Malformed):
        verify_receipt(text, parse_policy(CASE["log"]["policy_text"]))
    thrown = program.run(
        "return refused(() => bidseal.verifyReceipt(arg.text, { panel: bidseal.parseTender(arg.tender).panel }))",
        {"text": text, "tender": TENDER},
    )
    assert thrown["name"] in ("Malformed", "BadSignature")


def test_another_tenders_panel_is_refused(program):
    assert _codes(_check(program, panel="00" * 32))[-1] == ("refused", "panel.other")
    other = dumps(tender_file()).decode()
    assert _codes(_check(program, tender=other, panel=None))[-1] == ("refused", "receipt.panel")
    assert _codes(_check(program, tender="{}"))[-1] == ("refused", "tender.form")


def test_a_receipt_can_be_written_again_from_its_parts():
    """Otherwise the alterations above might alter nothing."""
    assert write_proof(parse_proof(RECEIPT)) == RECEIPT


def test_findings_have_the_verifiers_words_in_both_languages(program):
    said, kinds, page = program.run("return [primitives.FINDINGS, primitives.KINDS, primitives.PAGE]")
    translated = english()
    servers = {"holds": findings.HOLDS, "note": findings.NOTES, "refused": findings.REFUSED}
    pairs = [(mark, code, pair) for mark, each in said.items() for code, pair in each.items()]
    pairs += [("kinds", code, pair) for code, pair in kinds.items()]
    for mark, code, (chinese, english_text) in pairs:
        assert set(PLACES.findall(chinese)) == set(PLACES.findall(english_text)), code
        known = findings.KINDS if mark == "kinds" else servers[mark]
        if code in known:
            assert (chinese, english_text) == (known[code], translated.get(known[code]).string), code
    assert kinds.keys() == findings.KINDS.keys()
    assert all(len(pair) == 2 and all(pair) for pair in page.values())


@pytest.mark.parametrize(
    ("lang", "verdict", "label"),
    [("zh-Hans", "回执成立", "服务器收到的时刻"), ("en", "The receipt holds", "Taken in by the server at")],
)
def test_the_form_reads_both_files_without_sending_them(program, tmp_path, lang, verdict, label):
    (tmp_path / "r.tlog-proof").write_text(RECEIPT, "utf-8")
    (tmp_path / "tender.json").write_text(TENDER, "utf-8")
    page = program.page
    program.run(
        """
          document.body.replaceChildren(document.createElement("main"));
          bidseal.mountReceiptCheck(document.querySelector("main"), arg);
        """,
        lang,
    )
    page.fill("#check-anchor", HASH)
    page.context.set_offline(True)
    page.set_input_files("#check-files", [tmp_path / "tender.json", tmp_path / "r.tlog-proof"])
    page.wait_for_selector("#check-answer h2")
    assert page.inner_text("#check-answer h2") == verdict
    assert label in page.inner_text("#check-answer")
    page.set_input_files("#check-files", [tmp_path / "tender.json"])
    page.click("button[type=submit]")
    page.wait_for_selector("#check-answer .sl-field-msg")
    page.context.set_offline(False)
