"""Filled templates looked at: each cell by the forms' rules, every fault named, nothing guessed."""

from __future__ import annotations

from datetime import datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bidding.core.clock import SHANGHAI
from bidding.tenders import queries, service
from bidding.tenders.importing import Law, check, said
from bidding.tenders.kinds import Envelopes, PriceForm
from bidding.tenders.methods import OFFERED
from bidding.tenders.workbook import (
    KINDS,
    LOT_COLUMNS,
    LOTS,
    PROJECT_COLUMNS,
    PROJECTS,
    Cell,
    Filled,
    Row,
    read,
)
from tests.tenders.drafting import WAN
from tests.tenders.filling import PURCHASE, WORKS_KIND, filled, lot_row, project_row


@pytest.fixture
def looked_at(app, begin, rulebook):
    """``looked_at(filled)``: what becomes of a filled template by today's rulebook, and its faults by their places."""

    def _looked_at(filled_in):
        with app.test_request_context(), begin() as tx:
            today = queries.local_day(tx.now)
            law = {
                pair: Law(
                    queries.rules_for(tx.session, *pair, today),
                    queries.two_envelopes(tx.session, *pair, tx.now),
                )
                for pair in OFFERED
            }
            found = check(filled_in, law, queries.calendar(tx.session), tx.now)
            return found, [(f"{each.cell.sheet} {each.cell.address}", said(each)) for each in found.faults]

    return _looked_at


@pytest.fixture
def checked(looked_at):
    """``checked(projects, lots)``: the same of rows."""
    return lambda projects, lots=(): looked_at(read("a.xlsx", filled(projects, lots)))


def test_a_good_file_becomes_drafts_with_their_lots(checked):
    found, faults = checked(
        [
            project_row(closes_at=datetime(2026, 12, 15, 14, 30)),  # noqa: DTZ001 — a workbook knows no zones
            project_row(number=2, kind=WORKS_KIND, title="管网", trade="A02 市政", consortium="是"),
        ],
        [
            lot_row(),
            lot_row(number=2, name="甲", price_form="费率"),
            lot_row(number=2, name="乙", ceiling_fen=None),
        ],
    )
    assert faults == []
    small, works = found.drafts
    assert (small.row, small.facts.title, small.facts.phone) == (2, "档案馆屋面维修", "13900001234")
    assert small.closes_at == datetime(2026, 12, 15, 14, 30, tzinfo=SHANGHAI)
    assert [(lot.budget_fen, lot.ceiling_fen) for lot in small.lots] == [(10 * WAN, 9_800_050)]
    assert (works.facts.trade, works.facts.consortium, works.facts.envelopes) == ("A02", True, Envelopes.ONE)
    assert [(lot.name, lot.price_form) for lot in works.lots] == [
        ("甲", PriceForm.RATE),
        ("乙", PriceForm.AMOUNT),
    ]


@pytest.mark.parametrize("text", ["2026-12-15 14:30", "2026/12/15 14:30", "2026年12月15日 14：30"])
def test_a_deadline_may_be_written_as_people_write_it(text, checked):
    found, faults = checked([project_row(closes_at=text)])
    assert faults == []
    assert found.drafts[0].closes_at == datetime(2026, 12, 15, 14, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("name", "value", "cell", "told"),
    [
        ("number", None, "A2", "这一格是空的"),
        ("kind", "公开拍卖", "B2", "请从列表里选一种"),
        ("kind", None, "B2", "请从列表里选一种"),
        ("title", None, "C2", "请填写这一项"),
        ("title", "长" * 201, "C2", "最多 200 个字符"),
        ("owner_name", None, "D2", "请填写这一项"),
        ("summary", "长" * 5001, "E2", "最多 5000 个字符"),
        ("trade", "A02 市政", "F2", "没有这一项"),
        ("approval", "某文号", "J2", "没有这一项"),
        ("consortium", "也许", "M2", "请从列表里选"),
        ("envelopes", "三个", "O2", "请从列表里选"),
        ("policies", "促进中小企业", "P2", "没有这一项"),
        ("phone", "1" * 31, "U2", "最多 30 个字符"),
        ("closes_at", "明天", "W2", "请填写日期和时间"),
        ("closes_at", "2026-12-15", "W2", "请填写日期和时间"),
        ("closes_at", "2026-11-22 14:30", "W2", "已经过去"),
        ("prices_open_at", "2026-12-18 14:30", "W2", "也要填截止时间"),
    ],
)
def test_each_wrong_cell_of_a_project_is_named_with_what_to_do(name, value, cell, told, checked):
    _, faults = checked([project_row(**{name: value})])
    assert [where for where, _ in faults] == [f"{PROJECTS} {cell}"]
    assert told in faults[0][1]


@pytest.mark.parametrize(
    ("name", "value", "cell", "told"),
    [
        ("number", 7, "A2", "没有这个序号"),
        ("name", None, "B2", "请填写这一项"),
        ("name", "长" * 201, "B2", "最多 200 个字符"),
        ("budget_fen", None, "C2", "请填写这一项"),
        ("budget_fen", "十万", "C2", "不是金额"),
        ("budget_fen", 0, "C2", "预算要大于零"),
        ("budget_fen", -5, "C2", "不能是负数"),
        ("budget_fen", 100.005, "C2", "最多 2 位小数"),
        ("ceiling_fen", 100000.01, "D2", "超过了预算"),
        ("security_fen", "二万", "E2", "不是金额"),
        ("price_form", "面议", "F2", "请从列表里选"),
    ],
)
def test_each_wrong_cell_of_a_lot_is_named_with_what_to_do(name, value, cell, told, checked):
    _, faults = checked([project_row()], [lot_row(**{name: value})])
    assert [where for where, _ in faults] == [f"{LOTS} {cell}"]
    assert told in faults[0][1]


def test_the_law_speaks_of_dates_and_envelopes_as_on_the_desk(checked):
    works = project_row(kind=WORKS_KIND)
    _, early = checked([works | {"closes_at": "2026-12-13 14:30"}])
    assert [where for where, _ in early] == [f"{PROJECTS} W2"]
    assert "招标投标法第24条" in early[0][1]
    assert checked([works | {"closes_at": "2026-12-14 14:30"}])[1] == []
    _, apart = checked([works | {"closes_at": "2026-12-15 14:30", "envelopes": "两个"}])
    assert [where for where, _ in apart] == [f"{PROJECTS} X2"]
    _, bought = checked([project_row(kind=PURCHASE, envelopes="两个")])
    assert [where for where, _ in bought] == [f"{PROJECTS} O2"]


def test_all_faults_are_told_at_once_and_twins_are_named_by_their_rows(checked):
    _, faults = checked(
        [project_row(), project_row(), project_row(number=3, title="")],
        [lot_row(budget_fen="x"), lot_row(number=9)],
    )
    assert [where for where, _ in faults] == [
        f"{PROJECTS} A3",
        f"{PROJECTS} C3",
        f"{PROJECTS} C4",
        f"{LOTS} C2",
        f"{LOTS} A3",
    ]
    assert "第 2 行" in faults[0][1]


def test_a_row_of_unknown_kind_is_looked_at_all_the_same_and_its_lots_are_its(checked):
    _, faults = checked([project_row(kind="拍卖", title="长" * 201)], [lot_row(), lot_row(budget_fen="x")])
    assert [where for where, _ in faults] == [f"{PROJECTS} B2", f"{PROJECTS} C2", f"{LOTS} C3"]


def test_ninety_nine_lots_are_the_most(checked):
    lots = [lot_row(name=f"第{number}段") for number in range(1, 101)]
    assert checked([project_row()], lots[:99])[1] == []
    assert [where for where, _ in checked([project_row()], lots)[1]] == [f"{LOTS} A101"]


def test_a_negotiation_has_one_lot_here_as_on_the_desk(checked):
    talks = project_row(kind="政府采购·竞争性磋商·服务")
    assert checked([talks], [lot_row()])[1] == []
    faults = checked([talks], [lot_row(), lot_row(name="乙"), lot_row(name="丙")])[1]
    assert [where for where, _ in faults] == [f"{LOTS} A3"]
    assert "只能有一个标段" in faults[0][1]


def test_text_that_looks_like_a_formula_stays_text(checked):
    def as_text(book):
        cell = book[PROJECTS]["C2"]
        cell.value, cell.data_type = "=1+1", "s"

    found = read("a.xlsx", filled([project_row()], change=as_text))
    assert found.projects[0].text("title") == "=1+1"


def _row(sheet, columns, number, texts):
    return Row(
        number,
        {each.name: Cell(sheet, f"X{number}", each.header, texts.get(each.name, "")) for each in columns},
    )


_FILES = count()
_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    st.sampled_from(["", "1", "是", "两个", "A02 市政", "费率", "2026-12-15 14:30", "100000", *KINDS]),
)


def _cells(columns):
    return st.dictionaries(st.sampled_from([each.name for each in columns]), _TEXTS, max_size=2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    projects=st.lists(_cells(PROJECT_COLUMNS), min_size=1, max_size=2),
    lots=st.lists(_cells(LOT_COLUMNS), max_size=2),
)
def test_whatever_stands_in_the_cells_each_row_is_a_draft_that_can_be_written_or_has_a_fault(
    projects, lots, looked_at, begin, cast
):
    rows = [
        _row(PROJECTS, PROJECT_COLUMNS, number, project_row(number=str(number), phone="0000") | texts)
        for number, texts in enumerate(projects, 2)
    ]
    lot = lot_row(number="2", budget_fen="100000", ceiling_fen="")
    parts = [_row(LOTS, LOT_COLUMNS, number, lot | texts) for number, texts in enumerate(lots, 2)]
    found, faults = looked_at(Filled(rows, parts, []))
    assert all(words and "%(" not in words for _, words in faults)
    if faults:
        return
    assert len(found.drafts) == len(rows)
    assert sum(len(draft.lots) for draft in found.drafts) == len(parts)
    with begin(cast.actor("zhou")) as tx:
        sheet = service.keep_sheet(tx, "a.xlsx", f"{next(_FILES):064x}")
        assert len(service.take_sheet(tx, sheet.uid, found.drafts, 0, region="539921")) == len(rows)
