"""The public report, its exports, and the administrator's import of old ledgers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from bidding.core.clock import SHANGHAI
from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.reporting import chart, exports, queries, rules, service, workbook
from bidding.reporting.forms import TakeForm, UploadForm, WithdrawForm
from bidding.reporting.importing import Ledger, RowError, read_ledger
from bidding.reporting.models import LedgerBatch
from bidding.reporting.rules import EVER, Period, Wanted
from bidding.reporting.savings import Report, Totals, aggregate
from bidding.storage import blobs
from bidding.web.auth import public, requires
from bidding.web.context import now, session, transaction
from bidding.web.paging import page_number

bp = Blueprint("reporting", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: More errors than this help nobody: the rest is counted.
SHOWN_ERRORS = 200


# The report --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its words, its figures, and the address of what lies behind it."""

    label: str
    totals: Totals
    url: str


def _wanted() -> Wanted:
    """What the address asks for; without a period the latest year that has anything."""
    years = queries.years(session())
    default = rules.year(years[0] if years else now().astimezone(SHANGHAI).year)
    return rules.parse_wanted(request.args, default)


@bp.get("/savings")
@public
def savings() -> str:
    """Every figure, each with a way on to what it is made of."""
    wanted = _wanted()
    report = queries.report(session(), wanted)
    times = _times(report, wanted)
    return render_template(
        "reporting/savings.html",
        wanted=wanted,
        report=report,
        times=times,
        picture=chart.columns([(line.label, line.totals) for line in times if line.totals.saving.items]),
        categories=_lines(report.by_category, rules.CATEGORY_LABELS, wanted, "category"),
        ways=_lines(report.by_way, rules.WAY_LABELS, wanted, "way"),
        bases=[(gettext(rules.BASIS_LABELS[basis]), totals) for basis, totals in report.by_basis.items()],
        sources=[(gettext(rules.SOURCE_LABELS[one]), totals) for one, totals in report.by_source.items()],
        excluded=[
            (gettext(rules.STANDING_LABELS[standing]), count, _items_url(wanted, standing=standing.value))
            for standing, count in report.excluded.items()
            if count
        ],
        items_url=_items_url(wanted),
        adverse_url=_items_url(wanted, adverse="1"),
        share=chart.share,
        choices=_choices(wanted),
        ask=wanted.address(standing=None, adverse=None),
        notes=workbook.NOTES,
    )


def _items_url(wanted: Wanted, **other: str) -> str:
    return url_for("reporting.items", **wanted.address(**other))


def _times(report: Report, wanted: Wanted) -> list[Line]:
    """Months; or years, where there are more than two. A year leads to its months, a month to its items."""
    if len(report.by_year) > 2:
        return [
            Line(
                gettext("%(year)s 年", year=number),
                totals,
                url_for("reporting.savings", **wanted.address(period=rules.year(number).text)),
            )
            for number, totals in report.by_year.items()
        ]
    one_year = len(report.by_year) == 1
    return [
        Line(
            format_date(date(month // 100, month % 100, 1), "LLL")
            if one_year
            else f"{month // 100:04d}-{month % 100:02d}",
            totals,
            _items_url(wanted, period=Period(month, month).text),
        )
        for month, totals in report.by_month.items()
    ]


def _lines(table: Any, labels: Any, wanted: Wanted, key: str) -> list[Line]:
    """One line for each category or method, leading to its items."""
    return [
        Line(gettext(labels[member]), totals, _items_url(wanted, **{key: member.value}))
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
    }


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
    if period.first == period.last:
        return _month(period.first)
    return str(gettext("%(first)s 至 %(last)s", first=_month(period.first), last=_month(period.last)))


bp.add_app_template_filter(_period, "period")


@bp.get("/savings/items")
@public
def items() -> str:
    """The items behind a figure."""
    wanted = _wanted()
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
        back=url_for("reporting.savings", **wanted.address(standing=None, adverse=None)),
    )


@bp.get("/savings.json")
@public
def as_json() -> Response:
    """The report for machines."""
    data = exports.to_json(session(), _wanted(), at=now())
    return current_app.response_class(data, mimetype="application/json")


@bp.get("/savings.xlsx")
@public
def as_xlsx() -> Response:
    """The report as a workbook."""
    target = TemporaryFile()  # noqa: SIM115 — sent after this function returns, and gone when closed
    wanted = replace(_wanted(), adverse=False)
    workbook.to_xlsx(session(), wanted, target, at=now(), translate=gettext)
    target.seek(0)
    name = f"savings-{wanted.period.text.replace('..', '-to-')}.xlsx"
    return send_file(target, XLSX, as_attachment=True, download_name=name)


# The import --------------------------------------------------------------------------------------------------------


@bp.get("/savings/import")
@requires("savings:import")
def imports() -> ResponseReturnValue:
    """What was imported, and the form for more."""
    return _imports(UploadForm())


def _imports(form: UploadForm) -> ResponseReturnValue:
    page = render_template("reporting/imports.html", form=form, batches=queries.batches(session()))
    return page, form.status


@bp.post("/savings/import")
@requires("savings:import")
def upload() -> ResponseReturnValue:
    """Keep a ledger to be looked at; what is no ledger is not kept."""
    form = UploadForm()
    if not form.validate():
        return _imports(form)
    name = str(form.ledger.data.filename or "")
    try:
        read_ledger(name, form.content)
        digest = blobs().put(form.content)
        with transaction() as tx:
            uid = service.keep_upload(tx, name, digest).uid
    except DomainError as error:
        error.field = "ledger"
        form.refuse(error)
        return _imports(form)
    return redirect(url_for("reporting.one_import", uid=uid), 303)


@bp.get("/savings/import/template.xlsx")
@requires("savings:import")
def template() -> Response:
    """An empty ledger to fill in."""
    target = BytesIO()
    workbook.template(target, at=now())
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name="savings-ledger.xlsx")


def _ledger(batch: LedgerBatch) -> Ledger:
    with blobs().open(batch.sha256) as file:
        return read_ledger(batch.file_name, file.read())


@bp.get("/savings/import/<uid>")
@requires("savings:import")
def one_import(uid: str) -> ResponseReturnValue:
    """What a ledger would change, and everything that is wrong with it; or what it has changed."""
    return _one_import(uid, TakeForm())


def _one_import(uid: str, form: TakeForm | WithdrawForm) -> ResponseReturnValue:
    batch = queries.batch(session(), uid)
    ledger = _ledger(batch)
    page = render_template(
        "reporting/import.html",
        batch=batch,
        ledger=ledger,
        report=aggregate(row.item for row in ledger.rows),
        errors=[(error, _said(error)) for error in ledger.errors[:SHOWN_ERRORS]],
        standings=rules.STANDING_LABELS,
        form=form,
    )
    return page, form.status


def _said(error: RowError) -> str:
    """What is wrong with a cell, in the reader's language."""
    params = {name: gettext(v) if isinstance(v, str) and v else v for name, v in error.params.items()}
    text = str(gettext(error.text))
    return text % params if params else text


@bp.post("/savings/import/<uid>/take")
@requires("savings:import")
def take(uid: str) -> ResponseReturnValue:
    """Import every row; or, if so asked, those without errors."""
    form = TakeForm()
    if form.validate():
        ledger = _ledger(queries.batch(session(), uid))
        good_only = request.form.get("good_only") == "1"
        try:
            with transaction() as tx:
                service.take(tx, uid, ledger.rows, ledger.bad_rows, good_only=good_only, keys=log_keys())
            return redirect(url_for("reporting.one_import", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _one_import(uid, form)


@bp.post("/savings/import/<uid>/withdraw")
@requires("savings:import")
def withdraw(uid: str) -> ResponseReturnValue:
    """Take an import out again."""
    form = WithdrawForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.withdraw(tx, uid, keys=log_keys())
            return redirect(url_for("reporting.imports"), 303)
        except DomainError as error:
            form.refuse(error)
    return _one_import(uid, form)
