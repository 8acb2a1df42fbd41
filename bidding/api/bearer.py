"""The key that a request came with: whose it is, what it opens, and the transaction in its name.

A cookie is never looked at here: what a signed-in browser can be made to send opens nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import g, request
from sqlalchemy.exc import SQLAlchemyError

from bidding.api import queries, service
from bidding.api.models import ApiKey
from bidding.api.rules import (
    PERMISSIONS,
    KeyMissing,
    KeyOver,
    KeyUnknown,
    MakerGone,
    OutOfScope,
    Scope,
    key_in,
)
from bidding.core.actor import Actor, Role
from bidding.core.errors import DomainError
from bidding.db import uow
from bidding.db.uow import Tx
from bidding.identity.browser import address, grants
from bidding.identity.policy import permissions_of
from bidding.identity.service import digest_of
from bidding.web.context import now, session, world

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

#: It is noted that a key is in use at most this often: programs ask all day, and one writer has other work.
STAMP_EVERY = timedelta(minutes=1)


def key_in_use() -> ApiKey | None:
    """The key in force that the request came with; None where it came with none, or with one that opens nothing."""
    if "api_key" not in g:
        g.api_key, g.api_refusal = None, KeyMissing()
        try:
            g.api_key = _found()
        except DomainError as refusal:
            g.api_refusal = refusal
    return cast("ApiKey | None", g.api_key)


def _found() -> ApiKey:
    token = key_in(request.headers.get("Authorization"))
    if token is None:
        raise KeyMissing
    key = queries.by_digest(session(), digest_of(token))
    if key is None:
        raise KeyUnknown
    if key.revoked_at is not None or now() >= key.expires_at:
        raise KeyOver
    maker = key.made_by
    is_there = maker.disabled_at is None and maker.organisation_id == key.agency_id
    if not is_there or Role.AGENCY not in maker.roles:
        raise MakerGone
    return key


def key_actor() -> Actor:
    """Whoever made the key, with no more than its scope and no more than they may themselves; never freshly asked."""
    return cast("Actor", g.api_actor)


def transaction() -> AbstractContextManager[Tx]:
    """The request's unit of work in the name of its key."""
    return uow.transaction(key_actor(), world())


def by_key(scope: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let the view run only for programs with a key of that scope, or one that opens more."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            key = key_in_use()
            if key is None:
                raise cast("DomainError", g.api_refusal)
            if not PERMISSIONS[scope] <= PERMISSIONS[key.scope]:
                raise OutOfScope
            allowed = PERMISSIONS[key.scope] & permissions_of(key.made_by.roles, grants())
            g.api_key_id = key.id
            g.api_actor = Actor(
                key.made_by_id, key.agency_id, key.name, frozenset({Role.AGENCY}), frozenset(allowed)
            )
            if key.used_at is None or now() - key.used_at >= STAMP_EVERY:
                _stamp(key.id)
            return view(*args, **kwargs)

        guarded.permission = "project:edit" if scope is Scope.DRAFT else "project:read"  # type: ignore[attr-defined]
        return guarded

    return decorate


def _stamp(key_id: int) -> None:
    """Note that the key is in use; a program is not refused what it may read because that cannot be noted."""
    try:
        with transaction() as tx:
            service.stamp(tx, key_id, address(request.remote_addr))
    except SQLAlchemyError:
        log.warning("could not note that a key is in use", exc_info=True)


def key_id() -> int:
    """The row of the key that let the request in."""
    return cast("int", g.api_key_id)
