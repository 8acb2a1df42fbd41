"""The monthly and the annual report (月报、年报) as data for the paper: text, tables, footnotes. Pure.

The same data are kept with the issued report, so that every printed digit can be traced to what it was made of.
Papers are Chinese, as the centre issues them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bidding.core.money import percent, wan
from bidding.reporting import comparison
from bidding.reporting.comparison import Change
from bidding.reporting.rules import (
    BASIS_LABELS,
    CATEGORY_LABELS,
    STANDING_LABELS,
    WAY_LABELS,
    Period,
    ReportKind,
)
from bidding.reporting.rules import year as whole_year
from bidding.reporting.savings import Report, Totals, by_quarter


@dataclass(frozen=True, slots=True)
class Issue:
    """Which report: of a month (1 to 12) of a year, or of the whole year (month 12); and its number in the year."""

    kind: ReportKind
    year: int
    month: int
    number: int

    @property
    def period(self) -> Period:
        """What it reports on."""
        month = self.year * 100 + self.month
        return whole_year(self.year) if self.kind is ReportKind.YEAR else Period(month, month)

    @property
    def so_far(self) -> Period:
        """The year up to its month: what 累计 adds up."""
        return Period(self.year * 100 + 1, self.year * 100 + self.month)

    @property
    def before(self) -> Period | None:
        """The month before (环比); an annual report has none."""
        if self.kind is ReportKind.YEAR:
            return None
        number = self.year * 12 + self.month - 2
        month = number // 12 * 100 + number % 12 + 1
        return Period(month, month)

    @property
    def ago(self) -> Period:
        """The same period of the year before (同比)."""
        return Period(self.period.first - 100, self.period.last - 100)

    @property
    def so_far_ago(self) -> Period:
        """The year before up to the same month."""
        return Period(self.so_far.first - 100, self.so_far.last - 100)

    @property
    def name(self) -> str:
        """月报 or 年报."""
        return "年报" if self.kind is ReportKind.YEAR else "月报"

    @property
    def mark(self) -> str:
        """Its number as it is printed: 〔2026〕第11期; a year has one report."""
        if self.kind is ReportKind.YEAR:
            return f"〔{self.year}〕年报"
        return f"〔{self.year}〕第{self.number}期"

    @property
    def span(self) -> str:
        """What it is about, in words."""
        return f"{self.year}年" if self.kind is ReportKind.YEAR else f"{self.year}年{self.month}月"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of one period."""

    report: Report
    regions: Mapping[str, Totals] = field(default_factory=dict)
    #: What the centre did, by what it is called, in the order of ``counting.SERVICES``.
    services: Mapping[str, int] = field(default_factory=dict)
    #: Of how many items it is known how many handed in, and how many these were.
    bidders: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The totals that a period is compared with."""

    before: Totals | None
    ago: Totals
    so_far_ago: Totals


def compose(
    issue: Issue,
    now: Figures,
    so_far: Figures,
    earlier: Earlier,
    *,
    centre: str,
    notes: Sequence[str],
) -> dict[str, Any]:
    """The paper's data but for its address and the instant of its issue; texts ready to print."""
    annual = issue.kind is ReportKind.YEAR
    return {
        "centre": centre,
        "kind": issue.kind.value,
        "name": f"公共资源交易{issue.name}",
        "code": issue.mark,
        "title": f"{issue.span}交易与节约资金情况",
        "span": "本年" if annual else "本月",
        "so_far": "" if annual else f"1—{issue.month}月累计",
        "text": _text(issue, now, so_far, earlier),
        "compared": _compared(issue, now.report.total, so_far.report.total, earlier),
        "tables": _tables(issue, now, so_far),
        "months": [
            (f"{month % 100}月", *_savings(totals), *_gains(totals))
            for month, totals in so_far.report.by_month.items()
        ],
        "quarters": [
            (f"第{'一二三四'[key % 10 - 1]}季度", *_savings(totals), *_gains(totals))
            for key, totals in by_quarter(so_far.report.by_month).items()
        ]
        if annual
        else [],
        "services": [
            (label, f"{count:,}", f"{so_far.services.get(label, 0):,}")
            for label, count in now.services.items()
        ],
        "footnotes": _footnotes(now.report, so_far.report, annual=annual),
        "bases": [
            f"{BASIS_LABELS[basis]}：{totals.items:,}项，{wan(totals.saving.basis_fen + totals.gain.basis_fen)}万元"
            for basis, totals in so_far.report.by_basis.items()
        ],
        "notes": [*notes],
    }


# Text ------------------------------------------------------------------------------------------------------------


def _text(issue: Issue, now: Figures, so_far: Figures, earlier: Earlier) -> list[str]:
    annual = issue.kind is ReportKind.YEAR
    span = f"{issue.year}年" if annual else f"{issue.month}月"
    found = [_first(span, now.report.total, earlier.before, earlier.ago)]
    found += _kinds(now.report)
    found += _course(now)
    if not annual:
        words = f"1—{issue.month}月累计" if issue.month > 1 else "1月累计"
        found.append(_first(words, so_far.report.total, None, earlier.so_far_ago))
    return found


def _first(span: str, total: Totals, before: Totals | None, ago: Totals) -> str:
    """How much was traded, saved and gained, and how that compares."""
    if not total.items:
        return f"{span}，没有计入统计的成交项目。"
    text = f"{span}，计入统计的成交项目{total.items:,}项，成交额{wan(total.award_fen)}万元"
    text += _beside(lambda t: t.award_fen, total, before, ago) + "。"
    saving, gain = total.saving, total.gain
    if saving.items:
        text += (
            f"其中节资类{saving.items:,}项，预算（控制价）{wan(saving.basis_fen)}万元，"
            f"成交{wan(saving.award_fen)}万元，节约资金{wan(total.saved_fen)}万元"
            f"{_beside(lambda t: t.saved_fen, total, before, ago)}，节资率{total.savings_rate}%"
            f"{_points(lambda t: t.savings_rate, total, before, ago)}。"
        )
    if gain.items:
        text += (
            f"资产转让等增值类{gain.items:,}宗，起始价{wan(gain.basis_fen)}万元，成交{wan(gain.award_fen)}万元，"
            f"{_gained(total)}。节约与增值分别统计，互不抵减，"
            f"增效节资合计{wan(total.benefit_fen)}万元。"
        )
    return text


def _gained(totals: Totals) -> str:
    """What sales brought above their starting prices, or how far they stayed below."""
    if totals.gained_fen < 0:
        return f"合计低于起始价{wan(-totals.gained_fen)}万元，增值率{totals.premium_rate}%"
    return f"增值{wan(totals.gained_fen)}万元，增值率{totals.premium_rate}%"


def _beside(of: Callable[[Totals], int], total: Totals, before: Totals | None, ago: Totals) -> str:
    found = []
    for word, then in (("环比", before), ("同比", ago)):
        if then is not None and of(then) > 0:
            found.append(_grown(word, comparison.amounts(of(total), of(then), wan), "%"))
    return f"（{'，'.join(found)}）" if found else ""


def _points(of: Callable[[Totals], str | None], total: Totals, before: Totals | None, ago: Totals) -> str:
    found = []
    for word, then in (("环比", before), ("同比", ago)):
        change = None if then is None else comparison.rates(of(total), of(then))
        if change is not None and change.change is not None:
            found.append(_grown(word, change, "个百分点", "提高", "降低"))
    return f"（{'，'.join(found)}）" if found else ""


def _grown(word: str, change: Change, unit: str, up: str = "增长", down: str = "下降") -> str:
    text = change.change or ""
    if text.startswith("+"):
        return f"{word}{up}{text[1:]}{unit}"
    return f"{word}{down}{text[1:]}{unit}" if text.startswith("-") else f"{word}持平"


def _kinds(report: Report) -> list[str]:
    """The categories that saved or gained, one after the other."""
    parts = []
    for category, totals in report.by_category.items():
        if totals.saving.items:
            parts.append(
                f"{CATEGORY_LABELS[category]}{totals.saving.items:,}项，节约{wan(totals.saved_fen)}万元，"
                f"节资率{totals.savings_rate}%"
            )
        if totals.gain.items:
            parts.append(f"{CATEGORY_LABELS[category]}增值类{totals.gain.items:,}宗，{_gained(totals)}")
    found = [f"分类别看，{'；'.join(parts)}。"] if parts else []
    if report.works.items:
        found.append(
            f"有控制价的工程{report.works.items:,}项，控制价合计{wan(report.works.saving.basis_fen)}万元，"
            f"成交合计{wan(report.works.award_fen)}万元，合计下浮率{report.works.savings_rate}%。"
        )
    return found


def _course(now: Figures) -> list[str]:
    """What failed, how many handed in, and what passed its basis the wrong way."""
    report, (known, bidders) = now.report, now.bidders
    parts = []
    if report.failed:
        parts.append(f"流标、废标、终止{report.failed:,}项，流标率{report.failure_rate}%")
    if known:
        parts.append(f"已知递交家数的{known:,}项，平均{percent(bidders, known * 100, 1)}家")
    over, under = report.total.saving, report.total.gain
    if over.adverse_items:
        parts.append(
            f"成交高于预算（控制价）{over.adverse_items:,}项，合计高出{wan(over.adverse_fen)}万元，照实计入"
        )
    if under.adverse_items:
        parts.append(f"成交低于起始价{under.adverse_items:,}宗，合计低{wan(under.adverse_fen)}万元，照实计入")
    return [f"{'；'.join(parts)}。"] if parts else []


# Tables ----------------------------------------------------------------------------------------------------------


def _savings(totals: Totals) -> tuple[str, ...]:
    """Items, basis, award, saved, rate; dashes where there are none."""
    if not totals.saving.items:
        return ("—",) * 5
    return (
        f"{totals.saving.items:,}",
        wan(totals.saving.basis_fen),
        wan(totals.saving.award_fen),
        wan(totals.saved_fen),
        totals.savings_rate or "—",
    )


def _gains(totals: Totals) -> tuple[str, ...]:
    """Items, start, award, gained, rate; dashes where there are none."""
    if not totals.gain.items:
        return ("—",) * 5
    return (
        f"{totals.gain.items:,}",
        wan(totals.gain.basis_fen),
        wan(totals.gain.award_fen),
        wan(totals.gained_fen),
        totals.premium_rate or "—",
    )


def _compared(issue: Issue, now: Totals, so_far: Totals, earlier: Earlier) -> list[tuple[str, ...]]:
    """Measure, unit, now, 环比 and 同比 as printed; of a month also 累计 and its 同比."""
    months = comparison.rows(now, earlier.before, earlier.ago, beside=(so_far, earlier.so_far_ago))
    years = comparison.rows(
        so_far, None, earlier.so_far_ago, beside=tuple(filter(None, (now, earlier.before, earlier.ago)))
    )
    found: list[tuple[str, ...]] = []
    for row, whole in zip(months, years, strict=True):
        line = (
            row.label,
            row.unit,
            row.now,
            _said(row.before, rate=row.is_rate),
            _said(row.ago, rate=row.is_rate),
        )
        if issue.kind is ReportKind.YEAR:
            found.append((row.label, row.unit, row.now, row.ago.then if row.ago else "—", line[4]))
        else:
            found.append((*line, whole.now, _said(whole.ago, rate=whole.is_rate)))
    return found


def _said(change: Change | None, *, rate: bool) -> str:
    if change is None or change.change is None:
        return "—"
    return f"{change.change}{'个百分点' if rate else '%'}"


def _tables(issue: Issue, now: Figures, so_far: Figures) -> list[dict[str, Any]]:
    """By category, method and region: of what saves and of what gains, this period and the year so far."""
    cuts: tuple[tuple[str, Any, Any, Mapping[Any, str]], ...] = (
        ("类别", now.report.by_category, so_far.report.by_category, CATEGORY_LABELS),
        ("方式", now.report.by_way, so_far.report.by_way, WAY_LABELS),
        ("区划", now.regions, so_far.regions, {}),
    )
    found = []
    for what, table, whole, labels in cuts:
        if what == "区划" and not any(whole):
            continue  # nobody named a region
        for direction, cells in (("节约", _savings), ("增值", _gains)):
            rows = []
            for key, sums in whole.items():
                here = table.get(key, Totals())
                if cells(sums)[0] != "—":
                    label = labels.get(key) or str(key) or "未注明"
                    rows.append(
                        (label, *cells(here), *(() if issue.kind is ReportKind.YEAR else cells(sums)))
                    )
            if rows:
                total = (
                    *cells(now.report.total),
                    *(() if issue.kind is ReportKind.YEAR else cells(so_far.report.total)),
                )
                found.append({"what": what, "of": direction, "rows": [*rows, ("合计", *total)]})
    return found


def _footnotes(now: Report, so_far: Report, *, annual: bool) -> list[str]:
    """What was left out, counted."""
    found = []
    for standing, whole in so_far.excluded.items():
        if whole:
            here = now.excluded[standing]
            said = f"{whole:,}项" if annual else f"本期{here:,}项，累计{whole:,}项"
            found.append(f"{STANDING_LABELS[standing]}：{said}")
    return found
