"""After the deadline: the agency opens the applications, examines them, and a second person decides."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import NotFound
from bidding.ledger.current import log_keys
from bidding.prequalification import policy, queries, rules, service
from bidding.prequalification.forms import ActForm, PublishForm, ReasonForm, ReviewForm
from bidding.prequalification.models import Prequalification
from bidding.prequalification.policy import Permission
from bidding.prequalification.routes.blueprint import bp
from bidding.prequalification.routes.desk import page_of
from bidding.prequalification.routes.notices import facts_of
from bidding.tenders.routes.notices import cite, send
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session
from bidding.web.forms import Form


@bp.post("/projects/<uid>/prequalification/open")
@requires(Permission.APPLICATION_EXAMINE)
def open_applications(uid: str) -> ResponseReturnValue:
    """Let the agency read what was in at the deadline."""
    form = ActForm()
    if carried_out(form, lambda tx: service.open_applications(tx, uid, keys=log_keys())):
        return redirect(url_for(".examine", uid=uid), 303)
    return page_of(uid, form)


def _opened(uid: str) -> Prequalification:
    """What the reader may examine. Raises ``NotFound`` before it was opened, and for whoever is not of the agency."""
    project = queries.project_for(session(), current_actor(), uid)
    policy.require(current_actor(), Permission.APPLICATION_EXAMINE, agency_id=project.agency_id)
    found = queries.of_project(session(), project.id)
    if found is None or found.opened_at is None:
        raise NotFound
    return found


@bp.route("/projects/<uid>/prequalification/applications", methods=["GET", "POST"])
@requires(Permission.APPLICATION_EXAMINE)
def examine(uid: str) -> ResponseReturnValue:
    """Every application with its files and its verdict."""
    found = _opened(uid)
    if request.method == "GET":
        return _page(uid)
    form = ReviewForm(found, queries.opened(session(), found))
    verdicts, (examiner, committee) = form.verdicts, form.examined_by
    over = request.form.get("do") == "submit"

    if carried_out(
        form,
        lambda tx: service.keep_verdicts(
            tx, uid, verdicts, examiner=examiner, committee=committee, hand_over=over
        ),
    ):
        flash(_("已交复核。请另一位同事确认。") if over else _("已保存。"))
        return redirect(url_for(".examine", uid=uid), 303)
    return _page(uid, form)


def _page(uid: str, bound: Form | None = None) -> ResponseReturnValue:
    found = _opened(uid)
    rows = queries.opened(session(), found)
    figure = queries.figures(session(), found.project, now()).get(rules.LEAST)
    page = render_template(
        "prequalification/examine.html",
        **facts_of(found),
        rows=rows,
        passed=sum(each.passed is True for each in rows),
        least=queries.least(session(), found.project, now()),
        article=cite(figure) if figure is not None else "",
        form=bound if isinstance(bound, ReviewForm) else ReviewForm(found, rows, formdata=None),
        decide=bound if isinstance(bound, PublishForm) else PublishForm(formdata=None),
        back=bound if isinstance(bound, ReasonForm) else ReasonForm(formdata=None),
        refused=bound,
        own=found.reviewed_by_id == current_actor().account_id,
        examiners=rules.EXAMINER_WORDS,
        members=rules.members(found.committee),
    )
    return page, bound.status if bound is not None else 200


@bp.get("/projects/<uid>/prequalification/applications/<application>/files/<sha256>")
@requires(Permission.APPLICATION_EXAMINE)
def application_file(uid: str, application: str, sha256: str) -> Response:
    """A file of an application that was opened."""
    each = queries.opened_file(session(), _opened(uid), application, sha256)
    return send(each.sha256, each.name)


@bp.post("/projects/<uid>/prequalification/decide")
@requires(Permission.APPLICATION_EXAMINE)
def decide(uid: str) -> ResponseReturnValue:
    """The second person's act: every applicant has its result."""
    _opened(uid)
    form = PublishForm()
    if carried_out(form, lambda tx: service.decide(tx, uid, keys=log_keys())):
        flash(_("结果已定，每个申请人都能看到自己的结果通知书。"))
        return redirect(url_for(".examine", uid=uid), 303)
    return _page(uid, form)


@bp.post("/projects/<uid>/prequalification/decide/return")
@requires(Permission.APPLICATION_EXAMINE)
def return_review(uid: str) -> ResponseReturnValue:
    """Send the verdicts back."""
    _opened(uid)
    form = ReasonForm()
    if carried_out(form, lambda tx: service.return_review(tx, uid, form.reason.data or "")):
        flash(_("已退回，经办人会看到您写的原因。"))
        return redirect(url_for(".examine", uid=uid), 303)
    return _page(uid, form)
