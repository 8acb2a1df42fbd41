"""The OpenAPI document, made of the routes when it is first asked for, and the page on which people read the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from flask import Flask, Response, current_app, json, render_template
from flask_babel import gettext
from flask_smorest import Api

from bidding.api import intake
from bidding.api.routes.blueprint import PREFIX, bp
from bidding.api.schemas.common import Problem
from bidding.core.errors import N_
from bidding.i18n.catalog import language
from bidding.web import problems
from bidding.web.auth import public
from bidding.web.errors import WORDS
from bidding.web.problems import MIMETYPE

VERSION = "1"
_TITLE = N_("招投标交易中心公开接口")
_ABOUT = N_(
    "公告、结果、节资和日志，谁都可以读；代理机构的系统可以用密钥送草稿、取结果。金额单位是分，时间是 RFC 3339。"
)
#: What people read is translated; everything else of the document is for programs.
_SAID = frozenset({"title", "summary", "description"})
#: The security scheme of operations with a key.
_KEY = "key"
#: The response that every refusal is.
_REFUSED = "Refused"
#: The statuses that the page explains; each has an anchor that problem documents point to.
_TOLD = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)


class _Document(Api):  # type: ignore[misc]
    """Only the document of it: refusals are told by ``web.errors``, the document is served below."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """It would answer for every page of the app, and drop ``Allow``."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            told: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                told["content"] = {MIMETYPE: {"schema": Problem}}
            self.spec.components.response(status.name, told, lazy=True)
        told = {"description": "Refused", "content": {MIMETYPE: {"schema": Problem}}}
        self.spec.components.response(_REFUSED, told)


def built(app: Flask) -> dict[str, Any]:
    """The document of the app's routes, in the words of the source; made once."""
    if "api_document" not in app.extensions:
        api = _Document()
        about = {
            "title": _TITLE,
            "version": VERSION,
            "openapi_version": "3.1.0",
            "info": {"description": _ABOUT},
        }
        api.init_app(app, spec_kwargs=about)
        api.spec.components.security_scheme(_KEY, {"type": "http", "scheme": "bearer"})
        bp.register_views_in_doc(api, app, api.spec, name=bp.name, parameters=None)
        document = api.spec.to_dict()
        for rule, method, operation in _operations(document):
            _complete(operation, f"{method.upper()} {rule}")
        app.extensions["api_document"] = document
    return cast("dict[str, Any]", app.extensions["api_document"])


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of all of them."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield path, method, operation


def _complete(operation: dict[str, Any], called: str) -> None:
    """What every operation may answer besides, so that nobody has to guess."""
    operation.pop("tags", None)
    responses = operation["responses"]
    may = {429}
    if "{" in called:
        may |= {404, 400}
    if f"{PREFIX}/projects" in called:
        operation["security"] = [{_KEY: []}]
        may |= {401, 403}
    if not called.startswith("GET"):
        may |= {400, 409, 422}
    if "requestBody" in operation:
        may |= {413, 415}
    refused = {"$ref": f"#/components/responses/{_REFUSED}"}
    for status in may:
        responses[str(status)] = refused
    responses["default"] = refused


@bp.page(f"{PREFIX}/openapi.json")
@public
def openapi() -> Response:
    """The document, its words in the reader's language."""
    tongue = language()
    held: dict[str, str] = current_app.extensions.setdefault("api_documents", {})
    if tongue not in held:
        held[tongue] = json.dumps(_translated(built(current_app)))
    answer = current_app.response_class(held[tongue], mimetype="application/json")
    answer.vary.add("Accept-Language")
    answer.vary.add("Cookie")  # where a choice of language is kept
    return answer


def _translated(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            name: gettext(inner) if name in _SAID and isinstance(inner, str) and inner else _translated(inner)
            for name, inner in node.items()
        }
    return [_translated(inner) for inner in node] if isinstance(node, list) else node


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as the page shows it."""

    method: str
    path: str
    summary: str
    parameters: Sequence[Mapping[str, Any]]
    has_key: bool
    body: str


@bp.page("/api")
@public
def index() -> str:
    """What the interface offers, for people."""
    document = _translated(built(current_app))
    found = [
        Operation(
            method.upper(),
            path,
            operation.get("summary", ""),
            [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])],
            "security" in operation,
            next(iter(operation.get("requestBody", {}).get("content", {})), ""),
        )
        for path, method, operation in _operations(document)
    ]
    config = current_app.config
    return render_template(
        "api/index.html",
        public=[each for each in found if not each.has_key],
        keyed=[each for each in found if each.has_key],
        meanings=[(status, *(WORDS | problems.WORDS)[status]) for status in _TOLD],
        a_minute=(config["API_PUBLIC_A_MINUTE"], config["API_KEY_A_MINUTE"]),
        kinds=intake.KIND_CODES,
    )
