from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pypdf

from bidding.story import papers
from bidding.story.demo import CATERING, MEALS
from bidding.story.play import FACTS, LOT

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)


def words_of(data):
    return re.sub(
        r"\s+", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    )


def test_a_tender_document_says_what_a_tenderer_has_to_fill_in():
    told = words_of(papers.tender_document(FACTS, LOT, centre="明川县政务服务中心", issued_at=AT))
    assert papers.document_name(FACTS) == "招标文件.pdf"
    for wanted in (
        FACTS.title,
        "有效期：自截止之日起90日历天",
        "质量标准：合格",
        "12,864,000.00",
        "资格审查文件、商务标、技术标",
    ):
        assert wanted in told


def test_a_comparison_speaks_in_its_own_terms():
    told = words_of(papers.tender_document(CATERING, MEALS, centre="明川县政务服务中心", issued_at=AT))
    assert papers.document_name(CATERING) == "比选文件.pdf"
    assert "比选申请文件" in told
    assert "招标文件" not in told
    assert "投标保证金" not in told


def test_a_licence_says_that_it_is_a_sample():
    assert "没有法律效力" in words_of(papers.licence(centre="明川县政务服务中心", issued_at=AT))
