"""The pages of announcements: who sees them, what they say, and what a wrong input gets."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace

import pytest

from bidding.announcements import service
from bidding.announcements.rules import Kind
from bidding.db import db
from bidding.identity.models import Account, Organisation
from tests.announcements.writing import BODY, INTENTION, OPINION, SINGLE
from tests.tenders.drafting import GOODS, WORKS


def typed(said, **changed):
    """What the form of a draft sends."""
    names = (
        *(
            "title",
            "summary",
            "reason",
            "supplier_name",
            "supplier_address",
            "finance_name",
            "finance_address",
        ),
        *("finance_contact", "owner_name", "owner_address", "owner_contact", "agency_address", "contact"),
        *("phone", "note", "media"),
    )
    found = {name: getattr(said, name) for name in names} | {"budget_fen": f"{said.budget_fen // 100}"}
    found |= {"expected_on": "2027-01"} if said.expected_on else {"days": str(said.days)}
    for place, each in enumerate(said.opinions):
        found |= {
            f"opinions-{place}-{part}": getattr(each, part) for part in ("name", "unit", "post", "words")
        }
    return found | changed


@pytest.mark.parametrize(
    ("words", "found"),
    [("医院", True), ("采购", True), ("院医", False), ("医院 采购", True), ("医院 桥梁", False)],
)
def test_words_of_two_signs_are_found(client, desk, words, found):
    uid = desk.published()
    assert (f'href="/announcements/{uid}"' in client.get(f"/announcements?q={words}").text) == found


@pytest.mark.parametrize(
    ("kind", "said", "shown"),
    [
        ("intention", INTENTION, ["2027-01", "13,200,000.00", INTENTION.summary]),
        ("single-source", SINGLE, [SINGLE.supplier_name, SINGLE.reason, OPINION.words, "2026-11-30"]),
    ],
)
def test_two_of_the_agency_publish_an_announcement_on_its_pages(client_as, client, desk, kind, said, shown):
    zhou, wu = client_as("zhou"), client_as("wu")
    made = zhou.post(f"/announcing/new/{kind}", data=typed(said))
    assert made.status_code == 303, made.text
    work = made.location
    page = zhou.get(work).text
    assert all(each in page for each in shown), page
    assert zhou.post(f"{work}/submit").status_code == 303
    assert "起草和发布不能是同一人" in zhou.get(work).text
    assert zhou.post(f"{work}/publish").status_code == 403
    out = wu.post(f"{work}/publish")
    assert out.status_code == wu.post(f"{work}/publish").status_code == 303
    public = client.get(out.location).text
    assert all(each in public for each in [said.title, said.owner_name, *shown])
    body = client.get(f"{out.location}/notice.json").data
    assert hashlib.sha256(body).hexdigest() in public
    paper = client.get(f"{out.location}/notice.pdf")
    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")
    assert (
        client.get(f"{out.location}/notice.pdf", headers={"If-None-Match": paper.headers["ETag"]}).status_code
        == 304
    )
    assert said.title in client.get("/announcements").text
    assert said.title in client.get(f"/announcements?kind={kind}&q={said.owner_name}").text
    assert said.title not in client.get("/announcements?q=没有的词").text


def test_a_wrong_input_keeps_what_was_typed_and_names_the_field(client_as, desk):
    zhou = client_as("zhou")
    refused = zhou.post("/announcing/new/intention", data=typed(INTENTION, title="", budget_fen="很多"))
    assert refused.status_code == 422
    assert all(each in refused.text for each in ("采购项目名称", "预算金额", INTENTION.summary, "很多"))
    assert zhou.get("/announcing/new/other").status_code == 404


def test_what_is_missing_is_listed_by_name_before_it_is_handed_over(client_as, desk):
    zhou = client_as("zhou")
    work = zhou.post("/announcing/new/single-source", data={"title": SINGLE.title}).location
    page = zhou.post(f"{work}/submit")
    assert page.status_code == 422
    for wanted in ("拟定供应商名称", "专业人员论证意见", "财政部门", "公示期限", "财政部令第74号第38条"):
        assert wanted in page.text
    edited = zhou.post(f"{work}/edit", data=typed(SINGLE, days="4"))
    assert edited.status_code == 303
    assert "要求不少于 5 个工作日" in zhou.post(f"{work}/submit").text


def test_a_draft_that_a_colleague_changed_is_not_overwritten(client_as, desk):
    zhou, wu = client_as("zhou"), client_as("wu")
    work = zhou.post("/announcing/new/intention", data=typed(INTENTION)).location
    assert wu.post(f"{work}/edit", data=typed(INTENTION, version="1", note="同事写的")).status_code == 303
    late = zhou.post(f"{work}/edit", data=typed(INTENTION, version="1", note="我写的"))
    assert late.status_code == 409
    assert "我写的" in late.text
    assert "同事写的" in wu.get(work).text


def test_a_draft_is_nobodys_to_see_but_its_agencys_and_the_centres(client_as, client, desk, rival):
    uid = desk.draft()
    for who in ("feng", "li", "lin"):
        assert client_as(who).get(f"/announcing/{uid}").status_code in (403, 404)
    assert client.get(f"/announcements/{uid}").status_code == 404
    assert INTENTION.title not in client.get("/announcements").text
    for who in ("zhou", "wu", "wang", "sun"):
        assert INTENTION.title in client_as(who).get(f"/announcing/{uid}").text
        assert client_as(who).get(f"/announcing/{uid}/notice.pdf").data[:5] == b"%PDF-"


def test_a_withdrawn_announcement_says_so_with_its_reason(client_as, client, desk):
    uid = desk.published()
    wu = client_as("wu")
    assert "发布的人不能自己撤回" in wu.get(f"/announcing/{uid}").text
    assert (
        client_as("wang").post(f"/announcing/{uid}/withdraw", data={"reason": "项目取消了"}).status_code
        == 303
    )
    page = client.get(f"/announcements/{uid}").text
    assert "已撤回" in page
    assert "项目取消了" in page
    assert "已撤回" in client.get("/announcements").text


def test_an_objection_is_public_without_a_name_and_so_is_its_answer(client_as, client, desk):
    uid = desk.published(Kind.SINGLE_SOURCE)
    li, zhou = client_as("li"), client_as("zhou")
    assert "提出异议" in li.get(f"/announcements/{uid}").text
    short = li.post(f"/announcements/{uid}/object", data={"body": "不行"})
    assert (short.status_code, "不行" in short.text) == (422, True)
    assert li.post(f"/announcements/{uid}/object", data={"body": BODY}).status_code == 303
    page = client.get(f"/announcements/{uid}").text
    assert BODY in page
    assert "岚岳建设" not in page
    for who in ("zhou", "sun"):
        assert "岚岳建设" in client_as(who).get(f"/announcing/{uid}").text
    record = client.get(f"/announcements/{uid}/objections/1.json").data
    assert hashlib.sha256(record).hexdigest()[:16] in page
    assert client.get(f"/announcements/{uid}/objections/1/answer.json").status_code == 404
    unsaid = zhou.post(f"/announcing/{uid}/objections/1", data={"upheld": "no", "words": ""})
    assert unsaid.status_code == 422
    done = zhou.post(f"/announcing/{uid}/objections/1", data={"upheld": "no", "words": "授权已过期。"})
    assert done.status_code == 303
    page = client.get(f"/announcements/{uid}").text
    assert "授权已过期。" in page
    answer = client.get(f"/announcements/{uid}/objections/1/answer.json").data
    assert hashlib.sha256(answer).hexdigest() == desk.notes(service.ANSWER_NOTE)[0]["sha256"]


def test_nobody_objects_to_an_intention(client_as, desk):
    uid = desk.published()
    assert client_as("li").get(f"/announcements/{uid}/object").status_code == 404
    assert (
        client_as("zhou").get(f"/announcements/{desk.published(Kind.SINGLE_SOURCE)}/object").status_code
        == 403
    )


def test_a_draft_is_linked_to_its_intention_and_shows_it(client_as, desk, written, rival):
    intention, project, works = desk.published(), written(GOODS), written(WORKS)
    zhou = client_as("zhou")
    assert "关联采购意向" in zhou.get(f"/projects/{project}").text
    assert "关联采购意向" not in zhou.get(f"/projects/{works}").text
    page = zhou.get(f"/projects/{project}/intention").text
    assert "最早 2026-12-23 发布采购公告" in page
    assert zhou.post(f"/projects/{project}/intention", data={}).status_code == 422
    assert zhou.post(f"/projects/{project}/intention", data={"intention": "nonsense"}).status_code == 422
    assert zhou.post(f"/projects/{project}/intention", data={"intention": intention}).status_code == 303
    shown = zhou.get(f"/projects/{project}").text
    assert "采购意向：已关联" in shown
    assert f"/announcements/{intention}" in shown
    assert "最早 2026-12-23 可以发布" in shown
    assert client_as("feng").get(f"/projects/{project}/intention").status_code == 404
    assert zhou.post(f"/projects/{project}/intention", data={"intention": "none"}).status_code == 303
    assert "没有关联采购意向公告" in zhou.get(f"/projects/{project}").text


def test_the_list_of_notices_leads_to_what_comes_before(client, desk):
    assert "/announcements?q=CT" in client.get("/notices?q=CT").text


# In a browser


def data_of(*said):
    """What people wrote, and so is in no catalogue: the longest first."""
    texts = [name for (name,) in db.session.query(Organisation.name)]
    texts += [name for (name,) in db.session.query(Account.name)]
    for each in said:
        texts += [value for value in asdict(each).values() if isinstance(value, str)]
        texts += [part for opinion in each.opinions for part in asdict(opinion).values()]
    texts += [BODY, "政务服务中心招投标交易中心", "中文", GOODS.title, "政府采购法实施条例", "财库"]
    return sorted(filter(None, texts), key=len, reverse=True)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_can_be_read_and_reached(client_as, desk, written, seen, language):
    uid, draft, waiting = desk.published(Kind.SINGLE_SOURCE), desk.draft(), desk.submitted()
    intention, project = desk.published(), written(GOODS)
    empty = desk.draft(Kind.SINGLE_SOURCE, replace(SINGLE, opinions=(), reason=""))
    desk.object(uid)
    problems, data = [], data_of(INTENTION, SINGLE)
    pages = {
        "zhou": [
            *("/announcements", f"/announcements/{uid}", f"/announcements/{intention}", "/announcing"),
            *(
                f"/announcing/{uid}",
                f"/announcing/{draft}",
                f"/announcing/{empty}",
                f"/announcing/{empty}/edit",
            ),
            *("/announcing/new/intention", f"/projects/{project}/intention"),
        ],
        "wu": [f"/announcing/{waiting}", f"/announcing/{uid}"],
        "li": [f"/announcements/{uid}", f"/announcements/{uid}/object"],
    }
    for login, addresses in pages.items():
        client = client_as(login)
        if language == "en":
            client.set_cookie("language", "en")
        visit = seen(client)
        for at in addresses:
            visit.reads(at, login, language, data)
        problems.extend(visit.problems)
    assert problems == []
