"""The public report, the items behind every figure, and the exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from tempfile import TemporaryFile
from typing import Any

from flask import Response, current_app, render_template, request, send_file, url_for
from flask_babel import format_date, gettext

from bidding.core.clock import SHANGHAI
from bidding.core.money import percent
from bidding.reporting import chart, comparison, cuts, exports, queries, recounting, rules, workbook
from bidding.reporting.routes.blueprint import XLSX, bp
from bidding.reporting.rules import EVER, Cut, Period, Practice, Wanted
from bidding.reporting.savings import Report, Totals, by_quarter
from bidding.web.auth import public
from bidding.web.context import now, session
from bidding.web.paging import page_number


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its words, its figures, where it leads, and the items behind its savings and its gains."""

    label: str
    totals: Totals
    url: str
    savings_url: str
    gains_url: str


def line(label: str, totals: Totals, wanted: Wanted, *, url: str = "", **asked: str) -> Line:
    """A line for what is asked for beside ``wanted``; without ``url`` it leads to all its items."""
    saving, gain = (items_url(wanted, **{"direction": one, **asked}) for one in ("saving", "gain"))
    return Line(label, totals, url or items_url(wanted, **asked), saving, gain)


def practice() -> Practice:
    """How this centre counts."""
    found: Practice = current_app.extensions["savings_practice"]
    return found


def asked() -> Wanted:
    """What the address asks for; without a period the latest year that has anything."""
    years = queries.years(session())
    default = rules.year(years[0] if years else now().astimezone(SHANGHAI).year)
    return rules.parse_wanted(request.args, default)


@bp.get("/savings")
@public
def savings() -> str:
    """Every figure, each with a way on to what it is made of."""
    wanted = replace(asked(), standing=None, adverse=False, bidders=False)
    report = queries.report(session(), wanted)
    times = _times(report, wanted)
    known, bidders = cuts.handed_in(session(), wanted)
    regions = cuts.cut(session(), wanted, Cut.REGION)
    return render_template(
        "reporting/savings.html",
        wanted=wanted,
        report=report,
        times=times,
        whole=line(gettext("合计"), report.total, wanted),
        works=line(gettext("工程建设"), report.works, wanted, category="works", basis="ceiling"),
        picture=chart.columns([(each.label, each.totals) for each in times if each.totals.saving.items]),
        compared=_compared(report, wanted),
        quarters=_quarters(report, wanted),
        regions=[
            line(name or gettext("未注明"), totals, wanted, region=name or rules.UNNAMED)
            for name, totals in regions.items()
        ]
        if any(regions)
        else [],
        cuts=[
            (gettext(rules.CUT_LABELS[by]), url_for("reporting.by_cut", cut=by.value, **_plain(wanted)))
            for by in (Cut.OWNER, Cut.AGENCY)
        ],
        failed_url=items_url(wanted, standing="failed"),
        known=known,
        average=_mean(bidders, known),
        known_url=items_url(wanted, bidders="1"),
        categories=_lines(report.by_category, rules.CATEGORY_LABELS, wanted, "category"),
        ways=_lines(report.by_way, rules.WAY_LABELS, wanted, "way"),
        bases=[
            line(gettext(rules.BASIS_LABELS[basis]), totals, wanted, basis=basis.value)
            for basis, totals in report.by_basis.items()
        ],
        sources=[
            line(gettext(rules.SOURCE_LABELS[one]), totals, wanted, source=one.value)
            for one, totals in report.by_source.items()
        ],
        excluded=[
            (gettext(rules.STANDING_LABELS[standing]), count, items_url(wanted, standing=standing.value))
            for standing, count in report.excluded.items()
            if count
        ],
        adverse=(
            items_url(wanted, adverse="1", direction="saving"),
            items_url(wanted, adverse="1", direction="gain"),
        ),
        share=chart.share,
        choices=_choices(wanted),
        ask=_plain(wanted),
        narrowed=_narrowed(wanted),
        notes=workbook.notes(practice()),
        counted=recounting.latest(session()),
    )


def _narrowed(wanted: Wanted) -> list[str]:
    """What the report is narrowed to that stands in none of its filters, in words."""
    told = (
        wanted.direction and rules.DIRECTION_LABELS[wanted.direction],
        wanted.basis and rules.BASIS_LABELS[wanted.basis],
        wanted.source and rules.SOURCE_LABELS[wanted.source],
    )
    return [gettext(words) for words in told if words]


def items_url(wanted: Wanted, **other: str) -> str:
    """Where the items are listed that ``wanted`` and ``other`` ask for."""
    return url_for("reporting.items", **wanted.address(**other))


def _plain(wanted: Wanted) -> dict[str, Any]:
    return wanted.address(standing=None, adverse=None, bidders=None)


def _mean(whole: int, by: int) -> str:
    """A mean with one decimal, the half rounded up; empty where there is nothing to divide by."""
    return percent(whole, by * 100, 1) if by else ""


def _compared(report: Report, wanted: Wanted) -> Sequence[comparison.Row]:
    """The period beside the one before and the same one a year ago; a running one only as far as it has come."""
    if wanted.period == EVER:
        return []
    today = now().astimezone(SHANGHAI)
    period = rules.until(wanted.period, today.year * 100 + today.month)
    before, ago = rules.just_before(period), rules.year_before(period)
    if ago is None or not report.ended:
        return []
    if period != wanted.period:
        report = queries.report(session(), replace(wanted, period=period))

    def then(other: Period | None) -> Totals | None:
        return queries.report(session(), replace(wanted, period=other)).total if other else None

    return comparison.rows(report.total, then(before), then(ago))


def _quarters(report: Report, wanted: Wanted) -> list[Line]:
    """The quarters of a year or two; a single one says nothing new."""
    quarters = by_quarter(report.by_month)
    if len(quarters) < 2 or len(report.by_year) > 2:
        return []
    return [
        line(
            gettext("%(year)s 年第 %(quarter)s 季度", year=key // 10, quarter=key % 10),
            totals,
            wanted,
            period=rules.within(wanted.period, rules.quarter(key // 10, key % 10)).text,
        )
        for key, totals in quarters.items()
    ]


def _times(report: Report, wanted: Wanted) -> list[Line]:
    """Months; or years, where there are more than two. A year leads to its months, a month to its items."""
    if len(report.by_year) > 2:
        spans = {number: rules.within(wanted.period, rules.year(number)).text for number in report.by_year}
        return [
            line(
                gettext("%(year)s 年", year=number),
                totals,
                wanted,
                url=url_for("reporting.savings", **wanted.address(period=spans[number])),
                period=spans[number],
            )
            for number, totals in report.by_year.items()
        ]
    one_year = len(report.by_year) == 1
    return [
        line(
            format_date(date(month // 100, month % 100, 1), "LLL")
            if one_year
            else f"{month // 100:04d}-{month % 100:02d}",
            totals,
            wanted,
            period=Period(month, month).text,
        )
        for month, totals in report.by_month.items()
    ]


def _lines(table: Any, labels: Any, wanted: Wanted, key: str) -> list[Line]:
    """One line for each category or method, leading to its items."""
    return [
        line(gettext(labels[member]), totals, wanted, **{key: member.value})
        for member, totals in table.items()
    ]


def _choices(wanted: Wanted) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: (value, words)."""
    years = queries.years(session())
    periods = [(rules.year(number).text, gettext("%(year)s 年", year=number)) for number in years]
    shown = wanted.period.first // 100 if wanted.period != EVER else (years[0] if years else 0)
    periods += [
        (Period(month, month).text, _month(month)) for month in reversed(queries.months(session(), shown))
    ]
    periods.append((EVER.text, gettext("全部年份")))
    if wanted.period.text not in dict(periods):
        periods.insert(0, (wanted.period.text, _period(wanted.period)))
    owners = queries.owner_names(session())
    if wanted.owner and wanted.owner not in owners:
        owners.insert(0, wanted.owner)
    return {
        "period": periods,
        "category": _offered(gettext("全部类别"), rules.CATEGORY_LABELS),
        "way": _offered(gettext("全部方式"), rules.WAY_LABELS),
        "owner": [("", gettext("全部单位")), *((name, name) for name in owners)],
        "region": _names(gettext("全部区划"), queries.region_names(session()), wanted.region),
        "agency": _names(gettext("全部代理机构"), queries.agency_names(session()), wanted.agency),
    }


def _names(everything: str, names: Sequence[str], chosen: str) -> list[tuple[str, str]]:
    """Names to choose from, the chosen one among them; empty where nobody has one."""
    known = [name for name in names if name]
    if not known:
        return []
    others = [chosen] if chosen and chosen not in known and chosen != rules.UNNAMED else []
    unnamed = [(rules.UNNAMED, gettext("未注明"))] if "" in names or chosen == rules.UNNAMED else []
    return [("", everything), *((name, name) for name in [*others, *known]), *unnamed]


def _offered(everything: str, labels: Any) -> list[tuple[str, str]]:
    return [("", everything), *((member.value, gettext(text)) for member, text in labels.items())]


def _month(month: int) -> str:
    return str(gettext("%(year)s 年 %(month)s 月", year=month // 100, month=month % 100))


def _period(period: Period) -> str:
    """A period in words."""
    if period == EVER:
        return str(gettext("全部年份"))
    if len(period.text) == 4:
        return str(gettext("%(year)s 年", year=period.text))
    if "Q" in period.text:
        year, quarter = period.text.split("-Q")
        return str(gettext("%(year)s 年第 %(quarter)s 季度", year=year, quarter=quarter))
    if period.first == period.last:
        return _month(period.first)
    return str(gettext("%(first)s 至 %(last)s", first=_month(period.first), last=_month(period.last)))


bp.add_app_template_filter(_period, "period")


#: What a figure asks for of its items, and whoever goes back to the report no longer wants.
_ONLY_OF_ITEMS = dict.fromkeys(("standing", "adverse", "bidders", "direction", "basis", "source"))


@bp.get("/savings/items")
@public
def items() -> str:
    """The items behind a figure."""
    wanted = asked()
    page = queries.items_page(session(), wanted, number=page_number(request.args))

    def address(number: int) -> str:
        return url_for("reporting.items", **wanted.address(page=str(number)))

    return render_template(
        "reporting/items.html",
        wanted=wanted,
        page=page,
        address=address,
        categories=rules.CATEGORY_LABELS,
        ways=rules.WAY_LABELS,
        bases=rules.BASIS_LABELS,
        standings=rules.STANDING_LABELS,
        directions=rules.DIRECTION_LABELS,
        sources=rules.SOURCE_LABELS,
        percent=percent,
        csv=url_for("reporting.items_csv", **wanted.address()),
        back=url_for("reporting.savings", **wanted.address(**_ONLY_OF_ITEMS)),
    )


@bp.get("/savings.json")
@public
def as_json() -> Response:
    """The report for machines."""
    data = exports.to_json(session(), asked(), at=now(), practice=practice())
    return current_app.response_class(data, mimetype="application/json")


@bp.get("/savings.xlsx")
@public
def as_xlsx() -> Response:
    """The report as a workbook."""
    target = TemporaryFile()  # noqa: SIM115 — sent after this function returns, and gone when closed
    wanted = replace(asked(), standing=None, adverse=False, bidders=False)
    workbook.to_xlsx(session(), wanted, target, at=now(), translate=gettext, practice=practice())
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name=f"{_file_name(wanted)}.xlsx")


@bp.get("/savings.csv")
@public
def as_csv() -> Response:
    """Every sum of the report, a line each."""
    wanted = replace(asked(), standing=None, adverse=False, bidders=False)
    return sheet_of(exports.sums_csv(session(), wanted, gettext), _file_name(wanted))


@bp.get("/savings/items.csv")
@public
def items_csv() -> Response:
    """Every item behind a figure, a line each. It passes through a file: there may be a million."""
    wanted = asked()
    target = TemporaryFile()  # noqa: SIM115 — sent after this function returns, and gone when closed
    exports.items_csv(session(), wanted, target, gettext)
    target.seek(0)
    name = f"{_file_name(wanted)}-items.csv"
    return send_file(target, "text/csv; charset=utf-8", as_attachment=True, download_name=name)


def sheet_of(text: str, name: str) -> Response:
    """A CSV to keep, with the mark by which Excel knows UTF-8."""
    response = current_app.response_class("\ufeff" + text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _file_name(wanted: Wanted) -> str:
    return f"savings-{wanted.period.text.replace('..', '-to-')}"
