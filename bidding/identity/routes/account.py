"""One's own account: password, signed-in browsers, and what is asked besides the password."""

from __future__ import annotations

import segno
from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from bidding.core.actor import Role
from bidding.core.errors import DomainError
from bidding.identity import browser, codes, policy, queries, rules, service
from bidding.identity.forms import FactorForm, FirstCodeForm, PasskeyNameForm, PasswordForm, advice
from bidding.identity.models import Account
from bidding.identity.passwords import guessable
from bidding.identity.routes.blueprint import bp
from bidding.web.auth import current_actor, signed_in
from bidding.web.context import now, session, transaction

#: The largest number that a row of ours has.
_ID = "<int(max=2147483647):{}>"


def check_password(password: str, *, roles: frozenset[Role], words: list[str]) -> None:
    """Refuse a password that is short, or guessable from common words or the account's own."""
    rules.check_password(password, roles=roles, guessable=guessable(), own_words=words)


def own_words(account: Account) -> list[str]:
    """What somebody who knows the person would try first."""
    return [account.login, account.name, account.organisation.name, current_app.config["CENTRE_NAME"]]


# Password and browsers ------------------------------------------------------------------------------------------


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            _change_password(form)
            return redirect(url_for(".account", changed=1))
        except DomainError as error:
            form.refuse(error)
    mine = queries.account_of(session(), current_actor())
    return render_template(
        "identity/account.html",
        form=form,
        account=mine,
        role_words=policy.ROLE_WORDS,
        advice=advice(mine.roles),
        sessions=queries.live_sessions(session(), mine.id, browser.lifetime(), now()),
        this_session=current_user.session_id,
        changed=request.args.get("changed") == "1",
        held=queries.factors(session(), mine.id),
        due_at=queries.second_factor_due_at(mine, browser.second_factor_within()),
    ), form.status


def _change_password(form: PasswordForm) -> None:
    mine = queries.account_of(session(), current_actor())
    check_password(form.password.data, roles=mine.roles, words=own_words(mine))
    if not browser.step_up(form.current.data):
        raise rules.WrongCurrentPassword(field="current")
    encoded = browser.hasher().hash(form.password.data, browser.entropy())
    with transaction() as tx:
        service.change_password(tx, password_hash=encoded, token=browser.newest_token())


@bp.post(f"/account/sessions/{_ID.format('session_id')}/revoke")
@signed_in
def revoke(session_id: int) -> ResponseReturnValue:
    """Sign another browser of one's own out; it finds out with its next request."""
    with transaction() as tx:
        service.revoke_session(tx, session_id)
    return redirect(url_for(".account", _anchor="sessions"))


@bp.post(f"/account/sessions/{_ID.format('session_id')}/mine")
@signed_in
def acknowledge(session_id: int) -> ResponseReturnValue:
    """Say of a sign-in from a new device: that was me."""
    with transaction() as tx:
        service.acknowledge(tx, session_id)
    return redirect(url_for(".account", _anchor="sessions"))


@bp.post("/account/sessions/others/revoke")
@signed_in
def revoke_others() -> ResponseReturnValue:
    """Sign every other browser of one's own out."""
    with transaction() as tx:
        service.close_other_sessions(tx, browser.newest_token())
    return redirect(url_for(".account", _anchor="sessions"))


# Besides the password -------------------------------------------------------------------------------------------


@bp.get("/account/security")
@signed_in
def security() -> ResponseReturnValue:
    """Which second factors the person has, and how to come by one."""
    mine = queries.account_of(session(), current_actor())
    return render_template(
        "identity/security.html",
        account=mine,
        held=queries.factors(session(), mine.id),
        passkeys=queries.passkeys(session(), mine.id),
        rp_id=None if browser.passkeys_barred() else browser.site().rp_id,
        barred=browser.passkeys_barred(),
        authenticator=queries.authenticator(session(), mine.id, confirmed=True),
        due_at=queries.second_factor_due_at(mine, browser.second_factor_within()),
        cleared_at=queries.factors_cleared_at(session(), mine.id),
        owes=current_user.owes_second_factor,
    )


@bp.get("/account/passkeys/new")
@signed_in
def new_passkey() -> ResponseReturnValue:
    """Where a passkey is made; whoever has not just been asked again is asked first."""
    return render_template(
        "identity/new_passkey.html",
        form=PasskeyNameForm(),
        step_up=FactorForm(formdata=None),
        barred=browser.passkeys_barred(),
    )


@bp.route(f"/account/passkeys/{_ID.format('passkey_id')}", methods=["GET", "POST"])
@signed_in
def passkey(passkey_id: int) -> ResponseReturnValue:
    """One key: what it is called."""
    mine = queries.own_passkey(session(), current_actor(), passkey_id)
    form = PasskeyNameForm(obj=mine)
    if form.validate_on_submit():
        with transaction() as tx:
            service.rename_passkey(tx, passkey_id, form.name.data)
        return redirect(url_for(".security"))
    return render_template("identity/passkey.html", form=form, passkey=mine), form.status


@bp.route(f"/account/passkeys/{_ID.format('passkey_id')}/remove", methods=["GET", "POST"])
@signed_in
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    form = FactorForm()
    mine = queries.own_passkey(session(), current_actor(), passkey_id)
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.remove_passkey(tx, passkey_id, within=browser.second_factor_within())
            return redirect(url_for(".security"))
        except DomainError as error:
            form.refuse(error)
            mine = queries.own_passkey(session(), current_actor(), passkey_id)
    return render_template("identity/factor_act.html", form=form, act="passkey", passkey=mine), form.status


@bp.route("/account/authenticator/new", methods=["GET", "POST"])
@signed_in
def begin_authenticator() -> ResponseReturnValue:
    """Make the secret that the next page shows."""
    form = FactorForm()
    if form.validate_on_submit():
        with transaction() as tx:
            service.begin_authenticator(tx, browser.vault())
        return redirect(url_for(".confirm_authenticator"))
    return render_template("identity/factor_act.html", form=form, act="begin"), form.status


@bp.route("/account/authenticator", methods=["GET", "POST"])
@signed_in
def confirm_authenticator() -> ResponseReturnValue:
    """The secret, as a picture and as signs, until a first code has confirmed it; then never again."""
    form = FirstCodeForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.confirm_authenticator(tx, browser.vault(), codes.normal(form.code.data))
            return redirect(url_for(".security"))
        except DomainError as error:
            form.refuse(error)
    mine = queries.account_of(session(), current_actor())
    fresh = queries.authenticator(session(), mine.id, confirmed=False)
    if fresh is None:
        return redirect(url_for(".security"))
    secret = browser.vault().open(fresh.sealed_secret, mine.uid)
    shown = codes.address(secret, login=mine.login, centre=current_app.config["CENTRE_NAME"])
    return render_template(
        "identity/authenticator.html",
        form=form,
        picture=segno.make(shown, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff"),
        secret=codes.printed(codes.readable(secret)).replace("-", " "),
        login=mine.login,
    ), form.status


@bp.route("/account/authenticator/remove", methods=["GET", "POST"])
@signed_in
def remove_authenticator() -> ResponseReturnValue:
    form = FactorForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.remove_authenticator(tx, within=browser.second_factor_within())
            return redirect(url_for(".security"))
        except DomainError as error:
            form.refuse(error)
    return render_template("identity/factor_act.html", form=form, act="authenticator"), form.status


@bp.route("/account/codes", methods=["GET", "POST"])
@signed_in
def new_codes() -> ResponseReturnValue:
    """A sheet of printed codes, once. No redirect: only their marks are stored."""
    form = FactorForm()
    if form.validate_on_submit():
        with transaction() as tx:
            sheet = service.new_codes(tx, browser.vault())
        mine = queries.account_of(session(), current_actor())
        return render_template("identity/codes.html", sheet=sheet, account=mine, made_at=now())
    return render_template("identity/factor_act.html", form=form, act="codes"), form.status
