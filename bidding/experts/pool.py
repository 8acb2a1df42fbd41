"""A list of experts: what is good in each row, what is wrong with each other, and what it would change. Pure.

Nothing is taken from a list until somebody has seen what it holds; see ``service.apply_import``.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from bidding.core.codes import InvalidIdCard, check_id_card
from bidding.documents.xlsx import Book
from bidding.experts.cells import (
    ANOTHER_NUMBER,
    BIRTH_DIFFERS,
    HEADINGS,
    NO_SPECIALTY,
    NOT_AGE,
    NOT_DAY,
    NOT_YEARS,
    SEPARATORS,
    TWICE,
    TWO_PEOPLE,
    UNKNOWN_SPECIALTY,
    RowError,
    count_of,
    day_of,
    email_of,
    fault,
    level_in,
    needed,
    phone_of,
    pools_of,
    region_of,
    short,
    uscc_of,
)
from bidding.experts.fitness import LEVEL_WORDS, Level, full_years
from bidding.experts.listing import Brought, bring
from bidding.experts.masks import MASKS

EXPERTS = "experts"
#: The columns of the template, in order; their widths; an example.
TEMPLATE = (
    "姓名", "单位", "统一社会信用代码", "专业", "职称", "职称级别", "年限", "身份证号", "出生日期", "电话", "邮箱", "地区", "类别",
    "聘期至",
)  # fmt: skip
_WIDTHS = (10, 30, 22, 22, 14, 10, 8, 22, 14, 16, 22, 12, 18, 14)
_EXAMPLE = (
    "张三", "明川县建筑设计院", "", "A0801；A0802", "高级工程师", "高级", 12, "", "1975-06-01", "13800000000", "", "明川县",
    "工程；政府采购", "",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One person, as the list has them; None and empty where the list says nothing, which then stays as it is."""

    line: int
    name: str
    unit: str
    uscc: str | None
    specialties: tuple[str, ...]
    title: str
    level: Level | None
    years: int | None
    id_number: str | None
    born_on: date | None
    age: int | None
    phone: str
    email: str | None
    region: str
    pools: tuple[bool, bool] | None
    valid_until: date | None


class Known(NamedTuple):
    """Somebody in the pool, as ``queries.known_to`` reads them; ``specialties`` are the codes in use."""

    id: int
    name: str
    unit: str
    uscc: str | None
    title: str
    level: Level | None
    field_since: date | None
    id_number: str | None
    born_on: date | None
    phone: str
    email: str | None
    region: str
    for_works: bool
    for_procurement: bool
    valid_until: date | None
    specialties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes of somebody who is in the pool: heading, what is, what will be, as a page may show it."""

    line: int
    name: str
    fields: tuple[tuple[str, str, str], ...]


def brought(file_name: str, data: bytes) -> Brought:
    """A list of experts as it was brought. Raises ``UnreadableList``."""
    return bring(EXPERTS, HEADINGS, file_name, data)


class Reader:
    """Goes through a list row by row. Errors are counted, and the first ``MOST`` of them kept: a page shows no more."""

    MOST = 500

    def __init__(self, specialties: Collection[str], today: date) -> None:
        self._specialties = frozenset(specialties)
        self._today = today
        self._people: dict[tuple[str, str], int] = {}
        self._numbers: dict[str, int] = {}
        self.errors: list[RowError] = []
        self.refused = 0

    def take(self, line: int, values: Mapping[str, str]) -> Row | None:
        """The row, if it is good; otherwise what is wrong with it is among the errors."""
        faults: list[RowError] = []
        title = short(values, "title", line, faults)
        number = self._number(values.get("id_number", ""), line, faults)
        row = Row(
            line=line,
            name=needed(values, "name", line, faults),
            unit=needed(values, "unit", line, faults),
            uscc=uscc_of(values.get("uscc", ""), line, faults),
            specialties=self._codes(values.get("specialties", ""), line, faults),
            title=title,
            level=level_in(values.get("level", ""), title, line, faults),
            years=count_of(values, "years", (0, 70), NOT_YEARS, line, faults),
            id_number=number,
            born_on=self._born(values, number, line, faults),
            age=count_of(values, "age", (18, 100), NOT_AGE, line, faults),
            phone=phone_of(values, line, faults),
            email=email_of(values.get("email", ""), line, faults),
            region=region_of(values, line, faults),
            pools=pools_of(values.get("pools", ""), line, faults),
            valid_until=day_of(values, "valid_until", line, faults),
        )
        if not faults:
            self._once(row, faults)
        if faults:
            self.refuse(row.line, values.get("name", ""), faults)
            return None
        return row

    def refuse(self, line: int, name: str, faults: Iterable[RowError]) -> None:
        """Count a row out."""
        self.refused += 1
        room = self.MOST - len(self.errors)
        self.errors += [replace(fault, name=name[:60]) for fault in faults][: max(0, room)]

    def _codes(self, text: str, line: int, faults: list[RowError]) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(code.strip() for code in SEPARATORS.split(text) if code.strip()))
        unknown = [code for code in codes if code not in self._specialties]
        if not codes:
            faults.append(fault(line, "specialties", NO_SPECIALTY))
        elif unknown:
            faults.append(fault(line, "specialties", UNKNOWN_SPECIALTY, codes="、".join(unknown)[:200]))
        return codes

    def _number(self, text: str, line: int, faults: list[RowError]) -> str | None:
        if not text:
            return None
        try:
            return check_id_card(text, today=self._today)
        except InvalidIdCard as error:  # its words never repeat the number
            faults.append(fault(line, "id_number", error.text))
            return None

    def _born(
        self, values: Mapping[str, str], number: str | None, line: int, faults: list[RowError]
    ) -> date | None:
        given = day_of(values, "born_on", line, faults)
        born = born_of(number) if number else given
        if given is not None and given != born:
            faults.append(fault(line, "born_on", BIRTH_DIFFERS))
        if given is not None and not date(1900, 1, 1) <= given <= self._today:
            faults.append(fault(line, "born_on", NOT_DAY, value=given.isoformat()))
        return born

    def _once(self, row: Row, faults: list[RowError]) -> None:
        before = self._people.setdefault((row.name, row.phone), row.line)
        if before == row.line and row.id_number:
            before = self._numbers.setdefault(row.id_number, row.line)
        if before != row.line:
            faults.append(fault(row.line, "name", TWICE, before=before))


def born_of(number: str) -> date:
    """The birth date that a checked identity number carries (GB 11643-1999)."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def whose(row: Row, by_person: Known | None, by_number: Known | None) -> tuple[Known | None, str | None]:
    """Who in the pool a row speaks of, or why that cannot be said."""
    if by_person and by_number and by_person.id != by_number.id:
        return None, TWO_PEOPLE
    if by_person and row.id_number and by_person.id_number not in (None, row.id_number):
        return None, ANOTHER_NUMBER
    return by_person or by_number, None


def values_of(row: Row, known: Known | None, today: date) -> dict[str, Any]:
    """The columns that a row sets, of somebody new all of them, of somebody known those that it says otherwise.

    Years and age are as of today: who has as many by what is known keeps their day.
    """
    said: dict[str, Any] = {
        "name": row.name,
        "unit": row.unit,
        "unit_uscc": row.uscc,
        "title": row.title,
        "level": row.level,
        "id_number": row.id_number,
        "born_on": row.born_on,
        "phone": row.phone,
        "email": row.email,
        "region": row.region,
        "valid_until": row.valid_until,
    }
    if row.years is not None and (
        known is None or known.field_since is None or full_years(known.field_since, today) != row.years
    ):
        said["field_since"] = _years_ago(today, row.years)
    born_on = known.born_on if known else None
    if (
        row.born_on is None
        and row.age is not None
        and (born_on is None or full_years(born_on, today) != row.age)
    ):
        # somebody of 69 may be seventy tomorrow: the earliest day on which they can have been born
        said["born_on"] = _years_ago(today, row.age + 1) + timedelta(days=1)
    if row.pools is not None:
        said["for_works"], said["for_procurement"] = row.pools
    if known is None:
        blank: dict[str, Any] = {"field_since": None, "for_works": True, "for_procurement": True}
        return blank | said
    now = known._asdict() | {"unit_uscc": known.uscc}
    return {name: value for name, value in said.items() if value not in (None, "") and value != now[name]}


#: Column → the heading under which a change of it is shown.
_SHOWN = {
    "name": "姓名", "unit": "单位", "unit_uscc": "统一社会信用代码", "title": "职称", "level": "职称级别", "field_since": "年限",
    "id_number": "身份证号", "born_on": "出生日期", "phone": "电话", "email": "邮箱", "region": "地区", "for_works": "工程",
    "for_procurement": "政府采购", "valid_until": "聘期至",
}  # fmt: skip


def change(row: Row, known: Known, values: Mapping[str, Any], today: date) -> Change | None:
    """What a row changes of somebody known, for the page; None where it changes nothing."""
    now = known._asdict() | {"unit_uscc": known.uscc}
    told = [
        (_SHOWN[name], _told(name, now[name], today), _told(name, value, today))
        for name, value in values.items()
    ]
    new = frozenset(row.specialties)
    if new != known.specialties:
        told.append(("专业", "、".join(sorted(known.specialties)) or "—", "、".join(sorted(new))))
    return Change(row.line, row.name, tuple(told)) if told else None


def _told(name: str, value: Any, today: date) -> str:
    if value is None or value == "":
        return "—"
    if name in MASKS:
        return MASKS[name](value)
    if name == "field_since":
        return str(full_years(value, today))
    if name == "level":
        return LEVEL_WORDS[value]
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _years_ago(today: date, years: int) -> date:
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)


def template(specialties: Iterable[tuple[str, str]], created: datetime) -> bytes:
    """An XLSX to fill in: the columns with an example, and a second sheet with the codes of specialties."""
    out = io.BytesIO()
    with Book(out, created=created) as book:
        book.sheet("专家", TEMPLATE, _WIDTHS).row(*_EXAMPLE)
        codes = book.sheet("专业代码", ("代码", "专业"), (16, 40))
        for code, name in specialties:
            codes.row(code, name)
    return out.getvalue()
