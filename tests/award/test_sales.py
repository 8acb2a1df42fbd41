"""What is sold goes to the highest sealed offer at or above the floor: from the draft to the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bidding.award import queries, rules, service
from bidding.award.service import Decision
from bidding.core.canonical import loads
from bidding.db import db
from bidding.opening import presentation as papers
from bidding.opening import queries as openings
from bidding.opening.sitting import presentation as sittings
from bidding.reporting import queries as reports
from bidding.reporting.models import SavingsDrawer, SavingsEntry
from bidding.reporting.rules import Wanted
from bidding.reporting.savings import Category, Way
from bidding.sealing.offer import below_floor, parse_tender
from bidding.story.centre import Centre
from bidding.story.demo import BUSES, VEHICLES
from bidding.story.play import Tender, Told
from bidding.tenders import queries as tenders
from bidding.tenders import service as drafting
from bidding.tenders.rules import CeilingOnASale, TooShortInWorkingDays

WAN = 10_000 * 100
START = BUSES.budget_fen
#: What the three offer: in order of receipt, and not of price; the second is a fen short.
OFFERS = {1: START + WAN, 2: START - 1, 3: START + 14 * WAN}


def founded(app, clock, folder, tenderers=3):
    centre = Centre(app, clock, folder / "people")
    centre.found()
    centre.register(range(1, tenderers + 1), b"%PDF-1.4 a licence")
    return centre


@pytest.fixture
def sale(app, clock, tmp_path, attachment):
    """An asset in three sealed offers, opened."""
    centre = founded(app, clock, tmp_path)
    made = Tender(centre, tmp_path / "sale", Told(), facts=VEHICLES, lot=BUSES)
    made.publish()
    centre.wait(made.closes_at - timedelta(days=2))
    centre.cosign()
    for uid, key in zip(centre.trustee_uids, centre.trustees.values(), strict=True):
        centre.drill(uid, key)
    for number, fen in OFFERS.items():
        made.submit(number, made.seal(number, [attachment], price_fen=fen))
        centre.wait(timedelta(minutes=1))
    made.close()
    made.open(list(centre.trustees)[:3])
    return made


def project_of(made):
    return tenders.notice(db.session(), made.uid)


def record(made, number, **more):
    today = tenders.local_day(made.centre.clock.now())
    with made.centre.act("zhou") as tx:
        decision = Decision(today, made.received[number], **more)
        return service.record_award(tx, made.uid, "1", decision).record_sha256


def confirm(made, seen):
    with made.centre.act("wu") as tx:
        service.confirm_award(tx, made.uid, "1", seen)


def test_an_asset_goes_from_the_draft_to_the_highest_sealed_offer_and_is_reported_as_a_gain(sale, client):
    project = project_of(sale)
    assert project.min_bids == 1
    said = loads(project.notice)
    assert said["lots"][0]["start_fen"] == START
    assert "budget_fen" not in said["lots"][0]
    page = client.get(f"/notices/{sale.uid}").get_data(as_text=True)
    assert "起始价（元）" in page
    for foreign in (
        "最高限价",
        "招标公告",
        "招标文件",
        "采购人",
        "预算金额",
    ):  # a seat is 招标人或代理机构 everywhere
        assert foreign not in page

    hall = openings.hall(db.session(), sale.uid)
    (lot,) = hall.lots
    assert [lot.price_of(sheet) for sheet in lot.ranked] == [OFFERS[3], OFFERS[1], OFFERS[2]]
    assert [lot.below_floor(sheet) for sheet in lot.ranked] == [False, False, True]
    shown = client.get(f"/hall/{sale.uid}").get_data(as_text=True)
    assert "报价高的在前" in shown
    assert shown.count("低于起始价，报价无效") == 1
    assert shown.index("2,000,000.00") < shown.index("1,870,000.00") < shown.index("1,859,999.99")

    (known,) = queries.results(db.session(), project)
    assert known.best.bid == sale.received[3]
    db.session.rollback()
    confirm(sale, record(sale, 3))
    entry = db.session.query(SavingsEntry).one()
    drawer = db.session.get_one(SavingsDrawer, entry.drawer_id)
    assert (drawer.category, drawer.way) == (Category.PROPERTY, Way.AUCTION)
    assert (entry.basis_fen, entry.award_fen) == (START, OFFERS[3])
    result = client.get(f"/notices/{sale.uid}/award").get_data(as_text=True)
    assert "受让方" in result
    assert "中标" not in result


def test_another_than_the_highest_needs_a_reason_and_one_below_the_floor_never_will_do(sale):
    with pytest.raises(rules.NotHighest) as refused:
        record(sale, 1)
    assert refused.value.field == "reason"
    assert refused.value.params["highest"] == "2,000,000.00"
    with pytest.raises(rules.BelowStart):
        record(sale, 2, reason="其他两家放弃")
    record(sale, 1, reason="最高报价的单位书面放弃")
    (known,) = queries.results(db.session(), project_of(sale))
    assert known.pending.reason == "最高报价的单位书面放弃"


def test_the_client_is_told_the_floor_and_warns_below_it_only(sale):
    price = parse_tender(sale.tender_file()).lot("1").fields[0]
    assert (price.floor, price.ceiling) == (START, None)
    assert [below_floor(price, fen) for fen in (START - 1, START, START + 1)] == [True, False, False]


def test_the_record_on_paper_says_the_starting_price_and_marks_what_is_below_it(sale):
    session = db.session()
    hall = openings.hall(session, sale.uid)
    board = sittings.board(session, hall, sale.centre.clock.now())
    (lot,) = [papers._lot(each) for each in board.hall.lots]
    assert lot["ceiling"] == "1,860,000.00"
    assert [row["place"] for row in lot["rows"]] == [3, 1, 2]
    assert "低于起始价" in lot["rows"][2]["values"][0]


@pytest.fixture
def begun(app, clock, tmp_path):
    """A draft of a sale, and the centre that it belongs to."""
    centre = founded(app, clock, tmp_path, 0)
    with centre.act("zhou") as tx:
        return centre, drafting.create_project(tx, VEHICLES, region="539921").uid


@pytest.mark.parametrize(
    ("fen", "earliest"),
    [
        (1000 * WAN, date(2026, 12, 7)),  # ten working days after Monday, 23 November
        (1000 * WAN + 1, date(2026, 12, 21)),  # twenty
    ],
)
def test_the_deadline_keeps_the_notice_period_of_the_amount(begun, fen, earliest):
    centre, uid = begun
    with centre.act("zhou") as tx:
        drafting.add_lot(tx, uid, replace(BUSES, budget_fen=fen, security_fen=0))
    day = centre.clock.now() + timedelta(days=(earliest - date(2026, 11, 23)).days)
    instant = day.replace(hour=6, minute=30, second=0, microsecond=0)
    with pytest.raises(TooShortInWorkingDays) as refused, centre.act("zhou") as tx:
        drafting.set_dates(tx, uid, closes_at=instant - timedelta(days=1))
    assert refused.value.params["earliest"] == earliest.isoformat()
    with centre.act("zhou") as tx:
        drafting.set_dates(tx, uid, closes_at=instant)


def test_a_sale_has_no_ceiling(begun):
    centre, uid = begun
    with pytest.raises(CeilingOnASale), centre.act("zhou") as tx:
        drafting.add_lot(tx, uid, replace(BUSES, ceiling_fen=200 * WAN))


def test_the_report_never_nets_the_gain(sale):
    confirm(sale, record(sale, 3))
    total = reports.report(db.session(), Wanted()).total
    assert (total.saving.items, total.gained_fen) == (0, OFFERS[3] - START)
    assert total.premium_rate == "7.53"
