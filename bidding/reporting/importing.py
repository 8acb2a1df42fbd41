"""Old ledgers as they are: XLSX or CSV in, checked rows and row-by-row errors out. Knows no database and no web.

Memory stays flat: rows are packed a thousand at a time as they are read, their sums are kept by drawer, and of the
errors only the first.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice

from bidding.core.errors import N_
from bidding.documents.sheets import NotASheet, named, narrow
from bidding.reporting.ledger_rows import Column, LedgerRow, RowError, RowReader, from_json, to_json
from bidding.reporting.mapping import (
    HEADER_WITHIN,
    MAX_COLUMNS,
    Head,
    HeaderGone,
    LedgerMap,
    NoHeader,
    columns_of,
    digest,
    missing_in,
    recognised,
)
from bidding.reporting.savings import Category, Drawer, Report, of_drawers
from bidding.reporting.vocabulary import NEEDED, TOTALS

MAX_ROWS = 200_000
#: So many errors are kept to be shown; how many there are is counted beside them.
KEPT_ERRORS = 1_000
_PACK = 1_000


class TooManyRows(NotASheet):
    """More rows than are taken at once."""

    code = "reporting.too_many_rows"
    text = N_("表格超过 %(limit)s 行。请按年份拆成几个文件，分别导入。")


class Rows:
    """Rows that can be walked any number of times, by several at once, and lie packed in between."""

    def __init__(self) -> None:
        self._packs: list[bytes] = []
        self._open: list[LedgerRow] = []
        self._count = 0

    def add(self, row: LedgerRow) -> None:
        """One more, behind the others."""
        self._count += 1
        self._open.append(row)
        if len(self._open) >= _PACK:
            told = json.dumps([to_json(each) for each in self._open], ensure_ascii=False)
            self._packs.append(zlib.compress(told.encode(), 1))
            self._open = []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[LedgerRow]:
        for pack in self._packs:
            yield from (from_json(told) for told in json.loads(zlib.decompress(pack)))
        yield from self._open


@dataclass(slots=True)
class Ledger:
    """A checked sheet."""

    columns: Sequence[Column]
    rows: Rows = field(default_factory=Rows)
    #: Number and sums of the rows by drawer.
    sums: dict[Drawer, tuple[int, int, int]] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)  # the first of them
    error_count: int = 0
    bad_rows: int = 0
    totals_left_out: list[int] = field(default_factory=list)  # rows that are sums of others
    sheet: str = ""  # which was read; empty of a CSV
    unread: list[str] = field(default_factory=list)  # other sheets with such a header

    @property
    def unit_is_wan(self) -> bool | None:
        """Whether all amounts are in 万元; None where the columns differ."""
        units = {column.wan for column in self.columns if column.key in ("basis", "award")}
        return units.pop() if len(units) == 1 else None

    @property
    def report(self) -> Report:
        """What the rows come to."""
        return of_drawers(self.sums)

    def take(self, row: LedgerRow) -> None:
        """A row that is right."""
        self.rows.add(row)
        drawer = row.item.drawer
        items, basis_fen, award_fen = self.sums.get(drawer, (0, 0, 0))
        self.sums[drawer] = (items + 1, basis_fen + row.item.basis_fen, award_fen + row.item.award_fen)

    def refuse(self, errors: Sequence[RowError]) -> None:
        """A row with everything that is wrong with it."""
        self.bad_rows += 1
        self.error_count += len(errors)
        self.errors += errors[: KEPT_ERRORS - len(self.errors)]


def read_ledger(name: str, data: bytes, by: LedgerMap | None = None) -> Ledger:
    """Read and check a whole file, its columns as a person has said (``by``), or as their header says.

    Raises ``NotASheet`` (or one that says more closely why) when it cannot be read at all; what is wrong in
    single rows stands in ``Ledger.errors``, several of one row together. One sheet is read, the first that has the
    header; which others have one, too, stands in ``Ledger.unread``.
    """
    best = list(NEEDED.values())
    pages = named(name, data, columns=MAX_COLUMNS)
    for title, sheet in pages:
        rows = enumerate(sheet, start=1)
        above: list[str] = []
        for _, texts in islice(rows, HEADER_WITHIN):
            if _is_head(texts, by):
                columns = recognised(texts, above) if by is None else columns_of(texts, by)
                ledger = _check(columns, rows, by.category if by else None)
                ledger.sheet = title
                ledger.unread = [other for other, lines in pages if _has_head(lines, by)]
                return ledger
            best = min(best, missing_in(texts), key=len)
            above += texts
    if by is not None:
        raise HeaderGone
    raise NoHeader(rows=HEADER_WITHIN, missing="、".join(best))


def _is_head(texts: Sequence[str], by: LedgerMap | None) -> bool:
    return digest(texts) == by.header if by is not None else not missing_in(texts)


def _has_head(rows: Iterable[list[str]], by: LedgerMap | None) -> bool:
    return any(_is_head(texts, by) for texts in islice(rows, HEADER_WITHIN))


def heads(name: str, data: bytes) -> list[Head]:
    """The first rows of every sheet that has any. Raises ``NotASheet``."""
    found = [
        Head(sheet, [row[:MAX_COLUMNS] for row in islice(rows, HEADER_WITHIN)])
        for sheet, rows in named(name, data, columns=MAX_COLUMNS)
    ]
    return [head for head in found if any(any(row) for row in head.rows)]


def _check(columns: list[Column], rows: Iterable[tuple[int, list[str]]], category: Category | None) -> Ledger:
    ledger = Ledger(columns)
    seen: dict[bytes, int] = {}
    by_key: Mapping[str, Column] = {column.key: column for column in columns}
    for count, (number, texts) in enumerate(rows):
        if count >= MAX_ROWS:
            raise TooManyRows(limit=MAX_ROWS)
        if not any(texts):
            continue
        if any(narrow(text).startswith(TOTALS) for text in texts[:3]):
            ledger.totals_left_out.append(number)
            continue
        reader = RowReader(number, texts, by_key, category)
        row = reader.read()
        if row is None:
            ledger.refuse(reader.errors)
            continue
        same = blake2b(repr(to_json(row)[1:]).encode(), digest_size=16).digest()
        if same in seen:
            said = N_("与第 %(other)s 行完全相同。重复的请删去一行；确是两个标段的，请写上不同的编号。")
            ledger.refuse([RowError(number, by_key["title"].name, row.title, said, {"other": seen[same]})])
            continue
        seen[same] = number
        ledger.take(row)
    return ledger


#: The header of the empty ledger that the page offers; ``read_ledger`` knows every column of it.
TEMPLATE_HEADER = (
    "项目编号", "项目名称", "类别", "方式", "招标人", "中标人", "预算（控制价、起始价）（万元）", "成交价（万元）", "日期", "结果",
    "区划", "代理机构", "投标家数",
)  # fmt: skip
