"""The window's acts, each a form on the case's page; the return has a page of its own, with the checklist on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.casework import forms, presentation, queries, service
from bidding.casework.checklists import checklist
from bidding.casework.current import desk
from bidding.casework.models import Case
from bidding.casework.policy import Permission
from bidding.casework.routes.blueprint import bp
from bidding.casework.routes.page import case_page, managers
from bidding.casework.rules import HOW_WORDS, State
from bidding.core.errors import DomainError, WrongState
from bidding.web.auth import current_actor, requires
from bidding.web.context import session, transaction
from bidding.web.forms import Form


def _case(uid: str) -> Case:
    """A case that the reader sees. Raises ``NotFound``."""
    return queries.case_for(session(), current_actor(), uid)


def _act(uid: str, name: str, form: Form, act: Callable[[Any], object], done: str) -> ResponseReturnValue:
    """Do it and go back to the case; or show the page with what was wrong at its form."""
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                act(tx)
            flash(done)
            return redirect(url_for(".case", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return case_page(uid, {name: form})


@bp.route("/cases/<uid>/return", methods=["GET", "POST"])
@requires(Permission.CASE_HANDLE)
def send_back(uid: str) -> ResponseReturnValue:
    """Everything that is missing, in one notice."""
    found = _case(uid)
    if found.state is not State.FILED:
        raise WrongState
    form = forms.return_form(checklist(found.checklist), again=bool(found.returns))
    if form.validate_on_submit():
        try:
            late = form.late_reason.data if form.late_reason else ""
            with transaction() as tx:
                service.send_back(tx, desk(), uid, form.defects, late_reason=late or "")
            flash(_("已退回，补正通知已编号，可以打印。"))
            return redirect(url_for(".case", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
            found = _case(uid)
    page = render_template(
        "casework/return.html",
        case=found,
        form=form,
        rows=presentation.lines(found),
        how_words=HOW_WORDS,
    )
    return page, form.status


@bp.post("/cases/<uid>/accept")
@requires(Permission.CASE_HANDLE)
def accept(uid: str) -> ResponseReturnValue:
    """Take the filing on."""
    _case(uid)
    return _act(
        uid,
        "bind",
        forms.BindingForm(prefix="bind-"),
        lambda tx: service.accept(tx, desk(), uid),
        _("已受理，申请人会收到通知。"),
    )


@bp.post("/cases/<uid>/examine")
@requires(Permission.CASE_HANDLE)
def examine(uid: str) -> ResponseReturnValue:
    """Say what the examination found."""
    _case(uid)
    form = forms.ExamineForm(prefix="examine-")
    return _act(
        uid,
        "examine",
        form,
        lambda tx: service.examine(tx, desk(), uid, form.words.data or ""),
        _("审查完毕，等另一位同事审核。"),
    )


@bp.post("/cases/<uid>/review")
@requires(Permission.CASE_HANDLE)
def review(uid: str) -> ResponseReturnValue:
    """Decide."""
    _case(uid)
    form = forms.ReviewForm(prefix="review-")
    return _act(
        uid,
        "review",
        form,
        lambda tx: service.review(tx, desk(), uid, form.chosen, form.words.data or ""),
        _("已审核。"),
    )


@bp.post("/cases/<uid>/close")
@requires(Permission.CASE_HANDLE)
def close(uid: str) -> ResponseReturnValue:
    """Serve the decision."""
    _case(uid)
    return _act(
        uid,
        "bind",
        forms.BindingForm(prefix="bind-"),
        lambda tx: service.close(tx, desk(), uid),
        _("已办结，结果已通知申请人。"),
    )


@bp.post("/cases/<uid>/extend")
@requires(Permission.CASE_HANDLE)
def extend(uid: str) -> ResponseReturnValue:
    """Put the promise off."""
    _case(uid)
    form = forms.ExtendForm(prefix="extend-")
    return _act(
        uid,
        "extend",
        form,
        lambda tx: service.extend(tx, desk(), uid, form.days.data or 0, form.reason.data or ""),
        _("承诺时限已延长，理由已告知申请人。"),
    )


@bp.post("/cases/<uid>/copy")
@requires(Permission.CASE_HANDLE)
def copy(uid: str) -> ResponseReturnValue:
    """Copy the case to departments."""
    form = forms.CopyForm(queries.departments(session(), _case(uid)), prefix="copy-")
    return _act(
        uid,
        "copies",
        form,
        lambda tx: service.copy_to(tx, desk(), uid, form.departments.data or []),
        _("已同时抄告，各部门会收到通知。"),
    )


@bp.post("/cases/<uid>/speed")
@requires(Permission.CASE_HANDLE)
def ask_speed(uid: str) -> ResponseReturnValue:
    """Propose the fast track."""
    _case(uid)
    form = forms.SpeedForm(prefix="speed-")
    return _act(
        uid,
        "speed",
        form,
        lambda tx: service.ask_speed(tx, desk(), uid, form.reason.data or ""),
        _("已提出，等另一位同事批准。"),
    )


@bp.post("/cases/<uid>/speed/approve")
@requires(Permission.CASE_HANDLE)
def speed_up(uid: str) -> ResponseReturnValue:
    """Approve the fast track."""
    _case(uid)
    return _act(
        uid,
        "press",
        forms.PressForm(),
        lambda tx: service.speed_up(tx, desk(), uid),
        _("已进入绿色通道：优先办理，承诺时限缩短，法定时限不变。"),
    )


@bp.post("/cases/<uid>/manager")
@requires(Permission.CASE_HANDLE)
def assign(uid: str) -> ResponseReturnValue:
    """Let somebody see it through."""
    _case(uid)
    form = forms.ManagerForm(managers(), prefix="manager-")
    return _act(
        uid,
        "manager",
        form,
        lambda tx: service.assign(tx, desk(), uid, form.manager.data or ""),
        _("已指定专人。"),
    )


@bp.post("/cases/<uid>/log")
@requires(Permission.CASE_HANDLE)
def log(uid: str) -> ResponseReturnValue:
    """A line of the agent's log."""
    _case(uid)
    form = forms.EntryForm(prefix="entry-")
    return _act(
        uid,
        "entry",
        form,
        lambda tx: service.log(tx, desk(), uid, form.happened_on.data, form.words.data or ""),
        _("已记下。"),
    )
