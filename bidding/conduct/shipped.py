"""The first version of each rule, which comes with the product as a file and never changes."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from bidding.conduct.rules import Rule, Text
from bidding.core.canonical import dumps, sha

_TEXTS = Path(__file__).parent / "texts"


@cache
def shipped(rule: Rule) -> Text:
    """Version 1 of a rule."""
    body = json.loads((_TEXTS / f"{rule.value}.json").read_text("utf-8"))
    zh, en = tuple(body["zh"]), tuple(body["en"])
    valid_from = date.fromisoformat(body["valid_from"])
    return Text(rule, 1, zh, en, valid_from, digest(written(rule, 1, zh, en, valid_from)))


def written(rule: Rule, n: int, zh: tuple[str, ...], en: tuple[str, ...], valid_from: date) -> dict[str, Any]:
    """A version as data: what is hashed, into the centre's log and beside each acceptance."""
    return {
        "v": 1,
        "type": "conduct-text",
        "rule": rule.value,
        "n": n,
        "zh": list(zh),
        "en": list(en),
        "valid_from": valid_from.isoformat(),
    }


def digest(text: dict[str, Any]) -> str:
    """The SHA-256 of a version's JCS text, in hex."""
    return sha(dumps(text)).hex()
