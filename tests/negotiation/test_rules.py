"""What has to be right about a round, on its boundaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bidding.negotiation import rules

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)


def check(findings, *, few=2, ground=""):
    named = ["a", "b", "c"]
    rules.check_findings(named, findings, least=3, by="财政部令第74号第27条", few=few, ground=ground)


def test_three_are_invited_or_two_on_a_ground_that_the_law_knows():
    check(dict.fromkeys("abc", ""))
    two = {"a": "", "b": "", "c": "没有实质性响应"}
    for more in ({}, {"ground": "财政批准", "few": None}):
        with pytest.raises(rules.TooFew):
            check(two, **more)
    check(two, ground="财政批准")
    with pytest.raises(rules.TooFew):
        check({**two, "b": "没有实质性响应"}, ground="财政批准")


@pytest.mark.parametrize("findings", [{}, {"a": "", "b": ""}, {"a": "", "b": "", "c": "", "d": ""}])
def test_the_check_names_everybody_and_nobody_else(findings):
    with pytest.raises(rules.FindingsMissing):
        check(findings)


def test_a_reason_has_an_end():
    most = "因" * rules.MOST_REASON
    with pytest.raises(rules.TooFew):
        check({"a": "", "b": "", "c": most})
    with pytest.raises(rules.ReasonMissing):
        check({"a": "", "b": "", "c": most + "由"})
    with pytest.raises(rules.GroundMissing):
        check(dict.fromkeys("abc", ""), ground=most + "由")


def test_a_round_lasts_as_long_as_the_centre_says_and_no_shorter():
    earliest = NOW + timedelta(minutes=30)
    rules.check_deadline(NOW, earliest, minutes=30, by="本中心设定")
    with pytest.raises(rules.TooSoon) as refused:
        rules.check_deadline(NOW, earliest - timedelta(seconds=1), minutes=30, by="本中心设定")
    assert (refused.value.field, refused.value.params["earliest"]) == ("closes_at", earliest)
