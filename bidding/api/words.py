"""What the argument checker says, in our words and the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext

from bidding.core.errors import N_

#: The checker's own sentences and ours. What is not here is shown as its author wrote it.
_WORDS = tuple(
    (re.compile(pattern), ours)
    for pattern, ours in (
        (r"Missing data for required field\.", N_("缺这一项。请填写。")),
        (r"Field may not be null\.", N_("不能是 null。没有的请不写这一项。")),
        (r"Unknown field\.", N_("没有这一项。请对照接口说明核对名称。")),
        (r"Not a valid (?:string|text)\.", N_("应是文字。")),
        (r"Not a valid integer\.", N_("应是整数。")),
        (r"Not a valid boolean\.", N_("应是 true 或 false。")),
        (
            r"Not a valid (?:aware )?datetime\.",
            N_("应是带时区的时间，例如 2026-12-15T14:30:00+08:00。"),
        ),
        (r"Not a valid date\.", N_("应是日期，例如 2026-12-15。")),
        (r"Not a valid list\.", N_("应是列表。")),
        (r"Invalid input type\.", N_("应是对象。")),
        (r"Must be one of: (?P<choices>.*)\.", N_("应是其中之一：%(choices)s。")),
        (
            r"Must be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+)\.",
            N_("应在 %(least)s 到 %(most)s 之间。"),
        ),
        (r"Must be greater than or equal to (?P<least>\S+)\.", N_("不能小于 %(least)s。")),
        (r"Longer than maximum length (?P<most>\d+)\.", N_("最长 %(most)s。")),
        (r"Shorter than minimum length (?P<least>\d+)\.", N_("最短 %(least)s。")),
        (
            r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.",
            N_("长度应在 %(least)s 到 %(most)s 之间。"),
        ),
        (r"String does not match expected pattern\.", N_("格式不对。请对照接口说明。")),
    )
)


def said(sentence: str) -> str:
    """One of its sentences in the reader's language."""
    for pattern, ours in _WORDS:
        if found := pattern.fullmatch(sentence):
            text: str = gettext(ours)
            return text % found.groupdict() if found.groupdict() else text
    return sentence


def faults(messages: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Every fault by itself: a ``pointer`` (RFC 6901) into the body, or the ``parameter`` it is of, and ``detail``."""
    for location, found in messages.items():
        for path, sentence in _leaves(found, ()):
            if location == "json":
                yield {"pointer": pointer(*path), "detail": said(sentence)}
            else:
                yield {"parameter": ".".join(path) or location, "detail": said(sentence)}


def pointer(*path: str) -> str:
    """A JSON pointer."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def _leaves(found: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(found, Mapping):
        for name, inner in found.items():
            yield from _leaves(inner, path if name == "_schema" else (*path, str(name)))
    elif isinstance(found, (list, tuple)):
        for inner in found:
            yield from _leaves(inner, path)
    else:
        yield path, str(found)
