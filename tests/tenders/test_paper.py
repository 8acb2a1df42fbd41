"""A notice on paper says everything that its law's form asks for, of what was hashed and nothing else."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pypdf
import pytest

from bidding.core.canonical import loads, sha
from bidding.documents import pdf
from bidding.tenders.paper import notice_paper
from tests.tenders.drafting import GOODS, SMALL, WORKS
from tests.tenders.service.test_publish import project_of

#: What stands in the forms of 10号令 5, 财办库〔2020〕50号 and 财政部令第87号 13 (domain reference, documents).
FIELDS = {
    "works": (
        WORKS,
        "招标公告",
        [
            "招标条件",
            "项目概况与招标范围",
            "投标人资格要求",
            "获取招标文件",
            "投标文件的递交与开标",
            "评标办法",
            "发布公告的媒介",
            "异议",
            "联系方式",
        ],
        [
            *(
                WORKS.title,
                WORKS.summary,
                WORKS.place,
                WORKS.funding,
                WORKS.term,
                WORKS.qualification,
                WORKS.approval,
            ),
            *("不接受联合体参加", "网上自行下载", "免费", "2026-12-15 14:30", "收到回执即为递交"),
            *(WORKS.owner_name, WORKS.owner_address, WORKS.owner_contact, WORKS.media),
            *(WORKS.contact, WORKS.phone, "12,860,000.00", "施工", "2026-12-05"),
        ],
        ["采购人", "质疑", "公告期限"],
    ),
    "procurement": (
        GOODS,
        "招标公告",
        [
            "项目基本情况",
            "申请人的资格要求",
            "获取招标文件",
            "提交投标文件截止时间、开标时间和地点",
            "公告期限",
            "其他补充事宜",
            "对本次招标提出询问，请按以下方式联系",
        ],
        [
            *("项目概况", "公开招标", "预算金额", "13,200,000.00元（壹仟叁佰贰拾万元整）", "最高限价"),
            *("政府采购法》第二十二条", GOODS.policies, GOODS.qualification, "5个工作日，至2026-11-30"),
            *(
                "自公告期限届满之日起7个工作日",
                GOODS.owner_address,
                GOODS.owner_contact,
                "本项目不接受联合体投标",
            ),
        ],
        ["招标人", "异议"],
    ),
    "local": (
        SMALL,
        "比选公告",
        ["项目情况", "比选申请人资格", "获取比选文件", "递交与开启", "评审办法", "联系方式"],
        [SMALL.summary, SMALL.qualification, SMALL.contact, SMALL.phone, "比选人"],
        ["投标人", "采购人", "资金来源"],
    ),
}


def data_of(project, **more):
    """The paper of a published project."""
    told = {
        "centre": "明川县招投标交易中心",
        "address": "https://jy.example/notices/x",
        "limits": ("500 MB", "2 GB"),
    }
    return notice_paper(loads(project.notice), sha256=sha(project.notice).hex(), **(told | more))


def paper_of(notice):
    """The paper of a notice that was never published."""
    return notice_paper(
        notice, sha256="0" * 64, centre="中心", address="https://jy.example/n", limits=("1 MB", "1 MB")
    )


def text_of(data):
    """All text of the paper, without blanks."""
    return _text(pdf.render("notice", data))


@pytest.mark.parametrize("kind", FIELDS)
def test_a_notice_on_paper_has_what_its_form_asks_for(published, kind):
    facts, name, titles, said, never = FIELDS[kind]
    project = project_of(published(facts))
    data = data_of(project)
    assert data["name"] == name
    assert [each["title"].partition("、")[2] for each in data["sections"]] == titles
    text = text_of(data)
    for words in [facts.title, project.code, sha(project.notice).hex(), *said]:
        assert re.sub(r"\s+", "", words) in text, words
    for words in never:
        assert words not in text, words


def test_a_sale_has_a_starting_price_and_no_ceiling(published):
    notice = loads(project_of(published(WORKS)).notice)
    notice |= {"family": "property", "method": "asset-transfer", "subject": "realty"}
    notice["evaluation"] |= {"way": "highest", "rows": []}
    for lot in notice["lots"]:
        lot["start_fen"] = lot.pop("budget_fen")
        del lot["ceiling_fen"]
    text = text_of(paper_of(notice))
    for words in ("转让公告", "转让方", "起始价（元）", "成交办法", "意向受让方资格"):
        assert words in text, words
    for words in ("预算", "限价", "投标人", "采购人"):
        assert words not in text, words


@pytest.mark.parametrize(
    ("method", "name", "documents"),
    [("negotiation", "竞争性谈判公告", "谈判文件"), ("consultation", "竞争性磋商公告", "磋商文件")],
)
def test_a_negotiation_has_the_form_of_its_own_and_no_word_of_a_tender(published, method, name, documents):
    notice = loads(project_of(published(GOODS)).notice) | {
        "method": method,
        "award_method": "",
        "documents": [],
    }
    notice["evaluation"] |= {"way": "lowest" if method == "negotiation" else "comprehensive", "rows": []}
    data = paper_of(notice)
    assert data["name"] == name
    assert [each["title"].partition("、")[2] for each in data["sections"]] == [
        "项目基本情况",
        "申请人的资格要求",
        f"获取{documents}",
        "响应文件提交",
        "开启",
        "公告期限",
        "其他补充事宜",
        "对本次采购提出询问，请按以下方式联系",
    ]
    text = text_of(data)
    for words in (
        "潜在供应商",
        "响应截止时间",
        "不公开唱标",
        "最后报价是响应文件的组成部分",
        "不接受联合体参加",
    ):
        assert words in text, words
    text = text.replace(
        re.sub(r"\s", "", GOODS.media), ""
    )  # the platform that every notice appears on is called so
    for words in ("投标", "招标", "开标", "评标", "任何人都可以观看"):
        assert words not in text, text[max(text.find(words) - 30, 0) :][:80]


def test_two_envelopes_say_when_the_prices_are_opened(published):
    text = text_of(data_of(project_of(published(WORKS))))
    assert "报价开启时间" not in text
    notice = loads(project_of(published(replace(WORKS, title="两个信封"))).notice)
    notice |= {"envelopes": "two", "prices_open_at": notice["opens_at"] + 86_400}
    data = paper_of(notice)
    assert "报价开启时间2026-12-1614:30" in text_of(data)


def test_the_opening_has_its_room_where_one_is_booked(published):
    notice = loads(project_of(published(WORKS)).notice)
    assert "开启地点" not in text_of(paper_of(notice))
    notice["opening_room"] = {"name": "第一开标室", "place": "政务中心五楼"}
    assert "开启地点第一开标室政务中心五楼" in text_of(paper_of(notice))


def test_a_notice_from_before_a_field_was_there_leaves_it_out(published):
    notice = loads(project_of(published(WORKS)).notice)
    for name in ("owner_address", "owner_contact", "approval", "media", "policies", "periods"):
        del notice[name]
    del notice["agency"]["address"]
    data = paper_of(notice)
    text = text_of(data)
    assert "招标人地址" not in text
    assert "发布公告的媒介" not in text
    assert "本招标项目城南片区排水管网改造工程施工招标人为明川县城市更新中心" in text


def test_a_procurement_says_when_its_intention_was_published(published):
    notice = loads(project_of(published(GOODS)).notice)
    assert "采购意向" not in text_of(paper_of(notice))
    intention = {"title": "县医院 CT 采购", "sha256": "0" * 64, "published_at": 1_787_000_000}
    assert "采购意向《县医院CT采购》，2026-08-18" in text_of(paper_of(notice | {"intention": intention}))


def test_the_page_hands_out_what_was_hashed_and_the_desk_what_is_marked_as_a_draft(
    client, client_as, published, submitted
):
    uid = published(WORKS)
    answer = client.get(f"/notices/{uid}/notice.pdf")
    assert answer.mimetype == "application/pdf"
    assert sha(project_of(uid).notice).hex() in _text(answer.data)
    assert client.get(f"/notices/{uid}/notice.pdf").data == answer.data
    known = client.get(f"/notices/{uid}/notice.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    draft = _text(client_as("zhou").get(f"/projects/{submitted(GOODS)}/notice.pdf").data)
    assert "预览，还没有发布" in draft
    assert "SHA-256，发布时写进本项目的日志" not in draft


def _text(data):
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def test_an_agency_of_another_name_stands_beside_the_owner(published):
    uid = published(replace(WORKS, owner_name="明川县教育局"))
    text = text_of(data_of(project_of(uid)))
    assert "招标代理机构明川县城市更新中心" in text
    assert WORKS.agency_address.replace(" ", "") in text
    assert "明川县教育局（盖章）明川县城市更新中心（盖章）" in text


@pytest.mark.parametrize("facts", [WORKS, GOODS, SMALL], ids=lambda facts: facts.family.value)
def test_the_paper_says_how_bids_are_weighed_and_who_may_bid_as_it_was_hashed(published, facts):
    project = project_of(published(facts))
    notice = loads(project.notice)
    rows = notice["evaluation"]["rows"]
    assert [(row["item"], row["tenths"]) for row in rows] == [
        (row.item, row.tenths) for row in project.scoring.table
    ]
    assert sum(row["tenths"] for row in rows) == 1000
    text = text_of(data_of(project))
    for row in rows:
        assert row["item"] in text
    for each in notice["requirements"]:
        assert each["what"] in text
        assert each["proof"] in text
    assert "转账、保函、电子保函" in text
    assert ("小微企业的报价扣除10%" in text) == (facts is GOODS)
    assert ("份额40%" in text) == (facts is GOODS)
    rendered = pypdf.PdfReader(io.BytesIO(pdf.render("notice", data_of(project))))
    printed = re.sub(r"\s", "", "".join(page.extract_text() for page in rendered.pages))
    assert all(row["item"] in printed for row in rows)


def test_a_notice_from_before_the_table_says_what_it_said(published):
    notice = loads(project_of(published(WORKS)).notice)
    for name in ("evaluation", "requirements", "security_forms"):
        del notice[name]
    text = text_of(paper_of(notice))
    assert WORKS.award_method in text
    assert "资格后审" not in text
