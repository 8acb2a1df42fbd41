"""The pages of candidates: two of the agency, a tenderer who objects, and everybody."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from sqlalchemy import select

from bidding.announcements import todo as announced
from bidding.award.models import Award
from bidding.candidates import links, todo
from bidding.db import db
from bidding.identity.models import Account, Organisation
from tests.announcements.writing import BODY, CANDIDATES, FIRST
from tests.candidates.conftest import FIT


def typed(made, *logins, **changed):
    """What the form sends."""
    names = ("summary", "finance_name", "finance_address", "finance_contact", "owner_name", "owner_address")
    names += ("owner_contact", "agency_address", "contact", "phone")
    found = {name: getattr(CANDIDATES, name) for name in names} | {"days": "3", "reported_on": "2026-11-23"}
    for rank, login in enumerate(logins, 1):
        found |= {f"bid_{rank}": made.bid(login), f"score_{rank}": "93.40 分", f"fit_{rank}": FIT}
    return found | changed


@pytest.fixture
def waiting(app, cast, clock):
    def _waiting(login):
        db.session.rollback()
        with app.test_request_context():
            return [each.url for each in todo.waiting(db.session, cast.actor(login), clock.now())]

    return _waiting


def test_two_of_the_agency_let_candidates_out_a_tenderer_objects_and_the_first_wins(
    opened, client_as, client, waiting
):
    made = opened()
    zhou, wu, he = client_as("zhou"), client_as("wu"), client_as("he")
    assert waiting("zhou") == ["/projects/p1/candidates/1"]
    page = zhou.get("/projects/p1/award").text
    assert 'href="/projects/p1/candidates/1"' in page
    assert "中标候选人还没有公示" in zhou.get("/projects/p1/award/1").text
    answer = zhou.post("/projects/p1/candidates/1", data=typed(made, "li", "zhao"))
    assert answer.status_code == 303
    work = answer.location
    uid = work.rpartition("/")[2]
    assert waiting("zhou") == []
    assert zhou.get(f"{work}/edit").location == "/projects/p1/candidates/1"
    assert "93.40 分" in zhou.get("/projects/p1/candidates/1").text
    assert client.get(f"/announcements/{uid}").status_code == 404
    assert zhou.post(f"{work}/submit").status_code == 303
    assert zhou.get("/projects/p1/candidates/1").location == work
    assert wu.post(f"{work}/publish").status_code == 303
    page = client.get(f"/announcements/{uid}").text
    for shown in ("岚岳建设集团有限公司", "12,000,000.00", FIT, CANDIDATES.summary, "2026-11-26", "第54条"):
        assert shown in page, shown
    assert client.get(f"/announcements/{uid}/notice.pdf").data.startswith(b"%PDF")
    assert uid in client.get("/announcements?kind=candidates&q=岚岳").text
    assert uid in client.get("/notices/p1/timeline").text
    assert he.post(f"/announcements/{uid}/object", data={"body": BODY}).status_code == 303
    page = client.get(f"/announcements/{uid}").text
    assert BODY in page
    assert "2026-11-26" in page  # three days from its making
    assert "1 份异议等待答复" in zhou.get("/projects/p1/award").text
    data = {"upheld": "no", "words": "评审符合招标文件。"}
    assert zhou.post(f"/announcing/{uid}/objections/1", data=data).status_code == 303
    made.over(uid)
    zhou = client_as("zhou")  # days later
    page = zhou.get("/projects/p1/award/1").text
    assert "第 1 名 · 岚岳建设集团有限公司" in page
    day = made.clock.now().date().isoformat()
    data = {"winner": made.bid("zhao"), "awarded_on": day}
    answer = zhou.post("/projects/p1/award/1", data=data)
    assert answer.status_code == 422
    assert "排第 2 名" in answer.text
    assert zhou.post("/projects/p1/award/1", data=data | {"winner": made.bid("li")}).status_code == 303
    assert zhou.get("/projects/p1/candidates/1").location == work
    page = client_as("wu").get("/projects/p1/award/1/confirm").text
    assert "公示的中标候选人" in page
    assert page.index("<b>岚岳建设集团有限公司</b>") < page.index("兆禾市政工程有限公司")
    seen = made.confirm(db.session.scalars(select(Award.record_sha256)).one()).record_sha256
    page = client.get("/notices/p1/award").text
    assert seen in page
    assert f'href="/announcements/{uid}"' in page


def test_a_wrong_input_keeps_what_was_typed_and_names_the_field(opened, client_as):
    made, zhou = opened(), client_as("zhou")
    answer = zhou.post(
        "/projects/p1/candidates/1", data=typed(made, "li", "li", summary="写了很久的评标情况")
    )
    assert answer.status_code == 422
    assert "被选了两次" in answer.text
    assert 'href="#bid_2"' in answer.text
    assert "写了很久的评标情况" in answer.text
    answer = zhou.post("/projects/p1/candidates/1", data=typed(made, "li", days="x", reported_on="昨天"))
    assert answer.status_code == 422
    assert 'href="#days"' in answer.text
    assert 'href="#reported_on"' in answer.text
    answer = zhou.post("/projects/p1/candidates/1", data=typed(made, "li") | {"bid_1": "0" * 32})
    assert answer.status_code == 422


def test_another_agency_and_what_needs_no_candidates_find_nothing(opened, client_as, rival):
    opened()
    assert client_as("feng").get("/projects/p1/candidates/1").status_code == 404
    zhou = client_as("zhou")
    assert zhou.get("/projects/p1/candidates/9").status_code == 404
    assert zhou.get("/projects/none/candidates/1").status_code == 404
    assert zhou.get("/announcing/new/candidates").status_code == 404


def test_an_upheld_objection_waits_for_somebody_else_than_who_published(app, opened, cast, client_as):
    made = opened()
    uid = made.publish("li")
    made.answer(uid, made.object(uid), upheld=True)

    def asked(login):
        db.session.rollback()
        with app.test_request_context():
            found = announced.waiting(db.session, cast.actor(login), made.clock.now())
        return [each.url for each in found if each.lamp == "now"]

    assert (asked("zhou"), asked("wu")) == ([f"/announcing/{uid}"], [])
    assert "异议成立，撤回后另行公示" in client_as("zhou").get("/projects/p1/award").text
    made.withdraw(uid)
    assert asked("zhou") == []


def test_another_kinds_authority_is_not_proposed(opened, client_as):
    made = opened()
    made.publish("li")
    zhou = client_as("zhou")
    assert CANDIDATES.finance_name not in zhou.get("/announcing/new/single-source").text
    other = opened(uid="p2", code="T-2", title="另一个工程")
    assert other.given.uid == "p2"
    page = zhou.get("/projects/p2/candidates/1").text
    assert CANDIDATES.finance_name in page


def test_a_notice_leads_to_the_candidates_that_stand(app, opened):
    made = opened(lots=("1", "2"))

    def linked():
        with app.test_request_context():
            return links.links(made.project())

    assert linked() == []
    one = made.publish(lot="1")
    made.publish(lot="2")
    assert [label for label, _ in linked()] == ["中标候选人公示 1", "中标候选人公示 2"]
    made.withdraw(one)
    assert [label for label, _ in linked()] == ["中标候选人公示 2"]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_can_be_read_and_reached(client_as, opened, seen, language):
    made = opened(lots=("1", "2"))
    uid = made.publish("li", "zhao", "he")
    made.object(uid)
    draft = made.write("li", lot="2")
    names = list(db.session.scalars(select(Organisation.name)))
    people = list(db.session.scalars(select(Account.name)))
    db.session.rollback()
    texts = [
        value for value in (*asdict(CANDIDATES).values(), *asdict(FIRST).values()) if isinstance(value, str)
    ]
    title = f"{made.given.title} 标段"
    data = sorted(
        filter(None, {*texts, *names, *people, FIT, BODY, title, made.given.title, "中文", "标段"}),
        key=len,
        reverse=True,
    )
    data += ["政务服务中心招投标交易中心", "招标投标法实施条例", "招标公告和公示信息发布管理办法", "分"]
    problems = []
    pages = {
        "zhou": [
            *("/projects/p1/award", "/projects/p1/award/1", "/projects/p1/candidates/2"),
            *(f"/announcing/{uid}", f"/announcing/{draft}"),
        ],
        "li": [f"/announcements/{uid}", "/announcements"],
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
