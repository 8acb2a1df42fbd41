"""Bids on paper and openings held without the server, as whoever checks them sees them."""

from __future__ import annotations

from bidding.opening.bags import DOUBLE
from bidding.opening.offline.held import KIND
from tests.opening.synthetic import CLOSES, Synthetic, closed, seed
from tests.opening.test_bags import begun, mixed, opened, read, take_in


def codes(report):
    return [finding.code for finding in report.findings]


def finished(made):
    made.mark(CLOSES + 900)
    return made.zip()


def test_what_was_typed_is_shown_in_order_and_said_to_be_unseen(judge):
    made, yun, double = mixed()
    opened(made)
    read(made, double, "he", fields=None, void=DOUBLE)
    assert "paper.waiting" in codes(judge(finished(made)))
    read(made, yun, "yun")
    report = judge(finished(made))
    assert report.accepted, report.refusals
    assert [(sheet.tenderer, sheet.on_paper) for sheet in report.sheets] == [
        ("lan", False),
        ("yun", True),
        ("he", False),
    ]
    assert {"paper.double", "paper.unseen"} <= set(codes(report))


def test_nobody_gets_rid_of_a_rivals_bag_by_calling_it_a_double(judge):
    """An operator says that yun's bag is a double of he's bid: yun's name does not fit, and silence is refused."""
    made, yun, double = mixed()
    made.event("paper-double")["bag"] = yun
    opened(made)
    read(made, double, "he")
    assert "paper.other" in codes(judge(finished(made)))
    read(made, yun, "yun", fields=None, void=DOUBLE)
    assert "paper.other" in codes(judge(finished(made)))


def test_a_sheet_for_another_tenderer_and_a_bag_unasked_break_the_rules(judge):
    made, yun, _ = mixed()
    opened(made)
    read(made, yun, "he")
    assert codes(judge(finished(made)))[-1] == "event.rule"
    made = begun(allowed=False)
    take_in(made, "lan", CLOSES - 9)
    assert codes(judge(finished(made)))[-1] == "event.rule"


def test_void_bags_and_bags_taken_back_are_told(judge):
    made, yun, double = mixed()
    opened(made)
    read(made, double, "he", fields=None, void=DOUBLE)
    read(made, yun, "yun", fields=None, void="empty")
    report = judge(finished(made))
    assert report.accepted, report.refusals
    assert "paper.empty" in codes(report)


def held(made: Synthetic, **changes) -> bytes:
    data = {
        "stage": 1,
        "began_at": CLOSES + 60,
        "ended_at": CLOSES + 200,
        "host": "王主持",
        "supervisor": "李监督",
        "result": seed("result").hex(),
    }
    made.share()
    made.opened()
    made.add("note", CLOSES + 300, kind=KIND, data=data | changes)
    return finished(made)


def test_an_opening_without_the_server_is_told_with_its_hours_and_people(judge):
    report = judge(held(closed("offline")))
    assert report.accepted, report.refusals
    assert "opening.offline" in codes(report)


def test_hours_that_cannot_be_and_names_that_are_none_break_the_rules(judge):
    for changes in (
        {"began_at": CLOSES - 1},
        {"ended_at": CLOSES + 59},
        {"ended_at": CLOSES + 361},
        {"host": ""},
        {"host": " 王"},
        {"stage": 2},
    ):
        assert codes(judge(held(closed("offline"), **changes)))[-1] == "event.rule"


def test_bags_and_sealed_bids_that_trustees_failed_make_a_lot_together(judge):
    """Nothing is said of a lot while a bag is shut; the bag that was read counts, the double's bid stays its own."""
    made, yun, double = mixed()
    waited = {"reason": "shares", "shares": 0, "since": CLOSES, "seconds": 600}
    made.opened(dict.fromkeys(("lan", "he"), ("trustees", waited)), when=CLOSES + 700)
    read(made, double, "he", fields=None, void=DOUBLE, when=CLOSES + 710)
    assert "lot.short" not in codes(judge(finished(made)))
    read(made, yun, "yun", when=CLOSES + 720)
    report = judge(finished(made))
    assert report.accepted, report.refusals
    (short,) = [finding for finding in report.findings if finding.code == "lot.short"]
    assert short.params == {"lot": "1", "readable": 1}
    assert [sheet.tenderer for sheet in report.sheets] == ["yun"]


def test_a_lot_is_not_decided_over_a_shut_bag(judge):
    made, _, _ = mixed()
    waited = {"reason": "shares", "shares": 0, "since": CLOSES, "seconds": 600}
    made.opened(dict.fromkeys(("lan", "he"), ("trustees", waited)), when=CLOSES + 700)
    data = {"lot": "1", "decision": "failed", "readable": 0, "law": "政府采购法", "article": "36(1)"}
    made.add("note", CLOSES + 800, kind="after-lot", data=data)
    assert codes(judge(finished(made)))[-1] == "event.rule"
