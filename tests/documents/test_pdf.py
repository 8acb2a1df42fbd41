from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from bidding.documents.pdf import render

NOON = datetime(2026, 12, 15, 6, 30, tzinfo=UTC)
WORDS = "1234 2345 3456 4567 5678 6789"
RECEIPT = {
    "centre": "明川县政务服务中心",
    "code": "A02539921",
    "reference": "20261215-7Q4K-0926",
    "bid": "ab" * 16,
    "project": "城南片区排水管网改造",
    "lot": "1 雨污分流主干管",
    "tenderer": "岚岳建设集团有限公司",
    "uscc": "91539921MA6KQ7X3A9",
    "received_at": NOON,
    "closes_at": NOON,
    "files": 3,
    "bytes": 12345,
    "sha256": "cd" * 32,
    "leaf": 12,
    "checkpoint": "bids.example/A02\n13\nabc=\n",
    "words": WORDS,
    "address": "https://bids.example/bids/abc",
}


def record(count):
    row = {
        "place": 1,
        "tenderer": "岚岳建设集团有限公司",
        "uscc": "91539921MA6KQ7X3A9",
        "received_at": NOON,
        "values": ["12,146,300.00", "158"],
        "daxie": "壹仟贰佰壹拾肆万陆仟叁佰元整",
        "verdict": "",
    }
    lot = {
        "code": "1",
        "name": "主干管",
        "failed": False,
        "ceiling": "12,864,000.00",
        "columns": ["投标报价（元）", "工期"],
    }
    void = {**row, "verdict": "投标人原因：签封内容与清单不符"}
    return {
        "centre": "明川县政务服务中心",
        "title": "城南片区排水管网改造",
        "code": "A02539921",
        "owner": "县城市更新中心",
        "agency": "县城市更新中心",
        "closes_at": NOON,
        "closed_at": NOON,
        "opened_at": NOON,
        "count": count,
        "words": WORDS,
        "checkpoint": RECEIPT["checkpoint"],
        "panel_hash": "ef" * 32,
        "trustees": [{"seat": 1, "role": "supervisor", "name": "reform", "org": "发改局", "given_at": NOON}],
        "lots": [
            {**lot, "rows": [row] * (count - 1) + [void]},
            {**lot, "code": "2", "failed": True, "ceiling": None, "rows": []},
        ],
        "address": "https://bids.example/opening/abc",
    }


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_a_receipt_says_who_what_and_when_in_text_that_can_be_copied():
    text = text_of(render("receipt", RECEIPT))
    for wanted in ("岚岳建设集团有限公司", "20261215-7Q4K-0926", "2026-12-15 14:30:00", "cd" * 32):
        assert wanted in text


def test_the_same_data_gives_the_same_bytes():
    assert render("receipt", RECEIPT) == render("receipt", RECEIPT)


def test_an_opening_record_has_every_sheet_in_figures_and_capitals_and_every_failed_lot():
    text = text_of(render("opening-record", record(2)))
    for wanted in ("12,146,300.00", "壹仟贰佰", "流标", "签封内容与清单不符", "5678", "主持人"):
        assert wanted in text


def test_a_long_table_flows_over_pages_with_its_head_on_each():
    pages = PdfReader(BytesIO(render("opening-record", record(60)))).pages
    assert len(pages) > 4
    assert all("工期" in page.extract_text() for page in pages[:4])


def test_what_is_no_template_is_refused():
    with pytest.raises(ValueError, match="no template"):
        render("../secrets", RECEIPT)
