"""The arithmetic of the savings report: integers, ratios of sums, gains beside savings. Pure.

Source: domain.md §7. Amounts are fen; rates are texts in per cent with two decimals, ROUND_HALF_UP.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeVar

from bidding.award.rules import Basis
from bidding.core.money import percent


class Category(StrEnum):
    """What was traded; the rows that centres publish."""

    WORKS = "works"  # 工程建设
    PROCUREMENT = "procurement"  # 政府采购
    LOCAL = "local"  # 限额以下
    LAND = "land"  # 土地
    MINERAL = "mineral"  # 矿业权
    PROPERTY = "property"  # 国有资产产权
    OTHER = "other"  # 其他


class Way(StrEnum):
    """How the winner was found; a superset of the methods that have a journey here, for imported ledgers."""

    OPEN_TENDER = "open-tender"  # 公开招标
    INVITED_TENDER = "invited-tender"  # 邀请招标
    NEGOTIATION = "negotiation"  # 竞争性谈判
    CONSULTATION = "consultation"  # 竞争性磋商
    QUOTATION = "quotation"  # 询价
    SINGLE_SOURCE = "single-source"  # 单一来源
    FRAMEWORK = "framework"  # 框架协议
    COMPARISON = "comparison"  # 比选
    AUCTION = "auction"  # 拍卖、挂牌、网上竞价
    OTHER = "other"  # 其他


class Direction(StrEnum):
    """Whether less or more than the basis is good for the public."""

    SAVING = "saving"  # 节资
    GAIN = "gain"  # 增值


class Standing(StrEnum):
    """Whether an item counts, and if not, why; what does not count is told in a footnote."""

    COUNTED = "counted"
    FAILED = "failed"  # 流标、废标、终止
    NO_AMOUNT = "no-amount"  # 费率、单价
    SHORTLISTED = "shortlisted"  # 入围
    PENDING = "pending"  # announced or recorded, not final
    REHEARSAL = "rehearsal"  # 演练


class Source(StrEnum):
    """Where an item comes from."""

    PLATFORM = "platform"
    IMPORTED = "imported"


#: What is sold: more than the starting price is good.
GAINING = frozenset({Category.LAND, Category.MINERAL, Category.PROPERTY})


def direction_of(category: Category, basis_fen: int, award_fen: int) -> Direction:
    """Which way an item counts: assets gain, purchases save, and of the rest each goes its own way."""
    if category in GAINING:
        return Direction.GAIN
    if category is Category.OTHER and award_fen > basis_fen:
        return Direction.GAIN
    return Direction.SAVING


def is_adverse(direction: Direction, basis_fen: int, award_fen: int) -> bool:
    """Whether the price passed its basis the wrong way (docs/adr/0010-savings-never-netted.md)."""
    return award_fen > basis_fen if direction is Direction.SAVING else award_fen < basis_fen


@dataclass(frozen=True, slots=True)
class Drawer:
    """What items have in common that are told apart in no figure of the report."""

    month: int  # year × 100 + month
    category: Category
    way: Way
    direction: Direction
    basis: Basis
    source: Source
    standing: Standing = Standing.COUNTED
    adverse: bool = False
    region: str = ""  # 区划, as it is published; empty where nobody said


@dataclass(frozen=True, slots=True)
class SavingsItem:
    """One award, one asset sold, or one that ended otherwise."""

    month: int
    category: Category
    way: Way
    basis: Basis
    basis_fen: int
    award_fen: int
    source: Source = Source.PLATFORM
    standing: Standing = Standing.COUNTED
    region: str = ""

    @property
    def drawer(self) -> Drawer:
        """Where the item is counted."""
        direction = direction_of(self.category, self.basis_fen, self.award_fen)
        counted = self.standing is Standing.COUNTED
        return Drawer(
            self.month,
            self.category,
            self.way,
            direction,
            self.basis,
            self.source,
            self.standing,
            counted and is_adverse(direction, self.basis_fen, self.award_fen),
            self.region,
        )


@dataclass(frozen=True, slots=True)
class Sums:
    """Items of one direction: number, Σ basis, Σ award; and how many went the wrong way, by how much."""

    items: int = 0
    basis_fen: int = 0
    award_fen: int = 0
    adverse_items: int = 0
    adverse_fen: int = 0

    def plus(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(
            self.items + other.items,
            self.basis_fen + other.basis_fen,
            self.award_fen + other.award_fen,
            self.adverse_items + other.adverse_items,
            self.adverse_fen + other.adverse_fen,
        )


def _rate(part: int, whole: int) -> str | None:
    return percent(part, whole) if whole else None


@dataclass(frozen=True, slots=True)
class Totals:
    """Savings and gains side by side. Nothing here subtracts one from the other."""

    saving: Sums = field(default_factory=Sums)
    gain: Sums = field(default_factory=Sums)

    def plus(self, other: Totals) -> Totals:
        """Both together."""
        return Totals(self.saving.plus(other.saving), self.gain.plus(other.gain))

    @property
    def items(self) -> int:
        """Items that count, of either direction."""
        return self.saving.items + self.gain.items

    @property
    def award_fen(self) -> int:
        """Σ of what was paid or received."""
        return self.saving.award_fen + self.gain.award_fen

    @property
    def saved_fen(self) -> int:
        """节约资金 = Σ basis − Σ award of the items that save."""
        return self.saving.basis_fen - self.saving.award_fen

    @property
    def gained_fen(self) -> int:
        """增值额 = Σ award − Σ starting price of the items that gain."""
        return self.gain.award_fen - self.gain.basis_fen

    @property
    def benefit_fen(self) -> int:
        """增效节资 = Σ savings + Σ gains."""
        return self.saved_fen + self.gained_fen

    @property
    def savings_rate(self) -> str | None:
        """节资率: saved ÷ Σ basis of the items that save; None where there are none."""
        return _rate(self.saved_fen, self.saving.basis_fen)

    @property
    def premium_rate(self) -> str | None:
        """增值率: gained ÷ Σ starting price of the items that gain; None where there are none."""
        return _rate(self.gained_fen, self.gain.basis_fen)

    @property
    def benefit_rate(self) -> str | None:
        """增效节资 ÷ Σ basis of all items; None where there are none."""
        return _rate(self.benefit_fen, self.saving.basis_fen + self.gain.basis_fen)


class KindSum(NamedTuple):
    """Number and sums of the items of one kind, over all months that were asked for."""

    standing: Standing
    category: Category
    way: Way
    direction: Direction
    basis: Basis
    source: Source
    adverse: bool
    items: int
    basis_fen: int
    award_fen: int


class MonthSum(NamedTuple):
    """Number and sums of the items of one month that count, all adverse or none."""

    month: int
    direction: Direction
    adverse: bool
    items: int
    basis_fen: int
    award_fen: int


class NameSum(NamedTuple):
    """Number and sums of the items under one name (a region, a unit, an agency), all adverse or none."""

    name: str
    direction: Direction
    adverse: bool
    items: int
    basis_fen: int
    award_fen: int


@dataclass(frozen=True, slots=True)
class Report:
    """Every figure of the page."""

    total: Totals
    by_month: Mapping[int, Totals]
    by_year: Mapping[int, Totals]
    by_category: Mapping[Category, Totals]
    by_way: Mapping[Way, Totals]
    #: Items and Σ basis per kind of basis, printed under the report.
    by_basis: Mapping[Basis, Totals]
    by_source: Mapping[Source, Totals]
    excluded: Mapping[Standing, int]
    #: 工程 measured against its ceiling: the savings rate of these alone is what the trade calls 下浮率.
    works: Totals

    @property
    def failed(self) -> int:
        """Items that ended without a winner."""
        return self.excluded[Standing.FAILED]

    @property
    def ended(self) -> int:
        """Items that failed and items that did not, of whatever price: what 流标率 is a part of."""
        others = (Standing.NO_AMOUNT, Standing.SHORTLISTED, Standing.PENDING)
        return self.failed + self.total.items + sum(self.excluded[standing] for standing in others)

    @property
    def failure_rate(self) -> str | None:
        """流标率 = failed ÷ (failed + opened), domain.md §7; None where nothing ended."""
        return _rate(self.failed, self.ended)


Summed = KindSum | MonthSum | NameSum
S = TypeVar("S", KindSum, MonthSum, NameSum)
K = TypeVar("K", bound=Hashable)


def _totals(rows: Iterable[Summed]) -> Totals:
    """Savings and gains of some rows."""
    sums = {Direction.SAVING: [0, 0, 0, 0, 0], Direction.GAIN: [0, 0, 0, 0, 0]}
    for row in rows:
        held = sums[row.direction]
        held[0] += row.items
        held[1] += row.basis_fen
        held[2] += row.award_fen
        if (
            row.adverse
        ):  # all of them passed their basis the same way, so the sum of the steps is the step of the sums
            held[3] += row.items
            held[4] += abs(row.award_fen - row.basis_fen)
    return Totals(Sums(*sums[Direction.SAVING]), Sums(*sums[Direction.GAIN]))


def _group(rows: Iterable[S], key: Callable[[S], K], order: Sequence[K] = ()) -> dict[K, Totals]:
    """Totals by ``key``, in the given order, else in that of the keys."""
    groups: dict[K, list[S]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    keys = [k for k in order if k in groups] if order else sorted(groups)  # type: ignore[type-var]
    return {k: _totals(groups[k]) for k in keys}


def roll_up(kinds: Iterable[KindSum], months: Iterable[MonthSum]) -> Report:
    """The report over the same items summed by kind and by month; what does not count is only counted."""
    counted: list[KindSum] = []
    excluded: dict[Standing, int] = {s: 0 for s in Standing if s is not Standing.COUNTED}
    for kind in kinds:
        if kind.standing is Standing.COUNTED:
            counted.append(kind)
        else:
            excluded[kind.standing] += kind.items
    by_month = _group(months, lambda m: m.month)
    by_year: dict[int, Totals] = {}
    for month, totals in by_month.items():
        by_year[month // 100] = by_year.get(month // 100, Totals()).plus(totals)
    return Report(
        _totals(counted),
        by_month,
        by_year,
        _group(counted, lambda k: k.category, list(Category)),
        _group(counted, lambda k: k.way, list(Way)),
        _group(counted, lambda k: k.basis, list(Basis)),
        _group(counted, lambda k: k.source, list(Source)),
        excluded,
        _totals(k for k in counted if k.category is Category.WORKS and k.basis is Basis.CEILING),
    )


def by_name(rows: Iterable[NameSum]) -> dict[str, Totals]:
    """Totals by name, whoever moved most first."""
    found = _group(rows, lambda row: row.name)
    return dict(
        sorted(found.items(), key=lambda pair: (-pair[1].saving.basis_fen - pair[1].gain.basis_fen, pair[0]))
    )


def by_quarter(months: Mapping[int, Totals]) -> dict[int, Totals]:
    """Months gathered into quarters, each under year × 10 + its number."""
    quarters: dict[int, Totals] = {}
    for month, totals in months.items():
        key = month // 100 * 10 + (month % 100 + 2) // 3
        quarters[key] = quarters.get(key, Totals()).plus(totals)
    return quarters


def of_drawers(sums: Mapping[Drawer, tuple[int, int, int]]) -> Report:
    """The report over drawers, each with its number of items, Σ basis and Σ award."""
    return roll_up(
        (
            KindSum(d.standing, d.category, d.way, d.direction, d.basis, d.source, d.adverse, *held)
            for d, held in sums.items()
        ),
        (
            MonthSum(d.month, d.direction, d.adverse, *held)
            for d, held in sums.items()
            if d.standing is Standing.COUNTED
        ),
    )


def aggregate(items: Iterable[SavingsItem]) -> Report:
    """The report over items, one by one: what the database's sums are held against."""
    sums: dict[Drawer, tuple[int, int, int]] = {}
    for item in items:
        held = sums.get(item.drawer, (0, 0, 0))
        sums[item.drawer] = (held[0] + 1, held[1] + item.basis_fen, held[2] + item.award_fen)
    return of_drawers(sums)
