"""Signing in: the password, the second step, the way out; and being asked again before what binds."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from bidding.core.errors import DomainError
from bidding.identity import browser, codes, halfway, queries, rules, service
from bidding.identity.forms import ConfirmForm, SecondStepForm, SignInForm
from bidding.identity.models import Account
from bidding.identity.routes.blueprint import bp
from bidding.web.auth import public, signed_in
from bidding.web.context import session, transaction
from bidding.web.errors import safe_path


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.is_submitted():
        form.next.data = safe_path(request.args.get("next")) or ""
        if current_user.is_authenticated:
            return redirect(form.next.data or "/")
    if form.validate_on_submit():
        try:
            if _admit(form):
                return redirect(url_for(".second_step", next=safe_path(form.next.data)))
            return redirect(safe_path(form.next.data) or "/")
        except DomainError as error:
            form.refuse(error)
    return render_template(
        "identity/sign_in.html",
        form=form,
        crowded=form.refused_with == rules.TooManyAttempts.status or bool(form.recovery.data),
        barred=browser.passkeys_barred(),
        towards_bid=(safe_path(form.next.data) or "").startswith("/notices/"),
    ), form.status


def _admit(form: SignInForm) -> bool:
    """Count, check, and only then sign in; whether a second step follows.

    A printed code that is right is proof enough that nobody guesses: then nothing has to wait.
    Raises ``TooManyAttempts``, ``WrongPassword``, ``TooBusy``.
    """
    login, password = form.login.data, form.password.data
    code = codes.normal(form.recovery.data or "")
    proven = bool(code) and queries.has_code(session(), login, browser.vault().mark(code))
    attempt = None if proven else browser.admit(login, browser.source(login))
    account = queries.account_by_login(session(), login)
    known = account if account is not None and account.disabled_at is None else None
    hasher = browser.hasher()
    is_known = proven or browser.is_known(login)
    if (
        not hasher.verify(known.password_hash if known else None, password, is_known=is_known)
        or known is None
    ):
        raise rules.WrongPassword
    account_id, encoded = known.id, known.password_hash
    rehash = hasher.hash(password, browser.entropy()) if hasher.is_dated(encoded) else None
    with transaction() as tx:
        more = service.password_was_right(tx, account_id, attempt=attempt, rehash=rehash)
        if proven:
            service.use_code(tx, browser.vault(), account_id, code)
    if proven or not more:
        browser.sign_in(account_id, login=login)
        return False
    halfway.begin(account_id)
    return True


@bp.route("/sign-in/second", methods=["GET", "POST"])
@public
def second_step() -> ResponseReturnValue:
    """What is asked besides the password: an authenticator's code, a printed one, or a passkey."""
    account = halfway.account()
    if account is None:
        return redirect(url_for(".sign_in", next=safe_path(request.args.get("next"))))
    form = SecondStepForm()
    if not form.is_submitted():
        form.next.data = safe_path(request.args.get("next")) or ""
    if form.validate_on_submit():
        try:
            _second(account, form.code.data)
            return redirect(safe_path(form.next.data) or "/")
        except DomainError as error:
            form.refuse(error)
            account = halfway.account()
    held = queries.factors(session(), account.id) if account else None
    barred = browser.passkeys_barred()
    return render_template(
        "identity/second_step.html",
        form=form,
        held=held,
        barred=barred,
        with_passkey=bool(held and held.passkeys) and barred is None,
    ), form.status


def _second(account: Account, typed: str) -> None:
    """Use the code up and sign in. Raises ``WrongCode``, ``TooManyCodes``."""
    account_id, login = account.id, account.login
    if not codes.is_digits(code := codes.normal(typed)):
        with transaction() as tx:
            service.use_code(tx, browser.vault(), account_id, code)
    else:
        with transaction() as tx:
            attempt = service.admit_code(
                tx, account_id, source=browser.source(login), throttle=browser.throttle()
            )
        with transaction() as tx:
            service.use_authenticator(tx, browser.vault(), account_id, code)
            service.succeeded(tx, attempt)
    browser.sign_in(account_id, login=login)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    browser.sign_out()
    return redirect("/")


@bp.route("/step-up", methods=["GET", "POST"])
@signed_in
def step_up() -> ResponseReturnValue:
    """Repeat the password ahead of acts that come without a form (raw uploads, command-line clients)."""
    form = ConfirmForm()
    if not form.is_submitted():
        form.next.data = safe_path(request.args.get("next")) or ""
    if form.validate_on_submit():
        return redirect(safe_path(form.next.data) or "/")
    return render_template("identity/step_up.html", form=form), form.status
