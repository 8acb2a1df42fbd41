"""Tenders from a filled template: looked at first, taken when nothing is wrong."""

from __future__ import annotations

from io import BytesIO

from flask import Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError
from bidding.storage import blobs
from bidding.tenders import kinds, queries, service, workbook
from bidding.tenders.forms import ActForm
from bidding.tenders.importing import Checked, Law, check, said
from bidding.tenders.methods import OFFERED
from bidding.tenders.models import ProjectSheet
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.short_forms import SheetForm
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How many faults a page tells of; whoever has more mends these first.
_SHOWN = 200


@bp.get("/projects/import")
@requires("project:edit")
def import_sheet() -> ResponseReturnValue:
    """The empty template, and the form for a filled one."""
    return _form(SheetForm())


def _form(form: SheetForm) -> ResponseReturnValue:
    page = render_template("tenders/import.html", form=form, limit=workbook.MAX_PROJECTS)
    return page, form.status


@bp.get("/projects/import/template.xlsx")
@requires("project:edit")
def sheet_template() -> Response:
    """An empty template to fill in."""
    target = BytesIO()
    workbook.template(target, at=now())
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name=_("项目导入模板") + ".xlsx")


@bp.post("/projects/import")
@requires("project:edit")
def upload_sheet() -> ResponseReturnValue:
    """Keep a filled template to be looked at; what is none is not kept."""
    form = SheetForm()
    if not form.validate():
        return _form(form)
    name = str(form.sheet.data.filename or "")
    try:
        workbook.read(name, form.content)
        digest = blobs().put(form.content)
        with transaction() as tx:
            uid = service.keep_sheet(tx, name, digest).uid
    except DomainError as error:
        error.field = "sheet"
        form.refuse(error)
        return _form(form)
    return redirect(url_for("tenders.one_sheet", uid=uid), 303)


@bp.get("/projects/import/<uid>")
@requires("project:edit")
def one_sheet(uid: str) -> ResponseReturnValue:
    """What would become of it, and everything that is wrong with it."""
    return _sheet(uid, ActForm())


@bp.post("/projects/import/<uid>/take")
@requires("project:edit")
def take_sheet(uid: str) -> ResponseReturnValue:
    """Make every row a draft; with one fault, none."""
    form = ActForm()
    if form.validate():
        checked = _checked(queries.sheet_for(session(), current_actor(), uid))
        try:
            with transaction() as tx:
                made = service.take_sheet(
                    tx, uid, checked.drafts, len(checked.faults), region=current_app.config["REGION"]
                )
                count = len(made)
            flash(_("已生成 %(count)s 个草稿。还要逐个上传文件、核对，再提交复核。", count=count))
            return redirect(url_for("tenders.mine"), 303)
        except DomainError as error:
            form.refuse(error)
    return _sheet(uid, form)


def _sheet(uid: str, form: ActForm) -> ResponseReturnValue:
    sheet = queries.sheet_for(session(), current_actor(), uid)
    checked = None if sheet.taken_at else _checked(sheet)
    page = render_template(
        "tenders/import_sheet.html",
        form=form,
        sheet=sheet,
        checked=checked,
        faults=[(fault.cell, said(fault)) for fault in checked.faults[:_SHOWN]] if checked else [],
        kinds=kinds,
    )
    return page, form.status


def _checked(sheet: ProjectSheet) -> Checked:
    """Read the file again: what the law says may be another since it was uploaded."""
    with blobs().open(sheet.sha256) as file:
        filled = workbook.read(sheet.file_name, file.read())
    today = queries.local_day(now())
    law = {
        pair: Law(queries.rules_for(session(), *pair, today), queries.two_envelopes(session(), *pair, now()))
        for pair in OFFERED
    }
    return check(filled, law, queries.calendar(session()), now())
