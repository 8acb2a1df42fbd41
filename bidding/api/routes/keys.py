"""The page on which an agency's people make keys for their own systems, and end them."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.api import queries, rules, service
from bidding.api.forms import KeyForm, RevokeForm
from bidding.api.models import ApiKey
from bidding.api.policy import Permission
from bidding.api.routes.blueprint import bp
from bidding.api.rules import SCOPE_WORDS, Scope
from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction


@bp.page("/account/keys", methods=["GET", "POST"])
@requires(Permission.KEY_MANAGE)
def keys() -> ResponseReturnValue:
    """The agency's keys, and one more. The new key stands on the answer to this one request and nowhere else."""
    form = KeyForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                key, token = service.make_key(
                    tx, form.name.data, Scope(form.scope.data), form.days.data, keys=log_keys()
                )
                made = {"name": key.name, "scope": SCOPE_WORDS[key.scope], "until": key.expires_at}
        except DomainError as error:
            form.refuse(error)
        else:
            answer = make_response(render_template("api/made.html", token=token, **made))
            answer.headers["Cache-Control"] = "no-store"
            return answer
    page = render_template(
        "api/keys.html",
        form=form,
        keys=queries.keys(session(), current_actor()),
        scopes=SCOPE_WORDS,
        lamp_of=lamp_of,
        is_in_force=is_in_force,
        prefix=rules.KEY_PREFIX,
    )
    return page, form.status


def is_in_force(key: ApiKey) -> bool:
    """Whether a key opens something now."""
    return key.revoked_at is None and now() < key.expires_at


def lamp_of(key: ApiKey) -> tuple[str, str]:
    """How a key stands, as a lamp and its words."""
    if key.revoked_at is not None:
        return "stop", _("密钥已停用")
    if now() >= key.expires_at:
        return "stop", _("密钥已过期")
    if rules.is_soon_over(key.expires_at, now()):
        return "soon", _("密钥快到期")
    return "ok", _("在用")


@bp.page("/account/keys/<uid>/revoke", methods=["GET", "POST"])
@requires(Permission.KEY_MANAGE)
def revoke(uid: str) -> ResponseReturnValue:
    """Say what ending a key does, and end it."""
    key = queries.own_key(session(), current_actor(), uid)
    form = RevokeForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.revoke_key(tx, uid, keys=log_keys())
            flash(_("密钥已停用，从现在起用它的请求都会被拒绝。"))
            return redirect(url_for(".keys"), 303)
        except DomainError as error:
            form.refuse(error)
    return render_template("api/revoke.html", form=form, key=key), form.status
