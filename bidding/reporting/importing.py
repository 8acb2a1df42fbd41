"""Old ledgers as they are: XLSX or CSV in, checked rows and row-by-row errors out. Knows no database and no web.

Nothing is guessed that could move a figure: the unit has to stand in the sheet, a category has to be known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bidding.core.errors import N_
from bidding.documents.sheets import NotASheet, narrow, sheets
from bidding.reporting.ledger_rows import Column, LedgerRow, RowError, RowReader
from bidding.reporting.vocabulary import BY_HEADER, HEADERS, NEEDED, TOTALS

MAX_ROWS = 200_000
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
        reader = RowReader(number, texts, by_key)
        row = reader.read()
        errors += reader.errors
        if row is None:
            continue
        same = (row.code, row.title, row.owner, row.winner, row.awarded_on, row.item, row.agency)
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


#: The header of the empty ledger that the page offers; ``read_ledger`` knows every column of it.
TEMPLATE_HEADER = (
    "项目编号", "项目名称", "类别", "方式", "招标人", "中标人", "预算（控制价、起始价）（万元）", "成交价（万元）", "日期", "结果",
)  # fmt: skip
