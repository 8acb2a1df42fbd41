"""What every address of the interface has in common: arguments that are checked, limits, headers, and who is let in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

import flask
from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import RAISE, ValidationError
from webargs.flaskparser import FlaskParser

from bidding.api import words
from bidding.api.bearer import key_in_use
from bidding.api.limits import Standing, TooManyRequests, Windows
from bidding.api.rules import BadArguments, BadJson
from bidding.identity.browser import address
from bidding.web import problems
from bidding.web.context import now

F = TypeVar("F", bound=Callable[..., Any])

PREFIX = f"{problems.PREFIX}1"
#: What another site's page may read of an answer, beside its body.
_EXPOSED = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After"


class Parser(FlaskParser):  # type: ignore[misc]
    """Arguments by their schemas; what a schema does not know is refused, for a filter misspelt would filter nothing."""

    DEFAULT_UNKNOWN_BY_LOCATION: Mapping[str, str | None] = {"query": RAISE, "json": RAISE, "headers": None}

    def handle_error(self, error: ValidationError, *_: object, **__: object) -> NoReturn:
        """Say what is wrong with which argument."""
        raise BadArguments(list(words.faults(error.messages)))

    def _handle_invalid_json_error(self, *_: object, **__: object) -> NoReturn:
        raise BadJson


class Interface(Blueprint):  # type: ignore[misc]
    """The blueprint: its ``route`` is for programs and stands in the document, its ``page`` for persons."""

    ARGUMENTS_PARSER = Parser()

    def page(self, rule: str, **options: Any) -> Callable[[F], F]:
        """Register a page, which no document tells of."""

        def decorate(view: F) -> F:
            flask.Blueprint.add_url_rule(self, rule, view.__name__, view, **options)
            return view

        return decorate


bp = Interface("api", __name__)


def _standing() -> Standing:
    windows: Windows = current_app.extensions.setdefault("api_windows", Windows())
    held = key_in_use()
    if held is not None:
        limit = current_app.config["API_KEY_A_MINUTE"]
        return windows.take("key", f"key {held.id}", limit, now())
    caller = f"address {address(request.remote_addr)}"
    return windows.take("public", caller, current_app.config["API_PUBLIC_A_MINUTE"], now())


@bp.before_request
def _take_turn() -> None:
    """Count the request. Who has no good key is a stranger like any other."""
    if not problems.wanted() or request.method == "OPTIONS":
        return
    g.api_standing = standing = _standing()
    if standing.refused:
        raise TooManyRequests(limit=standing.limit, wait=standing.resets_in)


@bp.after_request
def _headers(answer: Response) -> Response:
    """Limits, what other sites may read, what may be kept, and 304 for whoever has it already."""
    if not problems.wanted():
        return answer
    standing: Standing | None = g.get("api_standing")
    if standing is not None and standing.limit:
        answer.headers.extend(standing.headers)
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    is_public = getattr(current_app.view_functions[request.endpoint or ""], "permission", "") is None
    if is_public:
        _open(answer)
    if answer.status_code == 200 and request.method in ("GET", "HEAD"):
        answer.headers.setdefault("Cache-Control", "no-cache" if is_public else "private, no-cache")
        if "ETag" not in answer.headers:
            answer.add_etag()
        answer.make_conditional(request)
    return answer


def _open(answer: Response) -> None:
    """Let pages of other sites read what is everybody's; no cookie is sent along, and none would change it."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = _EXPOSED
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        answer.headers["Access-Control-Allow-Headers"] = "Accept-Language, If-None-Match"
        answer.headers["Access-Control-Max-Age"] = "86400"
