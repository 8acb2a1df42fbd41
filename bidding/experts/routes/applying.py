"""Applying to the pool: a public page, a code to look it up by, and the administrators' desk for it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.codes import mask_id_card
from bidding.core.errors import DomainError, NotFound, WrongState
from bidding.experts import applying, fitness, queries, rules, service
from bidding.experts.application_forms import ApplicationForm, EntryForm, RefuseForm, ReturnForm
from bidding.experts.applying import Letter, State, TooManyApplications
from bidding.experts.columns import pool_vault
from bidding.experts.masks import masked_email
from bidding.experts.policy import Permission
from bidding.experts.routes.blueprint import bp
from bidding.identity import browser
from bidding.identity import service as identity
from bidding.identity.rules import TooManyRegistrations
from bidding.ledger.current import log_keys
from bidding.storage import blobs
from bidding.tenders.kinds import Family
from bidding.tenders.queries import local_day
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction
from bidding.web.forms import Form
from bidding.web.paging import page_number, paginate

#: What a letter is sealed as.
_LETTER = "application letter"


@bp.route("/experts/apply", methods=["GET", "POST"])
@public
def apply() -> ResponseReturnValue:
    """Apply; the answer leads to the page of its code. ``?code=`` looks one up."""
    code = request.args.get("code", "").strip()[:24]
    if request.method == "GET" and code:
        return redirect(url_for(".applied", uid=code))
    return _taken(None)


@bp.get("/experts/apply/<uid>")
@public
def applied(uid: str) -> str:
    """How an application stands. Nothing that was written in it is shown: whoever holds the code sees a state."""
    row = queries.application(session(), uid)
    return render_template(
        "experts/applied.html",
        row=row,
        state=row.state.value,
        words=applying.STATE_WORDS[row.state],
        lamp_state=applying.STATE_LAMPS[row.state],
        defects=[_(line) for line in row.defects.splitlines()],
    )


@bp.route("/experts/apply/<uid>/again", methods=["GET", "POST"])
@public
def apply_again(uid: str) -> ResponseReturnValue:
    """Hand in anew what was sent back. The form is empty: a code must not show what another person wrote."""
    row = queries.application(session(), uid)
    if row.state is not State.RETURNED:
        raise WrongState
    return _taken(uid)


def _taken(uid: str | None) -> ResponseReturnValue:
    form = ApplicationForm([(row.code, row.name) for row in queries.specialties(session())])
    if form.validate_on_submit():
        try:
            made = _hand_in(form, uid)
            return redirect(url_for(".applied", uid=made), 303)
        except DomainError as error:
            form.refuse(error)
    row = queries.application(session(), uid) if uid else None
    page = render_template(
        "experts/apply.html",
        form=form,
        row=row,
        defects=[_(line) for line in row.defects.splitlines()] if row else [],
        limit=current_app.config["MAX_DOCUMENT"],
        criteria=_criteria(),
    )
    return page, form.status


def _criteria() -> dict[str, Any]:
    """What the law asks, by family, for the page."""
    day = local_day(now())
    found = {}
    for pool in fitness.Pool:
        family = next(each for each in Family if fitness.pool_of(each) is pool)
        found[pool.value] = queries.criteria_of(session(), family, day, day)
    return found


def _hand_in(form: ApplicationForm, uid: str | None) -> str:
    try:
        with transaction() as tx:
            identity.admit_registration(
                tx,
                address=browser.address(request.remote_addr),
                throttle=browser.throttle(),
                what="expert",
            )
    except TooManyRegistrations as error:
        raise TooManyApplications(**error.params) from error
    given, upload, letter = form.given, form.upload, None
    if upload is not None:
        name, data = upload
        applying.check_letter(name, data, limit=current_app.config["MAX_DOCUMENT"])
        letter = Letter(name, blobs().put(pool_vault().seal_bytes(data, _LETTER)))
    with transaction() as tx:
        if uid is None:
            return service.apply_to_pool(tx, given, letter).uid
        return service.apply_again(tx, uid, given, letter).uid


# The administrators' desk -----------------------------------------------------------------------------------------------


@bp.get("/experts/applications")
@requires(Permission.POOL_KEEP)
def applications() -> str:
    """Every application, those that wait first."""
    page = paginate(session(), queries.applications(), number=page_number(request.args))
    return render_template(
        "experts/applications.html",
        page=page,
        address=lambda number: url_for("experts.applications", page=number),
        state_words=applying.STATE_WORDS,
        state_lamps=applying.STATE_LAMPS,
    )


@bp.get("/experts/applications/<uid>")
@requires(Permission.POOL_KEEP)
def application(uid: str) -> ResponseReturnValue:
    """One application: what it says, numbers masked, what of it falls short, and the next step."""
    return _application_page(uid)


def _application_page(uid: str, refused: Form | None = None) -> ResponseReturnValue:
    row = queries.application(session(), uid)
    forms: dict[str, Any] = {
        "back": ReturnForm(formdata=None),
        "entry": EntryForm(formdata=None),
        "refuse": RefuseForm(formdata=None),
    }
    for name, form in forms.items():
        if refused is not None and type(form) is type(refused):
            forms[name] = refused
    today = local_day(now())
    page = render_template(
        "experts/application.html",
        row=row,
        state=row.state.value,
        words=applying.STATE_WORDS[row.state],
        lamp_state=applying.STATE_LAMPS[row.state],
        forms=forms,
        refused=refused,
        mine=row.proposed_by_id == current_actor().account_id,
        today=today,
        full_years=fitness.full_years,
        level_words=fitness.LEVEL_WORDS,
        bar_words=fitness.BAR_WORDS,
        falls_short=_falls_short(uid),
        masked_phone=rules.masked_phone,
        masked_number=mask_id_card,
        masked_email=masked_email,
    )
    return page, refused.status if refused else 200


def _falls_short(uid: str) -> list[tuple[str, list[fitness.Barred]]]:
    """By the kinds applied for, what would keep the person off today's list."""
    row, today = queries.application(session(), uid), local_day(now())
    entered = {fitness.Pool.WORKS: row.for_works, fitness.Pool.PROCUREMENT: row.for_procurement}
    member = fitness.Member(
        active=True,
        level=row.level,
        field_since=row.field_since,
        born_on=row.born_on,
        pools=frozenset(pool for pool, asked in entered.items() if asked),
    )
    found = []
    for family in Family:
        pool = fitness.pool_of(family)
        if pool is not None and entered[pool]:
            asked = queries.criteria_of(session(), family, today, today)
            found.append((fitness.POOL_WORDS[pool], fitness.barred(member, asked)))
    return found


@bp.get("/experts/applications/<uid>/letter.pdf")
@requires(Permission.POOL_KEEP)
def letter(uid: str) -> Response:
    """The unit's recommendation."""
    row = queries.application(session(), uid)
    if row.letter_blob is None:
        raise NotFound
    with blobs().open(row.letter_blob) as file:
        data = pool_vault().open_bytes(file.read(), _LETTER)
    return send_file(
        BytesIO(data),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"letter-{row.id}.pdf",
        max_age=0,
    )


@bp.post("/experts/applications/<uid>/return")
@requires(Permission.POOL_KEEP)
def return_application(uid: str) -> ResponseReturnValue:
    """Send it back with everything that is missing."""
    form = ReturnForm()
    if carried_out(form, lambda tx: service.return_application(tx, uid, form.all_defects)):
        flash(_("已退回补正。申请人凭申请编号看到您写的内容。"))
        return redirect(url_for(".application", uid=uid), 303)
    return _application_page(uid, form)


@bp.post("/experts/applications/<uid>/propose")
@requires(Permission.POOL_KEEP)
def propose_entry(uid: str) -> ResponseReturnValue:
    """Find it good."""
    form = EntryForm()
    if carried_out(form, lambda tx: service.propose_entry(tx, uid)):
        flash(_("已提出入库。请另一位中心管理员复核。"))
        return redirect(url_for(".application", uid=uid), 303)
    return _application_page(uid, form)


@bp.post("/experts/applications/<uid>/accept")
@requires(Permission.POOL_KEEP)
def accept_application(uid: str) -> ResponseReturnValue:
    """Let the person in, as the second administrator."""
    form = EntryForm()
    if carried_out(form, lambda tx: service.accept_application(tx, uid, log_keys())):
        flash(_("已入库。"))
        return redirect(url_for(".application", uid=uid), 303)
    return _application_page(uid, form)


@bp.post("/experts/applications/<uid>/refuse")
@requires(Permission.POOL_KEEP)
def refuse_application(uid: str) -> ResponseReturnValue:
    """Refuse it, with the reason."""
    form = RefuseForm()
    if carried_out(form, lambda tx: service.refuse_application(tx, uid, form.reason.data or "", log_keys())):
        flash(_("已决定不予入库。申请人凭申请编号看到理由。"))
        return redirect(url_for(".application", uid=uid), 303)
    return _application_page(uid, form)
