"""Pages of a negotiation: its rounds for those who run it, the round for whoever was invited, the way out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.actor import Role
from bidding.core.errors import NotFound
from bidding.ledger.current import log_keys
from bidding.negotiation import policy, queries, service
from bidding.negotiation.forms import ConfirmForm, DropForm, LeaveForm, round_form
from bidding.negotiation.guard import keep_quiet
from bidding.negotiation.policy import Permission
from bidding.opening.queries import Sheet
from bidding.submissions import queries as submissions
from bidding.tenders.models import Project
from bidding.tenders.rounds.queries import has_left, may_see, runs_it
from bidding.tenders.rules import cite
from bidding.tenders.words import words
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires, signed_in
from bidding.web.context import now, session
from bidding.web.forms import Form

bp = Blueprint("negotiation", __name__)
bp.before_app_request(keep_quiet)


# Those who run it ------------------------------------------------------------------------------------------------


@bp.get("/projects/<uid>/rounds")
@requires(Permission.NEGOTIATION_READ)
def desk(uid: str) -> ResponseReturnValue:
    """The rounds so far, what waits, and what everybody offered once it is open."""
    return _desk(uid)


def _own(uid: str, permission: Permission) -> Project:
    project = queries.negotiation(session(), uid)
    policy.require(current_actor(), permission, agency_id=project.agency_id)
    return project


def _desk(uid: str, form: Form | None = None) -> ResponseReturnValue:
    project = _own(uid, Permission.NEGOTIATION_READ)
    actor = current_actor()
    opened = submissions.is_opened(session(), project.id)
    rounds = queries.rounds(session(), project.id)
    page = render_template(
        "negotiation/desk.html",
        project=project,
        words=words(project.family, project.method),
        opened=opened,
        rounds=rounds,
        suppliers=queries.suppliers(session(), project) if opened else [],
        gone={each.organisation_id for each in queries.exits_told(session(), project)},
        price=price_of,
        calls=actor.may(Permission.ROUND_CALL)
        and actor.organisation_id == project.agency_id
        and queries.wants_a_round(session(), project),
        confirms=actor.may(Permission.ROUND_CONFIRM) and Role.SUPERVISOR not in actor.roles,
        account_id=actor.account_id,
        over=bool(rounds) and rounds[-1].done and rounds[-1].is_last,
        form=form or ConfirmForm(formdata=None),
        now=now(),
    )
    return page, form.status if form else 200


def price_of(sheet: Sheet | None) -> tuple[str, int] | None:
    """(kind, value) of the price on a sheet: the first of its fields that is one; None without."""
    fields = sheet.fields if sheet is not None else {}
    for name, kind in (("price_fen", "fen"), ("rate_ppm", "ppm"), ("unit_price_fen", "fen")):
        if isinstance(fields.get(name), int):
            return kind, fields[name]
    return None


@bp.route("/projects/<uid>/rounds/new", methods=["GET", "POST"])
@requires(Permission.ROUND_CALL)
def call(uid: str) -> ResponseReturnValue:
    """Say who passed the check, and ask them for an offer; a second person lets the call out."""
    project = _own(uid, Permission.ROUND_CALL)
    if not queries.wants_a_round(session(), project):
        raise NotFound
    form = round_form(queries.candidates(session(), project))
    if form.is_submitted() and carried_out(form, lambda tx: service.draft_round(tx, uid, **form.call)):
        flash(_("已起草。请另一位同事或者中心管理员复核，发出以后供应商才看得到。"))
        return redirect(url_for(".desk", uid=uid), 303)
    project = _own(uid, Permission.ROUND_CALL)
    figures = queries.figures(session(), project, now())
    page = render_template(
        "negotiation/call.html",
        project=project,
        words=words(project.family, project.method),
        form=form,
        suppliers=queries.candidates(session(), project),
        price=price_of,
        figures=figures,
        cite=cite,
        n=len(queries.rounds(session(), project.id)) + 1,
    )
    return page, form.status


@bp.post("/rounds/<uid>/confirm")
@requires(Permission.ROUND_CONFIRM)
def confirm(uid: str) -> ResponseReturnValue:
    """Let a call out, as the second person."""
    parent = _of_round(uid)
    form = ConfirmForm()
    if carried_out(form, lambda tx: service.confirm_round(tx, uid, keys=log_keys())):
        flash(_("已发出，并通知了受邀的供应商。到截止时间自动封箱，受托人到齐才能开启。"))
        return redirect(url_for(".desk", uid=parent), 303)
    return _desk(parent, form)


@bp.post("/rounds/<uid>/drop")
@requires(Permission.ROUND_CONFIRM)
def drop(uid: str) -> ResponseReturnValue:
    """Take a call back before it is out."""
    parent = _of_round(uid)
    form = DropForm()
    if carried_out(form, lambda tx: service.drop_round(tx, uid)):
        flash(_("这一轮已撤下，没有发出。"))
        return redirect(url_for(".desk", uid=parent), 303)
    return _desk(parent, form)


def _of_round(uid: str) -> str:
    """The uid of a round's negotiation. Raises ``NotFound`` for another agency's."""
    found = queries.round_by_uid(session(), uid)
    if found is None:
        raise NotFound
    parent = queries.parent_of(session(), found)
    policy.require(current_actor(), Permission.ROUND_CONFIRM, agency_id=parent.agency_id)
    return parent.uid


@bp.get("/rounds/<uid>")
@signed_in
def round_page(uid: str) -> ResponseReturnValue:
    """A round: for the invited what is asked of them; whoever runs it goes to the desk."""
    found = queries.round_by_uid(session(), uid)
    actor = current_actor()
    if found is None or not may_see(session(), actor, found):
        raise NotFound
    parent = queries.parent_of(session(), found)
    if runs_it(actor, found):
        return redirect(url_for(".desk", uid=parent.uid))
    return render_template(
        "negotiation/round.html",
        project=found,
        parent=parent,
        words=words(found.family, found.method),
        offer=queries.own_offer(session(), actor, found),
        left=has_left(session(), actor.organisation_id, parent.id),
        time=found.closes_at - now() if found.closes_at else None,
        panel=submissions.panel_of(found),
    )


# Suppliers -------------------------------------------------------------------------------------------------------


@bp.route("/negotiations/<uid>", methods=["GET", "POST"])
@requires(Permission.ROUND_ENTER)
def own(uid: str) -> ResponseReturnValue:
    """The rounds one was invited to, and the way out of a negotiation."""
    actor = current_actor()
    project = queries.negotiation(session(), uid)
    if queries.own_response(session(), actor, project.id) is None:
        raise NotFound
    form = LeaveForm()
    if form.is_submitted() and carried_out(form, lambda tx: service.leave(tx, uid)):
        flash(_("已退出，写进了日志。"))
        return redirect(url_for(".own", uid=uid), 303)
    project = queries.negotiation(session(), uid)
    page = render_template(
        "negotiation/own.html",
        project=project,
        words=words(project.family, project.method),
        rounds=queries.own_rounds(session(), actor, project.id),
        opened=submissions.is_opened(session(), project.id),
        told=queries.is_disclosed(session(), project),
        left=has_left(session(), actor.organisation_id, project.id),
        form=form,
        now=now(),
    )
    return page, form.status
