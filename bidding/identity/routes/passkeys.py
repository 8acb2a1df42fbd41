"""What the page's script asks and brings for passkeys, as JSON; everything here can be done without it, by codes."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import BadRequest

from bidding.core.errors import Forbidden, Invalid, NotFound
from bidding.identity import browser, halfway, passkeys, policy, queries, service
from bidding.identity.models import Account, Passkey
from bidding.identity.passkeys import Challenges, PasskeyRefused
from bidding.identity.routes.blueprint import bp
from bidding.web.auth import STEP_UP_LASTS, current_actor, public, signed_in
from bidding.web.context import now, session, transaction
from bidding.web.errors import safe_path

#: What a passkey is asked for: instead of a password, after it, or again before an act that binds.
_WHY = "<any('sign-in', 'second', 'step-up'):why>"


@bp.post(f"/passkeys/{_WHY}/options")
@public
def passkey_options(why: str) -> ResponseReturnValue:
    """What to ask the browser for. Of a stranger nothing is told, not even whether anybody has a key."""
    site, whom = browser.site(), _whom(why)
    token = _challenges().new(why, whom, now=now(), entropy=browser.entropy())
    allowed = (
        [key.credential_id for key in queries.passkeys(session(), int(whom), site.rp_id)] if whom else []
    )
    return jsonify(token=token, options=passkeys.to_use(token, site, allowed=allowed))


@bp.post(f"/passkeys/{_WHY}")
@public
def passkey_answer(why: str) -> ResponseReturnValue:
    """Sign in, finish signing in, or confirm, by the signature; ``next`` is where to go on."""
    site, whom, (token, answer, told) = browser.site(), _whom(why), _brought()
    _challenges().check(token, why, whom, now=now())
    key = queries.passkey(session(), str(answer.get("id", "")))
    if key is None or key.rp_id != site.rp_id or (whom and key.account_id != int(whom)):
        raise service.PasskeyUnknown
    used = passkeys.used(answer, key.public_key, token, site)
    with transaction() as tx:
        if not service.spend(tx, token, until=tx.now + passkeys.LASTS):
            raise PasskeyRefused
        account = service.use_passkey(tx, used)
        account_id, login = account.id, account.login
    if why == "step-up":
        browser.confirmed()
    else:
        browser.sign_in(account_id, login=login)
    return jsonify(next=safe_path(str(told.get("next", ""))) or "/")


def _whom(why: str) -> str:
    """Whose key is asked for; empty for anybody's. ``NotFound`` where this browser is not that far."""
    if why == "sign-in":
        return ""
    if why == "second":
        account = halfway.account()
        found = account.id if account else None
    else:
        found = current_actor().account_id
    if found is None:
        raise NotFound
    return str(found)


@bp.post("/account/passkeys/options")
@signed_in
def new_passkey_options() -> ResponseReturnValue:
    """What to ask the browser for to make a key."""
    site, mine = browser.site(), _confirmed_owner()
    token = _challenges().new("add", _session(), now=now(), entropy=browser.entropy())
    known = [key.credential_id for key in queries.passkeys(session(), mine.id, site.rp_id)]
    options = passkeys.to_add(
        token,
        site,
        centre=mine.organisation.name,
        user_id=mine.uid,
        login=mine.login,
        name=mine.name,
        known=known,
    )
    return jsonify(token=token, options=options)


@bp.post("/account/passkeys")
@signed_in
def add_passkey() -> ResponseReturnValue:
    """Keep the key that the browser has made."""
    site, (token, answer, told) = browser.site(), _brought()
    _confirmed_owner()
    _challenges().check(token, "add", _session(), now=now())
    added = passkeys.added(answer, token, site)
    name = str(told.get("name", "")).strip()
    if not name:
        raise Invalid(reason="name")
    with transaction() as tx:
        if not service.spend(tx, token, until=tx.now + passkeys.LASTS):
            raise PasskeyRefused
        kept: Passkey = service.add_passkey(tx, added, rp_id=site.rp_id, name=name)
        kept_id = kept.id
    return jsonify(next=url_for(".security", added=kept_id))


def _confirmed_owner() -> Account:
    """The signed-in person, who has just been asked again: a key outlasts the session that adds it."""
    policy.require_step_up(current_actor(), now=now(), lasts=STEP_UP_LASTS)
    return queries.account_of(session(), current_actor())


def _session() -> str:
    if not current_user.is_authenticated:
        raise Forbidden
    return f"session {current_user.session_id}"


def _challenges() -> Challenges:
    return Challenges(browser.form_key())


def _brought() -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The token, the browser's answer, and all that came with them."""
    told = request.get_json()
    if not isinstance(told, dict) or not isinstance(told.get("credential"), dict):
        raise BadRequest
    return str(told.get("token", "")), told["credential"], told
