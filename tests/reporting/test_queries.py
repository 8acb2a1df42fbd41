"""Pages of items: each item once, in order, whatever months and drawers the pages cut through."""

from __future__ import annotations

import pytest

from bidding.core.errors import NotFound
from bidding.db import db
from bidding.reporting import queries
from bidding.reporting.rules import Wanted, parse_period
from bidding.reporting.savings import Category, Standing


@pytest.fixture
def old(ledger_file, bring_in):
    """Sixty items over seven months of two years, in several drawers each, two of them failed."""
    rows = []
    for n in range(60):
        category = ("政府采购", "工程", "国有产权")[n % 3]
        year, month = (2024, 12) if n % 7 == 0 else (2025, n % 7)
        rows.append(
            f"A-{n},项目{n},{category},公开招标,局{n % 4},,100,{80 + n % 30},{year}-{month:02d}-{n % 28 + 1:02d},"
        )
    rows += [
        "B-1,流标一,工程,公开招标,局1,,9,,2025-03-01,流标",
        "B-2,流标二,工程,公开招标,局1,,9,,2025-01-01,流标",
    ]
    bring_in(ledger_file(*rows))


def pages(wanted, size):
    """Every item, page by page."""
    db.session.rollback()
    first = queries.items_page(db.session, wanted, number=1, size=size)
    found = []
    for number in range(1, first.pages + 1):
        page = queries.items_page(db.session, wanted, number=number, size=size)
        assert (page.number, page.total) == (number, first.total)
        found += page.items
    return found


@pytest.mark.parametrize("size", [1, 7, 50, 100])
@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(), 60),
        (Wanted(owner="局1"), 15),
        (Wanted(parse_period("2025")), 51),
        (Wanted(category=Category.WORKS), 20),
        (Wanted(standing=Standing.FAILED), 2),
        (Wanted(owner="没有"), 0),
    ],
)
def test_pages_hold_every_item_once_the_latest_first(old, wanted, count, size):
    found = pages(wanted, size)
    assert len({entry.id for entry in found}) == len(found) == count
    assert count == queries.items_total(db.session, wanted)
    keys = [(entry.awarded_on, entry.id) for entry in found]
    assert keys == sorted(keys, reverse=True)


def test_past_the_end_stands_the_last_page(old):
    page = queries.items_page(db.session, Wanted(), number=99, size=50)
    assert (page.number, len(page.items)) == (2, 10)


def test_items_above_their_budget_are_found(old):
    found = pages(Wanted(adverse=True), 50)
    assert found
    for entry in found:
        wrong = entry.award_fen - entry.basis_fen
        assert wrong < 0 if entry.drawer.category is Category.PROPERTY else wrong > 0


def test_the_whole_ledger_runs_from_the_earliest(old):
    db.session.rollback()
    days = [entry.awarded_on for entry in queries.all_items(db.session, Wanted())]
    assert len(days) == 60
    assert days == sorted(days)


def test_what_years_and_months_there_are(old):
    db.session.rollback()
    assert queries.years(db.session) == [2025, 2024]
    assert queries.months(db.session, 2024) == [202412]
    assert queries.owner_names(db.session) == ["局0", "局1", "局2", "局3"]
    with pytest.raises(NotFound):
        queries.batch(db.session, "nothing")
