"""Registering, the company file, the window, accounts and roles."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from bidding.core.actor import Role
from bidding.core.errors import DomainError, NotFound
from bidding.identity import browser, halfway, papers, policy, queries, rules, service
from bidding.identity.forms import (
    AcceptForm,
    AccountActForm,
    ApproveForm,
    CompanyForm,
    InviteForm,
    OrganisationForm,
    RegisterForm,
    ReturnForm,
    RolesForm,
    advice,
)
from bidding.identity.models import Account, Organisation, OrganisationKind
from bidding.identity.policy import Permission
from bidding.identity.routes.account import check_password, own_words
from bidding.identity.routes.blueprint import bp
from bidding.storage import blobs
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import safe_path
from bidding.web.paging import page_number, paginate

# Tenderers ------------------------------------------------------------------------------------------------------


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            _register(form)
            return redirect(url_for(".company", next=_onward()))
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "identity/register.html", form=form, advice=advice({Role.TENDERER}), onward=_onward()
    )
    return page, form.status


def _onward() -> str | None:
    """Where the reader was going when registering came in between: the address carries it from page to page."""
    return safe_path(request.args.get("next")) or None


def _register(form: RegisterForm) -> None:
    words = [form.login.data, form.contact.data, form.name.data, current_app.config["CENTRE_NAME"]]
    check_password(form.password.data, roles=frozenset({Role.TENDERER}), words=words)
    with transaction() as tx:
        service.admit_registration(
            tx, address=browser.address(request.remote_addr), throttle=browser.throttle()
        )
    encoded = browser.hasher().hash(form.password.data, browser.entropy())
    with transaction() as tx:
        account_id = service.register_tenderer(
            tx,
            name=form.name.data,
            uscc=form.uscc.data or "",
            contact=form.contact.data,
            phone=form.phone.data,
            login=form.login.data,
            password_hash=encoded,
        ).id
    browser.sign_in(account_id, login=form.login.data)


@bp.route("/company", methods=["GET", "POST"])
@requires(Permission.COMPANY_FILE)
def company() -> ResponseReturnValue:
    mine = queries.organisation_of(session(), current_actor())
    form = CompanyForm(obj=mine)
    if form.validate_on_submit():
        try:
            licence = _paper(form.licence.data, "licence")
            authorisation = _paper(form.authorisation.data, "authorisation")
            with transaction() as tx:
                service.file_papers(
                    tx,
                    licence=licence,
                    authorisation=authorisation,
                    contact=form.contact.data,
                    phone=form.phone.data,
                )
            return redirect(url_for(".company", next=_onward()))
        except DomainError as error:
            form.refuse(error)
            mine = queries.organisation_of(session(), current_actor())
    return render_template(
        "identity/company.html",
        form=form,
        organisation=mine,
        limit=current_app.config["MAX_DOCUMENT"],
        onward=_onward(),
        **_standing(mine),
    ), form.status


def _paper(upload: FileStorage | str | None, field: str) -> service.Paper | None:
    """The paper of a file field, durable; None where no file was chosen."""
    if not isinstance(upload, FileStorage) or not upload.filename:
        return None
    return papers.keep(
        blobs(), upload.stream, upload.filename, limit=current_app.config["MAX_DOCUMENT"], field=field
    )


def _standing(organisation: Organisation) -> dict[str, object]:
    standing = queries.standing(organisation)
    return {
        "standing": standing.value,
        "standing_words": rules.STANDING_WORDS[standing],
        "standing_lamp": rules.STANDING_LAMPS[standing],
        "returned": [gettext(line) for line in (organisation.returned_reason or "").splitlines()],
    }


@bp.get("/company/<any(licence, authorisation):which>")
@requires(Permission.COMPANY_FILE)
def company_paper(which: str) -> ResponseReturnValue:
    return _download(queries.organisation_of(session(), current_actor()), which)


def _download(organisation: Organisation, which: str) -> ResponseReturnValue:
    licence = which == "licence"
    digest = organisation.licence if licence else organisation.authorisation
    name = organisation.licence_name if licence else organisation.authorisation_name
    if digest is None:
        raise NotFound
    file = blobs().open(digest)
    kind = papers.media_type(file.read(8)) or "application/octet-stream"
    file.seek(0)
    return send_file(file, mimetype=kind, as_attachment=True, download_name=name, max_age=0)


# The window -----------------------------------------------------------------------------------------------------


@bp.get("/organisations")
@requires(Permission.ORGANISATION_READ)
def organisations() -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:100]
    page = paginate(session(), queries.all_organisations(words), number=page_number(request.args))
    rows = [{"organisation": each, **_standing(each)} for each in page.items]
    return render_template(
        "identity/organisations.html", page=page, rows=rows, q=words, kind_words=policy.KIND_WORDS
    )


@bp.route("/organisations/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def new_organisation() -> ResponseReturnValue:
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.add_organisation(
                    tx,
                    kind=OrganisationKind(form.kind.data),
                    name=form.name.data,
                    uscc=form.uscc.data or "",
                    contact=form.contact.data or "",
                    phone=form.phone.data or "",
                )
            return redirect(url_for(".organisations"))
        except DomainError as error:
            form.refuse(error)
    return render_template("identity/organisation_new.html", form=form), form.status


@bp.get("/organisations/<uid>")
@requires(Permission.ORGANISATION_READ)
def organisation(uid: str) -> ResponseReturnValue:
    return _organisation_page(uid, ApproveForm(formdata=None), ReturnForm(formdata=None))


def _organisation_page(uid: str, approve_form: ApproveForm, return_form: ReturnForm) -> ResponseReturnValue:
    found = queries.organisation(session(), uid)
    approve_form.seen.data = return_form.seen.data = service.fingerprint(found)
    return render_template(
        "identity/organisation.html",
        organisation=found,
        approve_form=approve_form,
        return_form=return_form,
        tenderer=found.kind is OrganisationKind.TENDERER,
        approver=queries.approver(session(), found),
        kind_words=policy.KIND_WORDS,
        **_standing(found),
    ), max(approve_form.status, return_form.status)


@bp.get("/organisations/<uid>/<any(licence, authorisation):which>")
@requires(Permission.ORGANISATION_READ)
def organisation_paper(uid: str, which: str) -> ResponseReturnValue:
    return _download(queries.organisation(session(), uid), which)


@bp.post("/organisations/<uid>/approve")
@requires(Permission.ORGANISATION_APPROVE)
def approve(uid: str) -> ResponseReturnValue:
    form = ApproveForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.approve(tx, uid, seen=form.seen.data)
            return redirect(url_for(".organisation", uid=uid))
        except DomainError as error:
            form.refuse(error)
    return _organisation_page(uid, form, ReturnForm(formdata=None))


@bp.post("/organisations/<uid>/return")
@requires(Permission.ORGANISATION_APPROVE)
def send_back(uid: str) -> ResponseReturnValue:
    form = ReturnForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.send_back(tx, uid, seen=form.seen.data, defects=form.all_defects())
            return redirect(url_for(".organisation", uid=uid))
        except DomainError as error:
            form.refuse(error)
    return _organisation_page(uid, ApproveForm(formdata=None), form)


# Accounts and roles ---------------------------------------------------------------------------------------------


@bp.get("/roles")
@public
def roles() -> ResponseReturnValue:
    """Who may do what: the very table the server decides by."""
    words = cast("dict[str, str]", current_app.extensions["grant_words"])
    rows = [(permission, words[permission], holders) for permission, holders in browser.grants().items()]
    return render_template(
        "identity/roles.html",
        rows=rows,
        role_words=policy.ROLE_WORDS,
        clashes=policy.FORBIDDEN_TOGETHER,
    )


@bp.get("/accounts")
@requires(Permission.ACCOUNT_READ)
def accounts() -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:100]
    page = paginate(session(), queries.all_accounts(words), number=page_number(request.args))
    return render_template("identity/accounts.html", page=page, q=words, role_words=policy.ROLE_WORDS)


def _lasts() -> timedelta:
    return timedelta(hours=current_app.config["INVITATION_HOURS"])


@bp.route("/accounts/invite", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def invite() -> ResponseReturnValue:
    form = InviteForm([(each.uid, each.name) for each in queries.staff_organisations(session())])
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                account, token = service.invite(
                    tx,
                    form.organisation.data,
                    login=form.login.data,
                    name=form.name.data,
                    phone=form.phone.data,
                    roles=form.chosen(),
                    lasts=_lasts(),
                )
            return _invited(account, token)
        except DomainError as error:
            form.refuse(error)
    return render_template("identity/invite.html", form=form), form.status


def _invited(account: Account, token: str) -> ResponseReturnValue:
    """The link, once. No redirect: it is stored nowhere, and a reload would only meet a login already taken."""
    return render_template(
        "identity/invited.html",
        account=account,
        link=url_for(".accept", token=token, _external=True),
        hours=current_app.config["INVITATION_HOURS"],
    )


@bp.get("/accounts/<uid>")
@requires(Permission.ACCOUNT_READ)
def one_account(uid: str) -> ResponseReturnValue:
    return _account_page(uid)


def _account_page(uid: str, form: RolesForm | None = None) -> ResponseReturnValue:
    found = queries.account(session(), uid)
    if form is None:
        held = [role.value for role in found.roles]
        form = RolesForm(found.organisation.kind, formdata=None, data={"roles": held})
    return render_template(
        "identity/one_account.html",
        account=found,
        form=form,
        role_words=policy.ROLE_WORDS,
        may_change=_may_change(found),
        held=queries.factors(session(), found.id),
        cleared_at=queries.factors_cleared_at(session(), found.id),
        due_at=queries.second_factor_due_at(found, browser.second_factor_within()),
    ), form.status


def _may_change(account: Account) -> bool:
    return current_actor().may(Permission.ROLE_GRANT) and account.id != current_actor().account_id


@bp.post("/accounts/<uid>/roles")
@requires(Permission.ROLE_GRANT)
def set_roles(uid: str) -> ResponseReturnValue:
    form = RolesForm(queries.account(session(), uid).organisation.kind)
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.set_roles(tx, uid, form.chosen())
            return redirect(url_for(".one_account", uid=uid))
        except DomainError as error:
            form.refuse(error)
    return _account_page(uid, form)


@bp.route("/accounts/<uid>/<any(disable, enable):act>", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_DISABLE)
def switch(uid: str, act: str) -> ResponseReturnValue:
    form = AccountActForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                (service.disable if act == "disable" else service.enable)(tx, uid)
            return redirect(url_for(".one_account", uid=uid))
        except DomainError as error:
            form.refuse(error)
    return _act_page(uid, act, form)


@bp.route("/accounts/<uid>/factors", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def clear_factors(uid: str) -> ResponseReturnValue:
    """Let somebody back in who has lost every second factor."""
    form = AccountActForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.clear_factors(tx, uid)
            return redirect(url_for(".one_account", uid=uid))
        except DomainError as error:
            form.refuse(error)
    return _act_page(uid, "factors", form)


@bp.route("/accounts/<uid>/link", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_INVITE)
def invite_again(uid: str) -> ResponseReturnValue:
    form = AccountActForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                account, token = service.invite_again(tx, uid, lasts=_lasts())
            return _invited(account, token)
        except DomainError as error:
            form.refuse(error)
    return _act_page(uid, "link", form)


def _act_page(uid: str, act: str, form: AccountActForm) -> ResponseReturnValue:
    """The question before an act on somebody's account."""
    return render_template(
        "identity/account_act.html",
        account=queries.account(session(), uid),
        act=act,
        form=form,
        hours=current_app.config["INVITATION_HOURS"],
    ), form.status


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> ResponseReturnValue:
    invitation = queries.open_invitation(session(), service.digest_of(token), now())
    invited = invitation.account
    form = AcceptForm()
    if form.validate_on_submit():
        try:
            check_password(form.password.data, roles=invited.roles, words=own_words(invited))
            login, encoded = invited.login, browser.hasher().hash(form.password.data, browser.entropy())
            with transaction() as tx:
                account_id = service.accept(tx, token, password_hash=encoded).id
                more = service.password_was_right(tx, account_id)
            if more:
                halfway.begin(account_id)
                return redirect(url_for(".second_step"))
            browser.sign_in(account_id, login=login)
            return redirect("/")
        except DomainError as error:
            form.refuse(error)
    return render_template(
        "identity/accept.html", form=form, account=invited, advice=advice(invited.roles)
    ), form.status
