"""What fits a search, up to when it is told, and that what the database finds the rules find too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.portal.rules import ResultSearch
from bidding.portal.saved import SETTLED, Fresh, List, fits, read, tame, told_until, wanted
from bidding.portal.search import results
from bidding.tenders.rules import runs

EIGHT = datetime(2026, 11, 24, 0, tzinfo=UTC)  # 08:00 in Shanghai
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


def notice(text="城南片区排水管网改造", **asked):
    return Fresh(
        List.NOTICES, AT, "t", "", "/notices/x", text, {"family": "works", "method": "open-tender"} | asked
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("排水 管网", "排水 管网"),
        ("中奖了 http://evil.example/x?y=1", "中奖了 http evil example x y 1"),
        ("a@b.cn_c", "a b cn c"),
        ("——", None),
        ("长" * 50, "长" * 30),
    ],
)
def test_a_first_letter_carries_no_link_and_no_tale_of_whoever_asks(typed, said):
    search = tame(wanted(List.NOTICES, {"q": typed, "family": "works"}))
    assert (search.asked.get("q"), search.asked["family"]) == (said, "works")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("排水", True),
        ("管网 城南", True),
        ("水排", False),
        ("排水 医院", False),
        ("", True),
        ("——", False),
        ("南片", True),
    ],
)
def test_every_word_has_to_stand_in_it(words, found):
    assert fits(wanted(List.NOTICES, {"q": words}), notice()) == found


def test_kinds_have_to_be_the_same_and_the_list_too():
    assert fits(wanted(List.NOTICES, {"family": "works"}), notice())
    assert not fits(wanted(List.NOTICES, {"family": "works", "method": "invited-tender"}), notice())
    assert not fits(wanted(List.RESULTS, {}), notice())


def test_of_an_address_only_what_lasts_is_kept():
    kept = wanted(
        List.NOTICES,
        {"q": "  排水   管网 ", "family": "works", "method": "x", "phase": "open", "before": "7"},
    )
    assert kept.asked == {"q": "排水 管网", "family": "works"}
    assert kept.query == "family=works&q=%E6%8E%92%E6%B0%B4+%E7%AE%A1%E7%BD%91"
    assert read(List.NOTICES, kept.text) == kept
    assert wanted(List.RESULTS, {"region": "510500"}).asked == {"region": "510500"}
    assert wanted(List.RESULTS, {"region": "../etc"}).asked == {}


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (EIGHT, EIGHT - timedelta(days=1)),
        (EIGHT + SETTLED - timedelta(microseconds=1), EIGHT - timedelta(days=1)),
        (EIGHT + SETTLED, EIGHT),
        (EIGHT + timedelta(hours=23, minutes=59), EIGHT),
        (EIGHT + timedelta(days=1), EIGHT),
        (EIGHT + timedelta(days=1) + SETTLED, EIGHT + timedelta(days=1)),
    ],
)
def test_it_is_told_up_to_the_last_eight_oclock_once_that_is_settled(now, until):
    assert told_until(now) == until


@given(st.integers(0, 400 * 86_400_000), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_it_never_goes_back_and_never_ahead(milliseconds, later):
    now = AT + timedelta(milliseconds=milliseconds)
    assert now - timedelta(days=1) - SETTLED < told_until(now) <= now - SETTLED
    assert told_until(now) <= told_until(now + later)


@given(st.text("道路管网 a1-", max_size=6))
def test_the_rules_find_in_a_text_what_runs_make_of_it(words):
    fresh = notice(text="道路管网a1\n管道 1a")
    asked = runs(words)
    known = runs(fresh.text)
    expected = all(any(word in run for run in known) for word in asked) and (bool(asked) or not words.split())
    assert fits(wanted(List.NOTICES, {"q": words}), fresh) == expected


@pytest.mark.parametrize(
    "words", ["排水", "管网改造", "水", "岚岳", "水排", "t-2026", "t 2026 排水", "更新中心", "——"]
)
def test_the_list_and_the_letters_find_the_same(make, award, session_of, words):
    given = make()
    award(given)
    (row,) = results(session_of(), ResultSearch()).items
    text = "\n".join((given.title, given.code, given.owner, "标段1", row.winner_name))
    fresh = Fresh(List.RESULTS, AT, "t", "", "/", text, {})
    found = results(session_of(), ResultSearch(words)).items
    assert fits(wanted(List.RESULTS, {"q": words}), fresh) == bool(found)
