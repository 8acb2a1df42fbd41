"""The order of a sitting: what may follow what, said of the notes alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bidding.core.canonical import Malformed
from bidding.opening.record import State
from bidding.opening.sitting.ceremony import Facts, Sitting, is_of_a_sitting, read_back, written
from tests.opening.synthetic import CLOSES, Synthetic, opened_first

A, B, C = (digit * 32 for digit in "abc")
OBJECTION, ANSWER, RECORD = (digit * 64 for digit in "123")
BEFORE = Facts(
    at=100,
    closed=True,
    opens_at=100,
    on_hold=False,
    to_be_opened=(A, B, C),
    rows=(A, B, C),
    opened=False,
)
AFTER = replace(BEFORE, at=200, opened=True)

LISTED = (
    "hall-list",
    {
        "bids": [
            {"bid": A, "present": "remote"},
            {"bid": B, "present": None},
            {"bid": C, "present": "room"},
        ]
    },
)
ALL_READ = [("hall-read", {"place": place}) for place in (1, 2, 3)]
WHOLE = [
    LISTED,
    *ALL_READ,
    ("hall-line", {"bid": A, "answer": "agrees"}),
    ("hall-lines-closed", {}),
    ("hall-record", {"sha256": RECORD}),
    ("hall-signature", {"record": RECORD, "as": "host", "bids": []}),
    ("hall-signature", {"record": RECORD, "as": "supervisor", "bids": []}),
    ("hall-signature", {"record": RECORD, "as": "tenderer", "bids": [A]}),
    ("hall-end", {}),
]


def play(steps, facts=AFTER):
    made = Sitting()
    for kind, data in steps:
        made.take(kind, data, facts)
    return made


def refused(steps, kind, data, why, facts=AFTER):
    made = play(steps)
    with pytest.raises(Malformed, match=why):
        made.take(kind, data, facts)
    return made


def test_a_sitting_goes_from_the_list_to_the_end():
    made = play(WHOLE)
    assert made.ended
    assert made.read == 3
    assert made.present == {A: "remote", C: "room"}
    assert made.signed == ["host", "supervisor", "tenderer"]


def test_the_list_is_published_at_the_opening_and_not_a_second_before():
    assert play([LISTED], BEFORE).listed
    for early in (replace(BEFORE, at=99), replace(BEFORE, closed=False)):
        with pytest.raises(Malformed, match="the opening is at 100"):
            play([LISTED], early)


@pytest.mark.parametrize(
    "bids",
    [
        [],
        [{"bid": B, "present": None}, {"bid": A, "present": None}, {"bid": C, "present": None}],
        [{"bid": A, "present": None}, {"bid": B, "present": None}],
    ],
    ids=["nobody", "another order", "one left out"],
)
def test_the_list_is_exactly_who_is_opened_in_order_of_receipt(bids):
    refused([], "hall-list", {"bids": bids}, "not exactly the bids")


@pytest.mark.parametrize("kind", [kind for kind, _ in WHOLE[1:]])
def test_nothing_comes_before_the_list(kind):
    refused([], kind, dict(WHOLE)[kind], "before the list")


@pytest.mark.parametrize(("kind", "data"), WHOLE, ids=lambda part: part if isinstance(part, str) else "")
def test_nothing_happens_while_the_opening_is_on_hold(kind, data):
    refused([], kind, data, "on hold", replace(AFTER, on_hold=True))


def test_sheets_are_read_out_one_after_the_other_once_they_are_open():
    refused([LISTED], "hall-read", {"place": 1}, "before the sheets are open", BEFORE)
    refused([LISTED], "hall-read", {"place": 2}, "does not follow")
    refused([LISTED, *ALL_READ], "hall-read", {"place": 4}, "does not follow")


@pytest.mark.parametrize(
    ("steps", "bid", "why"),
    [
        ([LISTED], A, "not read out"),
        ([LISTED, *ALL_READ], B, "not present"),
        ([LISTED, *ALL_READ, ("hall-line", {"bid": A, "answer": "objects"})], A, "answered already"),
        ([LISTED, *ALL_READ, ("hall-lines-closed", {})], A, "confirmations are closed"),
    ],
    ids=["unread", "absent", "twice", "closed"],
)
def test_a_line_is_confirmed_once_by_who_is_present_after_it_was_read(steps, bid, why):
    refused(steps, "hall-line", {"bid": bid, "answer": "agrees"}, why)


def test_who_comes_late_signs_in_once():
    made = play([LISTED, ("hall-sign-in", {"bids": [B], "way": "room"})])
    assert made.present[B] == "room"
    with pytest.raises(Malformed, match="present already"):
        made.take("hall-sign-in", {"bids": [B], "way": "remote"}, AFTER)


def test_confirmations_close_when_all_is_read():
    refused([LISTED, *ALL_READ[:2]], "hall-lines-closed", {}, "not everything")


def test_a_record_is_closed_only_when_every_objection_is_answered():
    made = play([LISTED, *ALL_READ, ("hall-lines-closed", {})])
    made.object(OBJECTION)
    with pytest.raises(Malformed, match="1 objections are not answered"):
        made.take("hall-record", {"sha256": RECORD}, AFTER)
    made.take("hall-answer", {"objection": OBJECTION, "sha256": ANSWER}, AFTER)
    with pytest.raises(Malformed, match="answered already"):
        made.take("hall-answer", {"objection": OBJECTION, "sha256": ANSWER}, AFTER)
    made.take("hall-record", {"sha256": RECORD}, AFTER)
    assert made.record == RECORD


def test_an_objection_outside_the_sitting_is_none_of_its_own():
    made = Sitting()
    made.object(OBJECTION)
    made.take(*LISTED, AFTER)
    with pytest.raises(Malformed, match="no such objection"):
        made.take("hall-answer", {"objection": OBJECTION, "sha256": ANSWER}, AFTER)
    ended = play(WHOLE)
    ended.object(OBJECTION)
    assert ended.objections == {}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"record": ANSWER, "as": "host", "bids": []}, "another record"),
        ({"record": RECORD, "as": "host", "bids": [A]}, "a tenderer signs for bids"),
        ({"record": RECORD, "as": "tenderer", "bids": []}, "a tenderer signs for bids"),
        ({"record": RECORD, "as": "tenderer", "bids": [B]}, "not present"),
        ({"record": RECORD, "as": "mayor", "bids": []}, "a tenderer signs for bids"),
    ],
)
def test_a_signature_is_of_this_record_by_somebody_present(data, why):
    refused(WHOLE[:7], "hall-signature", data, why)


def test_nobody_signs_twice_for_one_bid():
    refused(WHOLE[:10], "hall-signature", WHOLE[9][1], "signed already")


@pytest.mark.parametrize("missing", ["host", "supervisor"])
def test_a_sitting_ends_when_host_and_supervisor_have_signed(missing):
    steps = [step for step in WHOLE[:-1] if step[1].get("as") != missing]
    refused(steps, "hall-end", {}, f"no {missing} has signed")


def test_after_the_end_there_is_nothing_more():
    refused(WHOLE, "hall-read", {"place": 4}, "has ended")
    refused(WHOLE[:7], "hall-line", {"bid": C, "answer": "agrees"}, "record is closed")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("hall-dance", {}),
        ("hall-list", {}),
        ("hall-list", {"bids": [{"bid": A}]}),
        ("hall-list", {"bids": [{"bid": "zz", "present": None}]}),
        ("hall-sign-in", {"bids": [B, B], "way": "room"}),
        ("hall-sign-in", {"bids": [B], "way": "by post"}),
        ("hall-read", {"place": "1"}),
        ("hall-line", {"bid": A, "answer": "perhaps"}),
        ("hall-lines-closed", {"why": 1}),
    ],
)
def test_what_has_another_shape_is_refused(kind, data):
    made = Sitting() if kind == "hall-list" else play([LISTED, *ALL_READ])
    with pytest.raises(Malformed):
        made.take(kind, data, AFTER)


def test_a_log_with_a_sitting_is_replayed_and_its_deadline_moves_no_more():
    made = Synthetic()
    made.publish()
    made.receive()
    made.close()
    bids = [{"bid": bid.uid, "present": None} for bid in made.record().to_be_opened()]
    made.add("note", CLOSES + 60, kind="hall-list", data={"bids": bids})
    record = made.record()
    assert record.sittings[1].listed
    assert record.state is State.OPENING
    made.add("note", CLOSES + 70, kind="hall-read", data={"place": 1})
    with pytest.raises(Malformed, match="before the sheets are open"):
        made.record()


# The sitting of a later opening ------------------------------------------------------------------------------------


def test_a_note_of_a_later_opening_is_the_same_with_its_stage():
    assert written("hall-read", {"place": 1}, stage=1, first=1) == ("hall-read", {"place": 1})
    later = written("hall-read", {"place": 1}, stage=2, first=1)
    assert later == ("stage-hall-read", {"stage": 2, "place": 1})
    assert read_back(*later, (1, 2)) == (2, "hall-read", {"place": 1})
    kinds = ("hall-end", "stage-hall-end", "stage-review")
    assert [is_of_a_sitting(kind) for kind in kinds] == [True, True, False]


@pytest.mark.parametrize("data", [{"stage": 1}, {"stage": 3}, {"stage": "2"}, {}, []], ids=repr)
def test_a_note_of_an_opening_that_there_is_none_of_is_refused(data):
    with pytest.raises(Malformed):
        read_back("stage-hall-end", data, (1, 2))


def second_sitting(made, *steps):
    """The list of everybody who was to be opened first, and what follows, in the sitting of the second opening."""
    made.sit(2, CLOSES + 400, "hall-list", made.everybody())
    for number, (kind, data) in enumerate(steps, 1):
        made.sit(2, CLOSES + 400 + number, kind, data)
    return made


@pytest.fixture
def between():
    """The first of two openings done and reviewed, without a sitting."""
    made = opened_first("sittings")
    made.review({"lan": "业绩不足"})
    return made


def test_from_its_list_on_a_later_opening_has_begun(between):
    assert between.record().begun() == {1}
    assert second_sitting(between).record().begun() == {1, 2}
    between.review({})
    with pytest.raises(Malformed, match="the opening of stage 2 has begun"):
        between.record()


def test_who_failed_may_be_there_and_sign_but_has_no_line(between):
    lan = between.bids["lan"].uid
    second_sitting(between, ("hall-sign-in", {"bids": [lan], "way": "room"}))
    between.mark(CLOSES + 450)
    between.share(stage=2, when=CLOSES + 600)
    between.opened(stage=2, when=CLOSES + 700)
    for place in (1, 2):
        between.sit(2, CLOSES + 800, "hall-read", {"place": place})
    assert between.record().sittings[2].read == 2
    between.sit(2, CLOSES + 810, "hall-line", {"bid": lan, "answer": "agrees"})
    with pytest.raises(Malformed, match="not read out yet"):
        between.record()


def test_an_objection_is_of_the_sitting_that_is_under_way(between):
    second_sitting(between)
    between.add("objection", CLOSES + 410, sha256=OBJECTION)
    sittings = between.record().sittings
    assert (list(sittings[1].objections), list(sittings[2].objections)) == ([], [OBJECTION])


def test_one_sitting_comes_after_the_other(between):
    between.sit(1, CLOSES + 390, "hall-list", between.everybody())
    second_sitting(between)
    with pytest.raises(Malformed, match="the sitting of stage 1 has not ended"):
        between.record()
    del between.events[-2]
    between.sit(1, CLOSES + 420, "hall-list", between.everybody())
    with pytest.raises(Malformed, match="the sitting of stage 2 has begun"):
        between.record()


def test_there_is_no_later_sitting_before_the_review_or_where_nobody_passed():
    made = second_sitting(opened_first("unreviewed"))
    with pytest.raises(Malformed, match="does not say which bids stay sealed"):
        made.record()
    made.events.pop()
    made.review(dict.fromkeys(("lan", "yun", "he-again"), "业绩不足"))
    second_sitting(made)
    with pytest.raises(Malformed, match="nobody is opened at stage 2"):
        made.record()
