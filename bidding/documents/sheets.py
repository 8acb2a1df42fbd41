"""Bytes of a table that somebody kept, XLSX or CSV, as rows of texts. Knows no database and no web."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from bidding.core.errors import N_, DomainError

MAX_UNPACKED = 400 * 2**20
_BLOCK = 2**16
_OLE = b"\xd0\xcf\x11\xe0"


class NotASheet(DomainError):
    """The file cannot be read as a sheet at all."""

    code = "documents.not_a_sheet"
    text = N_("文件“%(name)s”打不开：它不是 .xlsx 或 .csv 表格。请在 WPS 或 Excel 里另存为 .xlsx 再上传。")
    status = 422


class OldExcel(NotASheet):
    """A .xls of Excel 97."""

    code = "documents.old_excel"
    text = N_("文件“%(name)s”是旧的 .xls 格式。请在 WPS 或 Excel 里另存为 .xlsx 再上传。")


class TooLarge(NotASheet):
    """It would unpack to more than a sheet of the rows allowed can need."""

    code = "documents.sheet_too_large"
    text = N_("文件“%(name)s”展开以后太大。请拆成几个文件，分别导入。")


_BROKEN = (zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, EOFError)
Rows = Iterator[list[str]]


def sheets(name: str, data: bytes) -> Iterator[Rows]:
    """The rows of every sheet of the file, cells as texts. Raises ``NotASheet`` or one that says more."""
    return (rows for _, rows in named(name, data))


def named(
    name: str,
    data: bytes,
    *,
    most: int | None = None,
    columns: int | None = None,
    text: Callable[[Any], str] | None = None,
) -> Iterator[tuple[str, Rows]]:
    """Every sheet's name with its rows, which are read as they are asked for; a CSV is one sheet without a name.

    ``most`` bytes may come of it unpacked, ``MAX_UNPACKED`` if nothing is said; of a row no more than ``columns`` are read (a
    cell far to the right makes a few bytes into thousands of empty ones); ``text`` tells what a cell says,
    ``as_text`` unless another one does. Raises as ``sheets`` does.
    """
    if data.startswith(_OLE):
        raise OldExcel(name=name)
    if data.startswith(b"PK"):
        yield from _xlsx(name, data, MAX_UNPACKED if most is None else most, columns, text or as_text)
    else:
        yield "", _csv(name, data)


def _xlsx(
    name: str, data: bytes, most: int, columns: int | None, text: Callable[[Any], str]
) -> Iterator[tuple[str, Rows]]:
    """Sizes are asked before anything is unpacked; entities are refused by defusedxml."""
    from openpyxl import load_workbook  # 6 MB, which a worker needs only where a workbook comes
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > most:
                raise TooLarge(name=name)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        pages = list(book.worksheets)
    except (*_BROKEN, InvalidFileException) as error:
        raise NotASheet(name=name) from error
    for page in pages:
        page.reset_dimensions()
        yield page.title, _cells(name, page.iter_rows(max_col=columns, values_only=True), text)


def _cells(name: str, rows: Iterator[Sequence[Any]], text: Callable[[Any], str]) -> Rows:
    """Rows as texts; a part that turns out broken on the way is the file's fault."""
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except _BROKEN as error:
            raise NotASheet(name=name) from error
        yield [text(cell) for cell in cells]


def _csv(name: str, data: bytes) -> Rows:
    if b"\0" in data:  # which no database keeps as text
        raise NotASheet(name=name)
    for encoding in ("utf-8-sig", "gb18030"):
        if not _is(data, encoding):
            continue
        head = io.TextIOWrapper(io.BytesIO(data), encoding, newline="").read(4096)
        separator = max(",\t;", key=head.count)
        text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
        lines = csv.reader(text, delimiter=separator)
        return _lines(name, lines)
    raise NotASheet(name=name)


def _lines(name: str, lines: Iterator[list[str]]) -> Rows:
    """Lines as texts; a cell without an end, of a quote that is never closed, is the file's fault."""
    try:
        for line in lines:
            yield [as_text(cell) for cell in line]
    except csv.Error as error:
        raise NotASheet(name=name) from error


def _is(data: bytes, encoding: str) -> bool:
    """Whether the bytes are text in an encoding, asked without keeping the text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for begin in range(0, len(data), _BLOCK):
            decoder.decode(view[begin : begin + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def as_text(cell: Any) -> str:
    """A cell as text: Excel's own 15 significant digits for numbers, days as ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return _plain_number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip()


def as_minute(cell: Any) -> str:
    """The same, where a time of day counts: ``2026-12-15 14:30`` of a cell that is a date and a time."""
    if isinstance(cell, datetime) and (cell.hour or cell.minute or cell.second):
        return cell.strftime("%Y-%m-%d %H:%M:%S" if cell.second else "%Y-%m-%d %H:%M")
    return as_text(cell)


def _plain_number(value: float) -> str:
    """The number as Excel shows it in full; what lies behind the 15th digit is noise of binary fractions."""
    short = f"{value:.15g}"
    if "e" not in short:
        return short
    return f"{value:.20f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.0f}"


def narrow(text: str) -> str:
    """The text as it is compared: full-width forms narrowed, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())
