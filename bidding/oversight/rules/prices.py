"""Prices that look made together (招标投标法实施条例 39–40, 财政部令87号 37). Each asks nothing but the amounts, in fen.

None where nothing is to be said. The order of the prices says nothing; except for round figures, neither does their size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from bidding.oversight.rules.facts import Numbers

_PERMILLE, _PPM = 1000, 1_000_000


def equal(prices: Sequence[int]) -> Numbers | None:
    """Two or more that are the same to the fen."""
    if not prices:
        return None
    fen, count = min(Counter(prices).items(), key=lambda item: (-item[1], item[0]))
    return {"count": count, "bids": len(prices), "price_fen": fen} if count > 1 else None


def steps(prices: Sequence[int], *, least: int, within_permille: int) -> Numbers | None:
    """Sorted prices that lie the same distance apart: (largest − smallest step) ÷ mean step at most ``within_permille``."""
    ordered = sorted(prices)
    gaps = [high - low for low, high in pairwise(ordered)]
    if len(ordered) < max(least, 3) or min(gaps) <= 0:
        return None
    total, spread = sum(gaps), max(gaps) - min(gaps)
    if spread * len(gaps) * _PERMILLE > within_permille * total:
        return None
    return {
        "bids": len(ordered),
        "most_fen": max(gaps),
        "least_fen": min(gaps),
        "mean_fen": total // len(gaps),
        "spread_ppm": spread * len(gaps) * _PPM // total,
        "limit_permille": within_permille,
    }


def ratios(prices: Sequence[int], *, least: int, within_permille: int) -> Numbers | None:
    """Sorted prices each of which exceeds the one before by the same share; not asked where ``steps`` answers."""
    ordered = sorted(prices)
    if len(ordered) < max(least, 3) or ordered[0] <= 0:
        return None
    rises = [Fraction(high - low, low) for low, high in pairwise(ordered)]
    if min(rises) <= 0 or steps(prices, least=least, within_permille=within_permille) is not None:
        return None
    mean = sum(rises) / len(rises)
    spread = (max(rises) - min(rises)) / mean
    if spread * _PERMILLE > within_permille:
        return None
    return {
        "bids": len(ordered),
        "most_ppm": int(max(rises) * _PPM),
        "least_ppm": int(min(rises) * _PPM),
        "spread_ppm": int(spread * _PPM),
        "limit_permille": within_permille,
    }


def cluster(prices: Sequence[int], *, least: int, within_permille: int) -> Numbers | None:
    """Prices that all lie within a small share of the lowest."""
    if len(prices) < max(least, 2) or min(prices) <= 0:
        return None
    low, high = min(prices), max(prices)
    if (high - low) * _PERMILLE > within_permille * low:
        return None
    return {
        "bids": len(prices),
        "low_fen": low,
        "high_fen": high,
        "share_ppm": (high - low) * _PPM // low,
        "limit_permille": within_permille,
    }


def rounded(winning: int, losing: Sequence[int], *, least: int, unit_fen: int) -> Numbers | None:
    """Every losing price is a round figure and the winning one is not: nobody worked the others out."""
    if len(losing) < least or winning % unit_fen == 0 or any(price % unit_fen for price in losing):
        return None
    return {"losers": len(losing), "unit_fen": unit_fen, "winner_fen": winning}


def near_ceiling(prices: Sequence[int], ceiling_fen: int, *, within_permille: int) -> Numbers | None:
    """Even the lowest price stays hardly below the maximum price."""
    low = min(prices, default=0)
    if not 0 < low <= ceiling_fen or (ceiling_fen - low) * _PERMILLE > within_permille * ceiling_fen:
        return None
    return {
        "low_fen": low,
        "ceiling_fen": ceiling_fen,
        "share_ppm": (ceiling_fen - low) * _PPM // ceiling_fen,
        "limit_permille": within_permille,
    }


def far(award_fen: int, basis_fen: int, *, far_permille: int) -> Numbers | None:
    """The award lies far from what was estimated, on either side."""
    if basis_fen <= 0 or abs(award_fen - basis_fen) * _PERMILLE < far_permille * basis_fen:
        return None
    return {
        "award_fen": award_fen,
        "basis_fen": basis_fen,
        "share_ppm": abs(award_fen - basis_fen) * _PPM // basis_fen,
        "limit_permille": far_permille,
    }
