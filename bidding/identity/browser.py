"""What a browser carries for us: the sign-in token, the mark of a known browser, and the step-up that renews the token."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import SQLAlchemyError

from bidding.core.actor import Actor, Role, system_actor
from bidding.core.entropy import Entropy
from bidding.core.errors import NotFound
from bidding.db import uow
from bidding.identity import policy, queries, rules, service
from bidding.identity.models import Account
from bidding.identity.passkeys import Site
from bidding.identity.passwords import Hasher
from bidding.identity.policy import OrganisationKind
from bidding.identity.rules import Lifetime, Throttle, Turn
from bidding.identity.vault import Vault
from bidding.web.auth import current_actor
from bidding.web.context import now, session, transaction, world
from bidding.web.errors import prefers_json
from bidding.web.settings import secret

log = logging.getLogger(__name__)

#: The row says "last seen" at most this often, so that reading pages hardly ever writes.
_TOUCH_EVERY = timedelta(minutes=1)
_DEVICES_KEPT = 5
_DEVICE_LASTS = timedelta(days=365)


@dataclass
class SignedIn:
    """Flask-Login's user: detached from the database, made anew for every request."""

    actor: Actor
    session_id: int
    login: str
    organisation: str
    organisation_kind: OrganisationKind
    language: str | None
    #: The days within which the role needed a second factor are over: it may do nothing else before.
    owes_second_factor: bool = False
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """The account's id, which Flask-Login wants as text."""
        return str(self.actor.account_id)

    @property
    def name(self) -> str:
        """The person's name."""
        return self.actor.name

    @property
    def role_words(self) -> list[str]:
        """The roles' names in Chinese, for the catalogue."""
        return [policy.ROLE_WORDS[role] for role in sorted(self.actor.roles)]


def init_app(app: Flask) -> None:
    """Let Flask-Login find the person behind a request, and give forms their step-up check."""
    manager = LoginManager(app)
    manager.session_protection = None  # it would trust the form cookie; ours is a row that can be revoked
    manager.request_loader(_load)
    config = app.config
    app.extensions["hasher"] = Hasher(
        rounds=config["PASSWORD_ROUNDS"],
        memory_kib=config["PASSWORD_MEMORY_KIB"],
        lanes=config["PASSWORD_LANES"],
        at_once=config["PASSWORDS_AT_ONCE"],
    )
    app.extensions["step_up"] = step_up
    app.extensions["vault"] = Vault(bytes.fromhex(secret(Path(config["KEYS"]) / "second-factors.key")))
    app.before_request(_insist)
    app.after_request(_leave)
    app.jinja_env.globals["may"] = may
    app.jinja_env.globals["has_passkey_here"] = has_passkey_here


def may(permission: str) -> bool:
    """Whether the reader of a page holds the permission: templates leave out what would be refused anyway."""
    return current_actor().may(permission)


def hasher() -> Hasher:
    """The app's password hasher."""
    return cast("Hasher", current_app.extensions["hasher"])


def grants() -> dict[str, frozenset[Role]]:
    """Which roles hold which permission, over all domains; ``wiring`` fills it."""
    return cast("dict[str, frozenset[Role]]", current_app.extensions["grants"])


def vault() -> Vault:
    """Where the secrets of second factors are kept."""
    return cast("Vault", current_app.extensions["vault"])


def throttle() -> Throttle:
    """The limits on failed sign-ins, from the settings."""
    config = current_app.config
    return Throttle(
        timedelta(minutes=config["THROTTLE_MINUTES"]),
        config["THROTTLE_PAIR"],
        config["THROTTLE_ADDRESS"],
        timedelta(seconds=config["THROTTLE_WAIT_SECONDS"]),
    )


def second_factor_within() -> timedelta:
    """How soon some roles must have a second factor, from the settings; zero: they need none."""
    return timedelta(days=current_app.config["SECOND_FACTOR_DAYS"])


def passkeys_barred() -> tuple[str, str] | None:
    """Why passkeys cannot be used on this page's address, and what else can; None where they can."""
    return rules.passkeys_barred(_host(), scheme=request.scheme, pinned=current_app.config["PASSKEY_HOST"])


def site() -> Site:
    """Where this page's passkeys belong. Raises ``NotFound`` where there can be none."""
    if passkeys_barred() is not None:
        raise NotFound
    return Site(current_app.config["PASSKEY_HOST"] or _host(), request.host_url.rstrip("/"))


def has_passkey_here() -> bool:
    """Whether the signed-in person can confirm an act by a passkey on this page's address."""
    if not current_user.is_authenticated or passkeys_barred() is not None:
        return False
    return bool(queries.passkeys(session(), current_user.actor.account_id, site().rp_id))


def _host() -> str:
    return urlsplit(f"//{request.host}").hostname or ""


def lifetime() -> Lifetime:
    """How long a sign-in lasts, from the settings."""
    config = current_app.config
    return Lifetime(
        timedelta(minutes=config["SESSION_IDLE_MINUTES"]), timedelta(hours=config["SESSION_HOURS"])
    )


def entropy() -> Entropy:
    """The app's randomness, for a password's salt."""
    return world().entropy


def newest_token() -> str:
    """The token that this browser will hold after the answer: a step-up may just have renewed it."""
    return cast("str", g.get("set_token") or token() or "")


def token() -> str | None:
    """The token that the browser brought."""
    return request.cookies.get(current_app.config["SIGN_IN_COOKIE"])


def _load(incoming: Request) -> SignedIn | None:
    brought = incoming.cookies.get(current_app.config["SIGN_IN_COOKIE"])
    if not brought or "database_away" in g:  # the answer that says so is for whoever asks
        return None
    found = queries.live_session(session(), service.digest_of(brought))
    if found is None or not rules.alive(
        lifetime(), created_at=found.created_at, last_seen_at=found.last_seen_at, now=now()
    ):
        return None
    account = found.account
    if now() - found.last_seen_at >= _TOUCH_EVERY and not _refreshes_itself(incoming):
        g.touch = found.id
    owes = _owes_second_factor(account)
    allowed = frozenset[str]() if owes else policy.permissions_of(account.roles, grants())
    return SignedIn(
        actor=account.as_actor(allowed, found.step_up_at),
        owes_second_factor=owes,
        session_id=found.id,
        login=account.login,
        organisation=account.organisation.name,
        organisation_kind=account.organisation.kind,
        language=account.language,
    )


def _owes_second_factor(account: Account) -> bool:
    due_at = queries.second_factor_due_at(account, second_factor_within())
    return due_at is not None and now() >= due_at and not queries.factors(session(), account.id).any


def _insist() -> ResponseReturnValue | None:
    """Lead whoever owes a second factor to where it is set up; the permissions are withheld anyway."""
    if not current_user.is_authenticated or not current_user.owes_second_factor:
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "permission", None) in (None, "signed-in"):
        return None
    if request.method == "GET" and not prefers_json():
        return redirect(url_for("identity.security"))
    raise policy.SecondFactorDue


def _refreshes_itself(incoming: Request) -> bool:
    """A page that polls does not prove that somebody sits before it."""
    return incoming.method == "GET" and "HX-Request" in incoming.headers


def sign_in(account_id: int, *, login: str) -> None:
    """Open a session for the account in this browser and forget everything the form cookie held before."""
    with transaction() as tx:
        fresh = service.open_session(
            tx,
            account_id,
            replaces=token(),
            address=address(request.remote_addr),
            client=" · ".join(rules.browser_parts(request.headers.get("User-Agent", ""))),
            is_known=is_known(login),
        )
    form_session.clear()  # its CSRF token may have been planted by somebody else (session fixation)
    g.set_token = fresh
    g.set_device = _mark(login)


def sign_out() -> None:
    """Revoke this browser's session. The mark of a known browser stays: it opens nothing."""
    brought = token()
    if brought:
        with transaction() as tx:
            service.close_session(tx, brought)
    form_session.clear()
    g.set_token = ""


def step_up(password: str) -> bool:
    """Check the signed-in person's password again; if right, note it and renew the token.

    The count is this session's own: nobody else's failures make its owner wait.
    Opens its own transactions, so no view may hold one. Raises ``TooManyAttempts``.
    """
    if not current_user.is_authenticated or token() is None:
        return False
    login = current_user.login
    attempt = admit(login, f"session:{current_user.session_id}")
    account = queries.account_by_login(session(), login)
    if not hasher().verify(account.password_hash if account else None, password, is_known=True):
        return False
    confirmed(attempt)
    return True


def confirmed(attempt: int | None = None) -> None:
    """Note that the signed-in person was asked again and is who they are; the token is renewed."""
    with transaction() as tx:
        g.set_token = service.step_up(tx, newest_token(), attempt=attempt)
        renewed = tx.now
    current_user.actor = replace(current_user.actor, step_up_at=renewed)


def admit(login: str, source: str) -> int:
    """Let an attempt at a password begin, waiting where it has to; the id of its row.

    The turn for which somebody waits is kept in the form cookie, signed. Raises ``TooManyAttempts``.
    """
    turn = _turn()
    try:
        with transaction() as tx:
            attempt = service.admit(tx, login=login, source=source, throttle=throttle(), turn=turn)
    except rules.TooManyAttempts:
        whose, wait = service.whose(login, source), throttle().wait
        left = rules.left_to_wait(throttle(), turn, whose=whose, now=now())
        if not timedelta() < left < wait:  # no turn yet, or one that is spent
            form_session["turn"] = [whose, (now() + wait).isoformat(), entropy().bytes(12).hex()]
        raise
    form_session.pop("turn", None)
    return attempt


def _turn() -> Turn | None:
    kept = form_session.get("turn")
    return Turn(kept[0], datetime.fromisoformat(kept[1]), kept[2]) if kept else None


def source(login: str) -> str:
    """Where an attempt on an account comes from: a browser known for this very account, or else an address."""
    for mark, number in _marks():
        if mark == _mark_of(login):
            return f"{service.KNOWN_BROWSER}{number}"
    return address(request.remote_addr)


def is_known(login: str) -> bool:
    """Whether this browser has been signed in to the account before."""
    return source(login).startswith(service.KNOWN_BROWSER)


def address(remote: str | None) -> str:
    """The address that failures are counted by; of IPv6 the /64, for one person has all of it."""
    try:
        parsed = ipaddress.ip_address(remote or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False).network_address)
    return str(parsed)


def form_key() -> str:
    """What signs everything that a browser only carries."""
    return cast("str", current_app.secret_key)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(form_key(), salt="known browser")


def _mark_of(login: str) -> str:
    """Stands for a login in the cookie of a PC that others use too."""
    return hashlib.sha256(login.strip().lower().encode()).hexdigest()[:16]


def _marks() -> list[tuple[str, str]]:
    try:
        held: Any = _signer().loads(request.cookies.get(current_app.config["DEVICE_COOKIE"], ""))
    except BadSignature:
        return []
    return [(str(mark), str(number)) for mark, number in held]


def _mark(login: str) -> str:
    mine = _mark_of(login)
    number = (
        next((number for mark, number in _marks() if mark == mine), None) or world().entropy.bytes(12).hex()
    )
    others = [each for each in _marks() if each[0] != mine]
    return _signer().dumps([(mine, number), *others][:_DEVICES_KEPT])


def _leave(response: Response) -> Response:
    """Send the cookies that this request has earned, and note that the person is still there."""
    config = current_app.config
    fresh = g.pop("set_token", None)
    if fresh:
        _set(response, config["SIGN_IN_COOKIE"], fresh, None)
    elif fresh == "":
        response.delete_cookie(
            config["SIGN_IN_COOKIE"], path="/", secure=config["BEHIND_TLS"], httponly=True, samesite="Lax"
        )
    marks = g.pop("set_device", None)
    if marks:
        _set(response, config["DEVICE_COOKIE"], marks, _DEVICE_LASTS)
    seen = g.pop("touch", None)
    if seen is not None:
        try:
            with uow.transaction(system_actor("sign-in"), world()) as tx:
                service.touch(tx, seen)
        except SQLAlchemyError:
            log.warning("could not note that a session is in use", exc_info=True)
    return response


def _set(response: Response, name: str, value: str, lasts: timedelta | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=lasts,
        path="/",
        secure=current_app.config["BEHIND_TLS"],
        httponly=True,
        samesite="Lax",
    )
