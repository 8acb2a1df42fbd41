from __future__ import annotations

import pytest
from marshmallow import ValidationError

from bidding.api import words
from bidding.api.schemas.own import DraftSent
from bidding.api.schemas.public import NoticesAsked
from tests.conftest import MONDAY  # noqa: F401 — the suite's clock


def told(app, schema, given, location, language="zh-Hans"):
    with app.test_request_context(headers={"Accept-Language": language}):
        try:
            schema().load(given)
        except ValidationError as error:
            return {
                each.get("pointer", each.get("parameter")): each["detail"]
                for each in words.faults({location: error.messages_dict})
            }
    return {}


def test_every_fault_of_a_body_is_told_at_its_place(app):
    found = told(
        app,
        DraftSent,
        {
            "kind": "works.lottery.construction",
            "titel": "x",
            "owner_name": None,
            "lots": [{"name": "x" * 201, "budget_fen": -1}, {"name": "y", "budget_fen": "1"}],
            "closes_at": "2026-12-15T14:30:00",
            "consortium": "yes",
        },
        "json",
    )
    assert found.pop("/kind").startswith("应是其中之一：works.open-tender.construction")
    assert found == {
        "/title": "缺这一项。请填写。",
        "/titel": "没有这一项。请对照接口说明核对名称。",
        "/owner_name": "不能是 null。没有的请不写这一项。",
        "/lots/0/name": "最长 200。",
        "/lots/0/budget_fen": "应在 0 到 9007199254740991 之间。",
        "/lots/1/budget_fen": "应是整数。",
        "/closes_at": "应是带时区的时间，例如 2026-12-15T14:30:00+08:00。",
        "/consortium": "应是 true 或 false。",
    }


@pytest.mark.parametrize(
    ("language", "words"), [("zh-Hans", "应在 1 到 100 之间。"), ("en", "Must be between 1 and 100.")]
)
def test_a_query_is_told_by_its_parameter_in_the_readers_language(app, language, words):
    assert told(app, NoticesAsked, {"limit": "101"}, "query", language) == {"limit": words}


@pytest.mark.parametrize("text", ["a\0b", "half \ud800 sign"])
def test_text_that_no_database_holds_is_refused_at_its_place(app, text):
    found = told(
        app, DraftSent, {"kind": "local.comparison.construction", "owner_name": "x", "title": text}, "json"
    )
    assert found == {"/title": "应是文字。"}


def test_a_pointer_escapes_what_it_is_made_of():
    assert words.pointer("a/b", "c~d", "0") == "/a~1b/c~0d/0"
