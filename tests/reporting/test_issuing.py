"""Monthly and annual reports: numbered once, kept, told in the log; and their text to the printed digit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.reporting import counting, issuing
from bidding.reporting.gazette import Issue
from bidding.reporting.models import IssuedReport
from bidding.reporting.rules import PLAIN, Period, ReportKind
from bidding.storage import blobs

HEADER = (
    "项目编号,项目名称,类别,方式,区划,招标人,代理机构,中标人,控制价（万元）,成交价（万元）,日期,结果,投标家数"
)
ROWS = (
    "B-1,桥,工程,公开招标,叙永县,城管局,甲代理,某公司,100,80,2026-10-03,成交,5",
    "B-2,路,工程,公开招标,叙永县,城管局,乙代理,某公司,200,190,2026-10-13,成交,4",
    "B-3,灯,政府采购,询价,泸县,县医院,甲代理,某公司,10,9,2026-09-04,成交,3",
    "B-4,车,国有产权,拍卖,泸县,机关事务局,,某人,10,15,2026-10-03,成交,7",
    "B-5,去年的路,工程,公开招标,叙永县,城管局,,某人,100,90,2025-10-03,成交,",
    "B-6,流标的,工程,公开招标,泸县,县医院,乙代理,,10,,2026-10-20,流标,1",
    "B-7,费率的,工程,公开招标,泸县,县医院,乙代理,某人,10,,2026-02-20,费率,1",
)
OCTOBER = Issue(ReportKind.MONTH, 2026, 10, 1)


@pytest.fixture
def old(ledger_file, bring_in):
    return bring_in(ledger_file(*ROWS, header=HEADER))


def draft(issue=OCTOBER):
    db.session.rollback()
    return issuing.draft(db.session, issue, PLAIN, centre="明川县招投标交易中心")


def test_a_month_is_told_in_sentences_with_every_change(old):
    text = "".join(draft()["text"])
    assert "10月，计入统计的成交项目3项，成交额285.00万元（环比增长3066.67%，同比增长216.67%）" in text
    assert "节资类2项，预算（控制价）300.00万元，成交270.00万元，节约资金30.00万元" in text
    assert "节资率10.00%（环比持平，同比持平）" in text
    assert "增值类1宗，起始价10.00万元，成交15.00万元，增值5.00万元，增值率50.00%" in text
    assert "互不抵减，增效节资合计35.00万元" in text
    assert "流标、废标、终止1项，流标率25.00%；已知递交家数的3项，平均5.3家" in text
    assert "1—10月累计，计入统计的成交项目4项" in text


def test_its_tables_and_footnotes_hold_the_same_figures(old):
    told = draft()
    by_category, gains, _, _, by_region, _ = told["tables"]
    assert (by_category["what"], by_category["of"]) == ("类别", "节约")
    assert by_category["rows"][0] == (
        *("工程建设", "2", "300.00", "270.00", "30.00", "10.00"),
        *("2", "300.00", "270.00", "30.00", "10.00"),
    )
    assert by_category["rows"][1][:6] == ("政府采购", "—", "—", "—", "—", "—")
    assert by_category["rows"][-1][:6] == ("合计", "2", "300.00", "270.00", "30.00", "10.00")
    assert gains["rows"][0][:6] == ("国有资产产权", "1", "10.00", "15.00", "5.00", "50.00")
    assert [row[0] for row in by_region["rows"]] == ["叙永县", "泸县", "合计"]
    assert [row[0] for row in told["months"]] == ["9月", "10月"]
    assert told["footnotes"] == ["流标、废标、终止：本期1项，累计1项", "费率、单价：本期0项，累计1项"]
    assert told["bases"] == ["最高投标限价（控制价）：3项，310.00万元", "起始价：1项，10.00万元"]


def test_a_year_compares_with_the_year_before_and_has_quarters(old):
    told = draft(Issue(ReportKind.YEAR, 2026, 12, 1))
    assert [row[0] for row in told["quarters"]] == ["第三季度", "第四季度"]
    assert told["compared"][0] == ("计入项数", "项", "4", "1", "+300.00%")
    assert told["so_far"] == ""
    assert len(told["tables"][0]["rows"][0]) == 6


def test_a_month_without_anything_says_so(app):
    told = draft()
    assert told["text"][0] == "10月，没有计入统计的成交项目。"
    assert told["tables"] == []
    assert told["footnotes"] == []


@pytest.mark.parametrize(
    ("issue", "so_far", "before", "ago"),
    [
        (Issue(ReportKind.MONTH, 2026, 1, 1), "2026-01", "2025-12", "2025-01"),
        (Issue(ReportKind.MONTH, 2026, 12, 1), "2026", "2026-11", "2025-12"),
        (Issue(ReportKind.MONTH, 2026, 2, 1), "2026-01..2026-02", "2026-01", "2025-02"),
    ],
)
def test_what_a_month_is_compared_with(issue, so_far, before, ago):
    assert (issue.so_far.text, issue.before.text, issue.ago.text) == (so_far, before, ago)


def test_a_year_has_no_period_just_before():
    issue = Issue(ReportKind.YEAR, 2026, 12, 1)
    assert (issue.period.text, issue.before, issue.ago.text) == ("2026", None, "2025")


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ((202612, 202612), "2026-11-30T16:00", "2026-12-31T16:00"),
        ((202602, 202602), "2026-01-31T16:00", "2026-02-28T16:00"),
        ((202601, 202612), "2025-12-31T16:00", "2026-12-31T16:00"),
    ],
)
def test_months_begin_and_end_in_shanghai(text, first, end):
    found = [each.astimezone(UTC) for each in counting.instants(Period(*text))]
    assert found == [datetime.fromisoformat(f"{each}+00:00") for each in (first, end)]


def test_a_month_is_over_at_midnight_in_shanghai_and_not_before():
    midnight = datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert issuing.is_over(OCTOBER, midnight)
    assert not issuing.is_over(OCTOBER, midnight - timedelta(microseconds=1))


def test_what_was_sold_earlier_in_the_year_stands_beside_a_month_without_a_sale(old):
    told = draft(Issue(ReportKind.MONTH, 2026, 12, 1))
    (gained,) = [row for row in told["compared"] if row[0] == "增值"]
    assert (gained[2], gained[5]) == ("0.00", "5.00")


# Issuing -----------------------------------------------------------------------------------------------------


def issue(client, span, **said):
    return client.post("/savings/reports", data={"span": span, "checked": "y", **said})


def kept():
    db.session.rollback()
    return db.session.scalars(select(IssuedReport).order_by(IssuedReport.id)).all()


def test_it_is_numbered_kept_and_told_in_the_log(client, client_as, old):
    wang = client_as("wang")
    assert issue(wang, "2026-10").status_code == 303
    assert issue(wang, "2026-09").status_code == 303
    first, second = kept()
    assert (first.month, first.number, second.month, second.number) == (10, 1, 9, 2)
    page = client.get("/savings/reports").text
    assert "〔2026〕第1期" in page
    with client.get(f"/savings/reports/{first.uid}.pdf") as answer:
        made = answer.data
    assert sha256(made).hexdigest() == first.pdf_sha256
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
    assert "285.00" in words
    data = client.get(f"/savings/reports/{first.uid}.json").data
    assert sha256(data).hexdigest() == first.content_sha256
    assert loads(data)["code"] == "〔2026〕第1期"
    notes = [loads(leaf.event) for leaf in db.session.scalars(select(Leaf).order_by(Leaf.id))]
    (note, _) = [each["data"] for each in notes if each.get("kind") == "savings-report-issued"]
    assert (note["number"], note["sha256"], note["pdf_sha256"]) == (
        "〔2026〕第1期",
        first.content_sha256,
        first.pdf_sha256,
    )


def test_nothing_is_numbered_by_a_press_alone(client_as, old):
    answer = issue(client_as("wang"), "2026-10", checked="")
    assert answer.status_code == 422
    assert "请先看预览" in answer.text
    assert kept() == []


def test_the_paper_names_the_address_that_the_centre_is_known_by(app, client_as, old):
    app.config["PUBLIC_URL"] = "https://bids.example"
    assert issue(client_as("wang"), "2026-10").status_code == 303
    with blobs().open(kept()[0].pdf_sha256) as file:
        words = "".join(page.extract_text() for page in PdfReader(file).pages)
    assert "bids.example/savings/reports" in "".join(words.split())


def test_what_was_issued_does_not_move_with_the_figures(client_as, client, old, ledger_file, bring_in):
    issue(client_as("wang"), "2026-10")
    (report,) = kept()
    before = client.get(f"/savings/reports/{report.uid}.json").data
    bring_in(ledger_file("C-1,补录,工程,公开招标,叙永县,局,,某人,10,9,2026-10-03,成交,", header=HEADER))
    assert client.get(f"/savings/reports/{report.uid}.json").data == before
    assert draft()["text"] != loads(before)["text"]


def test_a_period_is_issued_once_and_only_when_it_is_over(client_as, old):
    wang = client_as("wang")
    assert issue(wang, "2026-11").status_code == 422  # still running: not offered
    assert issue(wang, "2026-10").status_code == 303
    assert issue(wang, "2026-10").status_code == 422
    assert len(kept()) == 1


def sent(app, begin, cast, who, which):
    content = issuing.canonical(draft(which))
    with begin(cast.actor(who)) as tx:
        return issuing.keep(
            tx, f"r{which.number}", which, content, "0" * 64, "1" * 64, keys=app.extensions["log_keys"]
        )


def test_the_service_refuses_what_the_page_does_not_offer(app, begin, cast, old):
    with pytest.raises(issuing.TooEarly):
        sent(app, begin, cast, "wang", Issue(ReportKind.MONTH, 2026, 11, 1))
    with pytest.raises(issuing.Overtaken):
        sent(app, begin, cast, "wang", Issue(ReportKind.MONTH, 2026, 9, 2))
    sent(app, begin, cast, "wang", OCTOBER)
    with pytest.raises(issuing.AlreadyIssued):
        sent(app, begin, cast, "wang", Issue(ReportKind.MONTH, 2026, 10, 2))


@pytest.mark.parametrize("who", ["zhou", "sun", "li", "lin"])
def test_only_the_administrator_issues(app, begin, cast, old, who):
    with pytest.raises(Forbidden):
        sent(app, begin, cast, who, OCTOBER)


def test_the_database_takes_no_number_twice(begin, cast, old, app):
    sent(app, begin, cast, "wang", OCTOBER)
    (report,) = kept()
    again = IssuedReport(
        uid="again",
        kind=report.kind,
        year=2026,
        month=9,
        number=1,
        content="{}",
        content_sha256="0" * 64,
        pdf_sha256="0" * 64,
        issued_at=report.issued_at,
        issued_by_id=report.issued_by_id,
    )
    with pytest.raises(IntegrityError), begin() as tx:
        tx.session.add(again)


def test_a_preview_bears_no_seal_and_is_the_administrators(client, client_as, old):
    with client_as("wang").get("/savings/reports/preview?span=2026-11") as answer:
        words = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    assert "还没有签发" in words
    assert kept() == []
    assert client_as("sun").get("/savings/reports/preview?span=2026-11").status_code == 403
    with pytest.raises(NotFound):
        issuing.parse("2026-13", db.session)


def test_what_the_centre_did_is_counted_from_what_is_public(opened, clock):
    db.session.rollback()
    year = clock.now().year
    counted = counting.services(db.session, Period(year * 100 + 1, year * 100 + 12))
    assert counted["招标（采购、转让）公告"] == 1
    assert counted["开标（开启）场次"] == 1
    assert counted["开启的投标（响应）文件"] == len(opened.bids)
    assert set(counting.services(db.session, Period(203001, 203001)).values()) == {0}
