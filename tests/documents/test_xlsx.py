import io
import resource
import zipfile
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from bidding.core.money import MAX_FEN
from bidding.documents.xlsx import Book, Rate, Wan, Yuan

AT = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)


def written(rows, header=("编号", "项目", "成交 元"), name="逐项", **options):
    target = io.BytesIO()
    with Book(target, created=AT, **options) as book:
        sheet = book.sheet(name, header, (12, 40, 18))
        for row in rows:
            sheet.row(*row)
    return target.getvalue()


def read(data):
    return load_workbook(io.BytesIO(data)).active


def test_amounts_are_numbers_of_two_decimals_exact_to_the_fen():
    sheet = read(written([(Yuan(1214630001), Wan(1214630000), Yuan(-1), Yuan(0))], header=()))
    assert [cell.value for cell in sheet[1]] == [12146300.01, 1214.63, -0.01, 0]
    assert sheet["A1"].number_format == "#,##0.00"
    assert sheet["A1"].data_type == "n"


@pytest.mark.parametrize("fen", [MAX_FEN, MAX_FEN - 1, 9_007_199_254_740_901, 10**15 + 1, 1, 99])
def test_the_digits_in_the_file_are_those_of_the_fen(fen):
    with zipfile.ZipFile(io.BytesIO(written([(Yuan(fen),)], header=()))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    digits = sheet.partition("<v>")[2].partition("</v>")[0]
    whole, _, part = digits.partition(".")
    assert int(whole) * 100 + int(part.ljust(2, "0") or 0) == fen


def test_rates_and_counts_are_numbers_and_a_missing_rate_is_empty():
    sheet = read(written([(Rate("13.67"), Rate(None), 202)], header=()))
    assert [cell.value for cell in sheet[1]] == [13.67, None, 202]
    assert sheet["A1"].number_format == "0.00"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "0012", "http://a.b", "=cmd|' /C calc'!A0"]
)
def test_no_text_becomes_a_formula_a_number_or_a_link(text):
    sheet = read(written([(text,)]))
    assert sheet["A2"].value == text
    assert sheet["A2"].data_type in {"s", "inlineStr"}
    assert sheet["A2"].hyperlink is None


def test_the_header_is_bold_and_stays_in_sight_and_columns_have_their_widths():
    sheet = read(written([("a", "b", Yuan(1))]))
    assert [cell.value for cell in sheet[1]] == ["编号", "项目", "成交 元"]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert round(sheet.column_dimensions["B"].width) == 41


def test_names_and_headers_are_translated_and_cells_are_not():
    data = written(
        [("编号",)], say={"逐项": "Items", "编号": "Number", "项目": "Item", "成交 元": "Award"}.get
    )
    sheet = read(data)
    assert sheet.title == "Items"
    assert sheet["A1"].value == "Number"
    assert sheet["A2"].value == "编号"


def test_a_long_name_is_cut_to_what_a_workbook_allows():
    assert len(read(written([], name="很" * 40)).title) == 31


def test_a_text_longer_than_a_cell_is_cut_and_not_dropped():
    assert len(read(written([("长" * 40_000,)]))["A2"].value) == 32_767


def test_the_same_rows_give_the_same_bytes_and_the_date_is_the_given_one():
    assert written([("a", "b", Yuan(5))]) == written([("a", "b", Yuan(5))])
    about = load_workbook(io.BytesIO(written([]))).properties
    assert about.created.replace(tzinfo=UTC) == AT


def broken_off():
    with Book(io.BytesIO(), created=AT) as book:
        book.sheet("a", (), ()).row("x")
        raise LookupError


def test_an_exception_leaves_the_block():
    with pytest.raises(LookupError):
        broken_off()


def test_memory_stays_flat_over_many_rows():
    written([(str(number), "项目", Yuan(number)) for number in range(10)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    target = io.BytesIO()
    with Book(target, created=AT) as book:
        sheet = book.sheet("逐项", ("编号",), (12,))
        for number in range(30_000):
            sheet.row(str(number), "一个名称", Yuan(number))
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000
    )  # KiB; in memory it takes 60 MiB
