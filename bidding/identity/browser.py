"""What a browser carries for us: the sign-in token, the mark of a known browser, and the step-up that renews both."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Request, Response, current_app, g, request
from flask import session as form_session
from flask_login import LoginManager, current_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import SQLAlchemyError

from bidding.core.actor import Actor, Role, system_actor
from bidding.core.entropy import Entropy
from bidding.db import uow
from bidding.identity import policy, queries, rules, service
from bidding.identity.passwords import Hasher
from bidding.identity.policy import OrganisationKind
from bidding.identity.rules import Lifetime, Throttle
from bidding.web.auth import current_actor
from bidding.web.context import now, session, transaction, world

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
    app.after_request(_leave)
    app.jinja_env.globals["may"] = may


def may(permission: str) -> bool:
    """Whether the reader of a page holds the permission: templates leave out what would be refused anyway."""
    return current_actor().may(permission)


def hasher() -> Hasher:
    """The app's password hasher."""
    return cast("Hasher", current_app.extensions["hasher"])


def grants() -> dict[str, frozenset[Role]]:
    """Which roles hold which permission, over all domains; ``wiring`` fills it."""
    return cast("dict[str, frozenset[Role]]", current_app.extensions["grants"])


def throttle() -> Throttle:
    """The limits on failed sign-ins, from the settings."""
    config = current_app.config
    return Throttle(
        timedelta(minutes=config["THROTTLE_MINUTES"]), config["THROTTLE_PAIR"], config["THROTTLE_ADDRESS"]
    )


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
    if not brought:
        return None
    found = queries.live_session(session(), service.digest_of(brought))
    if found is None or not rules.alive(
        lifetime(), created_at=found.created_at, last_seen_at=found.last_seen_at, now=now()
    ):
        return None
    account = found.account
    if now() - found.last_seen_at >= _TOUCH_EVERY and not _refreshes_itself(incoming):
        g.touch = found.id
    return SignedIn(
        actor=account.as_actor(policy.permissions_of(account.roles, grants()), found.step_up_at),
        session_id=found.id,
        login=account.login,
        organisation=account.organisation.name,
        organisation_kind=account.organisation.kind,
        language=account.language,
    )


def _refreshes_itself(incoming: Request) -> bool:
    """A page that polls does not prove that somebody sits before it."""
    return incoming.method == "GET" and "HX-Request" in incoming.headers


def sign_in(account_id: int, *, login: str, attempt: int | None = None, rehash: str | None = None) -> None:
    """Open a session for the account in this browser and forget everything the form cookie held before."""
    with transaction() as tx:
        fresh = service.open_session(
            tx,
            account_id,
            attempt=attempt,
            replaces=token(),
            rehash=rehash,
            address=address(request.remote_addr),
            client=" · ".join(rules.browser_parts(request.headers.get("User-Agent", ""))),
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

    Opens its own transactions, so no view may hold one. Raises ``TooManyAttempts``.
    """
    brought = token()
    if not current_user.is_authenticated or brought is None:
        return False
    login = current_user.login
    with transaction() as tx:
        attempt = service.admit(tx, login=login, source=source(login), throttle=throttle())
    account = queries.account_by_login(session(), login)
    if not hasher().verify(account.password_hash if account else None, password):
        return False
    with transaction() as tx:
        g.set_token = service.step_up(tx, brought, attempt=attempt)
        renewed = tx.now
    current_user.actor = replace(current_user.actor, step_up_at=renewed)
    return True


def source(login: str) -> str:
    """Where an attempt on an account comes from: a browser known for this very account, or else an address."""
    for mark, number in _marks():
        if mark == _mark_of(login):
            return f"{service.KNOWN_BROWSER}{number}"
    return address(request.remote_addr)


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


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known browser")


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
