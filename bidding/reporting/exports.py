"""The report as JSON and CSV, for machines. Knows no web."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from bidding.core.canonical import dumps
from bidding.core.clock import unix
from bidding.core.errors import N_
from bidding.core.money import wan, yuan
from bidding.reporting import cuts, queries
from bidding.reporting.models import SavingsEntry
from bidding.reporting.rules import (
    BASIS_LABELS,
    CATEGORY_LABELS,
    CUT_LABELS,
    PLAIN,
    SOURCE_LABELS,
    STANDING_LABELS,
    WAY_LABELS,
    Cut,
    Practice,
    Wanted,
)
from bidding.reporting.savings import Direction, Report, Totals, by_quarter
from bidding.reporting.workbook import ITEM_COLUMNS, SUM_COLUMNS

#: How many items are listed; how many were left out is said beside them. The workbook has room for nearly all.
JSON_ITEMS = 10_000


def to_json(
    session: Session, wanted: Wanted, *, at: datetime, practice: Practice = PLAIN, most: int = JSON_ITEMS
) -> bytes:
    """The report as canonical JSON (RFC 8785): money in fen, rates as texts in per cent, instants in Unix seconds.

    At ``most`` so many items are listed.
    """
    report = queries.report(session, wanted)
    total = queries.items_total(session, wanted)
    known, bidders = cuts.handed_in(session, replace(wanted, standing=None, adverse=False))
    with closing(queries.all_items(session, wanted)) as entries:
        items = [_item(entry) for entry in islice(entries, most)]
    return dumps(
        {
            "v": 1,
            "type": "savings-report",
            "at": unix(at),
            "asked": wanted.address(),
            "unit": "fen",
            "procurement_basis": practice.procurement.value,
            "total": _figures(report.total),
            "works_by_ceiling": _figures(report.works),
            "failed": {
                "items": report.failed,
                "of_items": report.ended,
                "rate_percent": report.failure_rate,
            },
            "bidders": {"items_known": known, "handed_in": bidders},
            "by_month": {
                f"{month // 100:04d}-{month % 100:02d}": _figures(t) for month, t in report.by_month.items()
            },
            "by_year": {f"{year:04d}": _figures(t) for year, t in report.by_year.items()},
            "by_quarter": {
                f"{key // 10:04d}-Q{key % 10}": _figures(t) for key, t in by_quarter(report.by_month).items()
            },
            "by_region": [
                {"region": name, **_figures(t)} for name, t in cuts.cut(session, wanted, Cut.REGION).items()
            ],
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
        "agency": entry.agency.name if entry.agency else "",
        "region": drawer.region,
        "bidders": entry.bidders,
        "category": drawer.category.value,
        "method": drawer.way.value,
        "direction": drawer.direction.value,
        "basis": {"kind": drawer.basis.value, "fen": entry.basis_fen},
        "award_fen": entry.award_fen,
        "on": entry.awarded_on.isoformat(),
        "source": drawer.source.value,
    }


# CSV -------------------------------------------------------------------------------------------------------------

Say = Callable[[str], str]


def sums_csv(session: Session, wanted: Wanted, say: Say) -> str:
    """Every sum of the report, a line each: what it is told apart by, which it is, and its figures."""
    report = queries.report(session, wanted)
    regions = cuts.cut(session, wanted, Cut.REGION)
    return csv_of(_lines(report, regions, say), say)


def _lines(report: Report, regions: Mapping[str, Totals], say: Say) -> Iterator[tuple[str, str, Totals]]:
    yield say(N_("合计")), "", report.total
    for year, totals in report.by_year.items():
        yield say(N_("年")), f"{year:04d}", totals
    for key, totals in by_quarter(report.by_month).items():
        yield say(N_("季度")), f"{key // 10:04d}-Q{key % 10}", totals
    for month, totals in report.by_month.items():
        yield say(N_("月")), f"{month // 100:04d}-{month % 100:02d}", totals
    tables: tuple[tuple[str, Mapping[Any, Totals], Mapping[Any, str]], ...] = (
        (N_("类别"), report.by_category, CATEGORY_LABELS),
        (N_("方式"), report.by_way, WAY_LABELS),
        (N_("口径"), report.by_basis, BASIS_LABELS),
        (N_("来源"), report.by_source, SOURCE_LABELS),
    )
    for what, table, labels in tables:
        for member, totals in table.items():
            yield say(what), say(labels[member]), totals
    for name, totals in regions.items():
        yield say(CUT_LABELS[Cut.REGION]), name, totals


def csv_of(rows: Iterable[tuple[str, str, Totals]], say: Say) -> str:
    """Lines of sums: what, which, and the figures in 万元."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["", "", *(say(label) for label in SUM_COLUMNS)])
    for what, name, totals in rows:
        write.writerow([what, _cell(name), *_sums(totals)])
    return out.getvalue()


def _sums(totals: Totals) -> list[str]:
    return [
        str(totals.saving.items),
        _number(wan(totals.saving.basis_fen)),
        _number(wan(totals.saving.award_fen)),
        _number(wan(totals.saved_fen)),
        totals.savings_rate or "",
        str(totals.gain.items),
        _number(wan(totals.gain.basis_fen)),
        _number(wan(totals.gain.award_fen)),
        _number(wan(totals.gained_fen)),
        totals.premium_rate or "",
        _number(wan(totals.benefit_fen)),
        totals.benefit_rate or "",
    ]


def items_csv(session: Session, wanted: Wanted, target: BinaryIO, say: Say) -> None:
    """Every item behind a figure, in UTF-8 with its mark. Memory stays flat however many there are."""
    text = io.TextIOWrapper(target, "utf-8-sig", newline="", write_through=True)
    write = csv.writer(text)
    write.writerow([*(say(label) for label in ITEM_COLUMNS), say(N_("状态"))])
    with closing(queries.all_items(session, wanted)) as entries:
        for entry in entries:
            write.writerow(_row(entry, say))
    text.detach()


def _row(entry: SavingsEntry, say: Say) -> list[str]:
    drawer = entry.drawer
    saved = drawer.direction is Direction.SAVING
    step = _number(yuan(abs(entry.award_fen - entry.basis_fen)))
    if (entry.award_fen > entry.basis_fen) is saved and entry.award_fen != entry.basis_fen:
        step = f"-{step}"
    return [
        _cell(entry.code),
        _cell(entry.title),
        say(CATEGORY_LABELS[drawer.category]),
        say(WAY_LABELS[drawer.way]),
        _cell(drawer.region),
        _cell(entry.owner.name),
        _cell(entry.agency.name if entry.agency else ""),
        _cell(entry.winner_name),
        say(BASIS_LABELS[drawer.basis]),
        _number(yuan(entry.basis_fen)),
        _number(yuan(entry.award_fen)),
        step if saved else "",
        "" if saved else step,
        "" if entry.bidders is None else str(entry.bidders),
        entry.awarded_on.isoformat(),
        say(SOURCE_LABELS[drawer.source]),
        say(STANDING_LABELS[drawer.standing]),
    ]


def _number(text: str) -> str:
    """Without the commas that group thousands."""
    return text.replace(",", "")


def _cell(text: str) -> str:
    """A text that somebody typed, never a formula of a spreadsheet (CWE-1236)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
