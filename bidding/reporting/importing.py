"""Old ledgers as they are: XLSX or CSV in, checked rows and row-by-row errors out. Knows no database and no web.

Nothing is guessed that could move a figure: the unit has to stand in the sheet, a category has to be known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bidding.award.rules import Basis
from bidding.core.errors import N_
from bidding.core.money import NotMoney, parse_wan, parse_yuan
from bidding.documents.sheets import NotASheet, narrow, sheets
from bidding.reporting.savings import GAINING, Category, SavingsItem, Source, Standing, Way
from bidding.reporting.vocabulary import BY_CATEGORY, BY_HEADER, BY_STANDING, BY_WAY, HEADERS, NEEDED, TOTALS

MAX_ROWS = 200_000
#: 1,000 亿元: one item above it is a wrong unit, not a purchase of a county.
MAX_ITEM_FEN = 10**13
HEADER_WITHIN = 15


class NoHeader(NotASheet):
    """No row names the columns that are needed."""

    code = "reporting.no_header"
    text = N_(
        "前 %(rows)s 行里没有找到完整的表头，缺：%(missing)s。请照模板写表头：项目名称、类别、招标人、预算（万元）、"
        "成交价（万元）、日期。"
    )


class NoUnit(NotASheet):
    """Nothing says whether amounts are yuan or 万元."""

    code = "reporting.no_unit"
    text = N_("“%(column)s”一列没有写明金额单位。请在表头写上（万元）或（元），例如“预算（万元）”，再上传。")


class TooManyRows(NotASheet):
    """More rows than are taken at once."""

    code = "reporting.too_many_rows"
    text = N_("表格超过 %(limit)s 行。请按年份拆成几个文件，分别导入。")


class SameColumnTwice(NotASheet):
    """Two columns claim to be the same thing."""

    code = "reporting.same_column_twice"
    text = N_("表头里“%(first)s”和“%(second)s”是同一项内容，不知道该用哪一列。请删去或改名其中一列，再上传。")


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


@dataclass(frozen=True, slots=True)
class Ledger:
    """A checked sheet."""

    columns: Sequence[Column]
    rows: Sequence[LedgerRow]
    errors: Sequence[RowError]
    totals_left_out: Sequence[int]  # rows that are sums of others

    @property
    def bad_rows(self) -> int:
        """How many rows have an error."""
        return len({error.row for error in self.errors})

    @property
    def unit_is_wan(self) -> bool | None:
        """Whether all amounts are in 万元; None where the columns differ."""
        units = {column.wan for column in self.columns if column.key in ("basis", "award")}
        return units.pop() if len(units) == 1 else None


def read_ledger(name: str, data: bytes) -> Ledger:
    """Read and check a whole file.

    Raises ``NotASheet`` (or one that says more closely why) when it cannot be read at all; what is wrong in
    single rows stands in ``Ledger.errors``, several of one row together.
    """
    best = list(NEEDED.values())
    for sheet in sheets(name, data):
        rows = enumerate(sheet, start=1)
        above: list[str] = []
        for number, texts in rows:
            keys = {BY_HEADER.get(_bare(text)) for text in texts}
            missing = [label for key, label in NEEDED.items() if key not in keys]
            if not missing:
                return _check(_columns(texts, above), rows)
            best = min(best, missing, key=len)
            above += texts
            if number >= HEADER_WITHIN:
                break
    raise NoHeader(rows=HEADER_WITHIN, missing="、".join(best))


_UNIT = re.compile(r"\(?(?:单位[::])?(万元|元)\)?$")


def _bare(text: str) -> str:
    """A header without spaces and unit."""
    return _UNIT.sub("", narrow(text))


def _unit(text: str) -> bool | None:
    found = _UNIT.search(narrow(text))
    return None if found is None else found[1] == "万元"


def _columns(texts: Sequence[str], above: Sequence[str]) -> list[Column]:
    """What each column is, with the unit of its amounts. Raises ``NoUnit``, ``SameColumnTwice``."""
    general = {_unit(text) for text in above if "单位" in narrow(text)} - {None}
    columns: dict[str, Column] = {}
    for place, text in enumerate(texts):
        key = BY_HEADER.get(_bare(text))
        if key is None:
            continue
        wan = _unit(text)
        if key in ("basis", "award") and wan is None:
            if len(general) != 1:
                raise NoUnit(column=text)
            wan = next(iter(general))
        column = Column(key, place, text, bool(wan))
        columns[key] = _better(columns.get(key), column)
    return list(columns.values())


def _better(one: Column | None, other: Column) -> Column:
    """Of two columns of one kind the one named more closely. Which amount counts is never guessed."""
    if one is None:
        return other
    order = HEADERS[other.key].index
    if other.key in ("basis", "award") or _bare(one.header) == _bare(other.header):
        raise SameColumnTwice(first=one.header, second=other.header)
    return min(one, other, key=lambda column: order(_bare(column.header)))


def _check(columns: list[Column], rows: Iterable[tuple[int, list[str]]]) -> Ledger:
    good: list[LedgerRow] = []
    errors: list[RowError] = []
    totals: list[int] = []
    seen: dict[tuple[Any, ...], int] = {}
    by_key = {column.key: column for column in columns}
    for count, (number, texts) in enumerate(rows):
        if count >= MAX_ROWS:
            raise TooManyRows(limit=MAX_ROWS)
        if not any(texts):
            continue
        if any(narrow(text).startswith(TOTALS) for text in texts[:3]):
            totals.append(number)
            continue
        reader = _Row(number, texts, by_key)
        row = reader.read()
        errors += reader.errors
        if row is None:
            continue
        same = (row.code, row.title, row.owner, row.winner, row.awarded_on, row.item)
        if same in seen:
            errors.append(
                RowError(
                    number,
                    by_key["title"].name,
                    row.title,
                    N_("与第 %(other)s 行完全相同。重复的请删去一行；确是两个标段的，请写上不同的编号。"),
                    {"other": seen[same]},
                )
            )
            continue
        seen[same] = number
        good.append(row)
    return Ledger(columns, good, errors, totals)


_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?|(\d{4})(\d{2})(\d{2})"
)


class _Row:
    """Reads one row, collecting everything that is wrong with it."""

    def __init__(self, number: int, texts: Sequence[str], columns: dict[str, Column]) -> None:
        self.number = number
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
        )
        return LedgerRow(
            self.number, self._cell("code")[:100], title, owner, self._cell("winner")[:200], day, item
        )

    def _needed(self, key: str, limit: int) -> str:
        text = self._cell(key)
        if not text:
            self._wrong(key, N_("这一格是空的。请填写。"))
        elif len(text) > limit:
            self._wrong(key, N_("太长，最多 %(limit)s 个字。请缩短。"), limit=limit)
        return text

    def _standing(self) -> Standing | None:
        found = BY_STANDING.get(narrow(self._cell("result")))
        if found is None:
            self._wrong(
                "result", N_("不认识这个结果。请写：成交、流标、废标、终止、费率、单价、入围、公示中或演练。")
            )
        return found

    def _category(self) -> Category | None:
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
        text = unicodedata.normalize("NFKC", self._cell("date")).strip()
        match = _DAY.fullmatch(text)
        if match is not None:
            y, m, d = (match[1], match[2], match[3] or "1") if match[1] else (match[4], match[5], match[6])
            try:
                day = date(int(y), int(m), int(d))
            except ValueError:
                day = None
            if day is not None and 1990 <= day.year <= 2099:
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


#: The header of the empty ledger that the page offers; ``read_ledger`` knows every column of it.
TEMPLATE_HEADER = (
    "项目编号", "项目名称", "类别", "方式", "招标人", "中标人", "预算（控制价、起始价）（万元）", "成交价（万元）", "日期", "结果",
)  # fmt: skip
