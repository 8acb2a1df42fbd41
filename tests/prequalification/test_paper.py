"""The papers: every field that domain.md §6 wants, and the result with its reasons."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from pypdf import PdfReader

from bidding.documents import pdf
from bidding.prequalification.paper import notice_paper, receipt_paper, result_paper
from bidding.prequalification.service.applying import said_of
from tests.prequalification.holding import CLOSES
from tests.tenders.drafting import GOODS, WORKS

WHERE = {
    "centre": "明川县公共资源交易中心",
    "address": "https://centre.example/prequalifications/x",
    "limit": "2 GB",
}


def text_of(template, data):
    pages = PdfReader(BytesIO(pdf.render(template, data))).pages
    return "".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("facts", [WORKS, GOODS], ids=["works", "goods"])
def test_the_notice_has_every_field_of_the_law(holding, facts):
    found = holding.stands(holding.published(facts))[1]
    notice = json.loads(found.notice)
    text = text_of("notice", notice_paper(notice, sha256="0" * 64, **WHERE))
    for words in (
        "资格预审公告",
        facts.title,
        facts.summary,
        facts.funding,
        facts.approval,
        facts.qualification,
        "不接受联合体申请",
        "获取资格预审文件",
        "至2026-11-30",
        "网上自行下载",
        "2026-12-0714:30",
        "资格预审日期2026-12-07",
        facts.owner_name,
        facts.owner_address,
        "明川县城市更新中心",
        facts.agency_address if facts is GOODS else "",  # of works the owner tenders by itself
        facts.contact,
        facts.phone,
        "合格制",
        "https://centre.example",
        "13,200,000.00元",
    ):
        assert "".join(words.split()) in text, words
    assert ("公告期限" in text) is (facts is GOODS), "87号令 16 wants one, 工程 has none"
    assert ("异议" in text) is (facts is WORKS)


def test_a_draft_is_marked_as_one(holding):
    found = holding.stands(holding.published())[1]
    notice = json.loads(found.notice) | {"published_at": None}
    assert "还没有发布" in text_of("notice", notice_paper(notice, sha256="0" * 64, is_draft=True, **WHERE))


def test_a_receipt_tells_what_its_digest_is_made_of(holding):
    made = holding.applied(holding.published(), "li")["li"]
    project = made.prequalification.project
    data = receipt_paper(
        said_of(made, project),
        title=project.title,
        digest=made.digest,
        received_at=made.received_at,
        centre=WHERE["centre"],
    )
    text = text_of("chapters", data)
    for words in (made.reference, made.digest, made.salt, made.files[0].sha256, "2026-11-2309:00:00.000"):
        assert words in text, words


@pytest.mark.parametrize(
    ("passed", "goes_on", "said"),
    [
        (True, True, ["结论：通过", "只有通过资格预审的单位可以投标"]),
        (False, True, ["结论：没有通过", "不具有投标资格", "资质证书过期"]),
        (True, False, ["结论：通过", "重新招标"]),
        (False, False, ["结论：没有通过", "资质证书过期", "重新招标"]),
    ],
)
def test_the_result_says_what_was_found_and_what_comes_next(passed, goes_on, said):
    data = result_paper(
        project="A02-1",
        title=WORKS.title,
        applicant="岚岳建设集团有限公司",
        uscc="91539921MA6KQ7X3A1",
        reference="Z20261123-ABCD-EFGH",
        passed=passed,
        reasons=[] if passed else ["资质证书过期"],
        goes_on=goes_on,
        agency="明川县城市更新中心",
        centre=WHERE["centre"],
        decided_at=CLOSES,
        article="招标投标法实施条例第19条",
    )
    text = text_of("chapters", data)
    for words in ("资格预审结果通知书", "岚岳建设集团有限公司", *said):
        assert words in text, words
    assert ("没有通过的理由" in text) is not passed
