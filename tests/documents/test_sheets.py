"""Files as people have them."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from bidding.documents.sheets import NotASheet, OldExcel, TooLarge, as_minute, as_text, named, narrow, sheets


def xlsx(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def first(name, data):
    return list(next(iter(sheets(name, data))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_in_either_encoding(encoding, separator):
    data = f"项目名称{separator}成交价（万元）\r\n县一中{separator}12.5\r\n".encode(encoding)
    assert first("a.csv", data) == [["项目名称", "成交价（万元）"], ["县一中", "12.5"]]


def test_xlsx_cells_become_the_text_a_person_sees():
    nine = datetime(2026, 11, 3, 9)  # noqa: DTZ001 — a workbook knows no zones
    data = xlsx(["名", 12, 12.5, nine, None, True, " 空 "])
    assert first("a.xlsx", data) == [["名", "12", "12.5", "2026-11-03", "", "True", "空"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (104.39999999999999, "104.4"),
        (12093.09, "12093.09"),
        (1e-06, "0.000001"),
        (2e15, "2000000000000000"),
        (date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_numbers_lose_the_noise_of_binary_fractions(value, text):
    assert as_text(value) == text


def test_full_width_is_narrowed():
    assert narrow(" 预 算（万元）") == "预算(万元)"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OldExcel),
        (b"PK\x03\x04 torn", NotASheet),
        (b"%PDF-1.7\0\0\0", NotASheet),
        (b"\xff\xff\xff", NotASheet),
    ],
)
def test_what_is_no_sheet_is_refused_by_name(data, error):
    with pytest.raises(error) as refused:
        first("台账.xls", data)
    assert "台账.xls" in str(refused.value)


def _zip(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_zip_that_is_no_workbook():
    with pytest.raises(NotASheet):
        first("a.xlsx", _zip({"x": b"y"}))


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr("bidding.documents.sheets.MAX_UNPACKED", 1000)
    with pytest.raises(TooLarge):
        first("a.xlsx", xlsx(["a"] * 50))


def test_entities_are_not_expanded():
    good = io.BytesIO(xlsx(["a"]))
    entries = {name: zipfile.ZipFile(good).read(name) for name in zipfile.ZipFile(good).namelist()}
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    sheet = "xl/worksheets/sheet1.xml"
    entries[sheet] = laughs + entries[sheet].split(b"?>", 1)[-1].replace(b"<sheetData>", b"<sheetData>&b;")
    with pytest.raises(NotASheet):
        first("a.xlsx", _zip(entries))


def test_every_sheet_comes_with_its_name_and_a_bound_of_its_own_may_be_set():
    book = Workbook()
    book.active.title = "项目"
    book.create_sheet("标段").append(["甲"])
    out = io.BytesIO()
    book.save(out)
    assert [(name, list(rows)) for name, rows in named("a.xlsx", out.getvalue())] == [
        ("项目", []),
        ("标段", [["甲"]]),
    ]
    assert [name for name, _ in named("a.csv", b"a,b")] == [""]
    with pytest.raises(TooLarge):
        list(named("a.xlsx", out.getvalue(), most=1000))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 12, 15, 14, 30), "2026-12-15 14:30"),  # noqa: DTZ001 — a workbook knows no zones
        (datetime(2026, 12, 15, 14, 30, 5), "2026-12-15 14:30:05"),  # noqa: DTZ001
        (datetime(2026, 12, 15), "2026-12-15"),  # noqa: DTZ001
        (" 2026-12-15 9:00 ", "2026-12-15 9:00"),
        (13900001234.0, "13900001234"),
    ],
)
def test_the_time_of_day_is_kept_where_it_counts(value, text):
    assert as_minute(value) == text


@pytest.mark.parametrize("data", [b"a,b\n" * 2000 + b"\0", b'a,"' + b"x" * 200_000])
def test_a_table_of_text_that_breaks_further_down_is_the_files_fault(data):
    with pytest.raises(NotASheet):
        [list(rows) for rows in sheets("a.csv", data)]
