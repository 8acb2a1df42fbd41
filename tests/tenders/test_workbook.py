"""The template that is handed out, and what a filled one is sorted into."""

from __future__ import annotations

import io
import zipfile
from dataclasses import fields

import pytest
from openpyxl import load_workbook

from bidding.documents.sheets import NotASheet, OldExcel, TooLarge
from bidding.tenders import workbook
from bidding.tenders.kinds import OFFERED, SUBJECTS
from bidding.tenders.rules import LotFacts, ProjectFacts
from bidding.tenders.workbook import (
    LOT_COLUMNS,
    LOTS,
    MAX_PROJECTS,
    PROJECT_COLUMNS,
    PROJECTS,
    NothingFilledIn,
    NotOurTemplate,
    TooManyRows,
    read,
)
from tests.tenders.filling import empty, filled, lot_row, project_row


def test_the_template_has_a_column_for_everything_that_the_forms_ask():
    ours = {column.name for column in PROJECT_COLUMNS}
    asked = {item.name for item in fields(ProjectFacts)} - {"family", "method", "subject"}
    assert ours == asked | {"number", "kind", "closes_at", "prices_open_at"}
    assert {column.name for column in LOT_COLUMNS} == {item.name for item in fields(LotFacts)} | {"number"}


def test_the_template_opens_offers_lists_and_holds_no_formula():
    book = load_workbook(io.BytesIO(empty()))
    assert book.sheetnames == ["说明", "项目", "标段", "选项"]
    assert book["选项"].sheet_state == "hidden"
    assert book[PROJECTS]["C1"].value == "项目名称*"
    offered = [each for each in book[PROJECTS].data_validations.dataValidation if each.type == "list"]
    kinds = next(each for each in offered if str(each.sqref).startswith("B2"))
    first, last = kinds.formula1.partition("!")[2].replace("$", "").split(":")
    listed = [cell[0].value for cell in book["选项"][first:last]]
    assert len(listed) == sum(len(SUBJECTS[family]) for family, _ in OFFERED)
    assert "限额以下·比选·工程" in listed
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert book[LOTS]["C2"].number_format == "General" or book[LOTS].column_dimensions["C"]


def test_rows_come_with_the_places_where_people_find_them():
    found = read("a.xlsx", filled([project_row()], [lot_row(), {}, lot_row(name="地面")]))
    (row,) = found.projects
    assert (row.number, row.text("title"), row.text("phone")) == (2, "档案馆屋面维修", "13900001234")
    assert [lot.number for lot in found.lots] == [2, 4]
    assert (row.cells["title"].sheet, row.cells["title"].address) == (PROJECTS, "C2")
    assert row.cells["media"].address == "V2"
    assert found.lots[0].text("ceiling_fen") == "98000.5"
    assert found.faults == []


def test_columns_may_stand_in_any_order_and_optional_ones_be_away():
    def change(book):
        sheet = book[LOTS]
        sheet.delete_cols(4, 3)
        sheet.move_range("A1:A2", cols=5)

    (lot,) = read("a.xlsx", filled([project_row()], [lot_row()], change)).lots
    assert (lot.text("number"), lot.cells["number"].address, lot.text("ceiling_fen")) == ("1", "F2", "")


def test_a_header_nobody_knows_or_that_stands_there_twice_is_named():
    def change(book):
        book[PROJECTS]["V1"] = "备注"
        book[LOTS]["F1"] = "最高限价(元)"

    faults = read("a.xlsx", filled([project_row()], [lot_row()], change)).faults
    assert [(each.cell.sheet, each.cell.address) for each in faults] == [(PROJECTS, "V1"), (LOTS, "F1")]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda book: book.remove(book[LOTS]), "项目序号"),
        (lambda book: book[PROJECTS].delete_cols(3), "项目名称"),
        (lambda book: book[PROJECTS].delete_rows(1), "序号"),
    ],
)
def test_what_is_not_the_template_is_refused_by_what_it_lacks(change, missing):
    with pytest.raises(NotOurTemplate) as refused:
        read("别的.xlsx", filled([project_row()], [lot_row()], change))
    assert missing in str(refused.value)
    assert "别的.xlsx" in str(refused.value)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OldExcel),
        (b"PK\x03\x04 torn", NotASheet),
        ("项目,标段".encode(), NotOurTemplate),
    ],
)
def test_other_files_are_refused(data, error):
    with pytest.raises(error):
        read("a.xlsx", data)


def test_an_empty_template_says_where_to_begin_and_fifty_projects_are_the_most():
    with pytest.raises(NothingFilledIn):
        read("a.xlsx", empty())
    rows = [project_row(number=number) for number in range(1, MAX_PROJECTS + 2)]
    assert len(read("a.xlsx", filled(rows[:-1])).projects) == MAX_PROJECTS
    with pytest.raises(TooManyRows):
        read("a.xlsx", filled(rows))


def test_far_away_cells_and_swollen_files_cost_nothing(monkeypatch):
    def change(book):
        book[PROJECTS]["XFD3"] = "far"
        book[LOTS]["A900000"] = "deep"

    with pytest.raises(TooManyRows):
        read("a.xlsx", filled([project_row()], [lot_row()], change))
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1000)
    with pytest.raises(TooLarge):
        read("a.xlsx", filled([project_row()]))


def test_a_formula_is_what_it_showed_when_it_was_saved_and_never_reckoned():
    data = filled([project_row(title='=HYPERLINK("http://example.com")')])
    assert read("a.xlsx", data).projects[0].text("title") == ""


def test_the_file_is_the_same_however_often_it_is_made():
    assert empty() == empty()
    assert zipfile.ZipFile(io.BytesIO(empty())).testzip() is None
