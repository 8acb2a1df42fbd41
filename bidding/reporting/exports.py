"""The report as JSON, for machines. Knows no web."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from bidding.core.canonical import dumps
from bidding.core.clock import unix
from bidding.reporting import queries
from bidding.reporting.models import SavingsEntry
from bidding.reporting.rules import Wanted
from bidding.reporting.savings import Totals

#: How many items are listed; how many were left out is said beside them. The workbook has room for nearly all.
JSON_ITEMS = 10_000


def to_json(session: Session, wanted: Wanted, *, at: datetime, most: int = JSON_ITEMS) -> bytes:
    """The report as canonical JSON (RFC 8785): money in fen, rates as texts in per cent, instants in Unix seconds.

    At ``most`` so many items are listed.
    """
    report = queries.report(session, wanted)
    total = queries.items_total(session, wanted)
    with closing(queries.all_items(session, wanted)) as entries:
        items = [_item(entry) for entry in islice(entries, most)]
    return dumps(
        {
            "v": 1,
            "type": "savings-report",
            "at": unix(at),
            "asked": wanted.address(),
            "unit": "fen",
            "total": _figures(report.total),
            "by_month": {
                f"{month // 100:04d}-{month % 100:02d}": _figures(t) for month, t in report.by_month.items()
            },
            "by_year": {f"{year:04d}": _figures(t) for year, t in report.by_year.items()},
            "by_category": _table(report.by_category),
            "by_method": _table(report.by_way),
            "by_basis": _table(report.by_basis),
            "by_source": _table(report.by_source),
            "excluded": {standing.value: count for standing, count in report.excluded.items()},
            "items": items,
            "items_left_out": total - len(items),
        }
    )


def _table(table: Mapping[Any, Totals]) -> dict[str, Any]:
    return {key.value: _figures(totals) for key, totals in table.items()}


def _figures(totals: Totals) -> dict[str, Any]:
    saving, gain = totals.saving, totals.gain
    return {
        "items": totals.items,
        "award_fen": totals.award_fen,
        "saving": {
            "items": saving.items,
            "basis_fen": saving.basis_fen,
            "award_fen": saving.award_fen,
            "saved_fen": totals.saved_fen,
            "rate_percent": totals.savings_rate,
            "above_basis": {"items": saving.adverse_items, "fen": saving.adverse_fen},
        },
        "gain": {
            "items": gain.items,
            "start_fen": gain.basis_fen,
            "award_fen": gain.award_fen,
            "gained_fen": totals.gained_fen,
            "rate_percent": totals.premium_rate,
            "below_start": {"items": gain.adverse_items, "fen": gain.adverse_fen},
        },
        "benefit_fen": totals.benefit_fen,
        "benefit_rate_percent": totals.benefit_rate,
    }


def _item(entry: SavingsEntry) -> dict[str, Any]:
    drawer = entry.drawer
    return {
        "code": entry.code,
        "title": entry.title,
        "owner": entry.owner.name,
        "winner": entry.winner_name,
        "category": drawer.category.value,
        "method": drawer.way.value,
        "direction": drawer.direction.value,
        "basis": {"kind": drawer.basis.value, "fen": entry.basis_fen},
        "award_fen": entry.award_fen,
        "on": entry.awarded_on.isoformat(),
        "source": drawer.source.value,
    }
