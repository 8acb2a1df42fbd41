"""Which items a reader asked for, and the labels of what can be asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from bidding.award.rules import Basis
from bidding.core.errors import N_, DomainError
from bidding.reporting.savings import Category, Source, Standing, Way

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

ALL = "all"
_PERIOD = re.compile(r"(?P<y1>\d{4})(?:-(?P<m1>\d{2}))?(?:\.\.(?P<y2>\d{4})-(?P<m2>\d{2}))?")


class BadFilter(DomainError):
    """An address asks for something that there is not."""

    code = "reporting.bad_filter"
    text = N_("报表里没有“%(text)s”这一项。请从页面上的选项里选。")
    status = 422


class BadPeriod(DomainError):
    """A period that no calendar has."""

    code = "reporting.bad_period"
    text = N_("时间“%(text)s”看不懂。请写 2026、2026-11 或 2026-01..2026-11。")
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
        one = f"{y1:04d}-{m1:02d}"
        return one if self.first == self.last else f"{one}..{y2:04d}-{m2:02d}"


EVER = Period()


def year(number: int) -> Period:
    """The twelve months of a year."""
    return Period(number * 100 + 1, number * 100 + 12)


def parse_period(text: str) -> Period:
    """The period of an address: ``all``, ``2026``, ``2026-11``, ``2026-01..2026-11``. Raises ``BadPeriod``."""
    plain = text.strip()
    if plain == ALL:
        return EVER
    match = _PERIOD.fullmatch(plain)
    if match is None or (match["m1"] is None and match["y2"] is not None) or not plain.isascii():
        raise BadPeriod(field="period", text=plain[:40])
    start = int(match["y1"])
    if match["m1"] is None:
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

    def address(self, **other: str | None) -> dict[str, Any]:
        """The query string that asks the same, with ``other`` put in or (None) taken out."""
        asked = {
            "period": self.period.text,
            "category": self.category and self.category.value,
            "way": self.way and self.way.value,
            "owner": self.owner,
            "standing": self.standing and self.standing.value,
            "adverse": "1" if self.adverse else None,
            **other,
        }
        return {name: value for name, value in asked.items() if value}


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
    )


def _member(kind: type[M], text: str) -> M | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError as error:
        raise BadFilter(text=text[:40]) from error
