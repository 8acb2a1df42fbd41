from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bidding.committee import rules
from bidding.committee.rules import Here, Source


def one(name="甲", source=Source.DRAWN, arrived=True, gone=False):
    return Here(name, source, arrived, gone)


@pytest.mark.parametrize("unit", ["城管局", "设计院"])
def test_the_owners_representative_is_of_neither_the_agency_nor_the_supervisors(unit):
    kept = {"agency": {"代理公司"}, "owner": {"城管局"}, "supervisory": {"发改局"}}
    rules.check_owners(unit, **kept)
    with pytest.raises(rules.OfTheAgency):
        rules.check_owners("代理公司", **kept)
    with pytest.raises(rules.OfTheSupervisors):
        rules.check_owners("发改局", **kept)


def test_an_owner_that_is_its_own_agency_may_send_somebody():
    rules.check_owners("城管局", agency={"城管局"}, owner={"城管局"}, supervisory=set())


def test_who_may_chair():
    everybody = [one(), one("乙"), one("丙", Source.OWNER)]
    rules.check_chair(everybody[0], everybody, owner_may=False)
    rules.check_chair(everybody[2], everybody, owner_may=True)
    with pytest.raises(rules.MayNotChair):
        rules.check_chair(everybody[2], everybody, owner_may=False)
    with pytest.raises(rules.NotArrived):
        rules.check_chair(one(arrived=False), everybody, owner_may=False)
    with pytest.raises(rules.NotArrived):
        rules.check_chair(one(gone=True), everybody, owner_may=False)
    with pytest.raises(rules.Incomplete) as refused:
        rules.check_chair(everybody[0], [*everybody, one("丁", arrived=False)], owner_may=False)
    assert refused.value.params["missing"] == 1
    rules.check_chair(everybody[0], [*everybody, one("丁", arrived=False, gone=True)], owner_may=False)


def test_those_who_have_gone_sit_no_more():
    everybody = [one(), one(gone=True), one(source=Source.OWNER), one(source=Source.DIRECT, arrived=False)]
    assert rules.standing(everybody) == (3, 2)


def test_a_record_answers_every_question_in_order():
    given = {code: True for code, _ in reversed(rules.QUESTIONS)}
    assert list(rules.in_order(given)) == [code for code, _ in rules.QUESTIONS]
    del given["law"]
    with pytest.raises(KeyError):
        rules.in_order(given)


BEGUN = datetime(2026, 12, 1, 1, tzinfo=UTC)
NOW = BEGUN + timedelta(hours=4)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("ended", "holds"),
    [(BEGUN - TICK, False), (BEGUN, True), (NOW, True), (NOW + TICK, False)],
)
def test_an_evaluation_ends_between_its_beginning_and_now(ended, holds):
    if holds:
        rules.check_end(ended, BEGUN, NOW, came=True)
    else:
        with pytest.raises(rules.BadEnd):
            rules.check_end(ended, BEGUN, NOW, came=True)
    with pytest.raises(rules.NobodyCame):
        rules.check_end(ended, BEGUN, NOW, came=False)
