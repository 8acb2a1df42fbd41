"""Who meets whom and who wins, over many tenders; and purchases that together pass a threshold.

Windows are calendar years, or twelve months running; of several that hold in one year the worst is told, the later one
of two that are as bad. Every function is deaf to the order of what it is given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol, TypeVar

from bidding.oversight.rules.facts import Bought, Met, Numbers, Threshold

_PERMILLE, _PPM = 1000, 1_000_000


class _Dated(Protocol):
    @property
    def on(self) -> date: ...


D = TypeVar("D", bound=_Dated)


def years(items: Iterable[D]) -> dict[int, list[D]]:
    """Items by calendar year, each year's in order of days."""
    found: dict[int, list[D]] = defaultdict(list)
    for item in sorted(items, key=lambda each: each.on):
        found[item.on.year].append(item)
    return dict(sorted(found.items()))


def windows(items: Sequence[D]) -> Iterator[list[D]]:
    """For every item, those of the twelve months that end with its day."""
    ordered = sorted(items, key=lambda each: each.on)
    first = 0
    for last, item in enumerate(ordered):
        if last + 1 < len(ordered) and ordered[last + 1].on == item.on:
            continue  # the day is not over
        while ordered[first].on <= _year_before(item.on):
            first += 1
        yield ordered[first : last + 1]


def _year_before(day: date) -> date:
    """The same day a year earlier; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def singles(bids: Sequence[int], *, lots: int, share_permille: int) -> Numbers | None:
    """Of lots opened in a year, the share with no more than one bid. ``bids`` counts those of each lot."""
    alone = sum(count <= 1 for count in bids)
    if len(bids) < lots or alone * _PERMILLE < share_permille * len(bids) or not alone:
        return None
    return {
        "single": alone,
        "lots": len(bids),
        "share_ppm": alone * _PPM // len(bids),
        "limit_permille": share_permille,
        "least": lots,
    }


def repeated(items: Sequence[Bought], winner: str, *, wins: int, share_permille: int) -> Numbers | None:
    """Of one owner's results of a year, the share that one winner took."""
    taken = [item for item in items if item.winner == winner]
    if len(taken) < wins or len(taken) * _PERMILLE < share_permille * len(items):
        return None
    total = sum(item.amount_fen for item in items)
    sum_fen = sum(item.amount_fen for item in taken)
    return {
        "winner": winner,
        "wins": len(taken),
        "awards": len(items),
        "share_ppm": len(taken) * _PPM // len(items),
        "limit_permille": share_permille,
        "least": wins,
        "sum_fen": sum_fen,
        "amount_ppm": sum_fen * _PPM // total if total else 0,
    }


def companions(lots: Sequence[Met], winner: str, *, least: int, share_permille: int) -> dict[str, Numbers]:
    """Tenderers that were there nearly whenever ``winner`` won, and never won where both bid; by their USCC."""
    won = [lot for lot in lots if lot.winner == winner and len(lot.tenderers) > 1]
    beside = Counter(other for lot in won for other in lot.tenderers - {winner})
    beaten = {lot.winner for lot in lots if winner in lot.tenderers}
    return {
        other: {
            "winner": winner,
            "companion": other,
            "together": together,
            "wins": len(won),
            "share_ppm": together * _PPM // len(won),
            "limit_permille": share_permille,
            "least": least,
        }
        for other, together in sorted(beside.items())
        if together >= least and together * _PERMILLE >= share_permille * len(won) and other not in beaten
    }


def rotation(lots: Sequence[Met], *, least: int) -> dict[frozenset[str], list[Met]]:
    """Groups of tenderers that met among themselves again and again, and of whom several won in turn."""
    met: dict[frozenset[str], list[Met]] = defaultdict(list)
    for lot in lots:
        if len(lot.tenderers) > 1 and lot.winner in lot.tenderers:
            met[lot.tenderers].append(lot)
    return {
        group: sorted(found, key=lambda lot: (lot.on, lot.uid, lot.title))
        for group, found in met.items()
        if len(found) >= least and len({lot.winner for lot in found}) > 1
    }


def split(
    items: Sequence[Bought], threshold: Threshold, *, near_permille: int, least: int
) -> dict[int, tuple[Numbers, list[Bought]]]:
    """By year, purchases of one kind just under a threshold that pass it together (政府采购法实施条例 28)."""
    near = [
        item
        for item in items
        if (_PERMILLE - near_permille) * threshold.fen
        <= item.basis_fen * _PERMILLE
        < _PERMILLE * threshold.fen
    ]
    if near and near[0].by_year:
        parts: Iterable[list[Bought]] = years(near).values()
    else:
        parts = windows(near)
    worst: dict[int, list[Bought]] = {}
    for part in parts:
        year = part[-1].on.year
        if len(part) >= least and _sum(part) > threshold.fen and _sum(part) >= _sum(worst.get(year, ())):
            worst[year] = part
    return {
        year: (
            {
                "items": len(part),
                "sum_fen": _sum(part),
                "threshold_fen": threshold.fen,
                "near_permille": near_permille,
                "least": least,
                "first_on": part[0].on.isoformat(),
                "last_on": part[-1].on.isoformat(),
                "source": threshold.source,
            },
            sorted(part, key=_place),
        )
        for year, part in worst.items()
    }


def _sum(items: Iterable[Bought]) -> int:
    return sum(item.basis_fen for item in items)


def _place(item: Bought) -> tuple[date, str, str, int]:
    return item.on, item.uid, item.title, item.basis_fen
