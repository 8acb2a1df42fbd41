"""Entries come, move and go, and the sums of their drawers with them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound, WrongState
from bidding.core.money import wan
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.reporting import service
from bidding.reporting.importing import read_ledger
from bidding.reporting.models import LedgerBatch, SavingsEntry
from bidding.reporting.rules import Wanted, parse_period
from bidding.reporting.savings import Category, Source, Standing
from bidding.submissions.events import GateClosed
from bidding.tenders.models import Family, Method, PriceForm, Project
from tests.award.opened import WAN

ROW = "A-1,县医院 CT,政府采购,公开招标,县医院,某公司,100,90,2025-11-03,成交"


def entries():
    db.session.rollback()
    return list(db.session.scalars(select(SavingsEntry).order_by(SavingsEntry.id)))


def notes():
    db.session.rollback()
    events = select(Leaf.event).where(Leaf.type == "note").order_by(Leaf.idx)
    return [loads(text) for text in db.session.scalars(events)]


# What the platform decides -----------------------------------------------------------------------------------


def test_a_recorded_result_is_in_the_footnote_and_a_confirmed_one_in_the_sums(make, record, confirm, report):
    given = make()
    seen = record(given)
    assert (report().total.items, report().excluded[Standing.PENDING]) == (0, 1)
    assert [(e.winner_name, e.award_fen) for e in entries()] == [("", 0)]  # nobody's business yet
    confirm(given, seen)
    total = report().total
    assert (total.items, wan(total.saved_fen), total.savings_rate) == (1, "86.00", "6.69")
    assert report().excluded[Standing.PENDING] == 0
    (entry,) = entries()
    assert (entry.code, entry.title, entry.winner_name) == (
        "T-2026-001",
        "排水管网改造工程施工",
        "岚岳建设集团有限公司",
    )


def test_an_award_knows_its_agency_and_how_many_handed_in_and_a_result_to_confirm_does_not(
    make, record, confirm
):
    given = make(prices=(1_200 * WAN, 1_190 * WAN))
    seen = record(given)
    (entry,) = entries()
    assert (entry.bidders, entry.winner_name, entry.agency.name) == (None, "", entry.lot.project.agency.name)
    confirm(given, seen)
    db.session.rollback()
    (entry,) = entries()
    assert (entry.bidders, entry.drawer.region) == (2, "")


def test_a_correction_moves_the_entry_only_when_it_is_final(make, award, record, confirm, report):
    given = make()
    award(given)
    seen = record(given, "he", correction="递补")
    assert (report().total.award_fen, report().excluded[Standing.PENDING]) == (1200 * WAN, 0)
    confirm(given, seen)
    assert (report().total.items, report().total.award_fen) == (1, 1190 * WAN)
    assert len(entries()) == 1


def test_lots_are_told_apart_by_code_and_name(make, award, report):
    given = make(lots=("1", "2"))
    award(given, lot="1")
    award(given, "", lot="2", reason="全部投标被否决")
    assert [e.code for e in entries()] == ["T-2026-001/1", "T-2026-001/2"]
    assert (report().total.items, report().excluded[Standing.FAILED]) == (1, 1)


def test_rates_and_unit_prices_are_counted_out(make, award, report):
    award(make(form=PriceForm.RATE, ceiling=None, prices=(982_500,)))
    assert (report().total.items, report().excluded[Standing.NO_AMOUNT]) == (0, 1)


def test_what_is_sold_is_a_gain_and_moves_no_saving(make, award, report):
    award(make())
    before = report().total.saving
    award(
        make(
            uid="p2",
            code="T-2",
            family=Family.PROPERTY,
            method=Method.ASSET_TRANSFER,
            budget=100 * WAN,
            ceiling=None,
            prices=(150 * WAN,),
        )
    )
    total = report().total
    assert total.saving == before
    assert (wan(total.gained_fen), total.premium_rate) == ("50.00", "50.00")


def test_lots_that_failed_at_the_deadline_are_told(make, begin, world, report):
    make(lots=("1", "2"), failed=("2",), opened=False)
    with begin() as tx:
        project = tx.session.scalar(select(Project))
        tx.emit(GateClosed(project.id, 3, ("2",)))
        tx.emit(GateClosed(project.id, 3, ("2",)))
    assert (report().total.items, report().excluded[Standing.FAILED]) == (0, 1)


def test_every_lot_of_a_project_can_be_ended_at_once_but_none_that_has_a_result(make, award, begin, report):
    given = make(lots=("1", "2", "3"))
    award(given, lot="1")
    with begin() as tx:
        service.end_lots(tx, tx.session.scalar(select(Project.id)))
    assert (report().total.items, report().excluded[Standing.FAILED]) == (1, 2)


def test_a_result_that_was_never_final_ends_with_its_tender(make, record, begin, report):
    record(make())
    with begin() as tx:
        service.end_lots(tx, tx.session.scalar(select(Project.id)))
    excluded = report().excluded
    assert (excluded[Standing.PENDING], excluded[Standing.FAILED]) == (0, 1)


# What is imported --------------------------------------------------------------------------------------------


def test_an_imported_file_counts_and_the_log_says_so(ledger_file, bring_in, report):
    data = ledger_file(
        ROW, "A-2,路灯,工程,公开招标,城管局,,200,150,2025-12-01,", "A-3,桥,工程,,城管局,,50,,,流标"
    )
    data = data.replace(b",50,,,", b",50,,2025-12-02,")
    uid = bring_in(data)
    found = report()
    assert (found.total.items, wan(found.total.saved_fen)) == (2, "60.00")
    assert found.excluded[Standing.FAILED] == 1
    assert list(found.by_source) == [Source.IMPORTED]
    (note,) = notes()
    assert note["kind"] == "savings-import"
    assert note["data"]["batch"] == uid
    assert (note["data"]["items"], note["data"]["award_fen"]) == (3, 240 * WAN)
    batch = db.session.scalar(select(LedgerBatch))
    assert (batch.rows_taken, note["data"]["sha256"]) == (3, batch.sha256)


def test_the_published_202_items_reproduce_from_a_ledger(ledger_file, bring_in, report, vectors):
    figures = json.loads((vectors / "published-figures.json").read_text("utf-8"))["figures"]
    (row,) = [f for f in figures if f.get("items") == 202]
    lines = []
    for number in range(202):
        # 201 like items and one that takes up the rest: the sums are those that were printed
        budget, award = ("59.00", "51.00") if number else ("234.09", "189.50")
        lines.append(
            f"X-{number},项目{number},政府采购,公开招标,叙永县,,{budget},{award},2010-0{number % 9 + 1}-15,"
        )
    bring_in(ledger_file(*lines))
    total = report().total
    assert total.items == row["items"]
    assert wan(total.saving.basis_fen).replace(",", "") == row["budget"] == "12093.09"
    assert wan(total.award_fen).replace(",", "") == row["award"] == "10440.50"
    assert wan(total.saved_fen).replace(",", "") == row["saved"] == "1652.59"
    assert total.savings_rate == row["savings_rate_percent"] == "13.67"


def test_with_errors_nothing_is_taken_unless_the_good_rows_are_asked_for(ledger_file, bring_in, report):
    data = ledger_file(ROW, "A-2,乙,工程,公开招标,局,,面议,150,2025-12-01,成交")
    with pytest.raises(service.RowsAreWrong) as refused:
        bring_in(data)
    assert refused.value.params == {"count": 1}
    assert (report().total.items, entries(), notes()) == (0, [], [])
    bring_in(data, good_only=True)
    assert report().total.items == 1


def test_a_file_without_one_good_row_is_not_taken(ledger_file, bring_in):
    with pytest.raises(service.NothingToTake):
        bring_in(ledger_file("A-2,乙,工程,公开招标,局,,面议,150,2025-12-01,成交"), good_only=True)


def test_the_same_file_is_not_taken_twice_until_it_is_withdrawn(
    app, ledger_file, bring_in, report, begin, cast
):
    data = ledger_file(ROW)
    uid = bring_in(data)
    with pytest.raises(service.AlreadyTaken):
        bring_in(data)
    with begin(cast.actor("chen")) as tx:
        service.withdraw(tx, uid, keys=app.extensions["log_keys"])
    assert (report().total.items, entries()) == (0, [])
    assert [note["kind"] for note in notes()] == ["savings-import", "savings-import-withdrawn"]
    assert notes()[1]["data"]["items"] == -1
    with pytest.raises(WrongState), begin(cast.actor("chen")) as tx:
        service.withdraw(tx, uid, keys=app.extensions["log_keys"])
    bring_in(data)
    assert report().total.items == 1


def test_a_batch_is_taken_once(app, ledger_file, bring_in, begin, cast):
    data = ledger_file(ROW)
    uid = bring_in(data)
    rows = read_ledger("a.csv", data).rows
    with pytest.raises(WrongState), begin(cast.actor("wang")) as tx:
        service.take(tx, uid, rows, 0, good_only=False, keys=app.extensions["log_keys"])
    with pytest.raises(NotFound), begin(cast.actor("wang")) as tx:
        service.withdraw(tx, "nothing", keys=app.extensions["log_keys"])


@pytest.mark.parametrize("who", ["zhou", "sun", "li", "lin"])
def test_only_the_administrator_imports_and_withdraws(app, ledger_file, bring_in, begin, cast, who, report):
    with pytest.raises(Forbidden):
        bring_in(ledger_file(ROW), by=who)
    uid = bring_in(ledger_file(ROW))
    with pytest.raises(Forbidden), begin(cast.actor(who)) as tx:
        service.withdraw(tx, uid, keys=app.extensions["log_keys"])
    assert report().total.items == 1


def test_the_report_narrows_by_month_category_method_and_owner(ledger_file, bring_in, report):
    bring_in(
        ledger_file(
            ROW,
            "A-2,路灯,工程,公开招标,城管局,,200,150,2025-12-01,",
            "A-3,保安,政府采购,询价,县医院,,10,9,2024-12-01,",
        )
    )
    assert report(Wanted(parse_period("2025"))).total.items == 2
    assert report(Wanted(parse_period("2024-01..2025-11"))).total.items == 2
    assert report(Wanted(category=Category.WORKS)).total.award_fen == 150 * WAN
    assert report(Wanted(owner="县医院")).total.award_fen == 99 * WAN
    assert report(Wanted(parse_period("2025"), owner="县医院")).total.award_fen == 90 * WAN
    assert report(Wanted(owner="没有这个单位")).total.items == 0
