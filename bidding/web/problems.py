"""Refusals as programs read them: problem details (RFC 9457), in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, json, request

from bidding.core.errors import N_

#: Everything below is for programs, whatever they accept; the pages that tell of it are not.
PREFIX = "/api/v"
#: Where a person reads what a status means and what to do; ``#problem-404`` and the like.
MEANINGS = "/api"
MIMETYPE = "application/problem+json"
#: What pages say of signing in and of buttons, in words for programs: the heading, what happened, what to do next.
WORDS = {
    400: (
        N_("这次请求没有看懂"),
        N_("请求不完整，什么也没有办理。"),
        N_("请对照接口说明核对请求后再发。"),
    ),
    401: (
        N_("没有可用的密钥"),
        N_("这个地址要用密钥，网页登录在这里不算。"),
        N_("请在 Authorization 头里带上有效的密钥。"),
    ),
    403: (
        N_("密钥不能办这件事"),
        N_("密钥有效，但它的范围里没有这件事。"),
        N_("请换一个范围合适的密钥。"),
    ),
    404: (
        N_("没有找到"),
        N_("这个地址没有内容，或者不对您开放。"),
        N_("请对照接口说明核对地址。"),
    ),
    405: (
        N_("不用这个方法"),
        N_("这个地址不用这个方法。"),
        N_("可以用的方法在 Allow 头里。"),
    ),
    409: (
        N_("已经有人先办了"),
        N_("同一事项已被改动，或者它现在的状态不允许；这一次没有生效。"),
        N_("请重新取一次现在的内容，再决定要不要发。"),
    ),
    413: (
        N_("内容太大"),
        N_("发来的内容超过了这里的上限，没有收下。"),
        N_("上限见接口说明；请压缩或拆分后再发。"),
    ),
    415: (
        N_("格式不对"),
        N_("不收这种格式的正文。"),
        N_("请按接口说明写 Content-Type。"),
    ),
    422: (
        N_("内容不能收下"),
        N_("有几处不合规则；errors 里逐处指出，什么也没有写入。"),
        N_("请改正后再发。"),
    ),
}


def wanted() -> bool:
    """Whether whoever asked is a program of the interface: known by the address, so that wrong ones are told alike."""
    return request.path.startswith(PREFIX)


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    onward: str | None,
    reference: str,
    field: str | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
) -> Response:
    """The document. ``detail`` names the limit and, where ``onward`` is None, the next step; ``field`` what is at fault.

    ``errors`` are the single faults where there are several: ``pointer`` (RFC 6901) or ``parameter``, and ``detail``.
    """
    told: dict[str, Any] = {
        "type": f"{MEANINGS}#problem-{status}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": f"{quote(request.path)}#{reference}",
        "code": code,
        "reference": reference,
    }
    told |= {name: value for name, value in (("next", onward), ("field", field)) if value}
    if errors:
        told["errors"] = list(errors)
    answer = current_app.response_class(json.dumps(told), mimetype=MIMETYPE)
    answer.vary.add("Accept-Language")
    return answer
