"""A period beside earlier ones: 同比 and 环比. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bidding.core.errors import N_
from bidding.core.money import percent, wan
from bidding.reporting.savings import Totals


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of an earlier period, and by how much today's is above it.

    ``change`` is in per cent of the earlier amount; of rates, in points. None where nothing can be compared.
    """

    then: str
    change: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: today, just before (环比), and a year ago (同比); None where there is no such period."""

    label: str
    unit: str
    now: str
    before: Change | None
    ago: Change | None

    @property
    def is_rate(self) -> bool:
        """Whether it changes by points."""
        return self.unit == "%"


def amounts(now: int, then: int, show: Callable[[int], str]) -> Change:
    """Two amounts or counts."""
    return Change(show(then), _signed(percent(now - then, then)) if then > 0 else None)


def rates(now: str | None, then: str | None) -> Change:
    """Two rates as they are printed: the difference is that of the printed digits, so that a reader can check it."""
    change = None if now is None or then is None else _signed(str(Decimal(now) - Decimal(then)))
    return Change(then or "–", change)


def _signed(text: str) -> str:
    return text if text.startswith("-") or not any(sign in "123456789" for sign in text) else f"+{text}"


def _count(number: int) -> str:
    return f"{number:,}"


_AMOUNTS: tuple[tuple[str, str, Callable[[Totals], int], Callable[[int], str]], ...] = (
    (N_("计入项数"), N_("项"), lambda totals: totals.items, _count),
    (N_("成交额"), N_("万元"), lambda totals: totals.award_fen, wan),
    (N_("节约资金"), N_("万元"), lambda totals: totals.saved_fen, wan),
    (N_("增值"), N_("万元"), lambda totals: totals.gained_fen, wan),
    (N_("增效节资"), N_("万元"), lambda totals: totals.benefit_fen, wan),
)
_RATES: tuple[tuple[str, Callable[[Totals], str | None]], ...] = (
    (N_("节资率"), lambda totals: totals.savings_rate),
    (N_("增值率"), lambda totals: totals.premium_rate),
)


def rows(
    now: Totals, before: Totals | None, ago: Totals | None, *, beside: Sequence[Totals] = ()
) -> Sequence[Row]:
    """Every measure of a period beside the two earlier ones; of sales only where there are any, in these or in ``beside``."""
    found = []
    for label, unit, of, show in _AMOUNTS:
        changes = [None if then is None else amounts(of(now), of(then), show) for then in (before, ago)]
        found.append(Row(label, unit, show(of(now)), *changes))
    for label, rate in _RATES:
        points = [None if then is None else rates(rate(now), rate(then)) for then in (before, ago)]
        found.append(Row(label, "%", rate(now) or "–", *points))
    sold = any(totals is not None and totals.gain.items for totals in (now, before, ago, *beside))
    return [row for row in found if sold or row.label not in ("增值", "增值率", "增效节资")]
