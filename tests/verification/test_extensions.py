"""A deadline that an outage moved: a void close, a hold, two signatures. It holds; and what a liar makes of it does not."""

from __future__ import annotations

import re

import pytest

from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.panel import seat_sigs, sign_schedule
from bidding.verification.findings import Mark
from tests.opening.synthetic import CLOSES, Synthetic, seed

HOUR = 3_600
#: Two hours after the outage ended, ten minutes after the deadline.
LATER = CLOSES + 600 + 2 * HOUR


def until_the_extension(label="extended"):
    """Three bids before the outage; the close of the old deadline, and the hold."""
    made = Synthetic(label)
    made.publish()
    for number, name in enumerate(("lan", "he", "yun")):
        made.bid(name, 1_200_000_000 + number, CLOSES - HOUR + number)
    made.close(CLOSES + 605)
    made.add("hold", CLOSES + 606, on=True, reason="outage before the deadline")
    return made


def after_the_extension(made):
    """The hold off, one more bid, the new close, and the opening."""
    made.add("notice", CLOSES + 1_200, kind="correction", sha256=seed("correction").hex())
    made.add("hold", CLOSES + 1_200, on=False, reason="extended")
    made.bid("late", 1_190_000_000, LATER - HOUR)
    made.close()
    made.share()
    made.opened()
    return made


@pytest.fixture
def extended():
    made = until_the_extension()
    made.extend(LATER, CLOSES + 1_200)
    return after_the_extension(made)


def sign_again(made, roles=("supervisor", "agency"), keys=None):
    """Whoever signs, signs what the schedule now says."""
    event = made.event("schedule", 1)
    seats = [made.panel.seat_of(role) for role in roles]
    keys = keys or roles
    event["sigs"] = seat_sigs(
        (seat.i, sign_schedule(event, trustee_sign_seed(seed(key))))
        for seat, key in zip(seats, keys, strict=True)
    )


def test_an_extension_after_a_void_close_holds_and_is_told(extended, judge):
    report = judge(extended.zip())
    assert report.accepted, report.refusals
    told = {f.code: f.params for f in report.findings if f.mark is Mark.NOTE}
    assert told["schedule.moved"]["n"] == 1
    assert told["close.voided"]["index"] == extended.find("close")
    assert "hold.on" not in told
    assert len(report.sheets) == 4


def suspended_and_resumed():
    """Two notices, each with its hold, before the deadline; a lot that failed is none of it."""
    made = Synthetic("suspended")
    made.publish()
    made.bid("lan", 1_200_000_000, CLOSES - 3 * HOUR)
    for kind, on, at in (("suspension", True, CLOSES - 2 * HOUR), ("resumption", False, CLOSES - HOUR)):
        made.add("notice", at, kind=kind, sha256=seed(kind).hex())
        made.add("hold", at, on=on, reason="suspended by a notice")
    for number, name in enumerate(("he", "yun")):
        made.bid(name, 1_200_000_001 + number, CLOSES - HOUR + 1 + number)
    made.close()
    made.share()
    made.opened()
    return made


def test_a_tender_that_notices_suspended_and_resumed_holds(judge):
    report = judge(suspended_and_resumed().zip())
    assert report.accepted, report.refusals
    assert len(report.sheets) == 3


def earlier_deadline(made):
    made.event("schedule", 1)["closes_at"] = CLOSES - HOUR
    sign_again(made)


def earlier_opening(made):
    event = made.event("schedule", 1)
    event["opens"][0]["at"] = event["closes_at"] = CLOSES - 60
    sign_again(made)


def opening_before_the_deadline(made):
    made.event("schedule", 1)["opens"][0]["at"] = LATER - 1
    sign_again(made)


def deadline_past_when_it_was_drafted(made):
    made.event("schedule", 1)["at"] = LATER
    sign_again(made)


def supervisor_missing(made):
    sign_again(made, roles=("agency",))


def agency_missing(made):
    sign_again(made, roles=("supervisor",))


def agency_signs_for_both(made):
    sign_again(made, keys=("agency", "agency"))


def a_minute_more_than_was_signed(made):
    event = made.event("schedule", 1)
    event["closes_at"] += 60
    event["opens"][0]["at"] += 60


def other_reason_than_was_signed(made):
    made.event("schedule", 1)["reason"] = "an outage that never was"


def number_used_twice(made):
    made.event("schedule", 1)["n"] = 0
    sign_again(made)


def the_old_close_stands(made):
    """The second close is left out, as if the first one were in force."""
    index = made.find("close", 1)
    del made.events[index]
    made.marks = {size - (size > index): marks for size, marks in made.marks.items()}


def a_bid_between_close_and_extension(made):
    """Taken while the gate was shut: whoever has friends in the server room."""
    sealed = made.seal("friend", 1)
    index = made.find("schedule", 1)
    made.log_bid(sealed, CLOSES - 1)
    made.events.insert(index, made.events.pop())
    made.marks = {size + (size > index): marks for size, marks in made.marks.items()}


TAMPERINGS = {
    earlier_deadline: "not to after its old value",
    earlier_opening: "not to after its old value",
    opening_before_the_deadline: "opens before closes_at",
    deadline_past_when_it_was_drafted: "not to after its old value",
    supervisor_missing: "not signed by the seat supervisor",
    agency_missing: "not signed by the seat agency",
    agency_signs_for_both: r"signature of seat 1 \(supervisor\) does not hold",
    a_minute_more_than_was_signed: "does not hold",
    other_reason_than_was_signed: "does not hold",
    number_used_twice: "n is not 1",
    the_old_close_stands: "before the close",
    a_bid_between_close_and_extension: "bid: after the close",
}


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_what_a_liar_makes_of_it_is_named(extended, judge, tamper):
    tamper(extended)
    report = judge(extended.zip())
    assert [finding.code for finding in report.refusals] == ["event.rule"]
    assert re.search(TAMPERINGS[tamper], report.refusals[0].detail), report.refusals[0].detail


def test_no_share_is_taken_while_the_hold_is_on(judge):
    made = until_the_extension("held")
    made.add("shares", CLOSES + 700, i=1, stage=1, public=True, sha256="00" * 32)
    made.mark(CLOSES + 730)
    report = judge(made.zip())
    assert [finding.code for finding in report.refusals] == ["event.rule"]
    assert "on hold" in report.refusals[0].detail
