"""The tables: sales too, corrections beside what they correct, and no formula."""

from __future__ import annotations

import csv
import io

import pytest

from bidding.db import db
from bidding.opendata import rules, tables
from bidding.tenders.models import Family, Method
from tests.award.conftest import award, confirm, make, record, today  # noqa: F401 — opened projects
from tests.award.opened import WAN

HERE = "https://centre.example"


def read(lines):
    return list(csv.DictReader(io.StringIO("".join(lines))))


@pytest.fixture
def year(clock):
    return rules.span(rules.year_of(clock.now()))


def test_a_line_for_each_lot_with_amounts_in_yuan(make, year):  # noqa: F811
    make(lots=("1", "2"), budget=1320 * WAN + 5)
    first, second = read(tables.notices(db.session(), year, HERE))
    assert (first["lot"], second["lot"]) == ("1", "2")
    assert (first["budget_yuan"], first["ceiling_yuan"], first["start_yuan"]) == (
        "13200000.05",
        "12860000",
        "",
    )
    assert first["closes_at"].endswith("+08:00")
    assert first["page"] == f"{HERE}/notices/p1"


def test_of_what_is_sold_the_starting_price_is_told(make, year):  # noqa: F811
    make(family=Family.PROPERTY, method=Method.ASSET_TRANSFER, ceiling=None, prices=(1400 * WAN,))
    (line,) = read(tables.notices(db.session(), year, HERE))
    assert (line["family"], line["budget_yuan"], line["start_yuan"]) == ("property", "", "13200000")


def test_a_corrected_result_stands_beside_the_one_in_force(make, award, record, confirm, year):  # noqa: F811
    given = make()
    award(given)
    confirm(given, record(given, "zhao", correction="登记有误"))
    found = read(tables.results(db.session(), year, HERE))
    assert [(line["revision"], line["in_force"]) for line in found] == [("1", "false"), ("2", "true")]


def test_what_is_recorded_and_not_confirmed_is_not_told(make, record, year):  # noqa: F811
    record(make())
    assert read(tables.results(db.session(), year, HERE)) == []


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1"])
def test_a_name_is_never_a_formula(make, year, title):  # noqa: F811
    make(title=title)
    (line,) = read(tables.notices(db.session(), year, HERE))
    assert line["title"] == f"'{title}"
