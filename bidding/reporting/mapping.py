"""Which column of an old ledger is what: recognised by its header, or said by a person and remembered. Pure.

Nothing is guessed that could move a figure: of two columns that claim to be one amount neither is taken, and amounts
have a unit, in the sheet or by a person's word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from bidding.core.errors import N_
from bidding.documents.sheets import NotASheet, narrow
from bidding.reporting.ledger_rows import Column
from bidding.reporting.savings import Category
from bidding.reporting.vocabulary import BY_HEADER, HEADERS, NEEDED

#: A header stands within the first rows of its sheet; as many are shown to whoever says what is what.
HEADER_WITHIN = 15
#: More columns than this no ledger has; a cell far to the right would make thousands of empty ones.
MAX_COLUMNS = 60
AMOUNTS = ("basis", "award")


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


class SameColumnTwice(NotASheet):
    """Two columns claim to be the same thing."""

    code = "reporting.same_column_twice"
    text = N_("表头里“%(first)s”和“%(second)s”是同一项内容，不知道该用哪一列。请删去或改名其中一列，再上传。")


class NotMapped(NotASheet):
    """Somebody said what the columns are, and left out one that is needed."""

    code = "reporting.not_mapped"
    text = N_("还没有指定这些内容在哪一列：%(missing)s。请在下面选好，再继续。")


class UnitNotSaid(NotASheet):
    """Somebody said which columns are amounts and not in what unit."""

    code = "reporting.unit_not_said"
    text = N_("请选明“%(column)s”一列的金额单位：元，还是万元。")


class HeaderGone(NotASheet):
    """What somebody said does not fit this file."""

    code = "reporting.header_gone"
    text = N_("文件里没有找到上次指定的表头。请重新指定每一列是什么。")


@dataclass(frozen=True, slots=True)
class LedgerMap:
    """What a person said: the header by its digest, which column (from 0) is what, in which unit, and what all rows are.

    ``wan`` says of the amounts whether they are 万元; ``category`` holds for every row of a sheet that has no such column.
    """

    header: str
    places: Mapping[str, int]
    wan: Mapping[str, bool]
    category: Category | None = None

    def to_text(self) -> str:
        """As it is kept: JSON with sorted keys."""
        told: dict[str, Any] = {"header": self.header, "places": dict(self.places), "wan": dict(self.wan)}
        if self.category:
            told["category"] = self.category.value
        return json.dumps(told, sort_keys=True)


def from_text(text: str) -> LedgerMap:
    """What ``to_text`` has kept."""
    told = json.loads(text)
    category = told.get("category")
    return LedgerMap(told["header"], told["places"], told["wan"], Category(category) if category else None)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person chose on the page: of each column its key (or nothing), the units, and what all rows are."""

    keys: Sequence[str]
    units: Mapping[str, str]  # basis, award → "wan", "yuan" or nothing
    category: Category | None


def mapped(header: Sequence[str], said: Said) -> LedgerMap:
    """What was said of a header, checked. Raises ``SameColumnTwice``, ``NotMapped``, ``UnitNotSaid``."""
    places: dict[str, int] = {}
    for place, key in enumerate(said.keys):
        if not key or key not in HEADERS:
            continue
        if key in places:
            raise SameColumnTwice(first=_named(header, places[key]), second=_named(header, place))
        places[key] = place
    given = {*places, *(("category",) if said.category else ())}
    if missing := [label for key, label in NEEDED.items() if key not in given]:
        raise NotMapped(missing="、".join(missing))
    for key in AMOUNTS:
        if said.units.get(key) not in ("wan", "yuan"):
            raise UnitNotSaid(column=_named(header, places[key]))
    category = None if "category" in places else said.category
    wan = {key: said.units[key] == "wan" for key in AMOUNTS}
    return LedgerMap(digest(header), places, wan, category)


def _named(header: Sequence[str], place: int) -> str:
    return (header[place] if place < len(header) else "") or str(place + 1)


def digest(header: Sequence[str]) -> str:
    """By which a header is known again: its words without spaces, trailing empty cells left out."""
    words = [narrow(text) for text in header]
    while words and not words[-1]:
        words.pop()
    return sha256("\x1f".join(words).encode()).hexdigest()


def columns_of(header: Sequence[str], by: LedgerMap) -> list[Column]:
    """The columns of a header, as a person has said."""
    return [
        Column(key, place, header[place] if place < len(header) else "", by.wan.get(key, False))
        for key, place in by.places.items()
    ]


# Recognised ------------------------------------------------------------------------------------------------------

_UNIT = re.compile(r"\(?(?:单位[::])?(万元|元)\)?$")


def bare(text: str) -> str:
    """A header without spaces and unit."""
    return _UNIT.sub("", narrow(text))


def unit(text: str) -> bool | None:
    """Whether a text says 万元 (True) or 元 (False); None where it says neither."""
    found = _UNIT.search(narrow(text))
    return None if found is None else found[1] == "万元"


def missing_in(texts: Sequence[str]) -> list[str]:
    """What a row would lack to be the header of a ledger."""
    keys = {BY_HEADER.get(bare(text)) for text in texts}
    return [label for key, label in NEEDED.items() if key not in keys]


def recognised(texts: Sequence[str], above: Sequence[str]) -> list[Column]:
    """What each column is, with the unit of its amounts. Raises ``NoUnit``, ``SameColumnTwice``."""
    general = _general(above)
    columns: dict[str, Column] = {}
    for place, text in enumerate(texts):
        key = BY_HEADER.get(bare(text))
        if key is None:
            continue
        wan = unit(text)
        if key in AMOUNTS and wan is None:
            if general is None:
                raise NoUnit(column=text)
            wan = general
        column = Column(key, place, text, bool(wan))
        columns[key] = _better(columns.get(key), column)
    return list(columns.values())


def _general(above: Sequence[str]) -> bool | None:
    """The unit that the rows above a header name for the whole sheet, if they name one."""
    found = {unit(text) for text in above if "单位" in narrow(text)} - {None}
    return next(iter(found)) if len(found) == 1 else None


def _better(one: Column | None, other: Column) -> Column:
    """Of two columns of one kind the one named more closely. Which amount counts is never guessed."""
    if one is None:
        return other
    order = HEADERS[other.key].index
    if other.key in AMOUNTS or bare(one.header) == bare(other.header):
        raise SameColumnTwice(first=one.header, second=other.header)
    return min(one, other, key=lambda column: order(bare(column.header)))


# Proposed to a person ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of one sheet, as a person sees them who is to say what is what."""

    name: str
    rows: Sequence[Sequence[str]] = field(default_factory=list)

    @property
    def likely(self) -> int:
        """Which row (from 0) looks most like a header: the one with most known words, else most words."""
        scores = [
            (sum(bare(text) in BY_HEADER for text in row), sum(bool(text) for text in row), -place)
            for place, row in enumerate(self.rows)
        ]
        return -max(scores)[2] if scores else 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What each column of a header might be, and the units as far as the sheet names them."""

    keys: Sequence[str]
    units: Mapping[str, str]


def proposed(header: Sequence[str], above: Sequence[str]) -> Proposal:
    """What can be recognised of a header; of two that claim the same the first, for a person decides anyway."""
    keys: list[str] = []
    units: dict[str, str] = {}
    general = _general(above)
    for text in header:
        key = BY_HEADER.get(bare(text), "")
        keys.append("" if key in keys else key)
        if key in AMOUNTS and key not in units:
            wan = unit(text)
            wan = general if wan is None else wan
            units[key] = "" if wan is None else ("wan" if wan else "yuan")
    return Proposal(keys, units)


def header_digests(heads: Sequence[Head]) -> Iterator[str]:
    """The digests of every row that might be a header."""
    for head in heads:
        for row in head.rows:
            if any(row):
                yield digest(row)
