"""Periods that leave little time, and changes that come late (招标投标法 23–24, 实施条例 16, 21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bidding.oversight.rules.facts import Correction, Numbers

_PERMILLE, _PPM = 1000, 1_000_000


def short(published_on: date, closes_on: date, least_on: date, *, margin_days: int) -> Numbers | None:
    """The deadline lies at the first lawful day, or no more than ``margin_days`` after it."""
    margin = (closes_on - least_on).days
    if margin > margin_days:
        return None
    return {
        "published_on": published_on.isoformat(),
        "closes_on": closes_on.isoformat(),
        "days": (closes_on - published_on).days,
        "least_days": (least_on - published_on).days,
        "margin_days": margin,
        "limit_days": margin_days,
    }


def holidays(
    published_on: date,
    closes_on: date,
    least_on: date,
    rest_days: int,
    *,
    margin_days: int,
    rest_permille: int,
) -> Numbers | None:
    """A period near the minimum of which rest days take a large share: few could work on a bid."""
    days = (closes_on - published_on).days
    margin = (closes_on - least_on).days
    if days <= 0 or margin > margin_days or rest_days * _PERMILLE < rest_permille * days:
        return None
    return {
        "days": days,
        "rest_days": rest_days,
        "share_ppm": rest_days * _PPM // days,
        "limit_permille": rest_permille,
        "margin_days": margin,
        "limit_days": margin_days,
    }


def late(corrections: Sequence[Correction], *, days: int) -> Numbers | None:
    """A correction shortly before the deadline that did not move it: of several, the one nearest to its deadline."""
    left = [
        ((each.closes_on - each.on).days, each.number, each)
        for each in corrections
        if not each.moved and 0 <= (each.closes_on - each.on).days <= days
    ]
    if not left:
        return None
    before, number, each = min(left, key=lambda item: item[:2])
    return {
        "number": number,
        "corrected_on": each.on.isoformat(),
        "closes_on": each.closes_on.isoformat(),
        "days": before,
        "limit_days": days,
        "count": len(left),
    }


def many(corrections: Sequence[Correction], *, count: int) -> Numbers | None:
    """The tender was corrected again and again."""
    return {"count": len(corrections), "limit": count} if len(corrections) >= count else None


def moved(moves: int, *, count: int) -> Numbers | None:
    """The deadline was moved again and again."""
    return {"count": moves, "limit": count} if moves >= count else None
