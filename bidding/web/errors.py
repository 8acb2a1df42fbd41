"""Refusals and faults, said in one place: as a page with a way on, or as JSON."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError
from bidding.web import problems
from bidding.web.context import world

log = logging.getLogger(__name__)

_TAME = re.compile(r"[^\x00-\x20\x7f\\]*")
#: How SQLite and PostgreSQL say that the disk takes no more.
_FULL = ("disk is full", "No space left on device")
#: Classes of SQLSTATE that pass: the connection, a lost race, resources, a lock, an operator who stops or starts it.
_PASSING = ("08", "40", "53", "55", "57")
_KEPT_HEADERS = frozenset({"Allow", "Retry-After", "Content-Range"})

#: Per status: the heading, what happened, what to do next.
WORDS = {
    400: (
        N_("这次请求没有看懂"),
        N_("页面发来的内容不完整，没有办理任何事项。"),
        N_("请返回上一页，刷新后再试。"),
    ),
    401: (N_("请先登录"), N_("这一页要登录后才能看。"), N_("请登录后再打开。")),
    403: (
        N_("您的角色不能办理这一事项"),
        N_("您已登录，但这一事项由别的角色办理。"),
        N_("哪个角色能办什么，见“角色与权限”一页。确需办理的，请与中心管理员联系。"),
    ),
    404: (
        N_("没有找到"),
        N_("这个地址没有内容，或者不对您开放。"),
        N_("请核对地址，或从首页重新进入。"),
    ),
    405: (
        N_("不能这样打开"),
        N_("这个地址要从页面上的按钮进入，不能直接打开。"),
        N_("请返回上一页，用页面上的按钮。"),
    ),
    409: (
        N_("已经有人先办了"),
        N_("您打开页面以后，另一个人改动了同一事项；您的这一次没有生效。"),
        N_("请刷新页面，看过现在的情况再办。"),
    ),
    413: (
        N_("文件太大"),
        N_("发来的内容超过了这里的上限，没有收下。"),
        N_("请看页面上写明的上限，压缩或拆分后再传。"),
    ),
    422: (N_("填写有误"), N_("填写的内容不能收下。"), N_("请返回上一页改正。")),
    429: (N_("请稍后再试"), N_("短时间内尝试次数太多。"), N_("请等几分钟再试。")),
    500: (
        N_("系统出了故障"),
        N_("这是我们的问题，不是您的操作有误。已经办成的事项不受影响，这一次没有生效。"),
        N_("请稍后再试；仍然不行的，请把下面的编号告诉服务热线。"),
    ),
    503: (
        N_("系统正忙"),
        N_("这一次没有生效，已经办成的事项不受影响。"),
        N_("请过一分钟再试。"),
    ),
    507: (
        N_("存储空间不足"),
        N_("服务器的存储空间不足，文件没有收下；已收下的文件不受影响。"),
        N_("请稍后再试，或到网络服务室办理。"),
    ),
}

CSRF_TEXT = N_("这一页打开得太久，或者您在另一个窗口重新登录过，所以没有收下。请返回上一页，刷新后再试。")


def init_app(app: Flask) -> None:
    """Register every handler."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _lost_race)
    app.register_error_handler(IntegrityError, _lost_race)
    app.register_error_handler(OperationalError, _busy)


def told(error: DomainError) -> str:
    """The refusal in the reader's language. Instants become Shanghai time; texts are looked up as well, several one by one."""
    params = {name: _shown(value) for name, value in error.params.items()}
    text: str = gettext(error.text)
    return text % params if params else text


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, DomainError):
        return told(value)
    if isinstance(value, str) and value:
        return gettext(value)
    if isinstance(value, tuple):
        return gettext("、").join(str(_shown(each)) for each in value)
    return value


def reference() -> str:
    """The number of this attempt, on the page and in the log; the same however often it is asked."""
    if "reference" not in g:
        g.reference = new_uid(world().entropy, 10)
    return cast("str", g.reference)


F = TypeVar("F", bound=Callable[..., Any])


def for_programs(view: F) -> F:
    """Say that no person looks at what the view answers: refusals are JSON whatever the client accepts."""
    view.for_programs = True  # type: ignore[attr-defined]
    return view


def prefers_json() -> bool:
    """Whether the client would rather have JSON than a page."""
    if getattr(current_app.view_functions.get(request.endpoint or ""), "for_programs", False):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def safe_path(target: str | None) -> str | None:
    """``target`` if it is a path of this site, else None: a sign-in link must not lead to another site.

    Browsers read a backslash as a slash and drop control characters, so both are refused anywhere.
    """
    if not target or not target.startswith("/") or len(target) > 1000:
        return None
    if target.startswith("//") or not _TAME.fullmatch(target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def loggable(text: str, limit: int = 200) -> str:
    """Text from outside, made safe for a line of a log: no line breaks, no bidi tricks, not endless."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text[:limit])


def _refused(error: DomainError) -> ResponseReturnValue:
    return answer(error.status, error.code, told(error), refusal=error)


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return answer(400, "web.csrf", gettext(CSRF_TEXT))


def _lost_race(error: StaleDataError | IntegrityError) -> ResponseReturnValue:
    if isinstance(
        error, IntegrityError
    ):  # a rule only the database caught: the loser of a race, or a fault of ours
        log.warning("constraint: %s", loggable(str(error.orig)), exc_info=error)
    return answer(409, "web.conflict")


def _busy(error: OperationalError) -> ResponseReturnValue:
    if any(words in str(error.orig) for words in _FULL):
        log.error("database: %s", loggable(str(error.orig)))
        return answer(507, "storage.full")
    if not _passes(error):
        raise error  # not a busy database but a wrong statement: a fault of ours
    log.error("database: %s", loggable(str(error.orig)))
    g.database_away = True
    return answer(503, "web.busy", headers={"Retry-After": "60"})


def _passes(error: OperationalError) -> bool:
    """Whether the same may succeed later: the database is held, stops, starts, or cannot be reached.

    PostgreSQL says which by the first two signs of its SQLSTATE; a connection that failed has none.
    """
    state = getattr(error.orig, "sqlstate", "")
    lost = error.connection_invalidated or state is None or state[:2] in _PASSING
    return lost or "locked" in str(error.orig)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.response is not None or error.code < 400:
        return error  # a redirect, or an answer somebody already made
    if error.code == 401 and request.method == "GET" and not prefers_json():
        return _to_sign_in()
    if error.code >= 500:
        log.error("fault %s", reference(), exc_info=getattr(error, "original_exception", None))
    kept = {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}
    return answer(error.code, f"http.{error.code}", headers=kept)


def _to_sign_in() -> ResponseReturnValue:
    here = safe_path(request.full_path.rstrip("?"))
    return redirect(url_for(current_app.config["SIGN_IN_ENDPOINT"], next=here))


def answer(
    status: int,
    code: str,
    text: str | None = None,
    *,
    headers: dict[str, str] | None = None,
    refusal: DomainError | None = None,
) -> Response:
    """The page or JSON for a refusal; ``text`` replaces what the status alone would say.

    A program of the interface is told more of ``refusal``: its field, and the single faults it may have as ``errors``.
    """
    title, happened, onward = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    log.info("%s %s %s %s", reference(), status, code, request.endpoint)
    body = text or gettext(happened)
    if problems.wanted():
        title, happened, onward = problems.WORDS.get(status, (title, happened, onward))
        response = problems.problem(
            status,
            code,
            gettext(title),
            text or gettext(happened),
            onward=None if text else gettext(onward),
            reference=reference(),
            field=refusal.field if refusal else None,
            errors=getattr(refusal, "errors", ()),
        )
    elif prefers_json():
        response = jsonify(
            code=code, status=status, text=body, next=None if text else gettext(onward), reference=reference()
        )
    else:
        response = make_response(_page(status, code, gettext(title), body, None if text else gettext(onward)))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.headers.extend(headers or {})
    return response


def _page(status: int, code: str, title: str, text: str, onward: str | None) -> str:
    """The page; a refusal's own words already end with the next step, so ``onward`` is only for the others."""
    try:
        return render_template(
            "errors/refused.html",
            status=status,
            code=code,
            title=title,
            text=text,
            onward=onward,
            reference=reference(),
            back=_back(),
        )
    except Exception:
        if status < 500:
            raise
        log.exception("fault %s: not even its page could be drawn", reference())
        return f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{text} {onward or ''}</p><p>{reference()}</p>"


def _back() -> str:
    """The page the reader came from if it is one of ours, else the start page."""
    came = urlsplit(request.referrer or "")
    if came.netloc == request.host:
        return safe_path(came.path + (f"?{came.query}" if came.query else "")) or "/"
    return "/"
