"""The JSON, and a whole way from sealed bids to the report."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook

from bidding.award import service as awards
from bidding.award.service import Decision
from bidding.core.canonical import dumps, loads
from bidding.core.clock import SHANGHAI
from bidding.db import db
from bidding.opening import queries as opening
from bidding.reporting import exports, queries, workbook
from bidding.reporting.rules import EVER, Wanted
from bidding.tenders.queries import notice


def test_from_sealed_bids_to_the_report(opened, clock):
    centre = opened.centre
    best = min(
        opening.sheets(db.session, notice(db.session, opened.uid)), key=lambda s: s.fields["price_fen"]
    )
    opened.publicise()
    today = clock.now().astimezone(SHANGHAI).date()
    with centre.act("zhou") as tx:
        seen = awards.record_award(tx, opened.uid, "1", Decision(today, best.bid_uid)).record_sha256
    with centre.act("wu") as tx:
        awards.confirm_award(tx, opened.uid, "1", seen)
    total = queries.report(db.session, Wanted()).total
    assert (total.items, total.award_fen) == (1, best.fields["price_fen"])
    assert total.saved_fen == 1_286_400_000 - best.fields["price_fen"]


def test_the_json_is_canonical_and_says_what_was_asked(make, award, clock):
    award(make())
    wanted = Wanted(EVER, owner="明川县城市更新中心")
    data = exports.to_json(db.session, wanted, at=clock.now())
    said = loads(data)
    assert dumps(said) == data
    assert said["asked"] == {"period": "all", "owner": "明川县城市更新中心"}
    assert said["items"][0]["basis"] == {"kind": "ceiling", "fen": 1_286_000_000}


def test_items_beyond_the_limit_are_counted_not_listed(ledger_file, bring_in, clock):
    rows = [f"A-{n},项目{n},政府采购,公开招标,局,,100,90,2025-11-03," for n in range(5)]
    bring_in(ledger_file(*rows))
    said = loads(exports.to_json(db.session, Wanted(), at=clock.now(), most=3))
    assert (len(said["items"]), said["items_left_out"], said["total"]["items"]) == (3, 2, 5)


def test_the_workbook_needs_no_request(make, award, clock):
    award(make())
    target = BytesIO()
    workbook.to_xlsx(db.session, Wanted(), target, at=clock.now())
    assert load_workbook(target)["逐项"].max_row == 2
