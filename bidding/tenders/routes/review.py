"""The second person's pages: read what was handed over, publish it, or send it back."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.conduct import service as conduct
from bidding.conduct.forms import unread
from bidding.conduct.rules import Rule
from bidding.core.actor import Role
from bidding.core.errors import DomainError, SamePerson, WrongState
from bidding.ledger.current import log_keys
from bidding.sealing import queries as sealing
from bidding.sealing.rules import SEATS, STATE_WORDS, can_open
from bidding.tenders import queries, service
from bidding.tenders.acceptance import ChangedSinceAccepted, NotAccepted, acceptance
from bidding.tenders.forms import PublishForm, ReturnForm
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.notices import facts_of
from bidding.tenders.rules import Problem
from bidding.tenders.words import words
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told


def _submitted(uid: str) -> Project:
    """A project that waits for this reader. Raises ``NotFound``, ``WrongState``, ``SamePerson``."""
    found = queries.project_for(session(), current_actor(), uid)
    if found.stage is not Stage.SUBMITTED:
        raise WrongState
    if found.prepared_by_id == current_actor().account_id:
        raise SamePerson
    return found


def _publish_form(found: Project) -> PublishForm:
    eligible = sealing.eligible(session(), found.agency_id, now())
    seat = _("%(owner)s或代理机构", owner=_(words(found.family, found.method).owner))
    offered = [
        (
            each.trustee.uid,
            " · ".join(
                (
                    seat
                    if each.trustee.role == "agency"
                    else _(SEATS.get(each.trustee.role, each.trustee.role)),
                    each.trustee.organisation.name,
                    each.trustee.name,
                    *([] if can_open(each.state) else [_(STATE_WORDS[each.state])]),
                )
            ),
        )
        for each in eligible
    ]
    seats, k = sealing.default_panel(session(), found.agency_id, now())
    data: dict[str, Any] = {"seats": seats, "k": k or None} if request.method == "GET" else {}
    asked = unread(Rule.OWNER, Rule.AGENCY) if Role.AGENCY in current_actor().roles else ()
    return PublishForm(offered, data=data, unread=asked)


@bp.route("/projects/<uid>/publish", methods=["GET", "POST"])
@requires("project:publish")
def publish(uid: str) -> ResponseReturnValue:
    """The second person's act: the notice is public, the panel fixed, the log begun."""
    form = _publish_form(_submitted(uid))
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                conduct.accept_all(tx, form.accepted)
                service.publish(
                    tx,
                    uid,
                    seats=form.seats.data,
                    k=form.k.data,
                    keys=log_keys(),
                    accepted=current_app.config["ACCEPTANCE"],
                )
            flash(_("已发布。公告和开箱组从现在起公开，写进了项目日志，不能改写。"))
            return redirect(url_for("tenders.notice", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _page(uid, form, ReturnForm(formdata=None), form.status)


@bp.post("/projects/<uid>/return")
@requires("project:publish")
def send_back(uid: str) -> ResponseReturnValue:
    """Send the draft back with everything that has to be changed."""
    found = _submitted(uid)
    form = ReturnForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.return_to_draft(tx, uid, form.reason.data or "")
            flash(_("已退回，经办人会看到您写的原因。"))
            return redirect(url_for("tenders.mine"), 303)
        except DomainError as error:
            form.refuse(error)
            found = _submitted(uid)
    seats, k = sealing.default_panel(session(), found.agency_id, now())
    fresh = _publish_form(found)
    fresh.seats.data, fresh.k.data = seats, k or None
    fresh.seats.raw_data = fresh.k.raw_data = None
    return _page(uid, fresh, form, form.status)


def _at_window(found: Project) -> list[Problem]:
    """What the window has still to do, or has not seen, where the centre wants projects accepted."""
    if not current_app.config["ACCEPTANCE"]:
        return []
    stands = acceptance(session(), found)
    if not stands.granted:
        return [Problem(NotAccepted())]
    return [Problem(ChangedSinceAccepted(), blocks=False)] if stands.changed else []


def _page(uid: str, form: PublishForm, back: ReturnForm, status: int) -> ResponseReturnValue:
    found = _submitted(uid)
    page = render_template(
        "tenders/publish.html",
        form=form,
        back=back,
        problems=[*_at_window(found), *queries.review(session(), found, now())],
        told=told,
        proposal=sealing.proposal(session(), found.agency_id, now()),
        states=STATE_WORDS,
        **facts_of(found),
    )
    return page, status
