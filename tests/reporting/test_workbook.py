"""What real centres have printed, through the import to the page, the workbook and the JSON, to the printed digit.

A centre prints sums, so each test's ledger has as many items as the centre had, with amounts that add up to its sums.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bidding.core.money import FEN_PER_WAN, parse_wan

#: What the centres' rows are called here.
_CATEGORIES = {
    "工程建设": "works",
    "政府采购": "procurement",
    "土地、罚没财物、矿业权、国有产权": "property",
    "国有资产产权": "property",
    "其他": "other",
}
_IN_LEDGER = {"works": "工程建设", "procurement": "政府采购", "property": "国有产权", "other": "其他"}


@pytest.fixture(scope="module")
def figures(vectors):
    found = json.loads((vectors / "published-figures.json").read_text("utf-8"))["figures"]
    assert all(figure["reproduces"] for figure in found)
    return {figure["centre"][:2]: figure for figure in found}


def wan_text(fen):
    """万元 with all six decimals: as exact as a ledger can be."""
    return f"{fen // FEN_PER_WAN}.{fen % FEN_PER_WAN:06d}"


def spread(fen, parts):
    """An amount in so many like parts, the first taking what does not divide."""
    each = fen // parts
    return [fen - each * (parts - 1), *[each] * (parts - 1)]


def lines(category, items, basis_fen, award_fen, month):
    """As many items whose bases and awards come to these sums, all on the same side of their basis."""
    steps = spread(abs(basis_fen - award_fen), items)
    sign = 1 if basis_fen >= award_fen else -1
    for number, (award, step) in enumerate(zip(spread(award_fen, items), steps, strict=True)):
        yield (
            f"{category}-{month}-{number}-{sign},项目 {number},{_IN_LEDGER[category]},公开招标,某单位,某公司,"
            f"{wan_text(award + sign * step)},{wan_text(award)},{month}-15,"
        )


def of_row(row, month):
    """The items of one printed row."""
    category, items = _CATEGORIES[row["category"]], row["items"]
    award = parse_wan(row["award"])
    if "saved_plus_gain" in row:  # 其他: each item went its own way; one gained what does not net
        start, both = parse_wan(row["start"]), parse_wan(row["saved_plus_gain"])
        gained = (both - (start - award)) // 2
        small = 10 * FEN_PER_WAN
        yield from lines(category, 1, small, small + gained, month)
        yield from lines(category, items - 1, start - small, award - small - gained, month)
        return
    basis = award + parse_wan(row["saved"]) if "saved" in row else award - parse_wan(row["gain"])
    for key in ("budget", "start"):
        assert key not in row or parse_wan(row[key]) == basis
    yield from lines(category, items, basis, award, month)


class Told:
    """The figures of one question as the page, the workbook and the JSON give them: texts with two decimals."""

    def __init__(self, client, query):
        self.page = client.get(f"/savings?{query}").text
        self.json = json.loads(client.get(f"/savings.json?{query}").data)["total"]
        with client.get(f"/savings.xlsx?{query}") as answer:
            book = load_workbook(BytesIO(answer.data), read_only=True)
            self.sheet = {
                row[0]: row[1] for row in book["汇总"].iter_rows(values_only=True) if row and row[0]
            }

    def amount(self, printed, xlsx, *path):
        """Whether all three say an amount of 万元."""
        fen = self.json
        for key in path:
            fen = fen[key]
        shown = f"{Decimal(printed):,.2f}"
        assert f"{Decimal(fen) / FEN_PER_WAN:,.2f}" == shown
        assert f"{Decimal(str(self.sheet[xlsx])):,.2f}" == shown
        assert re.search(rf"(?<![0-9,]){re.escape(shown)}(?![0-9])", self.page), shown

    def rate(self, printed, xlsx, *path):
        """Whether all three say a rate in per cent."""
        text = self.json
        for key in path:
            text = text[key]
        assert text == printed
        assert f"{Decimal(str(self.sheet[xlsx])):.2f}" == printed
        assert re.search(rf"(?<![0-9.]){re.escape(printed)}(?![0-9])", self.page), printed

    def items(self, count, xlsx, *path):
        """Whether all three say a number of items."""
        number = self.json
        for key in path:
            number = number[key]
        assert number == count == self.sheet[xlsx]
        assert f">{count:,}<" in self.page


def test_202_items_of_xuyong(client, bring_in, ledger_file, figures):
    row = figures["叙永"]
    budget, award = parse_wan(row["budget"]), parse_wan(row["award"])
    bring_in(ledger_file(*lines("procurement", row["items"], budget, award, "2010-08")))
    told = Told(client, "period=2009-08..2011-12")
    told.items(202, "节资项数", "saving", "items")
    told.amount(row["budget"], "预算（控制价）万元", "saving", "basis_fen")
    told.amount(row["award"], "节资项成交 万元", "saving", "award_fen")
    told.amount(row["saved"], "节约 万元", "saving", "saved_fen")
    told.rate(row["savings_rate_percent"], "节资率（百分比）", "saving", "rate_percent")


def test_the_three_rows_of_baoshan_and_their_total(client, bring_in, ledger_file, figures):
    figure = figures["保山"]
    bring_in(ledger_file(*(line for row in figure["rows"] for line in of_row(row, "2020-08"))))
    for row in figure["rows"]:
        told = Told(client, f"period=2020-01..2020-08&category={_CATEGORIES[row['category']]}")
        if "saved" in row:
            told.items(row["items"], "节资项数", "saving", "items")
            told.amount(row["award"], "节资项成交 万元", "saving", "award_fen")
            told.amount(row["saved"], "节约 万元", "saving", "saved_fen")
        else:
            told.items(row["items"], "增值项数", "gain", "items")
            told.amount(row["award"], "增值项成交 万元", "gain", "award_fen")
            told.amount(row["gain"], "增值 万元", "gain", "gained_fen")
    whole, total = Told(client, "period=2020-01..2020-08"), figure["total"]
    whole.amount(total["saved"], "节约 万元", "saving", "saved_fen")
    whole.amount(total["gain"], "增值 万元", "gain", "gained_fen")
    assert whole.json["items"] == total["items"]
    assert whole.json["award_fen"] == parse_wan(total["award"])
    assert client.get("/savings/items?period=2020-08").text.count("1,300 项") == 1


def test_the_three_rows_of_zhaoqing(client, bring_in, ledger_file, figures):
    figure = figures["a "]
    buying, selling, other = figure["rows"]
    bring_in(ledger_file(*(line for row in figure["rows"] for line in of_row(row, "2025-11"))))

    told = Told(client, "period=2025-01..2025-11&category=procurement")
    told.items(buying["items"], "节资项数", "saving", "items")
    told.amount(buying["budget"], "预算（控制价）万元", "saving", "basis_fen")
    told.amount(buying["award"], "节资项成交 万元", "saving", "award_fen")
    told.amount(buying["saved"], "节约 万元", "saving", "saved_fen")
    told.rate(buying["rate_percent"], "节资率（百分比）", "saving", "rate_percent")

    told = Told(client, "period=2025-01..2025-11&category=property")
    told.items(selling["items"], "增值项数", "gain", "items")
    told.amount(selling["start"], "起始价 万元", "gain", "start_fen")
    told.amount(selling["award"], "增值项成交 万元", "gain", "award_fen")
    told.amount(selling["gain"], "增值 万元", "gain", "gained_fen")
    told.rate(selling["rate_percent"], "增值率（百分比）", "gain", "rate_percent")

    told = Told(client, "period=2025-01..2025-11&category=other")
    told.amount(other["saved_plus_gain"], "增效节资 万元", "benefit_fen")
    assert told.json["items"] == other["items"]
    assert told.json["award_fen"] == parse_wan(other["award"])
    assert told.json["saving"]["basis_fen"] + told.json["gain"]["start_fen"] == parse_wan(other["start"])
    told.rate(other["rate_percent"], "增效节资率（百分比）", "benefit_rate_percent")
