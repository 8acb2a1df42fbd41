"""What every address of the interface has in common: arguments that are checked, limits, headers, and who is let in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, cast

import flask
from flask import Request, Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from bidding.api import words
from bidding.api.bearer import by_key, key_in_use
from bidding.api.limits import Standing, TooManyRequests, Windows
from bidding.api.rules import BadArguments, BadJson, Scope
from bidding.identity.browser import address
from bidding.web import problems
from bidding.web.auth import public
from bidding.web.context import now

F = TypeVar("F", bound=Callable[..., Any])

PREFIX = f"{problems.PREFIX}1"
#: What another site's page may read of an answer, beside its body.
_FILE = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
_EXPOSED = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After"


class Parser(FlaskParser):
    """Arguments by their schemas; what a schema does not know is refused, for a filter misspelt would filter nothing."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"query": RAISE, "json": RAISE, "headers": EXCLUDE}

    def handle_error(self, error: ValidationError, *_: object, **__: object) -> NoReturn:
        """Say what is wrong with which argument."""
        raise BadArguments(list(words.faults(error.messages_dict)))

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body; one that is nested too deep, or has a number of thousands of digits, is none."""
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError) as error:
            raise BadJson from error

    def _handle_invalid_json_error(self, *_: object, **__: object) -> NoReturn:
        raise BadJson


class Interface(Blueprint):  # type: ignore[misc]
    """The blueprint: what is an ``operation`` is for programs and stands in the document, its ``page`` for persons."""

    ARGUMENTS_PARSER = Parser()

    def operation(
        self,
        rule: str,
        answer: type[Schema] | None,
        summary: str,
        *,
        scope: Scope | None = None,
        method: str = "GET",
        status: int = 200,
        again: bool = False,
        query: type[Schema] | None = None,
        headers: type[Schema] | None = None,
        body: type[Schema] | None = None,
        takes_file: bool = False,
    ) -> Callable[[F], F]:
        """Register what a program may do below the prefix, and tell the document of it.

        Everybody's without a ``scope``; with one whoever has no key is told so before anything else is looked at.
        The view is given what ``headers``, ``query`` and ``body`` ask for, in this order, and answers with ``answer`` and
        ``status``; ``again``: with 200 where it was done before. With ``takes_file`` the body is a file.
        """
        doc = {"requestBody": _FILE} if takes_file else {}

        def decorate(view: F) -> F:
            told: Any = self.doc(summary=summary, **doc)(view)
            told = self.response(status, answer)(told)
            if again:
                told = self.alt_response(200, schema=answer, success=True, description="Done before")(told)
            for schema, location in ((body, "json"), (query, "query"), (headers, "headers")):
                if schema is not None:
                    told = self.arguments(schema, location=location)(told)
            told = public(told) if scope is None else by_key(scope)(told)
            self.add_url_rule(f"{PREFIX}{rule}", view.__name__, told, methods=[method])
            return cast("F", told)

        return decorate

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


def _take_turn() -> None:
    """Count the request. Who has no good key is a stranger like any other."""
    if not problems.wanted() or request.method == "OPTIONS":
        return
    g.api_standing = standing = _standing()
    if standing.refused:
        raise TooManyRequests(limit=standing.limit, wait=standing.resets_in)


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


bp.before_request(_take_turn)
bp.after_request(_headers)
