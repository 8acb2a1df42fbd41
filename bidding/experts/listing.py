"""Reading a brought table, XLSX or CSV, into rows that can be kept and gone through again without the file. Pure."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from bidding.core.errors import N_, DomainError

MAX_ROWS = 200_000
#: A workbook that unpacks to more than this is no list of people.
MAX_UNPACKED = 600 * 2**20


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
class Headings:
    """Column → the headings under which it is found, folded to lower case; and those without which nothing goes."""

    words: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """A table as it was brought: what the file was called, its SHA-256 in hex, and its rows, packed."""

    kind: str
    file_name: str
    sha256: str
    packed: bytes


def bring(kind: str, headings: Headings, file_name: str, data: bytes) -> Brought:
    """Read the whole of a file. Raises ``UnreadableList``, ``MissingColumns``."""
    lines = _lines(file_name, data)
    heads = next(lines, None)
    if heads is None:
        raise UnreadableList(reason=N_("文件是空的"))
    where = _columns(heads[1], headings)
    out, count = io.BytesIO(), 0
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as packed:
        for line, cells in lines:
            if not any(cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise UnreadableList(reason=N_("行数太多，请分成几个文件"))
            values = {name: cells[place] for name, place in where.items() if place < len(cells)}
            packed.write(json.dumps([line, values], ensure_ascii=False).encode() + b"\n")
    if not count:
        raise UnreadableList(reason=N_("只有列名，没有内容"))
    return Brought(kind, file_name[-200:], hashlib.sha256(data).hexdigest(), out.getvalue())


def lines_of(file_name: str, data: bytes, most: int) -> list[tuple[int, list[str]]]:
    """The lines of a small file that came from somewhere else, each with its number; empty ones are left out.

    Raises ``UnreadableList``, also for more than ``most`` lines.
    """
    found = list(islice(((line, cells) for line, cells in _lines(file_name, data) if any(cells)), most + 1))
    if not found:
        raise UnreadableList(reason=N_("文件是空的"))
    if len(found) > most:
        raise UnreadableList(reason=N_("行数太多，请分成几个文件"))
    return found


def _lines(file_name: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    return _workbook(data) if data[:2] == b"PK" or file_name.lower().endswith(".xlsx") else _text(data)


def rows(packed: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Line by line: its number in the file, and its cells by column; a column that the file lacks is not there."""
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as lines:
        for text in lines:
            line, values = json.loads(text)
            yield line, values


def _columns(heads: Sequence[str], headings: Headings) -> dict[str, int]:
    folded = [head.strip().casefold() for head in heads]
    where = {
        name: folded.index(found)
        for name, words in headings.words.items()
        if (found := next((word for word in words if word in folded), None)) is not None
    }
    missing = [headings.words[name][0] for name in headings.required if name not in where]
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
        if not book.worksheets:  # only charts
            raise UnreadableList(reason=N_("里面没有工作表"))
        for line, cells in enumerate(book.worksheets[0].iter_rows(max_col=40, values_only=True), 1):
            yield line, [_cell(cell) for cell in cells]
    except (zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, KeyError, ValueError) as error:
        # What is broken in the middle shows only where it is read.
        raise UnreadableList(reason=N_("不是完整的 XLSX 文件")) from error
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():  # Excel keeps a telephone number as a float
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
