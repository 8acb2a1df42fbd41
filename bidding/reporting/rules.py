"""Which items a reader asked for, and the labels of what can be asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, TypeVar

from bidding.award.rules import Basis
from bidding.core.errors import N_, DomainError
from bidding.reporting.savings import Category, Direction, Source, Standing, Way

CATEGORY_LABELS: dict[Category, str] = {
    Category.WORKS: N_("工程建设"),
    Category.PROCUREMENT: N_("政府采购"),
    Category.LOCAL: N_("限额以下"),
    Category.LAND: N_("土地"),
    Category.MINERAL: N_("矿业权"),
    Category.PROPERTY: N_("国有资产产权"),
    Category.OTHER: N_("其他交易"),
}

WAY_LABELS: dict[Way, str] = {
    Way.OPEN_TENDER: N_("公开招标"),
    Way.INVITED_TENDER: N_("邀请招标"),
    Way.NEGOTIATION: N_("竞争性谈判"),
    Way.CONSULTATION: N_("竞争性磋商"),
    Way.QUOTATION: N_("询价"),
    Way.SINGLE_SOURCE: N_("单一来源采购"),
    Way.FRAMEWORK: N_("框架协议采购"),
    Way.COMPARISON: N_("比选"),
    Way.AUCTION: N_("拍卖、挂牌、网上竞价"),
    Way.OTHER: N_("其他方式"),
}

BASIS_LABELS: dict[Basis, str] = {
    Basis.CEILING: N_("最高投标限价（控制价）"),
    Basis.BUDGET: N_("预算金额"),
    Basis.ESTIMATE: N_("估算价"),
    Basis.START: N_("起始价"),
}

SOURCE_LABELS: dict[Source, str] = {
    Source.PLATFORM: N_("本平台成交"),
    Source.IMPORTED: N_("导入的历史台账"),
}

STANDING_LABELS: dict[Standing, str] = {
    Standing.COUNTED: N_("计入"),
    Standing.FAILED: N_("流标、废标、终止"),
    Standing.NO_AMOUNT: N_("费率、单价"),
    Standing.SHORTLISTED: N_("入围"),
    Standing.PENDING: N_("结果未生效"),
    Standing.REHEARSAL: N_("演练"),
}

DIRECTION_LABELS: dict[Direction, str] = {
    Direction.SAVING: N_("节资"),
    Direction.GAIN: N_("增值"),
}


@dataclass(frozen=True, slots=True)
class Practice:
    """How a centre counts: what procurement is measured against, and what its divisions (GB/T 2260) are called."""

    procurement: Basis = Basis.BUDGET
    regions: Mapping[str, str] = field(default_factory=dict)

    def region(self, division: str) -> str:
        """The name of a division; its digits where nobody gave it one; nothing of a number that holds no division."""
        known = len(division) == 6 and division.isascii() and division.isdigit()
        return self.regions.get(division, division) if known else ""


PLAIN = Practice()


def practice_of(names: str, *, procurement: str) -> Practice:
    """The practice that the settings REGION_NAMES and SAVINGS_BASIS describe. Raises ``ValueError``."""
    regions = {}
    for part in filter(None, (part.strip() for part in re.split("[,，;；\n]", names))):
        division, sign, name = part.partition("=")
        if not (sign and re.fullmatch(r"[0-9]{6}", division.strip()) and name.strip()):
            raise ValueError(f"REGION_NAMES: {part} is not like 510524=叙永县")
        regions[division.strip()] = name.strip()[:60]
    return Practice(Basis(procurement), regions)


ALL = "all"
#: What stands in an address for items of which nobody said the region or the agency.
UNNAMED = "-"
_PERIOD = re.compile(
    r"(?P<y1>[0-9]{4})(?:-(?:Q(?P<q>[1-4])|(?P<m1>[0-9]{2}))(?:\.\.(?P<y2>[0-9]{4})-(?P<m2>[0-9]{2}))?)?"
)


class BadFilter(DomainError):
    """An address asks for something that there is not."""

    code = "reporting.bad_filter"
    text = N_("报表里没有“%(text)s”这一项。请从页面上的选项里选。")
    status = 422


class BadPeriod(DomainError):
    """A period that no calendar has."""

    code = "reporting.bad_period"
    text = N_("时间“%(text)s”看不懂。请写 2026、2026-Q4、2026-11 或 2026-01..2026-11。")
    status = 422


@dataclass(frozen=True, slots=True)
class Period:
    """Months from ``first`` to ``last``, both included, as year × 100 + month."""

    first: int = 100_01
    last: int = 9999_12

    @property
    def text(self) -> str:
        """As it stands in an address."""
        if self == EVER:
            return ALL
        (y1, m1), (y2, m2) = divmod(self.first, 100), divmod(self.last, 100)
        if (y1, m1, m2) == (y2, 1, 12):
            return f"{y1:04d}"
        if y1 == y2 and m1 % 3 == 1 and m2 == m1 + 2:
            return f"{y1:04d}-Q{m2 // 3}"
        one = f"{y1:04d}-{m1:02d}"
        return one if self.first == self.last else f"{one}..{y2:04d}-{m2:02d}"


EVER = Period()


def year(number: int) -> Period:
    """The twelve months of a year."""
    return Period(number * 100 + 1, number * 100 + 12)


def quarter(year_number: int, number: int) -> Period:
    """The three months of a quarter, the first being 1."""
    return Period(year_number * 100 + number * 3 - 2, year_number * 100 + number * 3)


def until(period: Period, month: int) -> Period:
    """The part of a period that is over or running in ``month``; one that begins later stays whole."""
    return Period(period.first, month) if period.first <= month < period.last else period


def within(period: Period, part: Period) -> Period:
    """What of ``part`` lies within ``period``."""
    return Period(max(period.first, part.first), min(period.last, part.last))


def year_before(period: Period) -> Period | None:
    """The same months a year earlier (同比); None for everything."""
    return None if period == EVER else Period(period.first - 100, period.last - 100)


def just_before(period: Period) -> Period | None:
    """As many months before a period as it has itself (环比); None for everything, and from a year on, where the year
    before says the same.
    """
    if period == EVER:
        return None
    first, last = _count(period.first), _count(period.last)
    length = last - first + 1
    return None if length >= 12 else Period(_month(first - length), _month(first - 1))


def _count(month: int) -> int:
    return month // 100 * 12 + month % 100 - 1


def _month(count: int) -> int:
    return count // 12 * 100 + count % 12 + 1


def parse_period(text: str) -> Period:
    """The period of an address: ``all``, ``2026``, ``2026-Q4``, ``2026-11``, ``2026-01..2026-11``.

    Raises ``BadPeriod``.
    """
    plain = text.strip()
    if plain == ALL:
        return EVER
    match = _PERIOD.fullmatch(plain)
    if match is None or (match["q"] and match["y2"]):
        raise BadPeriod(field="period", text=plain[:40])
    start = int(match["y1"])
    if match["q"]:
        period = quarter(start, int(match["q"]))
    elif match["m1"] is None:
        period = year(start)
    else:
        first = start * 100 + int(match["m1"])
        period = Period(first, int(match["y2"]) * 100 + int(match["m2"]) if match["y2"] else first)
    if not (1 <= period.first % 100 <= 12 and 1 <= period.last % 100 <= 12 and period.first <= period.last):
        raise BadPeriod(field="period", text=plain[:40])
    return period


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asked to see."""

    period: Period = field(default=EVER)
    category: Category | None = None
    way: Way | None = None
    owner: str = ""
    standing: Standing | None = None
    adverse: bool = False
    #: A region or agency by its name, ``UNNAMED`` for what has none.
    region: str = ""
    agency: str = ""
    direction: Direction | None = None
    basis: Basis | None = None
    source: Source | None = None
    #: Only items of which it is known how many handed in.
    bidders: bool = False

    @property
    def of_entries(self) -> bool:
        """Whether it asks for what the drawers do not tell apart."""
        return bool(self.owner or self.agency or self.bidders)

    def address(self, **other: str | None) -> dict[str, Any]:
        """The query string that asks the same, with ``other`` put in or (None) taken out."""
        asked = {
            "period": self.period.text,
            "category": self.category and self.category.value,
            "way": self.way and self.way.value,
            "owner": self.owner,
            "standing": self.standing and self.standing.value,
            "adverse": "1" if self.adverse else None,
            "region": self.region,
            "agency": self.agency,
            "direction": self.direction and self.direction.value,
            "basis": self.basis and self.basis.value,
            "source": self.source and self.source.value,
            "bidders": "1" if self.bidders else None,
            **other,
        }
        return {name: value for name, value in asked.items() if value}


class ReportKind(StrEnum):
    """What is issued: the report of a month, or of a year."""

    MONTH = "month"
    YEAR = "year"


class Cut(StrEnum):
    """By what else the items can be told apart, on a page of its own."""

    REGION = "region"
    OWNER = "owner"
    AGENCY = "agency"


CUT_LABELS: dict[Cut, str] = {
    Cut.REGION: N_("区划"),
    Cut.OWNER: N_("招标人或采购人"),
    Cut.AGENCY: N_("代理机构"),
}

M = TypeVar("M", bound=Enum)


def parse_wanted(args: Mapping[str, str], default: Period) -> Wanted:
    """What an address asks for; no ``period`` means ``default``. Raises ``BadPeriod``, ``BadFilter``."""
    period = args.get("period", "")
    return Wanted(
        period=parse_period(period) if period else default,
        category=_member(Category, args.get("category", "")),
        way=_member(Way, args.get("way", "")),
        owner=args.get("owner", "").strip()[:200],
        standing=_member(Standing, args.get("standing", "")),
        adverse=args.get("adverse") == "1",
        region=args.get("region", "").strip()[:60],
        agency=args.get("agency", "").strip()[:200],
        direction=_member(Direction, args.get("direction", "")),
        basis=_member(Basis, args.get("basis", "")),
        source=_member(Source, args.get("source", "")),
        bidders=args.get("bidders") == "1",
    )


def _member(kind: type[M], text: str) -> M | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError as error:
        raise BadFilter(text=text[:40]) from error
