from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook, load_workbook

from bidding.experts import pool
from bidding.experts.pool import MissingColumns, UnreadableList, read, template
from tests.experts.playing import HEADS, listing, person

CODES = {"A0801", "A0802", "A0901"}


def reading(data, name="list.csv", known=()):
    return read(name, data, specialties=CODES, known=set(known))


def only_error(**changes):
    found = reading(listing([person(1, **changes)]))
    assert found.rows == []
    (error,) = found.errors
    return error


def test_a_good_row_is_read_whole():
    row = person(8, 专业="A0801；A0802,A0801", 电话="(0871) 6666-7777", 统一社会信用代码="")
    (found,) = reading(listing([row])).rows
    assert (found.line, found.name, found.unit) == (2, "专家008", "第08设计院")
    assert found.specialties == ("A0801", "A0802")
    assert found.phone == "087166667777"
    assert found.years == 12
    assert found.uscc is None


def test_a_row_without_a_specialty_is_refused_by_name_and_line():
    found = reading(listing([person(1), person(2, 姓名="王没写", 专业=" ； ")]))
    assert [row.name for row in found.rows] == ["专家001"]
    (error,) = found.errors
    assert (error.line, error.name, error.column, error.text) == (3, "王没写", "专业", pool.NO_SPECIALTY)


@pytest.mark.parametrize(
    ("changes", "column", "text"),
    [
        ({"姓名": ""}, "姓名", pool.EMPTY),
        ({"姓名": "长" * 61}, "姓名", pool.TOO_LONG),
        ({"单位": " "}, "单位", pool.EMPTY),
        ({"专业": "A0801;B99"}, "专业", pool.UNKNOWN_SPECIALTY),
        ({"年限": "-1"}, "年限", pool.NOT_YEARS),
        ({"年限": "71"}, "年限", pool.NOT_YEARS),
        ({"年限": "十"}, "年限", pool.NOT_YEARS),
        ({"电话": ""}, "电话", pool.EMPTY),
        ({"电话": "123456"}, "电话", pool.NOT_PHONE),
        ({"电话": "1" * 21}, "电话", pool.NOT_PHONE),
        ({"统一社会信用代码": "91539921MA6KQ7X3A0"}, "统一社会信用代码", pool.NOT_USCC),
    ],
)
def test_a_cell_that_cannot_be_taken_says_which_and_why(changes, column, text):
    error = only_error(**changes)
    assert (error.column, error.text) == (column, text)
    assert error.text % error.params


@pytest.mark.parametrize("years", ["0", "70", ""])
def test_years_at_their_bounds_and_left_out(years):
    (row,) = reading(listing([person(1, 年限=years)])).rows
    assert row.years == (int(years) if years else None)


def test_the_same_person_twice_in_a_list_or_in_the_pool():
    found = reading(listing([person(1), person(2), person(1)]), known=[("专家002", "13800000002")])
    assert [row.name for row in found.rows] == ["专家001"]
    assert [(e.line, e.text) for e in found.errors] == [(3, pool.KNOWN), (4, pool.TWICE)]
    assert found.errors[1].params == {"before": 2}


def test_several_faults_of_a_row_are_all_told_and_count_once():
    found = reading(listing([person(1, 姓名="", 专业="", 电话="x")]))
    assert len(found.errors) == 3
    assert found.refused == 1


def test_columns_in_any_order_and_lines_with_nothing_in_them():
    heads = tuple(reversed(HEADS))
    data = listing([person(1)], heads) + b"\r\n,,,,,,,\r\n" + listing([person(2)], heads).split(b"\r\n")[1]
    assert [row.name for row in reading(data).rows] == ["专家001", "专家002"]


def test_a_list_from_an_old_office_in_gb18030():
    text = listing([person(1)]).decode("utf-8-sig").encode("gb18030")
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


def test_missing_columns_are_named():
    with pytest.raises(MissingColumns) as refused:
        reading("姓名,单位\n甲,乙\n".encode())
    assert refused.value.params["columns"] == "专业、电话"


def test_a_list_longer_than_anybody_has_is_refused(monkeypatch):
    monkeypatch.setattr(pool, "MAX_ROWS", 3)
    assert len(reading(listing(person(n) for n in range(3))).rows) == 3
    with pytest.raises(UnreadableList):
        reading(listing(person(n) for n in range(4)))


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(pool, "MAX_UNPACKED", 1000)
    with pytest.raises(UnreadableList):
        reading(workbook(HEADS), "x.xlsx")


def test_the_template_is_a_list_with_the_codes_beside_it():
    data = template([("A0801", "给排水"), ("A0802", "=1+1")], datetime(2026, 11, 23, tzinfo=UTC))
    assert [row.name for row in reading(data, "x.xlsx").rows] == ["张三"]
    codes = load_workbook(io.BytesIO(data)).worksheets[1]
    assert codes["A2"].value == "A0801"
    assert codes["B3"].data_type == "s"  # a name is never a formula
