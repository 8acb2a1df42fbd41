"""The geometry of the report's picture: bars of what was paid, and on top of it what was saved. Pure.

Money stays whole numbers; a height is a whole number of tenths of a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bidding.core.money import wan
from bidding.reporting.savings import Totals

WIDTH, HEIGHT = 620, 466
_LEFT, _TOP, _BOTTOM = 64, 30, 420
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; coordinates as texts of the picture. ``saved`` is missing where the price passed its basis."""

    label: str
    rate: str
    x: str
    width: str
    middle: str
    award_y: str
    award_height: str
    saved_y: str
    saved_height: str
    rate_y: str

    @property
    def saved(self) -> bool:
        """Whether there is something to see."""
        return self.saved_height != "0.0"


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale, labelled in 万元."""

    y: str
    text_y: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole picture."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    bottom: int = _BOTTOM


def columns(rows: Sequence[tuple[str, Totals]]) -> Chart:
    """A bar for each (label, totals), savings only: its foot is what was paid, its head what was saved."""
    top = max((max(t.saving.basis_fen, t.saving.award_fen) for _, t in rows), default=0)
    step = _step(top)
    full = step * -(-top // step)
    slot = (WIDTH - _LEFT) * 10 // max(len(rows), 1)
    width = min(slot * 6 // 10, 600)
    bars = []
    for place, (label, totals) in enumerate(rows):
        middle = _LEFT * 10 + slot * place + slot // 2
        award = _height(totals.saving.award_fen, full)
        saved = max(_height(totals.saving.basis_fen, full) - award, 0)
        head = _BOTTOM * 10 - award - saved
        bars.append(
            Bar(
                label=label,
                rate=totals.savings_rate or "",
                x=_px(middle - width // 2),
                width=_px(width),
                middle=_px(middle),
                award_y=_px(_BOTTOM * 10 - award),
                award_height=_px(award),
                saved_y=_px(head),
                saved_height=_px(saved),
                rate_y=_px(head - 70),
            )
        )
    ticks = [
        Tick(_px(y), _px(y + 45), wan(fen).removesuffix(".00"))
        for fen in range(step, full + 1, step)
        for y in (_BOTTOM * 10 - _height(fen, full),)
    ]
    return Chart(bars, ticks)


def _height(fen: int, full: int) -> int:
    return (_BOTTOM - _TOP) * 10 * fen // full if full else 0


def _step(top: int) -> int:
    """Fen between two lines of the scale: 1, 2 or 5 times a power of ten, so that five lines or fewer do."""
    power = 1
    while True:
        for times in (1, 2, 5):
            if times * power * _TICKS >= top:
                return times * power
        power *= 10


def _px(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def share(part: int, whole: int, width: int = 200) -> str:
    """The width of a bar within a table's cell: ``part`` of ``whole``, never less than nothing."""
    return _px(max(part, 0) * width * 10 // whole) if whole > 0 else "0.0"
