"""Reading a list of experts from XLSX or CSV: what is good, and what is wrong with each other row. Pure.

Nothing is taken from a list until somebody has seen what it holds; see ``service.apply_import``.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from defusedxml import DefusedXmlException

from bidding.core.codes import InvalidUscc, check_uscc
from bidding.core.errors import N_, DomainError
from bidding.documents.xlsx import Book

MAX_ROWS = 200_000
#: A workbook that unpacks to more than this is no list of people.
MAX_UNPACKED = 300 * 2**20

#: Column → the headings under which it is found, folded to lower case.
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "name"),
    "unit": ("单位", "工作单位", "unit", "employer"),
    "uscc": ("统一社会信用代码", "单位代码", "uscc"),
    "specialties": ("专业", "专业代码", "specialty", "specialties"),
    "title": ("职称", "title"),
    "years": ("年限", "从业年限", "years"),
    "phone": ("电话", "手机", "联系电话", "phone"),
    "region": ("地区", "region"),
}
REQUIRED = ("name", "unit", "specialties", "phone")
#: The columns of the template, in order.
TEMPLATE = ("姓名", "单位", "统一社会信用代码", "专业", "职称", "年限", "电话", "地区")
_EXAMPLE = ("张三", "明川县建筑设计院", "", "A0801；A0802", "高级工程师", 12, "13800000000", "明川县")

_LIMITS = {"name": 60, "unit": 200, "title": 60, "region": 60}
_PHONE = re.compile(r"\+?[0-9]{7,20}")
_SEPARATORS = re.compile(r"[;；、,，]")


class UnreadableList(DomainError):
    """The file is neither a workbook nor a table of text that can be read."""

    code = "pool.unreadable"
    text = N_("这个文件读不出来：%(reason)s。请用本页的模板填写，存成 XLSX 或 CSV 再上传。")
    status = 422


class MissingColumns(UnreadableList):
    """Columns without which nobody can be entered."""

    code = "pool.columns"
    text = N_("第一行缺少这些列：%(columns)s。请照模板补上列名（顺序不限）再上传。")


@dataclass(frozen=True, slots=True)
class Row:
    """One person, as the list has them."""

    line: int
    name: str
    unit: str
    uscc: str | None
    specialties: tuple[str, ...]
    title: str
    years: int | None
    phone: str
    region: str


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell, and what to do; ``text`` is the catalogue's key, filled with ``params``.

    ``name`` is whose row it is, as far as the row says.
    """

    line: int
    name: str
    column: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """The good rows of a list, and everything that is wrong with the others."""

    rows: Sequence[Row]
    errors: Sequence[RowError]

    @property
    def refused(self) -> int:
        """How many rows cannot be taken."""
        return len({error.line for error in self.errors})


EMPTY = N_("没有填写。请补上这一格。")
TOO_LONG = N_("超过 %(limit)s 个字。请缩短。")
NO_SPECIALTY = N_("没有专业。每位专家至少写一个专业代码；多个专业用分号隔开。")
UNKNOWN_SPECIALTY = N_("专业代码 %(codes)s 不在专业表里。请改用表中的代码，或先登记这个专业。")
NOT_YEARS = N_("“%(value)s”不是 0 到 70 的整数。请填写从业年数。")
NOT_PHONE = N_("“%(value)s”不是电话号码。请填写 7 到 20 位数字。")
NOT_USCC = N_("“%(value)s”不是统一社会信用代码。请核对 18 位代码，或把这一格留空。")
TWICE = N_("与第 %(before)s 行是同一个人（姓名和电话相同）。请删去其中一行。")
KNOWN = N_("专家库里已有这个人（姓名和电话相同）。请从名单中删去这一行。")


def read(
    file_name: str, data: bytes, *, specialties: Collection[str], known: Collection[tuple[str, str]]
) -> Reading:
    """Read a list; ``known`` are the (name, phone) of those already in the pool. Raises ``UnreadableList``."""
    lines = _workbook(data) if data[:2] == b"PK" or file_name.lower().endswith(".xlsx") else _text(data)
    table = iter(lines)
    heads = next(table, None)
    if heads is None:
        raise UnreadableList(reason=N_("文件是空的"))
    where = _columns(heads[1])
    reader = _Reader(where, frozenset(specialties), known)
    for number, (line, cells) in enumerate(table):
        if number >= MAX_ROWS:
            raise UnreadableList(reason=N_("行数太多，请分成几个文件"))
        if any(cells):
            reader.take(line, cells)
    if not reader.rows and not reader.errors:
        raise UnreadableList(reason=N_("只有列名，没有专家"))
    return Reading(reader.rows, reader.errors)


class _Reader:
    def __init__(
        self,
        where: Mapping[str, int],
        specialties: frozenset[str],
        known: Collection[tuple[str, str]],
    ) -> None:
        self._where = where
        self._specialties = specialties
        self._known = known
        self._seen: dict[tuple[str, str], int] = {}
        self.rows: list[Row] = []
        self.errors: list[RowError] = []

    def take(self, line: int, cells: Sequence[str]) -> None:
        values = {name: cells[place] if place < len(cells) else "" for name, place in self._where.items()}
        faults: list[RowError] = []
        row = Row(
            line=line,
            name=self._needed(values, "name", line, faults),
            unit=self._needed(values, "unit", line, faults),
            uscc=_uscc(values.get("uscc", ""), line, faults),
            specialties=self._codes(values.get("specialties", ""), line, faults),
            title=_short(values, "title", line, faults),
            years=_years(values.get("years", ""), line, faults),
            phone=self._phone(values, line, faults),
            region=_short(values, "region", line, faults),
        )
        if not faults:
            self._once(row, faults)
        if faults:
            self.errors += [replace(fault, name=values["name"][:60]) for fault in faults]
        else:
            self.rows.append(row)

    def _needed(self, values: Mapping[str, str], name: str, line: int, faults: list[RowError]) -> str:
        if not values[name]:
            faults.append(_fault(line, name, EMPTY))
        return _short(values, name, line, faults)

    def _codes(self, text: str, line: int, faults: list[RowError]) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(code.strip() for code in _SEPARATORS.split(text) if code.strip()))
        unknown = [code for code in codes if code not in self._specialties]
        if not codes:
            faults.append(_fault(line, "specialties", NO_SPECIALTY))
        elif unknown:
            faults.append(_fault(line, "specialties", UNKNOWN_SPECIALTY, codes="、".join(unknown)[:200]))
        return codes

    def _phone(self, values: Mapping[str, str], line: int, faults: list[RowError]) -> str:
        phone = re.sub(r"[\s()（）-]", "", values["phone"])
        if not phone:
            faults.append(_fault(line, "phone", EMPTY))
        elif not _PHONE.fullmatch(phone):
            faults.append(_fault(line, "phone", NOT_PHONE, value=values["phone"][:40]))
        return phone

    def _once(self, row: Row, faults: list[RowError]) -> None:
        person = (row.name, row.phone)
        before = self._seen.setdefault(person, row.line)
        if before != row.line:
            faults.append(_fault(row.line, "name", TWICE, before=before))
        elif person in self._known:
            faults.append(_fault(row.line, "name", KNOWN))


def _fault(line: int, column: str, text: str, **params: Any) -> RowError:
    return RowError(line, "", HEADINGS[column][0], text, params)


def _short(values: Mapping[str, str], name: str, line: int, faults: list[RowError]) -> str:
    value = values.get(name, "")
    if len(value) > _LIMITS[name]:
        faults.append(_fault(line, name, TOO_LONG, limit=_LIMITS[name]))
    return value


def _years(text: str, line: int, faults: list[RowError]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= 70:
        return int(text)
    faults.append(_fault(line, "years", NOT_YEARS, value=text[:40]))
    return None


def _uscc(text: str, line: int, faults: list[RowError]) -> str | None:
    if not text:
        return None
    try:
        return check_uscc(text)
    except InvalidUscc:
        faults.append(_fault(line, "uscc", NOT_USCC, value=text[:40]))
        return None


def _columns(heads: Sequence[str]) -> dict[str, int]:
    folded = [head.strip().casefold() for head in heads]
    where = {
        name: folded.index(found)
        for name, words in HEADINGS.items()
        if (found := next((word for word in words if word in folded), None)) is not None
    }
    missing = [HEADINGS[name][0] for name in REQUIRED if name not in where]
    if missing:
        raise MissingColumns(columns="、".join(missing))
    return where


def _text(data: bytes) -> Iterator[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableList(reason=N_("既不是 UTF-8 也不是 GB18030 编码的文本"))
    if "\0" in text:
        raise UnreadableList(reason=N_("这不是文本文件"))
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise UnreadableList(reason=str(error)) from error


def _workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # 6 MB, which a worker needs only where a workbook comes
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise UnreadableList(reason=N_("解压后太大"))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        DefusedXmlException,
        KeyError,
        ValueError,
        OSError,
    ) as error:
        raise UnreadableList(reason=N_("不是完整的 XLSX 文件")) from error
    try:
        sheet = book.worksheets[0]
        for line, cells in enumerate(sheet.iter_rows(max_col=40, values_only=True), 1):
            yield line, [_cell(cell) for cell in cells]
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():  # Excel keeps a telephone number as a float
        return str(int(value))
    return str(value).strip()


def template(specialties: Iterable[tuple[str, str]], created: datetime) -> bytes:
    """An XLSX to fill in: the columns with an example, and a second sheet with the codes of specialties."""
    out = io.BytesIO()
    with Book(out, created=created) as book:
        book.sheet("专家", TEMPLATE, (10, 30, 22, 22, 14, 8, 16, 12)).row(*_EXAMPLE)
        codes = book.sheet("专业代码", ("代码", "专业"), (16, 40))
        for code, name in specialties:
            codes.row(code, name)
    return out.getvalue()
