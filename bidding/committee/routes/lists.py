"""A list that another pool drew: brought, matched, looked at, taken, confirmed by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.committee import drawn_list, queries, service
from bidding.committee.drawn_list import Reading
from bidding.committee.forms import ActForm, ListForm, MatchForm, StepForm, TakeListForm
from bidding.committee.models import DrawnList
from bidding.committee.policy import Permission
from bidding.committee.queries import lists
from bidding.committee.queries.lists import Lines
from bidding.committee.routes.blueprint import bp
from bidding.core.errors import DomainError
from bidding.experts.columns import pool_vault
from bidding.experts.listing import lines_of
from bidding.storage import blobs
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told
from bidding.web.forms import Form, apart


@bp.route("/committee/papers/<uid>/list", methods=["GET", "POST"])
@requires(Permission.COMMITTEE_NAME)
def bring_list(uid: str) -> ResponseReturnValue:
    """Bring the list of a certificate: it is read and shown, nobody is entered yet."""
    form = ListForm()
    if form.validate_on_submit():
        name, data = form.file.data.filename or "list", form.file.data.stream.read()
        try:
            # before the transaction: a long workbook would hold up everybody who writes
            lines = lines_of(name, data, drawn_list.MOST_LINES)
            with transaction() as tx:
                brought = service.bring_list(tx, uid, name, data, lines, blobs(), pool_vault()).uid
            return redirect(url_for(".drawn_list", uid=brought), 303)
        except DomainError as error:
            error.field = "file"
            form.refuse(error)
    paper = queries.appointment(session(), current_actor(), uid, Permission.COMMITTEE_NAME)
    page = render_template(
        "committee/bring_list.html",
        form=form,
        paper=paper,
        project=paper.project,
        begun=paper.evaluation_at <= now(),
        words=[(_(drawn_list.WORDS[name]), heads[:4]) for name, heads in drawn_list.HEADINGS.items()],
    )
    return page, form.status


@bp.get("/committee/lists/<uid>", endpoint="drawn_list")
@requires(Permission.COMMITTEE_READ)
def drawn_list_page(uid: str) -> ResponseReturnValue:
    """What a list would do, row by row; once it is taken, what it did."""
    return _page(uid)


def _page(uid: str, act: str = "", form: Form | None = None) -> ResponseReturnValue:
    row = lists.drawn(session(), current_actor(), uid, Permission.COMMITTEE_READ)
    found, problem, forms = None, "", dict[str, Any]()
    if row.taken_at is None:
        lines = lists.lines_of(row, blobs(), pool_vault())
        found, problem = _surveyed(row, lines)
        forms["match"] = apart(MatchForm(lines, lists.layout(row, lines), formdata=None), "match")
        forms["take"] = apart(TakeListForm(formdata=None), "take")
    forms["confirm"] = apart(StepForm(formdata=None), "confirm")
    if form is not None:
        forms[act] = form
    actor = current_actor()
    page = render_template(
        "committee/list.html",
        row=row,
        paper=row.paper,
        project=row.paper.project,
        found=found,
        problem=problem,
        people=lists.of_list(session(), row),
        forms=forms,
        refused=form,
        me=actor.account_id,
        may={each.name.lower().removeprefix("committee_"): actor.may(each) for each in Permission},
        said=lambda error: _(error.text, **error.params),
    )
    return page, form.status if form is not None else 200


def _surveyed(row: DrawnList, lines: Lines) -> tuple[Reading | None, str]:
    try:
        return lists.survey(session(), row, lines), ""
    except DomainError as error:
        return None, told(error)


def _acted(uid: str, name: str, form: Form, act: Callable[[Any], object], said: str) -> ResponseReturnValue:
    if carried_out(form, act):
        flash(said)
        return redirect(url_for(".drawn_list", uid=uid), 303)
    return _page(uid, name, form)


@bp.post("/committee/lists/<uid>/columns")
@requires(Permission.COMMITTEE_NAME)
def match_columns(uid: str) -> ResponseReturnValue:
    """Put down which column is what."""
    row = lists.drawn(session(), current_actor(), uid, Permission.COMMITTEE_NAME)
    lines = lists.lines_of(row, blobs(), pool_vault())
    form = MatchForm(lines, lists.layout(row, lines))
    return _acted(
        uid,
        "match",
        form,
        lambda tx: service.match_columns(tx, uid, form.line.data, form.columns),
        _("已按新的对应重新检查。"),
    )


@bp.post("/committee/lists/<uid>/take")
@requires(Permission.COMMITTEE_NAME)
def take_list(uid: str) -> ResponseReturnValue:
    """Enter everybody who comes."""
    form = TakeListForm()
    return _acted(
        uid,
        "take",
        form,
        lambda tx: service.take_list(
            tx, uid, blobs(), pool_vault(), skip_refused=bool(form.skip_refused.data)
        ),
        _("已登记，等另一个人复核。"),
    )


@bp.post("/committee/lists/<uid>/confirm")
@requires(Permission.COMMITTEE_CONFIRM)
def confirm_list(uid: str) -> ResponseReturnValue:
    """Somebody else has compared it with the certificate."""
    return _acted(
        uid, "confirm", StepForm(), lambda tx: service.confirm_list(tx, uid), _("已复核，写入日志。")
    )


@bp.post("/committee/lists/<uid>/withdraw")
@requires(Permission.COMMITTEE_NAME)
def withdraw_list(uid: str) -> ResponseReturnValue:
    """Take a list back that nobody has confirmed."""
    project = lists.drawn(session(), current_actor(), uid, Permission.COMMITTEE_NAME).paper.project.uid
    form = ActForm()
    if carried_out(form, lambda tx: service.withdraw_list(tx, uid)):
        flash(_("已撤回。"))
        return redirect(url_for(".desk", uid=project), 303)
    return _page(uid, "act", form)
