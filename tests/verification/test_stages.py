"""Tenders in two envelopes, as whoever checks them sees them: the review stands before any share of the prices."""

from __future__ import annotations

import pytest

from bidding.opening.bags import ALLOWED
from bidding.opening.offline.held import KIND as OFFLINE
from tests.opening.synthetic import CLOSES, Synthetic, opened_first, seed

REASON = "业绩不满足招标文件要求"


def codes(report):
    return [finding.code for finding in report.findings]


def prices(made: Synthetic, **sheets: str) -> Synthetic:
    """The prices opened, ten minutes after the close."""
    made.share(stage=2, when=CLOSES + 600)
    made.opened(stage=2, when=CLOSES + 700, **sheets)
    return made


def reviewed(label: str = "stages", sealed: tuple[str, ...] = ("lan",)) -> Synthetic:
    made = opened_first(label)
    made.review(dict.fromkeys(sealed, REASON))
    return made


def test_both_openings_hold_and_the_failed_bid_is_told_with_its_reason(judge):
    made = prices(reviewed())
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert [(sheet.tenderer, sheet.envelope) for sheet in report.sheets] == [
        ("lan", "offer"),
        ("yun", "offer"),
        ("he", "offer"),
        ("yun", "price"),
        ("he", "price"),
    ]
    (sealed,) = [each.params for each in report.findings if each.code == "stage.sealed"]
    assert sealed == {"stage": 2, "bid": made.bids["lan"].uid, "reason": REASON}
    assert "review" in codes(report)


def test_between_the_two_openings_the_later_stage_waits_before_the_review_and_after_it(judge):
    made = opened_first("stages")
    for _ in range(2):
        report = judge(made.zip())
        assert report.accepted, report.refusals
        assert "stage.waiting" in codes(report)
        made.review({"lan": REASON})


def test_where_nobody_passed_nothing_waits(judge):
    report = judge(reviewed(sealed=("lan", "yun", "he-again")).zip())
    assert report.accepted, report.refusals
    assert "stage.waiting" not in codes(report)
    assert codes(report).count("stage.sealed") == 3


def test_the_price_of_a_bid_that_failed_does_not_belong_in_the_zip(judge):
    made = prices(reviewed())
    lan = made.bids["lan"]
    made.sealed[f"sealed/{lan.uid}/price.age"] = lan.ciphertexts["price"]
    assert [each.code for each in judge(made.zip()).refusals] == ["sealed.extra"]


def without_a_review(made):
    """The note is taken out: as if prices had been opened with nobody's review."""
    place = next(n for n, (_, event) in enumerate(made.events) if event.get("kind") == "stage-review")
    del made.events[place]
    made.marks = {size - (size > place): whom for size, whom in made.marks.items()}


def reviewed_after_a_look(made):
    """The note stands behind the first share of the prices: somebody looked first."""
    place = next(n for n, (_, event) in enumerate(made.events) if event.get("kind") == "stage-review")
    note = made.events.pop(place)
    made.events.insert(made.find("shares", 6) + 1, note)


def another_fails(made):
    """After the opening the note names another bid than the trustees left shut."""
    event = next(event for _, event in made.events if event.get("kind") == "stage-review")
    event["data"]["sealed"][0]["bid"] = made.bids["yun"].uid


def a_stranger_fails(made):
    """The note names a bid that was withdrawn."""
    event = next(event for _, event in made.events if event.get("kind") == "stage-review")
    event["data"]["sealed"][0]["bid"] = made.bids["gone"].uid


def a_price_is_left_out(made):
    """The opening says nothing of a bid that passed."""
    made.event("opened", 1)["sheets"].pop()


def prices_before_their_hour(made):
    """The first share of the prices is dated before the close."""
    made.event("shares", 6)["at"] = CLOSES - 1


def awarded_between(made):
    """A result stands before the prices were open."""
    made.events.insert(made.find("shares", 6), (seed("salt").hex(), award(made)))
    made.marks = {size + (size > made.find("award")): whom for size, whom in made.marks.items()}


def award(made):
    return {"v": 1, "type": "award", "at": CLOSES + 400, "lot": "1", "sha256": seed("award").hex()}


def bags_allowed(made):
    """A bag would be opened whole, with the price in it."""
    made.events.insert(2, (seed("salt").hex(), {**note(ALLOWED, {}), "at": CLOSES - 86_400 * 19}))
    made.marks = {size + 1: whom for size, whom in made.marks.items()}


def held_offline(made):
    """A laptop writes no log, and so no review."""
    data = {
        "stage": 2,
        "began_at": CLOSES + 600,
        "ended_at": CLOSES + 700,
        "host": "王主持",
        "supervisor": "李监督",
        "result": seed("result").hex(),
    }
    made.put({**note(OFFLINE, data), "at": CLOSES + 800})
    made.mark(CLOSES + 830)


def note(kind, data):
    return {"v": 1, "type": "note", "kind": kind, "data": data}


@pytest.mark.parametrize(("since", "refused"), [(300, []), (299, ["verdict.early"] * 2)])
def test_trustees_time_at_the_prices_runs_from_the_review(judge, since, refused):
    made = reviewed()
    made.share(("supervisor", "finance"), stage=2, when=CLOSES + 600)
    waited = {"since": CLOSES + since, "seconds": 600}
    verdict = ("trustees", {"reason": "shares", "shares": 2, **waited})
    made.opened(dict.fromkeys(("yun", "he-again"), verdict), stage=2, when=CLOSES + 900)
    assert [each.code for each in judge(made.zip()).refusals] == refused


def sat(made):
    """The second opening in a sitting of its own: the list, a sheet read out, nothing after."""
    made.sit(2, CLOSES + 800, "hall-list", made.everybody())
    made.sit(2, CLOSES + 810, "hall-read", {"place": 1})
    made.mark(CLOSES + 830)


def test_a_second_sitting_that_has_not_ended_is_told(judge):
    made = prices(reviewed())
    sat(made)
    report = judge(made.zip())
    assert report.accepted, report.refusals
    (found,) = [each.params for each in report.findings if each.code == "sitting.unfinished"]
    assert found == {"stage": 2, "read": 1, "unanswered": 0}


def test_a_second_sitting_is_followed_to_its_end(judge):
    made, record = prices(reviewed()), seed("record").hex()
    made.sit(2, CLOSES + 800, "hall-list", made.everybody())
    steps = [("hall-read", {"place": place}) for place in (1, 2)]
    steps += [("hall-lines-closed", {}), ("hall-record", {"sha256": record})]
    steps += [("hall-signature", {"record": record, "as": who, "bids": []}) for who in ("host", "supervisor")]
    for number, (kind, data) in enumerate([*steps, ("hall-end", {})]):
        made.sit(2, CLOSES + 801 + number, kind, data)
    made.mark(CLOSES + 830)
    report = judge(made.zip())
    assert report.accepted, report.refusals
    (found,) = [each.params for each in report.findings if each.code == "sitting"]
    assert found == {"stage": 2, "read": 2, "objections": 0, "signed": 2, "record": record}


def test_a_later_opening_of_the_prices_is_told_and_nothing_opens_before_it(judge):
    made = reviewed()
    made.postpone(CLOSES + 550, CLOSES + 400)
    made.mark(CLOSES + 560)
    report = judge(prices(made).zip())
    assert report.accepted, report.refusals
    (found,) = [each.params for each in report.findings if each.code == "schedule.opening-moved"]
    assert (found["n"], found["stage"]) == (1, 2)
    assert "schedule.moved" not in codes(report)


def postponed_after_the_list(made):
    """Who passed is announced, and then the prices are opened later after all."""
    sat(made)
    made.postpone(CLOSES + 900, CLOSES + 850)
    made.mark(CLOSES + 870)


def sat_without_a_list(made):
    """A sheet of the second opening is read out in a sitting that never began."""
    made.sit(2, CLOSES + 810, "hall-read", {"place": 1})
    made.mark(CLOSES + 830)


def somebody_left_out_of_the_list(made):
    """The list of the second opening does not name who failed."""
    sat(made)
    made.event("note", 1)["data"]["bids"].pop(0)


def sat_at_a_stage_that_there_is_none_of(made):
    """A sitting of a third opening."""
    made.sit(3, CLOSES + 810, "hall-list", made.everybody())
    made.mark(CLOSES + 830)


def sat_before_the_review(made):
    """The list of the second opening stands before anybody had said who passed."""
    place = next(n for n, (_, event) in enumerate(made.events) if event.get("kind") == "stage-review")
    kind, data = "stage-hall-list", {"stage": 2, **made.everybody()}
    made.events.insert(place, (seed("salt").hex(), {**note(kind, data), "at": CLOSES + 250}))
    made.marks = {size + (size > place): whom for size, whom in made.marks.items()}


def first_sitting_after_the_second(made):
    """The sitting of the first opening begins when the second one's is on."""
    sat(made)
    made.sit(1, CLOSES + 840, "hall-list", made.everybody())
    made.mark(CLOSES + 850)


TAMPERINGS = {
    postponed_after_the_list: "event.rule",
    sat_without_a_list: "event.rule",
    somebody_left_out_of_the_list: "event.rule",
    sat_at_a_stage_that_there_is_none_of: "event.rule",
    sat_before_the_review: "event.rule",
    first_sitting_after_the_second: "event.rule",
    without_a_review: "event.rule",
    reviewed_after_a_look: "event.rule",
    another_fails: "event.rule",
    a_stranger_fails: "event.rule",
    a_price_is_left_out: "event.rule",
    prices_before_their_hour: "event.rule",
    awarded_between: "award.early",
    bags_allowed: "event.rule",
    held_offline: "event.rule",
}


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=[tamper.__name__ for tamper in TAMPERINGS])
def test_a_tampered_opening_in_two_envelopes_is_refused_with_its_own_reason(judge, tamper):
    made = prices(reviewed())
    tamper(made)
    assert TAMPERINGS[tamper] in [each.code for each in judge(made.zip()).refusals]


def test_a_price_sheet_that_the_log_says_otherwise_of_is_refused(judge):
    made = prices(reviewed(), yun="00" * 32)
    assert [each.code for each in judge(made.zip()).refusals] == ["sheet.other"]
