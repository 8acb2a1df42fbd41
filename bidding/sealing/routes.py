"""The list of trustees for everybody; enrolling, confirming, retiring and drilling them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.canonical import dumps
from bidding.core.errors import DomainError, NotFound
from bidding.identity import queries as identity
from bidding.ledger.current import log_keys
from bidding.sealing import enrolment, policy, queries, rules, service
from bidding.sealing.forms import (
    AnswerForm,
    AskForm,
    ConfirmForm,
    DeclineForm,
    EnrolForm,
    PanelForm,
    RetireForm,
    content,
)
from bidding.sealing.models import Trustee
from bidding.sealing.policy import Permission
from bidding.sealing.queries import Standing
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction

bp = Blueprint("sealing", __name__, url_prefix="/trustees")


@bp.get("")
@public
def trustees() -> str:
    """Who can open today; what waits for whom is shown to those who may do it."""
    actor = current_actor()
    confirms = actor.may(Permission.TRUSTEE_CONFIRM)
    return render_template(
        "sealing/trustees.html",
        standing=queries.standing_trustees(session(), now()),
        proposed=queries.proposed_trustees(session(), now()) if confirms else [],
        retired=queries.retired_trustees(session(), now()) if confirms else [],
        drilled=_drilled,
        able_states=[state for state in rules.State if rules.can_open(state)],
        enrols=actor.may(Permission.TRUSTEE_ENROL),
        confirms=confirms,
    )


def _drilled(trustee: Trustee) -> bool:
    """Whether the reader may have the trustee drilled."""
    actor = current_actor()
    return actor.may(Permission.TRUSTEE_DRILL) and policy.may_drill(actor, trustee.account_id)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.TRUSTEE_ENROL)
def new() -> ResponseReturnValue:
    """Enter a trustee by its enrolment file."""
    form = EnrolForm([(each.uid, each.name) for each in identity.staff_organisations(session())])
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                uid = service.propose_trustee(
                    tx,
                    file=content(form.file),
                    role=form.role.data,
                    holder=form.holder.data,
                    organisation_uid=form.organisation.data,
                    login=form.login.data,
                ).uid
            flash(_("已登记，等第二个人复核。请把公钥指纹念给受托人核对。"))
            return redirect(url_for(".trustee", uid=uid))
        except DomainError as error:
            form.refuse(error)
    return render_template("sealing/new.html", form=form), form.status


@bp.route("/panel", methods=["GET", "POST"])
@requires(Permission.PANEL_SET)
def panel() -> ResponseReturnValue:
    """The centre's default panel: who sits for which role, and who stands by, in their order."""
    standing = queries.rankable(session(), now())
    form = PanelForm(standing, queries.ranks(session()), queries.default_k(session()))
    if form.validate_on_submit():
        session().rollback()
        try:
            with transaction() as tx:
                service.set_default_panel(tx, form.given, form.k.data or 0, keys=log_keys())
            flash(_("默认开箱组已保存。它只是发布时的建议，已经发布的项目不变。"))
            return redirect(url_for(".trustees"), 303)
        except DomainError as error:
            form.refuse(error)
        standing = queries.rankable(session(), now())
    rows = list(zip(standing, form.ranks, strict=False))
    return render_template("sealing/panel.html", form=form, rows=rows), form.status


@bp.get("/kit")
@public
def kit() -> Response:
    """The trustees' own page: the file that they had better keep, opened here. It brings its policy along."""
    response = send_file(Path(current_app.root_path, "static", "vendor", "trustee.html"))
    response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    return response


@bp.get("/<uid>")
@requires(Permission.TRUSTEE_CONFIRM)
def trustee(uid: str) -> ResponseReturnValue:
    """One trustee: the key to compare, and what can be done."""
    return _page(uid, ConfirmForm(formdata=None))


def _page(uid: str, form: ConfirmForm) -> ResponseReturnValue:
    standing = queries.standing_of(queries.trustee(session(), uid), now())
    actor = current_actor()
    return render_template(
        "sealing/trustee.html",
        form=form,
        decline_form=DeclineForm(formdata=None),
        standing=standing,
        own=actor.account_id == standing.trustee.proposed_by_id,
        drilled=_drilled(standing.trustee),
        retires=actor.may(Permission.TRUSTEE_RETIRE),
    ), form.status


@bp.post("/<uid>/confirm")
@requires(Permission.TRUSTEE_CONFIRM)
def confirm(uid: str) -> ResponseReturnValue:
    """Take a proposed trustee into the standing set."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.confirm_trustee(tx, uid, log_keys())
            flash(_("已列入常任名单，并写入中心日志。下一步：做第一次密钥演练。"))
            return redirect(url_for(".trustee", uid=uid))
        except DomainError as error:
            form.refuse(error)
    return _page(uid, form)


@bp.post("/<uid>/decline")
@requires(Permission.TRUSTEE_CONFIRM)
def decline(uid: str) -> ResponseReturnValue:
    """Strike a proposal."""
    form = DeclineForm()
    if form.validate_on_submit():
        with transaction() as tx:
            service.decline_trustee(tx, uid)
        flash(_("登记已作废，没有留下记录。"))
    return redirect(url_for(".trustees"))


@bp.route("/<uid>/retire", methods=["GET", "POST"])
@requires(Permission.TRUSTEE_RETIRE)
def retire(uid: str) -> ResponseReturnValue:
    """Take a trustee out of the standing set."""
    form = RetireForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.retire_trustee(tx, uid, reason=form.reason.data, keys=log_keys())
            flash(_("受托人已停用，并写入中心日志。"))
            return redirect(url_for(".trustees"))
        except DomainError as error:
            form.refuse(error)
    standing = queries.standing_of(queries.trustee(session(), uid), now())
    return render_template(
        "sealing/retire.html",
        form=form,
        standing=standing,
        held=current_app.extensions["seats_held"](session(), standing.trustee, now()),
    ), form.status


@bp.get("/<uid>/drill")
@requires(Permission.TRUSTEE_DRILL)
def drill(uid: str) -> ResponseReturnValue:
    """The three steps of a drill: have it made, answer it offline, hand the answer in."""
    return _drill_page(_own(uid), AnswerForm(formdata=None))


def _own(uid: str) -> Standing:
    """A standing trustee that the reader may have drilled; any other looks like none."""
    standing = queries.standing_of(queries.trustee(session(), uid), now())
    if not _drilled(standing.trustee) or standing.state in (rules.State.PROPOSED, rules.State.RETIRED):
        raise NotFound
    return standing


def _drill_page(standing: Standing, form: AnswerForm) -> ResponseReturnValue:
    page = render_template(
        "sealing/drill.html",
        form=form,
        ask_form=AskForm(formdata=None),
        standing=standing,
        days=current_app.config["DRILL_DAYS"],
        within=rules.ANSWER_WITHIN.days,
    )
    return page, form.status


@bp.post("/<uid>/drill")
@requires(Permission.TRUSTEE_DRILL)
def ask(uid: str) -> ResponseReturnValue:
    """Have a drill made."""
    if AskForm().validate_on_submit():
        with transaction() as tx:
            service.ask_drill(tx, uid)
    return redirect(url_for(".drill", uid=uid))


@bp.get("/drills/<uid>.json")
@requires(Permission.TRUSTEE_DRILL)
def challenge(uid: str) -> Response:
    """The file that the trustee kit and ``bidding trustee drill`` take."""
    found = queries.drill_for(session(), current_actor(), uid)
    response = Response(dumps(service.challenge_file(found)) + b"\n", content_type="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename=drill-{found.uid}.json"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/<uid>/drill/answer")
@requires(Permission.TRUSTEE_DRILL)
def answer(uid: str) -> ResponseReturnValue:
    """Take what the trustee's client wrote."""
    form = AnswerForm()
    standing = _own(uid)
    if form.validate_on_submit():
        try:
            lasts = timedelta(days=current_app.config["DRILL_DAYS"])
            with transaction() as tx:
                service.answer_drill(tx, content(form.file), keys=log_keys(), lasts=lasts)
            flash(_("演练通过，已写入中心日志。"))
            return redirect(url_for(".trustees"))
        except DomainError as error:
            form.refuse(error)
            standing = _own(uid)
    return _drill_page(standing, form)


def state_lamp(standing: Standing) -> tuple[str, str]:
    """How a trustee stands, as a lamp and its words."""
    return rules.STATE_LAMPS[standing.state], _(rules.STATE_WORDS[standing.state])


def key_fingerprint(trustee: Trustee) -> str:
    """The six groups that the holder and the second person compare."""
    return enrolment.fingerprint(trustee.name, trustee.pub, trustee.sign)


def seat_words(role: str, owner: str = "") -> str:
    """A seat's role in words; ``owner``: what its project calls the owner, a key of the catalogue."""
    said: str = _(rules.SEATS[role]) if role in rules.SEATS else role
    if role == "agency" and owner:
        said = _("%(owner)s或代理机构", owner=_(owner))
    return said


bp.add_app_template_global(state_lamp, "trustee_lamp")
bp.add_app_template_global(key_fingerprint, "trustee_fingerprint")
bp.add_app_template_global(seat_words, "seat_words")
