"""What the columns of a foreign ledger are: said once, checked, known again by the header."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from bidding.core.errors import Forbidden, WrongState
from bidding.core.money import parse_wan, parse_yuan
from bidding.db import db
from bidding.reporting import mapping, service
from bidding.reporting.importing import heads, read_ledger
from bidding.reporting.ledger_rows import day_of, from_json, to_json
from bidding.reporting.mapping import HeaderGone, LedgerMap, NotMapped, Said, SameColumnTwice, UnitNotSaid
from bidding.reporting.models import LedgerBatch, LedgerMapping, SavingsEntry
from bidding.reporting.savings import Category

FOREIGN = (
    "某县招标办二〇一五年度统计表",
    "序号,内容,甲方,拟投入,实际,办结,备注",
    "1,村道,交通局,120.5,100.25,二〇一五年三月九日,略",
    "2,学校,教育局,80,79,2015年4月,",
    "3,渡口,教育局,80,面议,2015.4.1,",
)
HEADER = FOREIGN[1].split(",")
KEYS = ("", "title", "owner", "basis", "award", "date", "")
UNITS = {"basis": "wan", "award": "wan"}
SAID = Said(KEYS, UNITS, Category.WORKS)


def data(*lines):
    return "\n".join(lines or FOREIGN).encode()


def said(**more):
    return Said(**{"keys": KEYS, "units": UNITS, "category": Category.WORKS, **more})


# Said ----------------------------------------------------------------------------------------------------------


def test_a_foreign_ledger_reads_as_it_was_said():
    ledger = read_ledger("a.csv", data(), mapping.mapped(HEADER, SAID))
    first, second = ledger.rows
    assert (first.number, first.title, first.owner, first.awarded_on) == (
        3,
        "村道",
        "交通局",
        date(2015, 3, 9),
    )
    assert (first.item.category, first.item.basis_fen) == (Category.WORKS, parse_wan("120.5"))
    assert second.awarded_on == date(2015, 4, 1)
    assert [error.row for error in ledger.errors] == [5]
    assert ledger.errors[0].column == "E 实际"


def test_yuan_are_not_wan():
    by = mapping.mapped(HEADER, said(units={"basis": "yuan", "award": "wan"}))
    row = next(iter(read_ledger("a.csv", data(), by).rows))
    assert (row.item.basis_fen, row.item.award_fen) == (parse_yuan("120.5"), parse_wan("100.25"))


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"category": None}, NotMapped),
        ({"keys": ("", "", "owner", "basis", "award", "date", "")}, NotMapped),
        ({"keys": ("title", *KEYS[1:])}, SameColumnTwice),
        ({"units": {"basis": "wan"}}, UnitNotSaid),
        ({"units": {"basis": "wan", "award": "fen"}}, UnitNotSaid),
    ],
)
def test_what_was_not_said_is_asked_for_and_never_guessed(wrong, refusal):
    with pytest.raises(refusal):
        mapping.mapped(HEADER, said(**wrong))


def test_a_column_of_categories_wins_over_one_for_all():
    by = mapping.mapped(["类", *HEADER[1:]], said(keys=("category", *KEYS[1:])))
    assert by.category is None


def test_it_is_kept_as_text_and_comes_back():
    by = mapping.mapped(HEADER, SAID)
    assert mapping.from_text(by.to_text()) == by


def test_a_header_is_known_again_whatever_its_spaces_and_empty_ends():
    assert mapping.digest(["内 容", "甲方", "", ""]) == mapping.digest(["内容", "甲　方"])
    assert mapping.digest(["内容", "甲方"]) != mapping.digest(["甲方", "内容"])


def test_another_header_does_not_read_by_it():
    with pytest.raises(HeaderGone):
        read_ledger("a.csv", data("一,二", "1,2"), mapping.mapped(HEADER, SAID))


def test_the_likeliest_header_is_proposed_with_what_is_known_of_it():
    lines = ("统计表,,,", "单位：万元,,,", "项目名称,甲方,预算,成交价", "路,局,1,1")
    (head,) = heads("a.csv", data(*lines))
    assert head.likely == 2
    found = mapping.proposed(head.rows[2], [text for row in head.rows[:2] for text in row])
    assert (found.keys, found.units) == (["title", "", "basis", "award"], {"basis": "wan", "award": "wan"})
    assert mapping.proposed(["预算（元）", "成交价"], []).units == {"basis": "yuan", "award": ""}


def test_the_sheet_that_has_it_is_read_of_several():
    book = Workbook()
    book.active.append(["封面"])
    sheet = book.create_sheet("台账")
    for line in FOREIGN:
        sheet.append(line.split(","))
    target = BytesIO()
    book.save(target)
    assert len(heads("a.xlsx", target.getvalue())) == 2
    assert len(read_ledger("a.xlsx", target.getvalue(), mapping.mapped(HEADER, SAID)).rows) == 2


def test_of_several_sheets_with_the_same_header_it_is_said_which_was_read():
    book = Workbook()
    book.active.title = "2023"
    for sheet in (book.active, book.create_sheet("2024"), book.create_sheet("说明")):
        for line in FOREIGN if sheet.title != "说明" else ["填表说明"]:
            sheet.append(line.split(","))
    target = BytesIO()
    book.save(target)
    ledger = read_ledger("a.xlsx", target.getvalue(), mapping.mapped(HEADER, SAID))
    assert (ledger.sheet, len(ledger.rows), ledger.unread) == ("2023", 2, ["2024"])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        ("2026/1/3", date(2026, 1, 3)),
        ("2026.11.3", date(2026, 11, 3)),
        ("20261103", date(2026, 11, 3)),
        ("2026年11月3日", date(2026, 11, 3)),
        ("２０２６年１１月３日", date(2026, 11, 3)),
        ("2026年11月", date(2026, 11, 1)),
        ("二〇二六年十一月三日", date(2026, 11, 3)),
        ("二○一五年二月二十九日", None),
        ("二零一六年二月二十九日", date(2016, 2, 29)),
        ("二〇二六年十月三十一日", date(2026, 10, 31)),
        ("2026年十月十日", date(2026, 10, 10)),
        ("2026-11-03 09:30", date(2026, 11, 3)),
        ("46329", None),
        ("11月3日", None),
        ("26年11月3日", None),
        ("2026-13-01", None),
        ("1989-12-31", None),
        ("", None),
    ],
)
def test_days_are_read_in_every_usual_form_and_no_year_is_guessed(text, day):
    assert day_of(text) == day


def test_a_row_comes_out_of_its_pack_as_it_went_in():
    for row in read_ledger("a.csv", data(), mapping.mapped(HEADER, SAID)).rows:
        assert from_json(to_json(row)) == row


# Remembered ----------------------------------------------------------------------------------------------------


def upload(client, content, name="旧台账.csv"):
    return client.post(
        "/savings/import", data={"ledger": (BytesIO(content), name)}, content_type="multipart/form-data"
    )


FORM = {"header": "1", "sheet": "0", "unit_basis": "wan", "unit_award": "wan", "category": "works"} | {
    f"c{place}": key for place, key in enumerate(KEYS)
}


def test_a_foreign_file_leads_to_the_question_and_then_to_its_rows(client_as):
    wang = client_as("wang")
    answer = upload(wang, data())
    assert (answer.status_code, answer.location[-8:]) == (303, "/columns")
    page = wang.get(answer.location).text
    assert "拟投入" in page
    assert "二〇一五年三月九日" in page
    refused = wang.post(answer.location, data=FORM | {"unit_award": ""})
    assert refused.status_code == 422
    assert "元，还是万元" in refused.text
    assert 'value="owner" selected' in refused.text  # nothing that was chosen is lost
    said = wang.post(answer.location, data=FORM)
    assert said.status_code == 303
    page = wang.get(said.location).text
    assert "有 1 行有错" in page
    assert wang.post(f"{said.location}/take", data={"good_only": "1"}).status_code == 303
    db.session.rollback()
    assert db.session.query(SavingsEntry).count() == 2
    # the next year's file, under the same header, needs no question
    again = upload(wang, data(*FOREIGN[:2], "1,桥,交通局,10,9,2016-03-09,"), "2016.csv")
    assert not again.location.endswith("/columns")
    assert "按人工指定的对应关系读取" in wang.get(again.location).text


def test_a_file_of_one_column_is_refused_at_once(client_as):
    answer = upload(client_as("wang"), b"hello\nworld\n")
    assert answer.status_code == 422
    assert "没有找到完整的表头" in answer.text


def test_an_import_that_nobody_has_mapped_asks(client_as, begin, cast, blobs):
    with begin(cast.actor("wang")) as tx:
        uid = service.keep_upload(tx, "a.csv", blobs.put(data())).uid
    answer = client_as("wang").get(f"/savings/import/{uid}")
    assert answer.location.endswith("/columns")


def test_what_was_taken_is_not_mapped_anew(client_as, begin, cast):
    wang = client_as("wang")
    where = upload(wang, data()).location
    done = wang.post(where, data=FORM).location
    wang.post(f"{done}/take", data={"good_only": "1"})
    uid = done.rsplit("/", 1)[1]
    with pytest.raises(WrongState), begin(cast.actor("wang")) as tx:
        service.remember(tx, uid, mapping.mapped(HEADER, SAID))


@pytest.mark.parametrize("who", ["zhou", "sun", "li", "lin"])
def test_only_the_administrator_says_what_columns_are(client_as, begin, cast, who):
    upload(client_as("wang"), data())
    db.session.rollback()
    uid = db.session.scalar(select(LedgerBatch.uid))
    assert client_as(who).get(f"/savings/import/{uid}/columns").status_code in (403, 404)
    with pytest.raises(Forbidden), begin(cast.actor(who)) as tx:
        service.remember(tx, uid, mapping.mapped(HEADER, SAID))
    db.session.rollback()
    assert db.session.scalar(select(LedgerMapping)) is None


def test_the_latest_word_on_a_header_counts(client_as):
    wang = client_as("wang")
    where = upload(wang, data()).location
    wang.post(where, data=FORM)
    wang.post(where, data=FORM | {"unit_basis": "yuan"})
    db.session.rollback()
    (kept,) = db.session.scalars(select(LedgerMapping))
    assert mapping.from_text(kept.mapping) == LedgerMap(
        mapping.digest(HEADER),
        {"title": 1, "owner": 2, "basis": 3, "award": 4, "date": 5},
        {"basis": False, "award": True},
        Category.WORKS,
    )
