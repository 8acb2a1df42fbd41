"""The import of old ledgers, by administrators."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.reporting import queries, recounting, rules, service, workbook
from bidding.reporting.forms import RepairForm, TakeForm, UploadForm, WithdrawForm
from bidding.reporting.importing import Ledger, heads, read_ledger
from bidding.reporting.ledger_rows import RowError
from bidding.reporting.mapping import (
    HeaderGone,
    NoHeader,
    NoUnit,
    SameColumnTwice,
    from_text,
    header_digests,
)
from bidding.reporting.models import LedgerBatch
from bidding.reporting.routes.blueprint import XLSX, bp
from bidding.storage import blobs
from bidding.web.auth import requires
from bidding.web.context import now, session, transaction

#: More errors than this help nobody: the rest is counted.
SHOWN_ERRORS = 200
#: Title, owner, two amounts and a date: with fewer filled cells no row is a header, whatever anybody says.
LEAST_COLUMNS = 5
#: What a person can put right by saying which column is what.
_FOR_A_PERSON = (NoHeader, NoUnit, SameColumnTwice, HeaderGone)


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
        found = heads(name, form.content)
        by = queries.mapping_for(session(), header_digests(found))
        digest = blobs().put(form.content)
        try:
            read_blob(name, digest, by)
            where = "reporting.one_import"
        except _FOR_A_PERSON:
            if not any(sum(map(bool, row)) >= LEAST_COLUMNS for head in found for row in head.rows):
                raise
            by, where = None, "reporting.columns"
        with transaction() as tx:
            uid = service.keep_upload(tx, name, digest, by).uid
    except DomainError as error:
        error.field = "ledger"
        form.refuse(error)
        return _imports(form)
    return redirect(url_for(where, uid=uid), 303)


@bp.get("/savings/import/template.xlsx")
@requires("savings:import")
def template() -> Response:
    """An empty ledger to fill in."""
    target = BytesIO()
    workbook.template(target, at=now())
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name="savings-ledger.xlsx")


@lru_cache(maxsize=4)
def read_blob(name: str, sha256: str, by: str | None) -> Ledger:
    """The checked ledger of a blob, kept for the pages that follow: large ones take half a minute to read."""
    with blobs().open(sha256) as file:
        return read_ledger(name, file.read(), from_text(by) if by else None)


def _ledger(batch: LedgerBatch) -> Ledger:
    return read_blob(batch.file_name, batch.sha256, batch.mapping)


@bp.get("/savings/import/<uid>")
@requires("savings:import")
def one_import(uid: str) -> ResponseReturnValue:
    """What a ledger would change, and everything that is wrong with it; or what it has changed."""
    return _one_import(uid, TakeForm())


def _one_import(uid: str, form: TakeForm | WithdrawForm) -> ResponseReturnValue:
    batch = queries.batch(session(), uid)
    try:
        ledger = _ledger(batch)
    except _FOR_A_PERSON:
        return redirect(url_for("reporting.columns", uid=uid), 303)
    page = render_template(
        "reporting/import.html",
        batch=batch,
        ledger=ledger,
        report=ledger.report,
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
