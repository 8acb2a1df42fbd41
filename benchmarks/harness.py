"""Ratios measured side by side: interleaved pairs, their median and spread, the raw figures in a CSV."""

from __future__ import annotations

import csv
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

OUT = Path(__file__).parent / "out"


def timed(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def settle() -> None:
    """Let the disk finish what earlier runs left it: their writes, and what their deletions free.

    Without it the side that runs second pays for the first, and which one that is alternates.
    """
    for _ in range(2):
        os.sync()
        time.sleep(0.3)


def pairs(
    name: str,
    ours: Callable[[], float],
    theirs: Callable[[], float],
    goal: float,
    n: int = 7,
    *,
    at_most: bool = False,
) -> bool:
    """Run ``n`` interleaved pairs, print the result line, keep the raw figures in ``out/NAME.csv``.

    ``ours`` and ``theirs`` do the same work, check its outcome, and return their seconds (see ``timed``). The
    ratio is that of speeds, theirs/ours in seconds: 1.2 means a fifth faster; with ``at_most`` it is
    ours/theirs, for goals such as "at most twice the time". The order within a pair alternates, and one pair
    beforehand warms caches and is not counted. Returns whether the goal is met.
    """
    ours()
    theirs()
    rows = []
    for number in range(n):
        if number % 2:
            other, own = theirs(), ours()
        else:
            own, other = ours(), theirs()
        rows.append((number, own, other, own / other if at_most else other / own))
    ratios = sorted(row[3] for row in rows)
    ratio = statistics.median(ratios)
    low, _, high = statistics.quantiles(ratios, n=4)
    met = ratio <= goal if at_most else ratio >= goal
    OUT.mkdir(exist_ok=True)
    with (OUT / f"{name}.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["pair", "ours_seconds", "theirs_seconds", "ratio"])
        writer.writerows(
            (number, f"{own:.6f}", f"{other:.6f}", f"{each:.4f}") for number, own, other, each in rows
        )
    sign = "<=" if at_most else ">="
    print(f"{name} ratio={ratio:.2f} iqr={high - low:.2f} goal{sign}{goal} {'ok' if met else 'short'}")
    return met
