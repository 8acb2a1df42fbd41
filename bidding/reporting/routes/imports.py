"""The import of old ledgers, by administrators."""

from __future__ import annotations

from io import BytesIO

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.reporting import queries, recounting, rules, service, workbook
from bidding.reporting.forms import RepairForm, TakeForm, UploadForm, WithdrawForm
from bidding.reporting.importing import Ledger, read_ledger
from bidding.reporting.ledger_rows import RowError
from bidding.reporting.models import LedgerBatch
from bidding.reporting.routes.blueprint import XLSX, bp
from bidding.reporting.savings import aggregate
from bidding.storage import blobs
from bidding.web.auth import requires
from bidding.web.context import now, session, transaction

#: More errors than this help nobody: the rest is counted.
SHOWN_ERRORS = 200


@bp.get("/savings/import")
@requires("savings:import")
def imports() -> ResponseReturnValue:
    """What was imported, and the form for more."""
    return _imports(UploadForm())


def _imports(form: UploadForm) -> ResponseReturnValue:
    page = render_template(
        "reporting/imports.html",
        form=form,
        batches=queries.batches(session()),
        counted=recounting.latest(session()),
        repair=RepairForm(),
    )
    return page, form.status


@bp.post("/savings/import/recount")
@requires("savings:import")
def repair() -> ResponseReturnValue:
    """Set every sum of the report to what its items come to."""
    form = RepairForm()
    if not form.validate():
        page = render_template(
            "reporting/imports.html",
            form=UploadForm(),
            batches=queries.batches(session()),
            counted=recounting.latest(session()),
            repair=form,
        )
        return page, form.status
    with transaction() as tx:
        recounting.repair(tx, keys=log_keys())
    return redirect(url_for("reporting.imports"), 303)


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
