"""Every message has words in both languages, and what a letter shows outside tells nobody who bids."""

import re
from datetime import UTC, datetime

import pytest

from bidding.i18n.catalog import say_in
from bidding.messages.kinds import BY_SMS, GROUP_WORDS, WORDS, Group, Kind, render

HAN = re.compile(r"[\u4e00-\u9fff]")
AT = datetime(2026, 12, 15, 6, 30, 1, tzinfo=UTC).isoformat()


def params(kind):
    """Something for every place of a kind's words."""
    words = WORDS[kind]
    names = re.findall(r"%\((\w+)\)", words.title + words.text) + ["title"] * words.of_a_tender
    return {name: AT if name.endswith("_at") else f"<{name}>" for name in names}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_in_both_languages(kind):
    chinese, english = render(kind, params(kind), say_in("zh-Hans")), render(kind, params(kind), say_in("en"))
    assert HAN.search(chinese.title + chinese.text)
    assert not HAN.search(english.title + english.text + english.outside)
    assert "%(" not in chinese.text + english.text


def test_every_kind_and_every_group_is_in_the_tables():
    assert set(WORDS) == set(Kind)
    assert set(GROUP_WORDS) == set(Group)
    assert set(Group) > BY_SMS


def test_an_instant_is_told_in_shanghai_to_the_second():
    told = render(Kind.DEADLINE_NEAR, params(Kind.DEADLINE_NEAR), say_in("zh-Hans"))
    assert "2026-12-15 14:30:01" in told.text


def test_the_words_of_the_legal_family_are_translated_too():
    given = params(Kind.BID_ACCEPTED) | {"bid": "比选申请文件"}
    assert "比选申请文件" in render(Kind.BID_ACCEPTED, given, say_in("zh-Hans")).text
    assert "Application documents" in render(Kind.BID_ACCEPTED, given, say_in("en")).text


def test_on_the_outside_a_receipt_looks_like_any_news_of_the_tender():
    same = {"title": "管网改造"}
    outsides = {
        render(kind, params(kind) | same, say_in("zh-Hans")).outside
        for kind, words in WORDS.items()
        if words.group in (Group.BIDS, Group.PROGRESS)
    }
    assert outsides == {"关于“管网改造”的新消息"}


def test_what_calls_for_a_person_is_nothing_about_ones_own_bid():
    calling = {kind for kind, words in WORDS.items() if words.calls_for_a_person}
    assert calling
    assert not {kind for kind in calling if WORDS[kind].group is Group.BIDS}
