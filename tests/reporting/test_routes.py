"""The public report, its exports and the import, by the pages."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bidding.db import db
from bidding.lifecycle.rules import Kind
from bidding.reporting import service
from bidding.reporting.models import LedgerBatch, SavingsEntry
from bidding.reporting.workbook import SUM_COLUMNS
from bidding.tenders.models import Family, Method
from tests.award.opened import WAN
from tests.people import PASSWORD

ROWS = (
    "A-1,县医院 CT,政府采购,公开招标,县医院,某公司,100,90,2025-11-03,成交",
    "A-2,路灯,工程,公开招标,城管局,,200,150,2025-12-01,",
    "A-3,桥,工程,公开招标,城管局,,50,,2025-12-02,流标",
    "A-4,旧车一批,国有产权,拍卖,机关事务局,,10,15,2025-12-03,",
    "A-5,超支的路,工程,公开招标,城管局,,10,11,2024-05-03,",
)
IMPORT_PAGES = ("/savings/import", "/savings/import/template.xlsx")


@pytest.fixture
def old(ledger_file, bring_in):
    return bring_in(ledger_file(*ROWS))


def upload(client, data, name="台账.csv"):
    return client.post(
        "/savings/import", data={"ledger": (BytesIO(data), name)}, content_type="multipart/form-data"
    )


def workbook(client, url="/savings.xlsx"):
    """The workbook at an address; the response is closed, for its file must not stay open."""
    with client.get(url) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=savings-")
        return load_workbook(BytesIO(answer.data))


def batch():
    db.session.rollback()
    return db.session.scalar(select(LedgerBatch).order_by(LedgerBatch.id.desc()))


def entries():
    db.session.rollback()
    return db.session.query(SavingsEntry).count()


# The report --------------------------------------------------------------------------------------------------


def test_an_empty_centre_has_a_report_too(app, client):
    page = client.get("/savings").text
    assert "还没有计入的项目" in page
    assert client.get("/savings.json").status_code == 200
    assert workbook(client).sheetnames
    assert client.get("/savings/items").status_code == 200


def test_the_page_opens_with_the_latest_year_and_says_its_basis(client, old):
    page = client.get("/savings").text
    assert "300.00" in page
    assert "240.00" in page
    assert "20.00<small>%" in page
    assert "是合计之比，不是各项节资率的平均" in page
    assert "增值与节约不相抵" in page
    assert "流标、废标、终止" in page
    assert "<svg" in page
    assert "style=" not in page


def test_what_everybody_asks_for(client, old):
    assert "11.00" in client.get("/savings?period=all&category=works").text
    page = client.get("/savings?period=2024").text
    assert "-10.00" in page
    assert "成交高于预算的 1 项" in page
    assert "90.00" in client.get("/savings?owner=县医院&way=open-tender").text


@pytest.mark.parametrize("query", ["period=2026-13", "category=ship", "way=lottery", "standing=maybe"])
def test_what_there_is_not_is_said_plainly(client, cast, query):
    answer = client.get(f"/savings?{query}")
    assert answer.status_code == 422
    assert client.get(f"/savings.json?{query}").status_code == 422


def test_every_figure_leads_to_its_items(client, old):
    page = client.get("/savings/items?period=2025&category=works").text
    assert "路灯" in page
    assert "桥" not in page
    assert "第 3 行" in page
    assert "桥" in client.get("/savings/items?period=2025&standing=failed").text
    adverse = client.get("/savings/items?period=all&adverse=1").text
    assert "超支的路" in adverse
    assert "路灯" not in adverse


def test_back_from_the_items_of_a_figure_stands_the_whole_report(client, old):
    page = client.get(
        "/savings/items?period=2025&category=works&direction=gain&basis=ceiling&source=imported"
    ).text
    (back,) = set(re.findall(r'href="(/savings\?[^"]+)"', page))
    assert unescape(back) == "/savings?period=2025&category=works"
    narrow = client.get("/savings?period=2025&direction=saving&source=imported").text
    assert "2025 年 · 节资 · 导入的历史台账 ·" in narrow  # and whoever asks for a part is told so


#: Whatever links to items says how many; the words around the number do not matter.
_TO_ITEMS = re.compile(r'href="(/savings/items\?[^"]+)">([^<]*)</a>')


def counted(client, address):
    """How many items a page of them says it has."""
    page = client.get(address).text
    return int(re.search(r"· ([0-9,]+) 项</p>", page)[1].replace(",", ""))


def links_with_counts(client, address):
    """Every link of a page that leads to items and says how many."""
    for url, words in _TO_ITEMS.findall(client.get(address).text):
        numbers = re.findall("[0-9,]+", words)
        if len(numbers) == 1 and ("项" in words or words == numbers[0]):
            yield unescape(url), int(numbers[0].replace(",", ""))


WIDE = (
    "项目编号,项目名称,类别,方式,区划,招标人,代理机构,中标人,控制价（万元）,成交价（万元）,日期,结果,投标家数"
)
WIDE_ROWS = (
    "B-1,桥,工程,公开招标,叙永县,城管局,甲代理,某公司,100,80,2025-02-03,成交,5",
    "B-2,路,工程,公开招标,叙永县,城管局,乙代理,某公司,200,190,2025-05-03,成交,3",
    "B-3,灯,政府采购,询价,泸县,县医院,甲代理,某公司,10,9,2025-05-04,成交,",
    "B-4,车,国有产权,拍卖,,机关事务局,,某人,10,15,2025-07-03,成交,7",
    "B-5,其他一,其他,其他,泸县,县医院,,某人,10,15,2024-07-03,成交,",
    "B-6,其他二,其他,其他,泸县,县医院,,某人,10,8,2024-11-03,成交,2",
    "B-7,超支,工程,邀请招标,泸县,县医院,乙代理,某人,10,12,2024-11-03,成交,2",
    "B-8,流标一,工程,公开招标,泸县,县医院,乙代理,,10,,2025-11-03,流标,1",
    "B-9,贱卖,国有产权,拍卖,泸县,县医院,,某人,10,9,2025-11-03,成交,",
)


@pytest.fixture
def wide(ledger_file, bring_in):
    return bring_in(ledger_file(*WIDE_ROWS, header=WIDE))


@pytest.mark.parametrize(
    "address",
    [
        "/savings?period=all",
        "/savings?period=2025",
        "/savings?period=2025-Q2",
        "/savings?period=2024-06..2025-06",
        "/savings?period=all&category=works",
        "/savings?period=all&region=%E6%B3%B8%E5%8E%BF",
        "/savings?period=all&region=-",
        "/savings?period=all&agency=%E4%B9%99%E4%BB%A3%E7%90%86",
        "/savings?period=2025&agency=-",
        "/savings?period=all&owner=%E5%8E%BF%E5%8C%BB%E9%99%A2&way=other",
        "/savings/by/region?period=all",
        "/savings/by/owner?period=all",
        "/savings/by/agency?period=2025",
        "/savings/by/agency?period=all&owner=%E5%8E%BF%E5%8C%BB%E9%99%A2",
        "/savings/by/region?period=all&agency=%E4%B9%99%E4%BB%A3%E7%90%86",
    ],
)
def test_every_count_of_the_report_leads_to_as_many_items(client, wide, old, address):
    found = list(links_with_counts(client, address))
    assert len(found) >= 3
    assert {url: count for url, count in found if counted(client, url) != count} == {}


def test_the_report_is_cut_by_region_owner_and_agency(client, wide):
    assert "叙永县" in client.get("/savings?period=2025").text
    page = client.get("/savings/by/agency?period=2025").text
    assert page.index("乙代理") < page.index("甲代理")  # who moved most stands first
    assert "未注明" in page
    page = client.get("/savings?period=all&agency=甲代理").text
    assert "89.00<small>" in page
    assert client.get("/savings/by/nothing").status_code == 404


def test_failures_bidders_and_the_discount_of_works_are_told(client, wide):
    page = client.get("/savings?period=2025").text
    assert "16.67%" in page  # one of six
    assert "5.0 家" in page  # 5, 3 and 7; what failed or is not known counts in no mean
    assert "10.00%：" in page  # 300 → 270
    said = json.loads(client.get("/savings.json?period=2025").data)
    assert said["failed"] == {"items": 1, "of_items": 6, "rate_percent": "16.67"}
    assert said["bidders"] == {"items_known": 3, "handed_in": 15}
    assert said["by_quarter"]["2025-Q2"]["saving"]["items"] == 2
    assert [(row["region"], row["saving"]["saved_fen"]) for row in said["by_region"]] == [
        ("叙永县", 30 * WAN),
        ("泸县", 1 * WAN),
        ("", 0),
    ]


def test_a_year_stands_beside_the_year_before_and_a_quarter_beside_both(client, old, wide):
    page = client.get("/savings?period=2025").text
    assert "同比" in page
    assert "环比" not in page.replace("同比与环比", "")
    page = client.get("/savings?period=2025-Q4").text
    assert ">环比<" in page
    assert "同比与环比" not in client.get("/savings?period=all").text


def test_the_same_figures_as_csv(client, wide):
    sheet = client.get("/savings.csv?period=2025").text
    assert sheet.startswith("\ufeff")
    assert "区划,叙永县,2,300.00,270.00,30.00,10.00,0" in sheet
    assert "季度,2025-Q2,2,210.00,199.00,11.00,5.24" in sheet
    assert (
        "代理机构,甲代理,2,110.00,89.00,21.00,19.09" in client.get("/savings/by/agency.csv?period=2025").text
    )
    with client.get("/savings/items.csv?period=2025") as answer:
        lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 6
    assert lines[1] == (
        "B-1,桥,工程建设,公开招标,叙永县,城管局,甲代理,某公司,最高投标限价（控制价）,1000000.00,800000.00,200000.00,,5,"
        "2025-02-03,导入的历史台账,计入"
    )


def test_names_of_a_withdrawn_file_are_not_offered(
    app, client, client_as, ledger_file, bring_in, begin, cast
):
    uid = bring_in(ledger_file("A-1,路,工程,公开招标,误填的姓名,,10,9,2025-03-01,成交"))
    assert "误填的姓名" in client.get("/savings?period=all").text
    with begin(cast.actor("wang")) as tx:
        service.withdraw(tx, uid, keys=app.extensions["log_keys"])
    assert "误填的姓名" not in client.get("/savings?period=all").text


def test_a_name_is_no_formula_in_a_csv(client, ledger_file, bring_in):
    bring_in(ledger_file("A-1,=1+1,政府采购,公开招标,@县医院,某公司,100,90,2025-11-03,成交"))
    with client.get("/savings/items.csv") as answer:
        assert "'=1+1" in answer.data.decode()
    assert "'@县医院" in client.get("/savings/by/owner.csv").text


def test_an_award_of_the_platform_leads_to_its_notice(client, make, award):
    award(make())
    assert 'href="/notices/p1/award"' in client.get("/savings/items").text


def test_a_terminated_tender_leads_to_a_page_that_there_is(client, course):
    course.announce(Kind.TERMINATION)
    page = client.get("/savings/items?period=all&standing=failed").text
    (url,) = re.findall(r'<th scope="row"><a href="([^"]+)"', page)
    assert client.get(url).status_code == 200


def test_what_is_not_final_shows_neither_winner_nor_price(client, make, record):
    record(make())
    page = client.get("/savings/items?period=all&standing=pending").text
    assert "排水管网改造工程施工" in page
    assert "岚岳" not in page
    assert "12,000,000" not in page
    assert "岚岳" not in client.get("/savings.json?period=all&standing=pending").text


def test_the_json_has_fen_and_rates_as_text(client, old):
    said = json.loads(client.get("/savings.json?period=2025").data)
    assert said["total"]["saving"] == {
        "items": 2,
        "basis_fen": 300 * WAN,
        "award_fen": 240 * WAN,
        "saved_fen": 60 * WAN,
        "rate_percent": "20.00",
        "above_basis": {"items": 0, "fen": 0},
    }
    assert said["total"]["gain"]["gained_fen"] == 5 * WAN
    assert said["excluded"]["failed"] == 1
    assert [item["title"] for item in said["items"]] == ["县医院 CT", "路灯", "旧车一批"]
    assert said["items_left_out"] == 0
    assert said["asked"] == {"period": "2025"}


def test_the_workbook_holds_the_same_figures(client, old):
    book = workbook(client, "/savings.xlsx?period=2025")
    assert book.sheetnames == [
        *(
            "汇总",
            "按月",
            "按年",
            "按季度",
            "按类别",
            "按方式",
            "按口径",
            "按来源",
            "按区划",
            "按招标人",
            "按代理机构",
        ),
        "逐项",
    ]
    summary = {row[0]: row[1] for row in book["汇总"].iter_rows(values_only=True) if row[0]}
    assert summary["节约 万元"] == 60
    assert summary["节资率（百分比）"] == 20
    assert summary["流标、废标、终止"] == 1
    total = list(book["按类别"].iter_rows(values_only=True))[-1]
    assert total[:6] == ("合计", 2, 300, 240, 60, 20)
    assert len(total) == len(SUM_COLUMNS) + 1
    items = list(book["逐项"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in items] == ["县医院 CT", "路灯", "旧车一批"]
    assert items[1][9:12] == (2_000_000, 1_500_000, 500_000)
    assert items[2][9:13] == (100_000, 150_000, None, 50_000)
    assert items[1][14].date() == date(2025, 12, 1)


def test_the_workbook_speaks_english_when_asked(client, old):
    client.set_cookie("language", "en")
    book = workbook(client, "/savings.xlsx?period=2025")
    assert "Summary" in book.sheetnames


def test_a_name_that_looks_like_a_formula_is_text(client, ledger_file, bring_in):
    bring_in(ledger_file("A-1,=1+1,政府采购,公开招标,县医院,@SUM(A1),100,90,2025-11-03,成交"))
    book = workbook(client)
    cell = book["逐项"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_report_speaks_english(client, old):
    client.set_cookie("language", "en")
    page = client.get("/savings?period=all").text
    assert "Savings rate" in page
    assert "Control price" not in page.split("<main")[0]


def test_a_property_sale_of_the_platform_is_a_gain(client, make, award):
    award(
        make(
            family=Family.PROPERTY,
            method=Method.ASSET_TRANSFER,
            ceiling=None,
            budget=100 * WAN,
            prices=(150 * WAN,),
        )
    )
    said = json.loads(client.get("/savings.json").data)
    assert (said["total"]["saving"]["items"], said["total"]["gain"]["rate_percent"]) == (0, "50.00")


# The import --------------------------------------------------------------------------------------------------


def test_an_administrator_uploads_looks_and_confirms(client_as, client, ledger_file):
    wang = client_as("wang")
    answer = upload(wang, ledger_file(*ROWS))
    assert answer.status_code == 303
    page = wang.get(answer.location).text
    assert "检查无误" in page
    assert "310.00" in page
    assert entries() == 0
    assert wang.post(f"{answer.location}/take").status_code == 303
    assert entries() == 5
    assert "计入报表" in wang.get("/savings/import").text
    assert "60.00" in client.get("/savings").text
    assert wang.post(f"{answer.location}/take").status_code == 409
    assert wang.post(f"{answer.location}/withdraw").status_code == 303
    assert entries() == 0
    assert "已撤销" in wang.get(answer.location).text


def test_text_in_a_money_column_is_named_and_nothing_is_taken(client_as, ledger_file):
    wang = client_as("wang")
    bad = "A-9,乙,工程,公开招标,局,,面议,150,2025-12-01,成交"
    answer = upload(wang, ledger_file(ROWS[0], bad))
    page = wang.get(answer.location).text
    assert "G 预算（万元）" in page
    assert "“面议”" in page
    assert "金额列里写的是文字" in page
    assert wang.post(f"{answer.location}/take").status_code == 422
    assert entries() == 0
    assert wang.post(f"{answer.location}/take", data={"good_only": "1"}).status_code == 303
    assert entries() == 1
    assert batch().rows_left == 1


def test_what_is_no_ledger_is_not_kept(client_as, cast):
    wang = client_as("wang")
    for data, name in ((b"PK\x03\x04 broken", "a.xlsx"), ("甲,乙\n1,2".encode(), "a.csv"), (b"", "a.csv")):
        answer = upload(wang, data, name)
        assert answer.status_code == 422
    assert wang.post("/savings/import").status_code == 422
    assert batch() is None


def test_the_template_is_read_by_the_import(client_as):
    wang = client_as("wang")
    book = workbook(wang, "/savings/import/template.xlsx")
    row = ("1", "甲", "工程建设", "公开招标", "局", "某公司", 100, 90, "2026-01-02", "成交")
    book.active.append(row)
    out = BytesIO()
    book.save(out)
    answer = upload(wang, out.getvalue(), "a.xlsx")
    assert wang.post(f"{answer.location}/take").status_code == 303
    assert entries() == 1


def test_importing_asks_for_the_password(client_as, ledger_file):
    wang = client_as("wang", stepped_up=False)
    answer = upload(wang, ledger_file(*ROWS))
    assert wang.post(f"{answer.location}/take").status_code == 422
    assert entries() == 0
    assert wang.post(f"{answer.location}/take", data={"step_up_password": PASSWORD}).status_code == 303
    assert entries() == 5


@pytest.mark.parametrize("who", ["zhou", "sun", "li", "lin"])
def test_others_are_kept_out_of_the_import(client_as, ledger_file, old, who):
    client = client_as(who)
    uid = batch().uid
    for page in (*IMPORT_PAGES, f"/savings/import/{uid}"):
        assert client.get(page).status_code == 403
    assert upload(client, ledger_file(*ROWS)).status_code == 403
    assert client.post(f"/savings/import/{uid}/withdraw").status_code == 403
    assert entries() == 5


def test_strangers_are_asked_to_sign_in(client, ledger_file, old):
    uid = batch().uid
    for page in (*IMPORT_PAGES, f"/savings/import/{uid}"):
        assert client.get(page).status_code == 302
    assert upload(client, ledger_file(*ROWS)).status_code == 401
    assert client.post(f"/savings/import/{uid}/take").status_code == 401
    assert client.post(f"/savings/import/{uid}/withdraw").status_code == 401
    assert entries() == 5


def test_an_import_that_there_is_not(client_as):
    wang = client_as("wang")
    assert wang.get("/savings/import/nothing").status_code == 404
    assert wang.post("/savings/import/nothing/take").status_code == 404
