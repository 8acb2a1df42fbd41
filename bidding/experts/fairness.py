"""Whether draws are fair over time: where in the frozen lists those drawn stood, and how often units are called. Pure.

Leaves are fresh in every draw, so nobody is followed from one to the next. What can be followed is the place: in a list
sorted by fingerprint every place is drawn equally often, or somebody has steered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: The lists are cut into so many stretches of equal length.
STRETCHES = 10
#: Pearson's test wants so many expected in every stretch (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.15).
ENOUGH = 5
_NORMAL_95 = 1.959964
#: From here on a Poisson count is as good as normal, and e to the minus of it as good as nothing.
_LARGE = 500


@dataclass(frozen=True, slots=True)
class Trial:
    """One specialty of one draw: so many were ranked, so many wanted, and where the first of the ranking had stood."""

    code: str
    free: int
    places: tuple[int, ...]  # from 0, in the list sorted by fingerprint; those passed over are among them


@dataclass(frozen=True, slots=True)
class Stretch:
    """One tenth of the lists: how many were drawn from it, how many were to be expected, and the 95 % interval."""

    drawn: int
    expected: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether chance does as much in nineteen of twenty cases."""
        return self.low <= self.drawn <= self.high


@dataclass(frozen=True, slots=True)
class Uniformity:
    """Pearson's chi-square of the ten stretches; ``p`` is None where there is too little to say anything."""

    stretches: Sequence[Stretch]
    trials: int
    left_out: int
    drawn: int
    statistic: float
    p: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One specialty over a time: draws, how often somebody was listed, how often drawn."""

    code: str
    draws: int
    listed: int
    drawn: int
    uniformity: Uniformity

    @property
    def chance(self) -> float:
        """How likely it was to be drawn each time that one was listed."""
        return self.drawn / self.listed if self.listed else 0.0


def uniformity(trials: Iterable[Trial]) -> Uniformity:
    """The test over all trials whose list is long enough to be cut.

    Places are drawn without being put back, so the variance of a stretch is the hypergeometric one, smaller by
    (n−m)/(n−1) than if they were; the statistic is scaled up by as much, and chi-square with nine degrees of freedom holds.
    """
    counts = [0] * STRETCHES
    expected, variance = [0.0] * STRETCHES, [0.0] * STRETCHES
    used = left_out = drawn = 0
    without_return = 0.0
    for trial in trials:
        n, m = trial.free, len(trial.places)
        if n < STRETCHES or not m:
            left_out += 1
            continue
        used, drawn = used + 1, drawn + m
        correction = (n - m) / (n - 1)
        without_return += m * correction
        for stretch in range(STRETCHES):
            share = (_begin(stretch + 1, n) - _begin(stretch, n)) / n
            expected[stretch] += m * share
            variance[stretch] += m * share * (1 - share) * correction
        for place in trial.places:
            counts[place * STRETCHES // n] += 1
    scale = drawn / without_return if without_return else 1.0
    statistic = scale * sum(
        (count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True) if mean
    )
    return Uniformity(
        [
            Stretch(count, mean, *_normal(mean, spread))
            for count, mean, spread in zip(counts, expected, variance, strict=True)
        ],
        used,
        left_out,
        drawn,
        statistic,
        chi_square_p(statistic, STRETCHES - 1) if min(expected) >= ENOUGH else None,
    )


def _begin(stretch: int, n: int) -> int:
    """The first place of a stretch: the smallest whose tenth it is."""
    return -(-stretch * n // STRETCHES)


def _normal(mean: float, variance: float) -> tuple[float, float]:
    half = _NORMAL_95 * math.sqrt(variance)
    return max(mean - half, 0.0), mean + half


def lines(trials: Sequence[Trial]) -> list[Line]:
    """Every specialty by itself, in order of its code."""
    of: dict[str, list[Trial]] = {}
    for trial in trials:
        of.setdefault(trial.code, []).append(trial)
    return [
        Line(
            code,
            len(own),
            sum(trial.free for trial in own),
            sum(len(trial.places) for trial in own),
            uniformity(own),
        )
        for code, own in sorted(of.items())
    ]


def chi_square_p(statistic: float, degrees: int) -> float:
    """How often chance alone is at least so uneven: Q(degrees/2, statistic/2), for an odd number of degrees.

    By the recurrence Q(a+1, x) = Q(a, x) + xᵃe⁻ˣ/Γ(a+1), from Q(1/2, x) = erfc(√x) (Abramowitz and Stegun 6.5.21, 26.4.4).
    """
    x = statistic / 2
    total = math.erfc(math.sqrt(x))
    term = math.sqrt(x) * math.exp(-x) / math.gamma(1.5) if x else 0.0
    half = 1.5
    while half <= degrees / 2:
        total += term
        term *= x / half
        half += 1
    return min(max(total, 0.0), 1.0)


# Who is called: for administrators, of draws whose names are out ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """How often people of one unit or region were called, against their share of the pool."""

    name: str
    called: int
    expected: float
    low: int
    high: int

    @property
    def where(self) -> int:
        """-1 below the interval, 0 inside, 1 above."""
        return (self.called > self.high) - (self.called < self.low)


def shares(
    called: Iterable[tuple[str, str]], asked: Mapping[str, int], pool: Mapping[str, Mapping[str, int]]
) -> list[Share]:
    """By name, from who was called (specialty, name), how many were called in each specialty, and the pool (specialty → name → people)."""
    counts: dict[str, int] = {}
    for _, name in called:
        counts[name] = counts.get(name, 0) + 1
    means: dict[str, float] = dict.fromkeys(counts, 0.0)
    for code, number in asked.items():
        whole = sum(pool.get(code, {}).values())
        for name, people in pool.get(code, {}).items():
            means[name] = means.get(name, 0.0) + number * people / whole
    rows = [Share(name, counts.get(name, 0), mean, *poisson_95(mean)) for name, mean in means.items()]
    return sorted(rows, key=lambda row: (-abs(row.where), -row.called, row.name))


def poisson_95(mean: float) -> tuple[int, int]:
    """The central 95 % interval of a Poisson count.

    A sum of draws with small chances is at most as spread out (Le Cam 1960), so what lies outside lies outside there too.
    """
    if mean > _LARGE:
        half = _NORMAL_95 * math.sqrt(mean)
        return math.floor(mean - half), math.ceil(mean + half)
    low, high, term, total, count = 0, 0, math.exp(-mean), 0.0, 0
    low_found = False
    while total < 0.975 and count < 10 * mean + 50:
        total += term
        if not low_found and total > 0.025:
            low, low_found = count, True
        high = count
        count += 1
        term *= mean / count
    return low, high


# The picture ----------------------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 620, 300
_LEFT, _TOP, _BOTTOM = 44, 20, 260


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch; coordinates in whole pixels."""

    label: str
    drawn: int
    x: int
    width: int
    middle: int
    y: int
    height: int
    low_y: int
    high_y: int
    expected_y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Ten bars, each with the interval in which chance leaves it."""

    bars: Sequence[Bar]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    bottom: int = _BOTTOM


def picture(found: Uniformity) -> Picture:
    """The stretches as bars."""
    top = max((max(each.drawn, each.high) for each in found.stretches), default=0) or 1
    slot = (WIDTH - _LEFT) // STRETCHES

    def y(value: float) -> int:
        return _BOTTOM - round((_BOTTOM - _TOP) * value / top)

    return Picture(
        [
            Bar(
                label=str(number + 1),
                drawn=each.drawn,
                x=_LEFT + number * slot + slot // 5,
                width=slot * 3 // 5,
                middle=_LEFT + number * slot + slot // 2,
                y=y(each.drawn),
                height=_BOTTOM - y(each.drawn),
                low_y=y(each.low),
                high_y=y(each.high),
                expected_y=y(each.expected),
            )
            for number, each in enumerate(found.stretches)
        ]
    )
