"""The public tables of figures and days, and the administrator who keeps them."""

from __future__ import annotations

from datetime import date

import pytest

from bidding.db import db
from bidding.tenders import queries
from tests.people import PASSWORD

LOCAL = "procurement.entry.goods-services"
CHANGE = {"value": "50000000", "valid_from": "2026-11-24"}
LAW = "works.open-tender.preparation"
DAYS = {"first": "2027-02-05", "last": "2027-02-11", "works": "0", "source": "国办发明电〔2026〕7号"}
OTHERS = ((None, 401), ("zhou", 403), ("sun", 403), ("li", 403))


def visitor(client, client_as, who):
    return client if who is None else client_as(who)


def test_everybody_reads_every_figure_with_its_article(client, rulebook):
    page = client.get("/rules").text
    for words in (
        "工程招投标 · 公开招标",
        "招标投标法第24条",
        "20 日",
        "400.00 万元",
        "2/3",
        "2000-01-01 起",
        "法律明文，不符合不能发布",
    ):
        assert words in page, words
    assert '<span class="sl-hint">可以修改' not in page


def test_figures_are_shown_as_of_a_day(client, rulebook):
    assert "招标投标法第24条" not in client.get("/rules?on=1999-12-31").text
    assert "2026-11-23" in client.get("/rules?on=nonsense").text


def test_a_figure_has_its_history(client, rulebook):
    assert "2000-01-01 起" in client.get(f"/rules/{LAW}").text
    assert client.get("/rules/works.nothing").status_code == 404


def test_an_administrator_changes_a_figure_of_the_centre(client_as, client, rulebook):
    wang = client_as("wang")
    assert '<span class="sl-hint">可以修改' in wang.get("/rules").text
    assert "改成新的数值" in wang.get(f"/rules/{LOCAL}").text
    answer = wang.post(f"/rules/{LOCAL}", data={"value": "500,000.00", "valid_from": "2026-11-24"})
    assert answer.status_code == 303
    assert "50.00 万元" not in client.get(f"/rules/{LOCAL}").text  # what waits is nobody else's to know
    assert "请另一位管理员复核" in wang.get(f"/rules/{LOCAL}").text
    assert wang.post(f"/rules/{LOCAL}/confirm", data=CHANGE).status_code == 403
    chen = client_as("chen")
    assert "复核数值的改动" in chen.get("/").text
    assert "50.00 万元" in chen.get(f"/rules/{LOCAL}").text
    assert chen.post(f"/rules/{LOCAL}/confirm", data=CHANGE | {"value": "1"}).status_code == 409
    assert chen.post(f"/rules/{LOCAL}/confirm", data=CHANGE).status_code == 303
    assert "王管理，陈管理" in chen.get(f"/rules/{LOCAL}").text
    page = client.get(f"/rules/{LOCAL}").text
    assert "王管理" not in page
    assert "50.00 万元" in page
    assert "2020-01-01 — 2026-11-23" in page
    assert "改成新的数值" not in page


def test_a_figure_of_the_law_is_nobodys_to_change(client_as, rulebook):
    wang = client_as("wang")
    assert '<form method="post" novalidate' not in wang.get(f"/rules/{LAW}").text
    answer = wang.post(f"/rules/{LAW}", data={"value": "10", "valid_from": "2026-11-24"})
    assert (answer.status_code, "不能在这里修改" in answer.text) == (403, True)


def test_a_change_of_today_is_refused_at_its_field(client_as, rulebook):
    answer = client_as("wang").post(f"/rules/{LOCAL}", data={"value": "1", "valid_from": "2026-11-23"})
    assert answer.status_code == 422
    assert "2026-11-24" in answer.text.split('id="valid_from-error"')[1].split("</div>")[0]


def test_a_change_asks_for_the_password(client_as, rulebook):
    wang = client_as("wang", stepped_up=False)
    data = {"value": "500000", "valid_from": "2026-11-24"}
    assert wang.post(f"/rules/{LOCAL}", data=data).status_code == 422
    assert wang.post(f"/rules/{LOCAL}", data=data | {"step_up_password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(("who", "status"), OTHERS)
def test_nobody_else_changes_figures_or_days(client, client_as, rulebook, who, status):
    other = visitor(client, client_as, who)
    assert (
        other.post(f"/rules/{LOCAL}", data={"value": "1", "valid_from": "2026-11-24"}).status_code == status
    )
    assert other.post(f"/rules/{LOCAL}/confirm", data=CHANGE).status_code == status
    assert other.post(f"/rules/{LOCAL}/drop").status_code == status
    assert other.post("/calendar", data=DAYS).status_code == status
    assert other.post("/calendar/2027-02-05/remove").status_code == status
    assert queries.calendar_days(db.session, 2027) == []


def test_everybody_reads_the_calendar(client):
    page = client.get("/calendar").text
    assert "2026 年工作日历" in page
    assert "10月10日" in page  # a Saturday that is worked
    assert "这一年用的是临时日历" not in page
    assert "登记放假或调休" not in page
    assert "这一年用的是临时日历" in client.get("/calendar?year=2027").text
    assert "2026 年工作日历" in client.get("/calendar?year=99999").text


def test_an_administrator_enters_days_and_takes_them_back(client_as, client):
    wang = client_as("wang")
    assert wang.post("/calendar", data=DAYS).status_code == 303
    page = client.get("/calendar?year=2027").text
    assert "国办发明电〔2026〕7号" in page
    assert "移除" not in page
    assert not queries.calendar(db.session).works(date(2027, 2, 11)).works
    assert wang.post("/calendar/2027-02-11/remove").status_code == 303
    assert queries.calendar(db.session).works(date(2027, 2, 11)).provisional
    for day in ("2027-02-11", "nonsense"):
        assert wang.post(f"/calendar/{day}/remove").status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"last": "2027-02-04"}, "结束日期不能早于开始日期"),
        ({"last": "2028-02-05"}, "一次最多 31 天"),
        ({"source": ""}, "请填写这一项"),
        ({"works": "2"}, "请从列出的选项里选"),
        ({"first": "二月"}, "请填写日期"),
    ],
)
def test_a_wrong_entry_is_refused_and_kept_on_the_form(client_as, change, words):
    answer = client_as("wang").post("/calendar", data=DAYS | change)
    assert (answer.status_code, words in answer.text) == (422, True)
    if "source" not in change:
        assert "国办发明电〔2026〕7号" in answer.text
    assert queries.calendar_days(db.session, 2027) == []
