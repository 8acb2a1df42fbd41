"""Who may reach a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import abort
from flask_login import current_user

from bidding.core.actor import NOBODY, Actor

P = ParamSpec("P")
R = TypeVar("R")

#: How long a repeated password counts as fresh for acts that bind (reliability.md: step-up ≤ 5 min).
STEP_UP_LASTS = timedelta(minutes=5)


def current_actor() -> Actor:
    """The signed-in person as the rules see them, or nobody."""
    return cast("Actor", current_user.actor) if current_user.is_authenticated else NOBODY


def requires(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let the view run only for actors that hold the permission."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                abort(401)
            if not current_actor().may(permission):
                abort(403)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Say that anybody may see the page; the architecture test wants it said."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Let any signed-in person in, whatever their roles."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            abort(401)
        return view(*args, **kwargs)

    guarded.permission = "signed-in"  # type: ignore[attr-defined]
    return guarded
