"""A correction of dates on paper has every field of its form, of what was hashed and nothing else."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from bidding.core.canonical import loads
from bidding.documents import pdf
from bidding.outages.paper import correction_paper
from bidding.tenders import queries as tenders

DAY, HALF_PAST_TWO = 86_400, 1_797_575_400  # 2026-12-18 14:30 in Shanghai


def paper(original, **moved):
    text = {
        "project": original["project"],
        "title": original["title"],
        "schedule": 1,
        "reason": "平台故障",
        "published_at": HALF_PAST_TWO - 3 * DAY,
        **{name: {"was": HALF_PAST_TWO, "is": now} for name, now in moved.items()},
    }
    return correction_paper(
        text, original, sha256="ab" * 32, centre="中心", address="https://jy.example/a", original_address="b"
    )


@pytest.fixture
def original(tender):
    with tender.centre.act() as tx:
        return loads(tenders.notice(tx.session, tender.uid).notice)


def test_what_moved_stands_beside_what_was(original):
    data = paper(original, closes_at=HALF_PAST_TWO + DAY, opens_at=HALF_PAST_TWO + DAY)
    pages = pypdf.PdfReader(io.BytesIO(pdf.render("notice", data))).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    for wanted in (
        *(
            "更正公告",
            "原公告的项目编号" + original["project"],
            original["title"],
            "首次公告日期",
            "更正日期",
        ),
        *(
            "平台故障",
            "是否延期是，见下表",
            "投标截止时间",
            "开标时间",
            "2026-12-1814:30",
            "2026-12-1914:30",
            "不需要重新签封",
        ),
        *(original["owner"], original["contact"]["phone"], "ab" * 16),
    ):
        assert re.sub(r"\s", "", wanted) in text, wanted


def test_what_did_not_move_is_left_out(original):
    data = paper(
        original, closes_at=HALF_PAST_TWO, opens_at=HALF_PAST_TWO, prices_open_at=HALF_PAST_TWO + DAY
    )
    assert [row[1] for row in data["sections"][1]["table"]["rows"]] == ["报价开标时间"]
    assert ["是否延期", "否，截止时间不变"] in data["sections"][1]["facts"]


def test_what_suppliers_respond_to_is_opened_and_not_read_out(original):
    negotiated = original | {"family": "procurement", "method": "negotiation"}
    data = paper(negotiated, closes_at=HALF_PAST_TWO + DAY, opens_at=HALF_PAST_TWO + DAY)
    assert [row[1] for row in data["sections"][1]["table"]["rows"]] == ["响应截止时间", "响应文件开启时间"]
