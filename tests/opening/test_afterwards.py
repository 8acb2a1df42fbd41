from __future__ import annotations

from dataclasses import replace

import pytest

from bidding.core.canonical import Malformed
from bidding.opening.afterwards import KEY, LOT, OPENED, Afterwards, Facts, key_digest

BID, OTHER = "aa" * 16, "bb" * 16
FACTS = Facts(
    unopened={(BID, "offer"): 1},
    attached={(BID, "files")},
    first=1,
    read={OTHER},
    waiting=frozenset(),
    lots={BID: "1", OTHER: "1"},
    least=3,
    opened=True,
    on_hold=False,
)
POSTED = {"bid": BID, "envelope": "offer", "sha256": "cd" * 32}
LATE = {
    "stage": 1,
    "bid": BID,
    "envelope": "offer",
    "by": "key",
    "sha256": "ef" * 32,
    "verdict": None,
    "evidence": None,
}
DECIDED = {"lot": "1", "decision": "failed", "readable": 1, "law": "招标投标法", "article": "42"}


def facts(**changes):
    return replace(FACTS, **changes)


def taken(*notes, facts=FACTS):
    after = Afterwards()
    for index, (kind, data) in enumerate(notes):
        after.take(index, kind, data, facts)
    return after


def test_a_posted_key_opens_a_sheet_that_counts_as_readable():
    after = taken((KEY, POSTED), (OPENED, LATE), (LOT, DECIDED | {"readable": 2}))
    assert after.late[(BID, "offer")].sha256 == "ef" * 32
    assert after.decided == {"1": "failed"}


@pytest.mark.parametrize(
    "notes",
    [
        [("after-tea", {})],
        [(KEY, POSTED), (KEY, POSTED)],
        [(KEY, POSTED | {"bid": OTHER})],
        [(KEY, POSTED | {"envelope": "price"})],
        [(KEY, POSTED | {"more": 1})],
        [(OPENED, LATE)],
        [(KEY, POSTED), (OPENED, LATE), (OPENED, LATE)],
        [(KEY, POSTED), (OPENED, LATE | {"stage": 2})],
        [(KEY, POSTED), (OPENED, LATE | {"by": "grace"})],
        [(KEY, POSTED), (OPENED, LATE | {"verdict": "tenderer"})],
        [(KEY, POSTED), (OPENED, LATE | {"sha256": None, "verdict": "trustees"})],
        [(LOT, DECIDED | {"readable": 2})],
        [(LOT, DECIDED | {"decision": "perhaps"})],
        [(LOT, DECIDED | {"lot": "2"})],
        [(LOT, DECIDED), (LOT, DECIDED)],
        [(LOT, DECIDED), (KEY, POSTED)],
    ],
    ids=lambda notes: "+".join(kind for kind, _ in notes),
)
def test_what_does_not_follow_is_refused(notes):
    with pytest.raises(Malformed):
        taken(*notes)


def test_nothing_is_done_while_the_opening_is_on_hold():
    with pytest.raises(Malformed):
        taken((KEY, POSTED), facts=facts(on_hold=True))


def test_enough_readable_sheets_leave_nothing_to_decide():
    with pytest.raises(Malformed):
        taken((LOT, DECIDED), facts=facts(least=1))


def test_nobody_decides_on_a_lot_while_one_of_its_bags_is_shut():
    with pytest.raises(Malformed, match="bag of lot 1"):
        taken((LOT, DECIDED), facts=facts(waiting={"1"}))
    assert taken((LOT, DECIDED), facts=facts(waiting={"2"})).decided == {"1": "failed"}


def test_what_opened_late_at_a_later_stage_makes_no_sheet_of_the_first_readable():
    second = facts(unopened={(BID, "price"): 2}, read=frozenset())
    notes = [(KEY, POSTED | {"envelope": "price"}), (OPENED, LATE | {"envelope": "price", "stage": 2})]
    assert taken(*notes, facts=second).readable(second)["1"] == 0


def test_the_digest_of_a_key_hangs_on_bid_and_envelope():
    assert len({key_digest(*each) for each in [(BID, "a", "K"), (BID, "b", "K"), (OTHER, "a", "K")]}) == 3
