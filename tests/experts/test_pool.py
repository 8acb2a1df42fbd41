from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart

from bidding.core.codes import IdCardBirth, IdCardCheckDigit
from bidding.experts import cells, listing, pool
from bidding.experts.fitness import Level, level_of
from bidding.experts.listing import MissingColumns, UnreadableList
from bidding.experts.pool import Known, Reader, template
from tests.experts.playing import HEADS, person
from tests.experts.playing import listing as listing_of

#: The standard's own example (GB 11643-1999).
NUMBER = "11010519491231002X"
CODES = {"A0801", "A0802", "A0901"}


TODAY = date(2026, 11, 23)


def reading(data, name="list.csv"):
    reader = Reader(CODES, TODAY)
    lines = listing.rows(pool.brought(name, data).packed)
    rows = [row for line, values in lines if (row := reader.take(line, values))]
    return SimpleNamespace(rows=rows, errors=reader.errors, refused=reader.refused)


def only_error(**changes):
    found = reading(listing_of([person(1, **changes)]))
    assert found.rows == []
    (error,) = found.errors
    return error


def test_a_good_row_is_read_whole():
    row = person(8, 专业="A0801；A0802,A0801", 电话="(0871) 6666-7777", 统一社会信用代码="")
    (found,) = reading(listing_of([row])).rows
    assert (found.line, found.name, found.unit) == (2, "专家008", "第08设计院")
    assert found.specialties == ("A0801", "A0802")
    assert found.phone == "087166667777"
    assert found.years == 12
    assert found.uscc is None


def test_a_row_without_a_specialty_is_refused_by_name_and_line():
    found = reading(listing_of([person(1), person(2, 姓名="王没写", 专业=" ； ")]))
    assert [row.name for row in found.rows] == ["专家001"]
    (error,) = found.errors
    assert (error.line, error.name, error.column, error.text) == (3, "王没写", "专业", cells.NO_SPECIALTY)


@pytest.mark.parametrize(
    ("changes", "column", "text"),
    [
        ({"姓名": ""}, "姓名", cells.EMPTY),
        ({"姓名": "长" * 61}, "姓名", cells.TOO_LONG),
        ({"单位": " "}, "单位", cells.EMPTY),
        ({"专业": "A0801;B99"}, "专业", cells.UNKNOWN_SPECIALTY),
        ({"年限": "-1"}, "年限", cells.NOT_YEARS),
        ({"年限": "71"}, "年限", cells.NOT_YEARS),
        ({"年限": "十"}, "年限", cells.NOT_YEARS),
        ({"电话": ""}, "电话", cells.EMPTY),
        ({"电话": "123456"}, "电话", cells.NOT_PHONE),
        ({"电话": "1" * 21}, "电话", cells.NOT_PHONE),
        ({"职称级别": "初级"}, "职称级别", cells.NOT_LEVEL),
        ({"身份证号": "110105194912310021"}, "身份证号", IdCardCheckDigit.text),
        ({"身份证号": "110105204912310022"}, "身份证号", IdCardBirth.text),
        ({"身份证号": NUMBER, "出生日期": "1949-12-30"}, "出生日期", cells.BIRTH_DIFFERS),
        ({"出生日期": "1975-02-30"}, "出生日期", cells.NOT_DAY),
        ({"出生日期": "2026-11-24"}, "出生日期", cells.NOT_DAY),
        ({"年龄": "17"}, "年龄", cells.NOT_AGE),
        ({"年龄": "101"}, "年龄", cells.NOT_AGE),
        ({"邮箱": "a@b"}, "邮箱", cells.NOT_EMAIL),
        ({"地区": "51052"}, "地区", cells.NOT_REGION),
        ({"类别": "货物"}, "类别", cells.NOT_POOLS),
        ({"聘期至": "永久"}, "聘期至", cells.NOT_DAY),
        ({"统一社会信用代码": "91539921MA6KQ7X3A0"}, "统一社会信用代码", cells.NOT_USCC),
    ],
)
def test_a_cell_that_cannot_be_taken_says_which_and_why(changes, column, text):
    error = only_error(**changes)
    assert (error.column, error.text) == (column, text)
    assert error.text % error.params


def test_a_full_row_and_what_follows_from_its_cells():
    row = person(
        1,
        职称="高级工程师",
        身份证号=NUMBER.lower(),
        出生日期="1949年12月31日",
        邮箱="li@example.cn",
        地区="510524",
        类别="政府采购",
        聘期至="2028/6/30",
    )
    (found,) = reading(listing_of([row])).rows
    assert (found.id_number, found.born_on, found.level) == (NUMBER, date(1949, 12, 31), Level.SENIOR)
    assert (found.pools, found.valid_until, found.region) == ((False, True), date(2028, 6, 30), "510524")
    (said,) = reading(listing_of([person(1, 职称="高级工程师", 职称级别="同等中级")])).rows
    assert said.level is Level.MIDDLE


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("高级工程师", Level.SENIOR),
        ("正高级经济师", Level.SENIOR),
        ("副教授", Level.SENIOR),
        ("工程师", Level.MIDDLE),
        ("中级会计师", Level.MIDDLE),
        ("助理研究员", Level.MIDDLE),
        ("助理工程师", None),
        ("总经理", None),
        ("", None),
    ],
)
def test_a_title_says_its_level_or_none(title, level):
    assert level_of(title) is level


def known(row, **changes):
    values = pool.values_of(row, None, TODAY)
    return Known(
        1, values["name"], values["unit"], values["unit_uscc"], values["title"], values["level"],
        values["field_since"], values["id_number"], values["born_on"], values["phone"], values["email"],
        values["region"], values["for_works"], values["for_procurement"], values["valid_until"],
        frozenset(row.specialties),
    )._replace(**changes)  # fmt: skip


def test_the_same_row_again_changes_nothing_and_an_empty_cell_changes_nothing():
    (row,) = reading(listing_of([person(1, 年龄="50", 邮箱="li@example.cn")])).rows
    before = known(row)
    assert before.born_on == date(1975, 11, 24)  # the earliest that somebody of fifty can have been born
    assert pool.values_of(row, before, TODAY) == {}
    assert pool.change(row, before, {}, TODAY) is None
    (blank,) = reading(listing_of([person(1, 职称="", 年限="", 地区="")])).rows
    assert pool.values_of(blank, before, TODAY) == {}


def test_a_change_is_told_old_and_new_and_numbers_masked():
    (old,) = reading(listing_of([person(1, 身份证号=NUMBER, 邮箱="li@example.cn")])).rows
    (new,) = reading(
        listing_of(
            [
                person(
                    1,
                    身份证号=NUMBER,
                    邮箱="wu@example.cn",
                    单位="新单位",
                    年限="13",
                    电话="13900000001",
                    专业="A0901",
                )
            ]
        )
    ).rows
    values = pool.values_of(new, known(old), TODAY)
    told = {heading: (was, is_) for heading, was, is_ in pool.change(new, known(old), values, TODAY).fields}
    assert told["单位"] == ("第01设计院", "新单位")
    assert told["年限"] == ("12", "13")
    assert told["电话"] == ("138****0001", "139****0001")
    assert told["邮箱"] == ("l***@example.cn", "w***@example.cn")
    assert told["专业"] == ("A0802", "A0901")


def test_whose_row_it_is():
    (row,) = reading(listing_of([person(1, 身份证号=NUMBER)])).rows
    one, other = known(row), known(row, id=2)
    assert pool.whose(row, None, None) == (None, None)
    assert pool.whose(row, one, None) == (one, None)
    assert pool.whose(row, None, one) == (one, None)
    assert pool.whose(row, one, other) == (None, cells.TWO_PEOPLE)
    assert pool.whose(row, known(row, id_number="53010219800101001X"), None) == (None, cells.ANOTHER_NUMBER)


@pytest.mark.parametrize("years", ["0", "70", ""])
def test_years_at_their_bounds_and_left_out(years):
    (row,) = reading(listing_of([person(1, 年限=years)])).rows
    assert row.years == (int(years) if years else None)


def test_the_same_person_twice_in_a_list():
    found = reading(listing_of([person(1), person(2), person(1)]))
    assert [row.name for row in found.rows] == ["专家001", "专家002"]
    assert [(e.line, e.text) for e in found.errors] == [(4, cells.TWICE)]
    assert found.errors[0].params == {"before": 2}
    again = [person(1, 身份证号=NUMBER), person(2, 身份证号=NUMBER.lower())]
    assert [e.text for e in reading(listing_of(again)).errors] == [cells.TWICE]


def test_several_faults_of_a_row_are_all_told_and_count_once():
    found = reading(listing_of([person(1, 姓名="", 专业="", 电话="x")]))
    assert len(found.errors) == 3
    assert found.refused == 1


def test_columns_in_any_order_and_lines_with_nothing_in_them():
    heads = tuple(reversed(HEADS))
    data = (
        listing_of([person(1)], heads) + b"\r\n,,,,,,,\r\n" + listing_of([person(2)], heads).split(b"\r\n")[1]
    )
    assert [row.name for row in reading(data).rows] == ["专家001", "专家002"]


def test_a_list_from_an_old_office_in_gb18030():
    text = listing_of([person(1)]).decode("utf-8-sig").encode("gb18030")
    assert reading(text).rows[0].unit == "第01设计院"


def workbook(*rows):
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_whose_telephones_became_numbers():
    row = ["张三", "设计院", "", "A0801", "工程师", 12.0, 13800000000.0, "明川"]
    (found,) = reading(workbook(HEADS, row), "名单.xlsx").rows
    assert (found.phone, found.years) == ("13800000000", 12)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", b""),
        ("x.csv", "姓名,单位,专业,电话\n".encode()),
        ("x.csv", b"\x00\x01\x02"),
        ("x.csv", b"\xff\xff\xff"),
        ("x.xlsx", b"no workbook"),
        ("x.xlsx", b"PK\x03\x04 torn"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(name, data):
    with pytest.raises(UnreadableList) as refused:
        reading(data, name)
    assert refused.value.params["reason"]


def test_a_workbook_that_breaks_off_in_the_middle_is_refused_where_it_is_read():
    whole, broken = io.BytesIO(workbook(HEADS)), io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            held = source.read(name)
            target.writestr(name, held[: len(held) * 2 // 3] if "sheet1" in name else held)
    with pytest.raises(UnreadableList):
        reading(broken.getvalue(), "x.xlsx")


def test_a_workbook_of_charts_alone_is_no_list():
    book = Workbook()
    book.remove(book.active)
    book.create_chartsheet().add_chart(LineChart())
    data = io.BytesIO()
    book.save(data)
    with pytest.raises(UnreadableList):
        reading(data.getvalue(), "x.xlsx")


def test_missing_columns_are_named():
    with pytest.raises(MissingColumns) as refused:
        reading("姓名,单位\n甲,乙\n".encode())
    assert refused.value.params["columns"] == "专业、电话"


def test_a_list_longer_than_anybody_has_is_refused(monkeypatch):
    monkeypatch.setattr(listing, "MAX_ROWS", 3)
    assert len(reading(listing_of(person(n) for n in range(3))).rows) == 3
    with pytest.raises(UnreadableList):
        reading(listing_of(person(n) for n in range(4)))


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(listing, "MAX_UNPACKED", 1000)
    with pytest.raises(UnreadableList):
        reading(workbook(HEADS), "x.xlsx")


def test_the_template_is_a_list_with_the_codes_beside_it():
    data = template([("A0801", "给排水"), ("A0802", "=1+1")], datetime(2026, 11, 23, tzinfo=UTC))
    assert [row.name for row in reading(data, "x.xlsx").rows] == ["张三"]
    codes = load_workbook(io.BytesIO(data)).worksheets[1]
    assert codes["A2"].value == "A0801"
    assert codes["B3"].data_type == "s"  # a name is never a formula
