"""What a supervisor sees, by the pages; and that nobody else does."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bidding.db import db
from bidding.oversight.models import Finding, FindingNote
from bidding.oversight.rules import Flag
from tests.award.opened import WAN

PAGES = ("/oversight", "/oversight/findings", "/oversight/findings.csv", "/oversight/findings.xlsx")


@pytest.fixture
def steps(opened, found):
    """Prices in equal steps: the finding of it."""
    opened(prices=(1190 * WAN, 1200 * WAN, 1210 * WAN))
    return next(each for each in found() if each.flag is Flag.PRICE_STEPS)


@pytest.mark.parametrize("who", ["li", "zhao", "zhou", "wu", "wang", "lin", None])
def test_only_supervisors_see_findings(app, client_as, steps, who):
    client = client_as(who) if who else app.test_client()
    for page in (*PAGES, f"/oversight/findings/{steps.uid}", "/oversight/measures"):
        assert client.get(page, headers={"Accept": "application/json"}).status_code == (403 if who else 401)


def test_a_page_is_right_although_the_clockwork_is_dead(client_as, opened):
    opened(prices=(1190 * WAN, 1200 * WAN, 1210 * WAN))
    assert "报价成等差" in client_as("sun").get("/oversight/findings").text


def test_a_finding_shows_its_formula_its_cases_and_what_else_may_explain_it(client_as, steps):
    page = client_as("sun").get(f"/oversight/findings/{steps.uid}").text
    assert "(最大差 100,000.00 − 最小差 100,000.00) ÷ 平均差 100,000.00 = 0.00%，不超过 1.0%" in page
    assert "先想想别的解释" in page
    assert "只有三份报价时，间隔碰巧一样并不少见" in page
    assert "/hall/p1" in page
    assert "兆禾市政工程有限公司" in page
    assert "12,000,000.00" in page
    assert "1 个有可比报价的标段里 1 条，还太少，比不出什么" in page
    assert "招标投标法实施条例第40条第4项" in page


def test_filters_ask_for_what_they_say(client_as, steps):
    client = client_as("sun")
    for asked, there in (
        ("flag=price-steps", True),
        ("flag=single", False),
        (f"owner={steps.owner}", True),
        ("owner=别的单位", False),
        ("agency=org-agency", True),
        ("agency=org-centre", False),
        (f"period={steps.on.year}", True),
        (f"period={steps.on:%Y-%m}", True),
        ("period=2001", False),
        ("state=open", True),
        ("state=looked", False),
    ):
        assert (steps.uid in client.get(f"/oversight/findings?{asked}").text) is there, asked
    assert client.get("/oversight/findings?flag=nonsense").status_code == 422


def test_a_note_is_kept_with_who_and_why(client_as, steps):
    client = client_as("sun")
    sent = {"decision": "looked", "reason": "定额清单，价差来自措施费", "seen": steps.digest}
    assert client.post(f"/oversight/findings/{steps.uid}", data=sent).status_code == 303
    answer = client.get(f"/oversight/findings/{steps.uid}")
    assert "定额清单，价差来自措施费" in answer.text
    assert "孙监督" in answer.text
    assert "看过" in answer.text
    db.session.rollback()
    assert db.session.scalars(select(FindingNote.reason)).all() == ["定额清单，价差来自措施费"]


def test_a_refusal_names_the_field_and_loses_nothing(client_as, steps):
    sent = {"decision": "case", "reason": "像是串通", "seen": steps.digest}
    answer = client_as("sun").post(f"/oversight/findings/{steps.uid}", data=sent)
    assert answer.status_code == 422
    assert "请填写案件或线索的编号" in answer.text
    assert "像是串通</textarea>" in answer.text


def test_exports_hold_the_formula_and_no_cell_is_a_formula(client_as, opened, found):
    opened(title="=1+1", prices=(1190 * WAN, 1200 * WAN, 1210 * WAN))
    client = client_as("sun")
    with client.get("/oversight/findings.xlsx?flag=price-steps") as answer:
        sheet = load_workbook(BytesIO(answer.data)).active
    assert [cell.value for cell in sheet[2]][1:3] == ["报价成等差", "=1+1"]
    assert sheet.cell(2, 3).data_type == "s"
    assert "平均差 100,000.00" in sheet.cell(2, 4).value
    assert "'=1+1" in client.get("/oversight/findings.csv").text


def test_a_measure_is_set_with_a_reason_and_everything_is_examined_anew(client_as, steps):
    client = client_as("sun")
    sent = {"value": "5", "reason": "本地每次五家以上才有意义"}
    assert client.post("/oversight/measures/price-steps.bids", data=sent).status_code == 303
    assert "本地每次五家以上才有意义" in client.get("/oversight/measures").text
    assert steps.uid not in client.get("/oversight/findings").text
    db.session.rollback()
    assert db.session.scalars(select(Finding.gone_at).where(Finding.uid == steps.uid)).one() is not None
    assert "不再成立" in client.get(f"/oversight/findings/{steps.uid}").text
