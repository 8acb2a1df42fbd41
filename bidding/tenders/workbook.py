"""Tenders in a workbook: the template that an agency fills in, and a filled one read cell by cell.

What stands in a cell is only sorted here; whether it may stand there, the forms and rules of the desk say
(``importing``). Knows no database and no web.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from bidding.core.errors import N_, DomainError
from bidding.documents.sheets import as_minute, named, narrow
from bidding.documents.xlsx import Book
from bidding.tenders.kinds import (
    FAMILY_LABELS,
    METHOD_LABELS,
    PRICE_FORM_LABELS,
    SUBJECTS,
    TRADES,
    Family,
    Method,
)
from bidding.tenders.methods import OFFERED

PROJECTS, LOTS, GUIDE, CHOICES = "项目", "标段", "说明", "选项"
MAX_PROJECTS = 50
#: Rows of one sheet that are read: fifty projects with the most lots are not one file.
MAX_ROWS = 1000
#: Bytes that a filled template may unpack to, and columns of a row that are looked at.
MAX_UNPACKED = 40 * 2**20
MAX_COLUMNS = 40
#: The number by which the second sheet's rows name the first's.
NUMBER = "number"
YES, NO = "是", "否"
ONE, TWO = "一个", "两个"


class NotOurTemplate(DomainError):
    """A workbook without the sheets and headers of the template."""

    code = "tenders.not_our_template"
    text = N_(
        "文件“%(name)s”里缺“%(sheet)s”表的“%(missing)s”。请下载空白模板，填好再上传；表名和第一行的表头不要改。"
    )
    status = 422


class TooManyRows(DomainError):
    """More than is taken at once."""

    code = "tenders.sheet_too_long"
    text = N_("“%(sheet)s”表超过 %(limit)s 行。一个文件最多 %(limit)s 行，请分成几个文件。")
    status = 422


class NothingFilledIn(DomainError):
    """The template as it was handed out."""

    code = "tenders.nothing_filled_in"
    text = N_("“项目”表里一行也没有填。请从第二行起，一个项目填一行，再上传。")
    status = 422


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the form's name of it, its header, whether a row must have it, what to write, and how it is typed."""

    name: str
    header: str
    must: bool = False
    hint: str = ""
    width: int = 20
    choices: tuple[str, ...] = ()
    money: bool = False


def _kinds() -> dict[str, tuple[Family, Method, str]]:
    return {
        f"{FAMILY_LABELS[family]}·{METHOD_LABELS[method]}·{label}": (family, method, subject)
        for family, method in OFFERED
        for subject, label in SUBJECTS[family].items()
    }


#: What the first sheet's kinds mean; the list to choose from.
KINDS = _kinds()
TRADE_CHOICES = {f"{code} {label}": code for code, label in TRADES.items()}
PRICE_FORM_CHOICES = {label: form.value for form, label in PRICE_FORM_LABELS.items()}
PROJECT_COLUMNS = (
    Column(NUMBER, "序号", must=True, hint="1、2、3……“标段”表用它指明属于哪个项目。", width=8),
    Column("kind", "交易类别和方式", must=True, hint="从列表里选。", width=30, choices=tuple(KINDS)),
    Column("title", "项目名称", must=True, hint="最多 200 个字。", width=36),
    Column("owner_name", "招标人（采购人、比选人）", must=True, hint="单位全称。", width=28),
    Column("summary", "内容、范围和规模", hint="写清数量、地点、要求。", width=44),
    Column("trade", "工程类别", hint="只有工程招投标要选。", width=18, choices=tuple(TRADE_CHOICES)),
    Column("place", "地点"),
    Column("term", "工期或履行期限"),
    Column("funding", "资金来源"),
    Column("approval", "项目审批、核准或备案文号", hint="只有工程招投标填，没有的留空。", width=24),
    Column("approval_code", "投资项目统一代码", hint="24 位；不是投资项目的留空。", width=26),
    Column("qualification", "资格要求", width=40),
    Column("award_method", "评审办法", width=32),
    Column("consortium", "接受联合体", hint="不填就是“否”。", width=12, choices=(YES, NO)),
    Column("paper_bids", "接受纸质投标", hint="不填就是“否”。", width=14, choices=(YES, NO)),
    Column(
        "envelopes", "信封", hint="不填就是一个。两个：先开技术，后开报价。", width=10, choices=(ONE, TWO)
    ),
    Column("policies", "落实的政府采购政策", hint="只有政府采购填。", width=28),
    Column("owner_address", "招标人地址", width=24),
    Column("owner_contact", "招标人联系人和电话", width=24),
    Column("agency_address", "代理机构地址", width=24),
    Column("contact", "联系人", width=12),
    Column("phone", "联系电话", width=16),
    Column("media", "发布公告的媒介", width=28),
    Column(
        "closes_at",
        "截止时间",
        hint="北京时间，例如 2026-12-15 14:30。可以留空，在系统里看着最早日期再定。",
        width=20,
    ),
    Column("prices_open_at", "报价开标时间", hint="只有两个信封的填，例如 2026-12-18 14:30。", width=20),
)
LOT_COLUMNS = (
    Column(NUMBER, "项目序号", must=True, hint="“项目”表里的序号。", width=10),
    Column("name", "标段（包）名称", must=True, width=36),
    Column("budget_fen", "预算金额（元）", must=True, hint="单位是元，不是万元。", width=18, money=True),
    Column("ceiling_fen", "最高限价（元）", hint="不超过预算，没有的留空。", width=18, money=True),
    Column("security_fen", "保证金（元）", hint="不收的留空。", width=16, money=True),
    Column("price_form", "报价形式", hint="不填就是总价。", width=14, choices=tuple(PRICE_FORM_CHOICES)),
)
_GUIDE = (
    "填表说明",
    "1. 一个项目在“项目”表里填一行；它的标段（包）在“标段”表里一个填一行，用“项目序号”对上。",
    "2. 表头带 * 的必须填；其他的可以先空着，导入成草稿以后在系统里补。",
    "3. 有下拉箭头的只能从列表里选；选中一格会提示怎样填。",
    "4. 金额的单位是元。时间写成 2026-12-15 14:30，北京时间。",
    "5. 文件（招标、采购、比选文件）不能放在表里，导入以后在每个项目的“文件”一步上传。",
    "6. 上传后先检查，逐格指出错在哪里、怎样改；有一处错，一个项目也不会写进去。确认以后才生成草稿。",
    f"7. 一个文件最多 {MAX_PROJECTS} 个项目。表名和第一行不要改，列的先后可以调。",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a person finds it: sheet, address such as ``C5``, header, and what stands there."""

    sheet: str
    address: str
    header: str
    value: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell: a sentence, or a key of the catalogue with what belongs into it."""

    cell: Cell
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row: its cells by the names of their columns; those of columns that are not there are empty."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, name: str) -> str:
        """What stands in a column."""
        return self.cells[name].value

    def fault(self, name: str, text: str, **params: Any) -> Fault:
        """Something that is wrong with one cell of it."""
        return Fault(self.cells[name], text, params)


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled template."""

    projects: Sequence[Row]
    lots: Sequence[Row]
    faults: Sequence[Fault]


def template(target: BinaryIO, *, at: datetime) -> None:
    """Write an empty template. Its words are not translated: what it says goes into Chinese notices."""
    with Book(target, created=at) as book:
        guide = book.sheet(GUIDE, (), (110,), typed={0: "text"})
        for line in _GUIDE:
            guide.row(line)
        ranges = _ranges((*PROJECT_COLUMNS, *LOT_COLUMNS))
        for name, columns in ((PROJECTS, PROJECT_COLUMNS), (LOTS, LOT_COLUMNS)):
            typed = {place: "money" if each.money else "text" for place, each in enumerate(columns)}
            sheet = book.sheet(
                name, [_head(each) for each in columns], [each.width for each in columns], typed=typed
            )
            for place, each in enumerate(columns):
                if each.hint or each.choices:
                    source = ranges.get(each.choices, "")
                    sheet.hint(place, each.header, each.hint, source=source, rows=MAX_ROWS)
        lists = list(ranges)
        choices = book.sheet(
            CHOICES, (), [30] * len(lists), typed=dict.fromkeys(range(len(lists)), "text"), hidden=True
        )
        for place in range(max(map(len, lists))):
            choices.row(*(each[place] if place < len(each) else "" for each in lists))


def _head(column: Column) -> str:
    return column.header + ("*" if column.must else "")


def _ranges(columns: Iterable[Column]) -> dict[tuple[str, ...], str]:
    """Each list to choose from, and where it stands in the hidden sheet."""
    lists = dict.fromkeys(each.choices for each in columns if each.choices)
    return {
        each: f"{CHOICES}!${letter}$1:${letter}${len(each)}"
        for each, letter in zip(lists, "ABCDEFGHIJ", strict=False)
    }


def read(name: str, data: bytes) -> Filled:
    """Sort a filled template into rows.

    Raises ``NotASheet`` and the like, ``NotOurTemplate``, ``TooManyRows``, ``NothingFilledIn``; what is wrong with single
    cells of its headers stands in ``faults``.
    """
    found: dict[str, tuple[list[Row], list[Fault]]] = {}
    wanted = {narrow(PROJECTS): (PROJECTS, PROJECT_COLUMNS), narrow(LOTS): (LOTS, LOT_COLUMNS)}
    for title, rows in named(name, data, most=MAX_UNPACKED, columns=MAX_COLUMNS, text=as_minute):
        if (ours := wanted.get(narrow(title))) is not None:
            found[ours[0]] = _sheet(name, *ours, rows)
    for sheet, columns in wanted.values():
        if sheet not in found:
            raise NotOurTemplate(name=name, sheet=sheet, missing=columns[0].header)
    projects, lots = found[PROJECTS], found[LOTS]
    if not projects[0]:
        raise NothingFilledIn
    if len(projects[0]) > MAX_PROJECTS:
        raise TooManyRows(sheet=PROJECTS, limit=MAX_PROJECTS)
    return Filled(projects[0], lots[0], [*projects[1], *lots[1]])


def _sheet(
    file: str, sheet: str, columns: Sequence[Column], rows: Iterator[list[str]]
) -> tuple[list[Row], list[Fault]]:
    """The rows of one sheet, below its header."""
    by_header = {_bare(each.header): each for each in columns}
    places, faults = {}, []
    for place, text in enumerate(next(rows, [])):
        column = by_header.get(_bare(text))
        here = Cell(sheet, f"{_letter(place)}1", text, text)
        if text and column is None:
            faults.append(Fault(here, N_("不认识这个表头。请照模板改回来；不要的列请整列删去。")))
        elif column is not None and column.name in places:
            faults.append(Fault(here, N_("这个表头出现了两次，不知道该用哪一列。请删去一列。")))
        elif column is not None:
            places[column.name] = place
    missing = [each.header for each in columns if each.must and each.name not in places]
    if missing:
        raise NotOurTemplate(name=file, sheet=sheet, missing="、".join(missing))
    found = []
    for number, texts in enumerate(islice(rows, MAX_ROWS + 1), 2):
        if number > MAX_ROWS + 1:
            raise TooManyRows(sheet=sheet, limit=MAX_ROWS)
        if any(texts):
            found.append(Row(number, _cells(sheet, number, columns, places, texts)))
    return found, faults


def _cells(
    sheet: str, number: int, columns: Sequence[Column], places: Mapping[str, int], texts: Sequence[str]
) -> dict[str, Cell]:
    cells = {}
    for each in columns:
        place = places.get(each.name)
        value = texts[place] if place is not None and place < len(texts) else ""
        address = f"{_letter(place)}{number}" if place is not None else f"{number}"
        cells[each.name] = Cell(sheet, address, each.header, value)
    return cells


def _bare(header: str) -> str:
    return narrow(header).rstrip("*")


def _letter(place: int) -> str:
    """The letter of one of the first forty columns."""
    return chr(65 + place) if place < 26 else f"A{chr(65 + place - 26)}"
