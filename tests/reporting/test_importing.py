"""Rows of old ledgers: what is taken, what is refused, and how the refusal reads."""

from datetime import date

import pytest

from bidding.award.rules import Basis
from bidding.core.money import parse_wan, parse_yuan
from bidding.documents.sheets import NotASheet
from bidding.reporting.importing import TEMPLATE_HEADER, TooManyRows, read_ledger
from bidding.reporting.mapping import NoHeader, NoUnit, SameColumnTwice
from bidding.reporting.savings import Category, Direction, Source, Standing, Way

HEADER = "项目名称,类别,方式,招标人,预算/控制价（万元）,成交价（万元）,日期,结果"


def read(*lines, header=HEADER):
    return read_ledger("台账.csv", "\n".join([header, *lines]).encode())


def only(ledger):
    assert not ledger.errors
    (row,) = ledger.rows
    return row


def test_a_row_as_it_should_be():
    row = only(read("县医院 CT,政府采购,公开招标,县医院,120.5,101.123456,2026-11-03,成交"))
    assert (row.number, row.title, row.owner, row.awarded_on) == (2, "县医院 CT", "县医院", date(2026, 11, 3))
    item = row.item
    assert (item.basis_fen, item.award_fen) == (parse_wan("120.5"), parse_wan("101.123456"))
    assert (item.month, item.category, item.way) == (202611, Category.PROCUREMENT, Way.OPEN_TENDER)
    assert (item.basis, item.source, item.standing) == (Basis.BUDGET, Source.IMPORTED, Standing.COUNTED)


def test_text_in_a_money_column_names_row_column_value_and_what_to_do():
    ledger = read(
        "甲,工程,公开招标,交通局,100,90,2026-01-02,", "乙,工程,公开招标,交通局,200,面议,2026-01-03,成交"
    )
    assert [row.title for row in ledger.rows] == ["甲"]
    (error,) = ledger.errors
    assert (error.row, error.column, error.value) == (3, "F 成交价（万元）", "面议")
    assert "只填数字" in error.text
    assert ledger.bad_rows == 1


def test_everything_wrong_with_a_row_is_told_at_once():
    ledger = read(",飞船,摇号,交通局,-5,1.2.3,昨天,也许")
    assert [e.column.split()[1] for e in ledger.errors] == [
        "项目名称", "结果", "类别", "方式", "预算/控制价（万元）", "成交价（万元）", "日期",
    ]  # fmt: skip
    assert {e.row for e in ledger.errors} == {2}
    assert not ledger.rows


@pytest.mark.parametrize(
    ("header", "wan"),
    [
        (HEADER, True),
        (HEADER.replace("万元", "元"), False),
        (HEADER.replace("（万元）", "(单位：万元)"), True),
        ("单位：万元,,,,,,,\n" + HEADER.replace("（万元）", ""), True),
        ("某县2011年台账,,,,,,单位：元,\n" + HEADER.replace("（万元）", ""), False),
    ],
)
def test_the_unit_is_the_one_that_stands_in_the_sheet(header, wan):
    ledger = read("甲,工程,公开招标,交通局,100,90,2026-01-02,", header=header)
    assert ledger.unit_is_wan is wan
    assert only(ledger).item.basis_fen == (parse_wan if wan else parse_yuan)("100")


def test_no_unit_is_not_guessed():
    with pytest.raises(NoUnit, match="预算/控制价"):
        read("甲,工程,公开招标,交通局,100,90,2026-01-02,", header=HEADER.replace("（万元）", ""))


def test_the_missing_columns_are_named():
    with pytest.raises(NoHeader, match="类别、日期"):
        read("甲", header="项目名称,招标人,预算（元）,成交价（元）")


def test_two_columns_of_amounts_are_not_chosen_between():
    with pytest.raises(SameColumnTwice, match=r"预算（万元）.*控制价（万元）"):
        read("甲", header="项目名称,类别,招标人,预算（万元）,控制价（万元）,成交价（万元）,日期")


def test_of_two_days_the_one_of_the_award_counts():
    row = only(
        read(
            "甲,工程,交通局,100,90,2026-01-02,2026-02-03",
            header="项目名称,类别,招标人,预算（万元）,成交价（万元）,开标日期,中标日期",
        )
    )
    assert row.awarded_on == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("header", "category", "basis"),
    [
        ("预算（元）", "工程", Basis.BUDGET),
        ("控制价（元）", "政府采购", Basis.CEILING),
        ("起始价（元）", "国有产权", Basis.START),
        ("估算价（元）", "工程", Basis.ESTIMATE),
        ("预算/控制价（元）", "工程建设", Basis.CEILING),
        ("预算/控制价（元）", "政府采购", Basis.BUDGET),
        ("预算/控制价（元）", "土地", Basis.START),
    ],
)
def test_the_basis_is_what_the_header_says_else_what_the_category_is_measured_by(header, category, basis):
    row = only(
        read(
            f"甲,{category},局,100,100,2026-01-02", header=f"项目名称,类别,招标人,{header},成交价（元）,日期"
        )
    )
    assert row.item.basis is basis


@pytest.mark.parametrize(
    ("result", "award", "standing"),
    [
        ("流标", "", Standing.FAILED),
        ("终止", "/", Standing.FAILED),
        ("费率", "85.5%", Standing.NO_AMOUNT),
        ("单价", "12.30元/立方米", Standing.NO_AMOUNT),
        ("入围", "", Standing.SHORTLISTED),
        ("公示中", "90", Standing.PENDING),
        ("演练", "90", Standing.REHEARSAL),
        ("", "90", Standing.COUNTED),
    ],
)
def test_what_did_not_end_in_an_amount_is_taken_with_its_reason(result, award, standing):
    row = only(read(f"甲,工程,公开招标,交通局,100,{award},2026-01-02,{result}"))
    assert row.item.standing is standing


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2011/5/8", date(2011, 5, 8)),
        ("2011年5月8日", date(2011, 5, 8)),
        ("2011.05.08", date(2011, 5, 8)),
        ("20110508", date(2011, 5, 8)),
        ("2011年5月", date(2011, 5, 1)),
        ("2011-05-08 09:30:00", date(2011, 5, 8)),
    ],
)
def test_days_as_people_write_them(text, day):
    assert only(read(f"甲,工程,公开招标,局,100,90,{text},")).awarded_on == day


@pytest.mark.parametrize("text", ["2011-02-30", "1911-01-01", "41000", "", "去年"])
def test_what_is_no_day(text):
    (error,) = read(f"甲,工程,公开招标,局,100,90,{text},").errors
    assert error.column == "G 日期"


@pytest.mark.parametrize(
    ("basis", "award", "says"),
    [
        ("0", "0", "金额是 0"),
        ("", "90", "空的"),
        ("100000001", "1", "单位不对"),
        ("1.1234567", "1", "精确到分"),
        ("1,23", "1", "不是金额"),
    ],
)
def test_amounts_that_cannot_be(basis, award, says):
    ledger = read(f'甲,工程,公开招标,局,"{basis}","{award}",2026-01-02,')
    assert says in ledger.errors[0].text


def test_sums_of_others_are_left_out_and_told():
    ledger = read("甲,工程,公开招标,局,100,90,2026-01-02,", "合计,,,,100,90,,", " 总 计,,,,100,90,,")
    assert len(ledger.rows) == 1
    assert not ledger.errors
    assert ledger.totals_left_out == [3, 4]


def test_a_row_that_stands_there_twice():
    line = "甲,工程,公开招标,局,100,90,2026-01-02,"
    ledger = read(line, "", line)
    assert len(ledger.rows) == 1
    assert ledger.errors[0].params == {"other": 2}


def test_an_asset_gains_and_other_trades_go_their_own_way():
    ledger = read("甲,土地,拍卖,局,100,150,2026-01-02,", "乙,其他,挂牌,局,100,150,2026-01-02,")
    assert [row.item.drawer.direction for row in ledger.rows] == [Direction.GAIN, Direction.GAIN]


def test_a_purchase_above_its_basis_is_taken_and_marked():
    assert only(read("甲,工程,公开招标,局,100,110,2026-01-02,")).item.drawer.adverse


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr("bidding.reporting.importing.MAX_ROWS", 2)
    with pytest.raises(TooManyRows):
        read(*(f"{n},工程,公开招标,局,100,90,2026-01-02," for n in range(3)))


def test_the_template_names_columns_that_are_known():
    ledger = read(
        "001,甲,工程建设,公开招标,局,某公司,100,90,2026-01-02,成交", header=",".join(TEMPLATE_HEADER)
    )
    assert len(ledger.columns) == len(TEMPLATE_HEADER)
    row = only(ledger)
    assert (row.code, row.winner) == ("001", "某公司")


def test_every_refusal_of_a_file_is_one_a_form_can_show():
    for error in (NoHeader, NoUnit, SameColumnTwice, TooManyRows):
        assert issubclass(error, NotASheet)
        assert error.status == 422


def test_what_is_sold_has_a_starting_price_whatever_the_column_is_called():
    row = only(
        read(
            "旧车,国有产权,拍卖,机关事务局,10,15,2026-11-03,成交",
            header=HEADER.replace("预算/控制价", "预算"),
        )
    )
    assert row.item.basis is Basis.START
