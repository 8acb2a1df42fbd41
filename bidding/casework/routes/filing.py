"""The applicant's pages: the materials line by line, filing, withdrawing; and the department's answer."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from bidding.casework import forms, policy, presentation, queries, service
from bidding.casework.checklists import checklist
from bidding.casework.current import desk
from bidding.casework.forms import MaterialForm
from bidding.casework.models import Case
from bidding.casework.policy import Permission
from bidding.casework.routes.blueprint import bp
from bidding.casework.routes.page import case_page
from bidding.casework.rules import EDITABLE, HOW_WORDS, How
from bidding.core.errors import DomainError, NotFound, WrongState
from bidding.identity import papers
from bidding.storage import blobs
from bidding.web.auth import current_actor, requires
from bidding.web.context import session, transaction
from bidding.web.forms import Form


def _own(uid: str) -> Case:
    """The reader's own case while its materials can be changed. Raises ``NotFound``, ``WrongState``."""
    found = queries.case_for(session(), current_actor(), uid)
    if not policy.may_file(current_actor(), found.applicant_id):
        raise NotFound
    if found.state not in EDITABLE:
        raise WrongState
    return found


@bp.get("/cases/<uid>/materials")
@requires(Permission.CASE_FILE)
def materials(uid: str) -> ResponseReturnValue:
    """The checklist, and what there is for each line."""
    return _materials(uid)


def _materials(uid: str, line: str = "", bound: Form | None = None) -> ResponseReturnValue:
    """The page; ``bound`` is the form of one line, or of the filing, that was refused."""
    found = _own(uid)
    declarable = checklist(found.checklist).declarable
    answers = {
        row.line.code: MaterialForm(
            formdata=None, prefix=f"{row.line.code}-", declarable=row.line in declarable
        )
        for row in presentation.lines(found)
    }
    if line and isinstance(bound, MaterialForm):
        answers[line] = bound
    page = render_template(
        "casework/materials.html",
        case=found,
        rows=presentation.lines(found),
        answers=answers,
        refused=bound,
        bound=line,
        missing=queries.missing(found),
        how_words=HOW_WORDS,
        limit=current_app.config["MAX_DOCUMENT"],
        waiting=[each for each in found.returns if each.answered_at is None],
    )
    return page, bound.status if bound else 200


@bp.post("/cases/<uid>/materials/<line>")
@requires(Permission.CASE_FILE)
def answer(uid: str, line: str) -> ResponseReturnValue:
    """Answer one line."""
    lines = checklist(_own(uid).checklist)
    form = MaterialForm(prefix=f"{line}-", declarable=lines.line(line) in lines.declarable)
    if form.validate_on_submit():
        try:
            _answer(uid, line, form)
            return redirect(url_for(".materials", uid=uid, _anchor=f"line-{line}"), 303)
        except DomainError as error:
            form.refuse(error)
    return _materials(uid, line, form)


def _answer(uid: str, line: str, form: MaterialForm) -> None:
    how, upload = How(form.how.data), form.file.data
    if how is not How.FILE:
        with transaction() as tx:
            service.answer(tx, uid, line, how=how, words=form.note.data or "")
        return
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise service.NothingChosen(field="file")
    kept = papers.keep(
        blobs(), upload.stream, upload.filename, limit=current_app.config["MAX_DOCUMENT"], field="file"
    )
    size = blobs().size(kept.digest) or 0
    with transaction() as tx:
        service.add_file(tx, uid, line, name=kept.name, sha256=kept.digest, size=size)


@bp.post("/cases/<uid>/materials/<line>/draft")
@requires(Permission.CASE_FILE)
def from_subject(uid: str, line: str) -> ResponseReturnValue:
    """Let the files that the draft has answer a line."""
    form = MaterialForm(formdata=None, prefix=f"{line}-")
    try:
        with transaction() as tx:
            service.take_from_subject(tx, desk(), uid, line)
    except DomainError as error:
        form.refuse(error)
        return _materials(uid, line, form)
    return redirect(url_for(".materials", uid=uid, _anchor=f"line-{line}"), 303)


@bp.post("/cases/<uid>/materials/<int(max=2147483647):material_id>/remove")
@requires(Permission.CASE_FILE)
def remove_material(uid: str, material_id: int) -> ResponseReturnValue:
    """Take an answer back."""
    with transaction() as tx:
        service.remove(tx, uid, material_id)
    return redirect(url_for(".materials", uid=uid), 303)


@bp.post("/cases/<uid>/file")
@requires(Permission.CASE_FILE)
def file(uid: str) -> ResponseReturnValue:
    """Hand the case to the window."""
    form = forms.PressForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.file(tx, desk(), uid)
            flash(_("已送窗口。受理时限从下一个工作日起算，结果会发到“消息”。"))
            return redirect(url_for(".case", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _materials(uid, bound=form)


@bp.post("/cases/<uid>/withdraw")
@requires(Permission.CASE_FILE)
def withdraw(uid: str) -> ResponseReturnValue:
    """Take the case back."""
    form = forms.ReasonForm(prefix="withdraw-")
    if form.validate():
        try:
            with transaction() as tx:
                service.withdraw(tx, desk(), uid, form.reason.data or "")
            flash(_("已撤回申请。"))
            return redirect(url_for(".case", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return case_page(uid, {"withdraw": form})


@bp.post("/cases/<uid>/opinion")
@requires(Permission.CASE_OPINE)
def opine(uid: str) -> ResponseReturnValue:
    """What the reader's department says."""
    queries.case_for(session(), current_actor(), uid)
    form = forms.OpinionForm(prefix="opinion-")
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.opine(tx, desk(), uid, form.chosen, form.reason.data or "")
            flash(_("会签意见已记下。"))
            return redirect(url_for(".case", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return case_page(uid, {"opinion": form})
