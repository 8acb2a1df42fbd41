"""One row of an old ledger: its cells in, a checked item or everything that is wrong with it out. Knows no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bidding.award.rules import Basis
from bidding.core.errors import N_
from bidding.core.money import NotMoney, parse_wan, parse_yuan
from bidding.documents.sheets import narrow
from bidding.reporting.savings import GAINING, Category, SavingsItem, Source, Standing, Way
from bidding.reporting.vocabulary import BY_CATEGORY, BY_STANDING, BY_WAY

#: 1,000 亿元: one item above it is a wrong unit, not a purchase of a county.
MAX_ITEM_FEN = 10**13
#: More than this handed in for no item: something else stands in the column.
MAX_BIDDERS = 10_000


@dataclass(frozen=True, slots=True)
class RowError:
    """One cell that cannot be taken: where it is, what stands there, what is wrong and what to do."""

    row: int
    column: str  # letter and header, e.g. "E 成交价（万元）"
    value: str
    text: str  # the catalogue's key
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row that can be taken."""

    number: int
    code: str
    title: str
    owner: str
    winner: str
    awarded_on: date
    item: SavingsItem
    agency: str = ""
    bidders: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was recognised."""

    key: str
    place: int  # from 0
    header: str
    wan: bool = False  # amounts in 万元, else yuan

    @property
    def name(self) -> str:
        """Letter and header, as a person finds it."""
        from openpyxl.utils import get_column_letter  # loaded where a sheet has come

        return f"{get_column_letter(self.place + 1)} {self.header}"


_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?|(\d{4})(\d{2})(\d{2})"
)


_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_COUNTED = re.compile(r"[一二三四五六七八九十]+")


def day_of(text: str) -> date | None:
    """The day of a cell: 2026-11-03, 2026.11.3, 2026年11月3日, 20261103, 二〇二六年十一月三日; None for what is none.

    A month without a day is its first, for what counts is the month. No year is guessed, and no bare number is a day.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if "年" in plain:
        year, _, rest = plain.partition("年")
        plain = f"{year.translate(_DIGITS)}年{_COUNTED.sub(_counted, rest)}"
    match = _DAY.fullmatch(plain)
    if match is None:
        return None
    y, m, d = (match[1], match[2], match[3] or "1") if match[1] else (match[4], match[5], match[6])
    try:
        found = date(int(y), int(m), int(d))
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2099 else None


def _counted(match: re.Match[str]) -> str:
    """A number up to 99 in Chinese numerals, in digits."""
    tens, ten, ones = match[0].partition("十")
    if not ten:
        return match[0].translate(_DIGITS)
    return f"{tens.translate(_DIGITS) or '1'}{ones.translate(_DIGITS) or '0'}"


class RowReader:
    """Reads one row, collecting everything that is wrong with it."""

    def __init__(
        self,
        number: int,
        texts: Sequence[str],
        columns: Mapping[str, Column],
        category: Category | None = None,
    ) -> None:
        self.number = number
        self.all_of = category
        self.texts = texts
        self.columns = columns
        self.errors: list[RowError] = []

    def _cell(self, key: str) -> str:
        column = self.columns.get(key)
        return self.texts[column.place] if column is not None and column.place < len(self.texts) else ""

    def _wrong(self, key: str, text: str, **params: Any) -> None:
        self.errors.append(RowError(self.number, self.columns[key].name, self._cell(key)[:60], text, params))

    def read(self) -> LedgerRow | None:
        """The row, or None with ``errors`` filled."""
        title, owner = self._needed("title", 300), self._needed("owner", 200)
        standing = self._standing()
        category, way = self._category(), self._way()
        basis_fen = self._money("basis", needed=standing is Standing.COUNTED)
        award_fen = self._award(standing)
        day = self._day()
        region, agency = self._within("region", 60), self._within("agency", 200)
        bidders = self._bidders()
        if self.errors or day is None or category is None or standing is None:
            return None
        item = SavingsItem(
            month=day.year * 100 + day.month,
            category=category,
            way=way or Way.OTHER,
            basis=_basis_of(self.columns["basis"].header, category),
            basis_fen=basis_fen,
            award_fen=award_fen,
            source=Source.IMPORTED,
            standing=standing,
            region=region,
        )
        code, winner = self._cell("code")[:100], self._cell("winner")[:200]
        return LedgerRow(self.number, code, title, owner, winner, day, item, agency, bidders)

    def _needed(self, key: str, limit: int) -> str:
        if not self._cell(key):
            self._wrong(key, N_("这一格是空的。请填写。"))
        return self._within(key, limit)

    def _within(self, key: str, limit: int) -> str:
        text = self._cell(key)
        if len(text) > limit:
            self._wrong(key, N_("太长，最多 %(limit)s 个字。请缩短。"), limit=limit)
        return text

    def _bidders(self) -> int | None:
        """How many handed in; None where the ledger does not say."""
        text = narrow(self._cell("bidders")).removesuffix("家").removesuffix("人")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text) <= MAX_BIDDERS):
            self._wrong("bidders", N_("不是家数。请只填整数，不知道的留空。"))
            return None
        return int(text)

    def _standing(self) -> Standing | None:
        found = BY_STANDING.get(narrow(self._cell("result")))
        if found is None:
            self._wrong(
                "result", N_("不认识这个结果。请写：成交、流标、废标、终止、费率、单价、入围、公示中或演练。")
            )
        return found

    def _category(self) -> Category | None:
        if self.all_of is not None:
            return self.all_of
        text = narrow(self._cell("category"))
        found = BY_CATEGORY.get(text) or BY_CATEGORY.get(re.split(r"[·・\-—/(]", text)[0])
        if found is None:
            self._wrong(
                "category",
                N_("不认识这个类别。请写：工程建设、政府采购、限额以下、土地、矿业权、国有产权或其他。"),
            )
        return found

    def _way(self) -> Way | None:
        text = narrow(self._cell("way"))
        if not text:
            return Way.OTHER
        found = BY_WAY.get(text)
        if found is None:
            self._wrong(
                "way",
                N_(
                    "不认识这个方式。请写：公开招标、邀请招标、竞争性谈判、竞争性磋商、询价、单一来源、比选、拍卖、挂牌或其他。"
                ),
            )
        return found

    def _money(self, key: str, *, needed: bool) -> int:
        """Fen of an amount cell; zero where it is not needed and not there."""
        text, column = self._cell(key), self.columns[key]
        if not needed and (not text or not any(sign.isdigit() for sign in text)):
            return 0
        if not text:
            self._wrong(key, N_("金额是空的。请填写数字；没有成交的，在“结果”一列写流标或终止。"))
            return 0
        try:
            fen = parse_wan(text) if column.wan else parse_yuan(text)
        except NotMoney as error:
            if any(sign.isdigit() for sign in text):
                self._wrong(key, error.text, **error.params)
            else:
                self._wrong(
                    key,
                    N_(
                        "金额列里写的是文字。请只填数字；没有成交的，在“结果”一列写明（流标、终止、费率等）。"
                    ),
                )
            return 0
        if fen > MAX_ITEM_FEN:
            self._wrong(key, N_("超过 1,000 亿元，多半是单位不对。请核对表头写的是元还是万元。"))
        elif fen == 0 and needed:
            self._wrong(key, N_("金额是 0。请填写实际金额；没有成交的，在“结果”一列写流标或终止。"))
        return fen

    def _award(self, standing: Standing | None) -> int:
        if standing in (Standing.FAILED, Standing.NO_AMOUNT, Standing.SHORTLISTED):
            return 0  # a rate or "流标" may stand in the cell
        return self._money("award", needed=standing is Standing.COUNTED)

    def _day(self) -> date | None:
        day = day_of(self._cell("date"))
        if day is not None:
            return day
        self._wrong("date", N_("不是日期。请写成 2026-11-30。"))
        return None


def _basis_of(header: str, category: Category) -> Basis:
    """What the basis column holds: what its header says, or, where it says several things, by category.

    What is sold has no budget, whatever a ledger of purchases and sales calls its one column.
    """
    if category in GAINING:
        return Basis.START
    said = {
        basis
        for basis, words in (
            (Basis.BUDGET, ("预算",)),
            (Basis.CEILING, ("控制价", "限价", "拦标价")),
            (Basis.START, ("起始价", "底价")),
            (Basis.ESTIMATE, ("估算",)),
        )
        if any(word in header for word in words)
    }
    if len(said) == 1:
        return said.pop()
    return Basis.CEILING if category is Category.WORKS else Basis.BUDGET


def to_json(row: LedgerRow) -> list[Any]:
    """A row as plain values, its number first."""
    item = row.item
    return [
        row.number,
        row.code,
        row.title,
        row.owner,
        row.winner,
        row.awarded_on.isoformat(),
        row.agency,
        row.bidders,
        item.category.value,
        item.way.value,
        item.basis.value,
        item.basis_fen,
        item.award_fen,
        item.standing.value,
        item.region,
    ]


def from_json(told: Sequence[Any]) -> LedgerRow:
    """What ``to_json`` has packed."""
    day = date.fromisoformat(told[5])
    item = SavingsItem(
        month=day.year * 100 + day.month,
        category=Category(told[8]),
        way=Way(told[9]),
        basis=Basis(told[10]),
        basis_fen=told[11],
        award_fen=told[12],
        source=Source.IMPORTED,
        standing=Standing(told[13]),
        region=told[14],
    )
    return LedgerRow(told[0], told[1], told[2], told[3], told[4], day, item, told[6], told[7])
