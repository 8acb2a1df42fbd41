from __future__ import annotations

import pytest

from bidding.core.archive import Unreadable
from bidding.ledger.words import six_words
from bidding.verification.findings import Mark
from bidding.verification.receipts import ReceiptFile
from tests.verification.conftest import FEN


def codes(report, mark=Mark.NOTE):
    return [finding.code for finding in report.findings if finding.mark is mark]


def words_of(forge):
    index = forge.find("close")
    return six_words(forge.close_text().split("\n")[0], index + 1, forge.trees().root(index + 1))


def test_an_honest_opening_is_accepted_and_its_sheets_are_read_again_in_order_of_receipt(honest, judge):
    report = judge(honest.zip())
    assert report.refusals == []
    assert report.accepted
    assert [sheet.fields["price_fen"] for sheet in report.sheets] == [FEN + 2, FEN + 3, FEN - 1]
    assert report.size == len(honest.events)
    assert {"leaves", "events", "checkpoints", "close", "times", "dealings", "batches", "sheets"} <= set(
        codes(report, Mark.HOLDS)
    )


def test_without_the_notice_it_says_that_the_panel_must_be_compared(honest, judge):
    assert "panel.unknown" in codes(judge(honest.zip()))


def test_the_panel_of_the_notice_is_held_against_the_records(honest, judge):
    assert "panel" in codes(judge(honest.zip(), panel=honest.panel.hash.hex()), Mark.HOLDS)
    other = judge(honest.zip(), panel="00" * 32)
    assert [finding.code for finding in other.refusals] == ["panel.other"]


def test_every_receipt_of_the_tender_lies_in_the_record(honest, judge):
    files = [ReceiptFile(bid, text) for bid, text in honest.receipts.items()]
    report = judge(honest.zip(), receipts=files)
    assert report.accepted
    said = {
        f.params["name"]: f.code
        for f in report.findings
        if f.code in ("receipt.superseded", "receipt.withdrawn")
    }
    kept = set(honest.opened_bids())
    assert said.keys() == honest.receipts.keys() - kept
    assert sorted(said.values()) == ["receipt.superseded", "receipt.withdrawn"]


def test_a_witnessed_receipt_holds_without_a_remark(honest, judge):
    bid = honest.opened_bids()[0]
    index, (size, at) = honest.index_of(bid), honest.marks[-1]
    plain = honest.receipt(index, size)
    text = plain[: plain.index("\n\n") + 2] + honest.note(size, at)
    report = judge(honest.zip(), receipts=[ReceiptFile("mine", text)])
    assert report.accepted
    assert "receipt.unwitnessed" not in codes(report)


def test_the_words_of_the_paper_record_are_compared(honest, judge):
    words = words_of(honest)
    report = judge(honest.zip(), words=words)
    assert report.words == words
    assert "words" in codes(report, Mark.HOLDS)
    other = judge(honest.zip(), words="0000 0000 0000 0000 0000 0000")
    assert [finding.code for finding in other.refusals] == ["words.other"]


def test_words_alone_do_not_replace_a_witness_whom_the_log_never_called_absent(honest, judge):
    size = honest.find("close") + 1
    honest.bundle["checkpoints"] = [
        honest.note(s) if s == size else note
        for (s, _), note in zip(honest.marks, honest.bundle["checkpoints"], strict=True)
    ]
    report = judge(honest.zip(), words=words_of(honest))
    assert "close.witness" in [finding.code for finding in report.refusals]


def test_what_is_no_zip_is_unreadable_and_not_judged(judge):
    with pytest.raises(Unreadable):
        judge(b"not a zip at all")


def test_the_report_for_programs_carries_codes_sheets_and_the_anchor(honest, judge):
    data = judge(honest.zip()).to_json()
    assert data["accepted"] is True
    assert data["panel"] == honest.panel.hash.hex()
    assert len(data["sheets"]) == 3
    assert {finding["mark"] for finding in data["findings"]} <= {"holds", "note"}
