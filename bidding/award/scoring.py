"""The final scores of a consultation: what the panel gave, the points of the price by rule, and the rank. Pure.

Points are whole hundredths. Sources: 财库〔2014〕214号 24 (the lowest last offer that meets what is asked for, over one's own,
times the weight), 25 (rank: points, then the lower last offer), 28; 财库〔2020〕46号 9 and 财库〔2022〕19号 (small firms). The
law says nothing of rounding: half up to two decimals, and what is rounded is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from bidding.core.errors import N_, DomainError


class TooManyPoints(DomainError):
    """More than the table gives for everything but the price."""

    code = "award.too_many_points"
    text = N_("价格以外的得分最多 %(most)s 分（评分表里除价格以外各项的满分之和）。请对照评审报告改正。")
    status = 422


class NotScored(DomainError):
    """The winner has no points."""

    code = "award.not_scored"
    text = N_("请按评审报告填写成交供应商价格以外的得分：它随结果公布。响应无效、没有评分的留空。")
    status = 422


class NotFirst(DomainError):
    """Somebody else has more points."""

    code = "award.not_first"
    text = N_(
        "评审得分排第一的是 %(first)s（%(points)s 分）。采购人按排序由高到低确定成交供应商（财库〔2014〕214号第28条）：请选排第一的；"
        "它放弃或者依法不能成交的，请在“原因”里写明，会一并公开。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class Weights:
    """What of a scoring table decides here: the price's points in tenths, and what small firms get off, in ‰."""

    price_tenths: int
    permille: int

    @property
    def others(self) -> int:
        """The most that the panel can give for everything but the price, in hundredths."""
        return (1000 - self.price_tenths) * 10


@dataclass(frozen=True, slots=True)
class Entered:
    """A supplier with its last offer, and what the panel's report says: ``other`` points, None where it was not scored."""

    bid: str
    name: str
    price_fen: int
    other: int | None
    small: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """One supplier's final score, as it is recorded and published."""

    bid: str
    name: str
    price_fen: int
    small: bool
    other: int
    price: int
    total: int
    rank: int

    def to_json(self) -> dict[str, Any]:
        """As it stands in the record."""
        return asdict(self)


def evaluated(price_fen: int, permille: int, *, small: bool) -> Fraction:
    """The price as it is compared, in fen; what is paid stays the price offered."""
    return Fraction(price_fen * (1000 - permille), 1000) if small else Fraction(price_fen)


def half_up(value: Fraction) -> int:
    """The nearest whole number, the upper one of two that are as near."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def scores(entered: Iterable[Entered], weights: Weights) -> list[Score]:
    """Those who were scored, the first in rank first. Raises ``TooManyPoints``."""
    counted = [(each, each.other) for each in entered if each.other is not None]
    for each, other in counted:
        if not 0 <= other <= weights.others:
            raise TooManyPoints(field=f"other_{each.bid}", most=said(weights.others))
    if not counted:
        return []
    prices = {each.bid: evaluated(each.price_fen, weights.permille, small=each.small) for each, _ in counted}
    least = min(prices.values())
    found = []
    for each, other in counted:
        price = half_up(least / prices[each.bid] * weights.price_tenths * 10)
        found.append((each, other, price, other + price))
    keys = sorted((-total, each.price_fen) for each, _, _, total in found)
    ranked = [
        Score(
            each.bid,
            each.name,
            each.price_fen,
            each.small,
            other,
            price,
            total,
            keys.index((-total, each.price_fen)) + 1,
        )
        for each, other, price, total in found
    ]
    return sorted(ranked, key=lambda score: score.rank)


def check_first(found: Sequence[Score], bid: str, reason: str) -> str:
    """Why the winner is not the first in rank; nothing where it is. Raises ``NotScored``, ``NotFirst``."""
    own = next((score for score in found if score.bid == bid), None)
    if own is None:
        raise NotScored(field=f"other_{bid}")
    if own.rank == 1:
        return ""
    if not reason:
        raise NotFirst(field="reason", first=found[0].name, points=said(found[0].total))
    return reason


def said(hundredths: int) -> str:
    """Points as they are written: ``88.50``."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"
