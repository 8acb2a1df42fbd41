"""A project's log, event by event: what may stand where, what counts, and what is to be opened."""

from __future__ import annotations

import pytest

from bidding.core.canonical import Malformed
from bidding.opening.batches import check_checkpoints
from bidding.opening.record import (
    Early,
    End,
    Replay,
    State,
    close_checkpoint,
    counts_in_time,
    replay,
)
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.manifest import override_order, sign_override, withdrawal
from bidding.sealing.panel import seat_sigs
from tests.opening.synthetic import (
    CLOSES,
    PROJECT,
    PUBLISHED,
    TWO_STAGES,
    Synthetic,
    closed,
    opened_first,
    seed,
    whole,
)

DAY = 86_400


@pytest.fixture
def tender():
    made = Synthetic()
    made.publish()
    return made


@pytest.fixture(scope="module")
def finished():
    return whole()


def refused(made, why):
    with pytest.raises(Malformed, match=why):
        made.record(dealings=True)


def test_a_whole_tender_is_read_as_it_was_played(finished):
    record = finished.record(dealings=True)
    names = {sealed.uid: name for name, sealed in finished.bids.items()}
    assert [names[bid.uid] for bid in record.to_be_opened()] == ["lan", "yun", "he-again"]
    assert {names[bid.uid]: bid.end for bid in record.bids.values() if bid.end} == {
        "he": End.SUPERSEDED,
        "gone": End.WITHDRAWN,
    }
    assert record.short_lots() == {"2"} == record.failed.keys()
    assert record.state is State.OPENING
    assert set(record.opened) == {1}
    assert len(record.shares) == 6
    assert (record.origin, record.size) == (record.policy.log_vkey.name, len(finished.events))
    assert record.close.count == 4


def test_a_log_without_a_leaf_says_nothing():
    with pytest.raises(Malformed, match="empty"):
        _ = Replay().record


def test_a_refused_event_leaves_the_record_as_it_was(tender):
    running = Replay()
    for index, (_, event) in enumerate(tender.events):
        running.apply(index, event, bytes(32))
    before = (running.record.size, running.record.state)
    with pytest.raises(Malformed, match="leaf 4: close"):
        running.apply(
            4,
            {
                "v": 1,
                "type": "close",
                "at": CLOSES,
                "closes_at": CLOSES,
                "count": 7,
                "size": 4,
                "root": "00" * 32,
                "clock": {},
            },
            bytes(32),
        )
    assert (running.record.size, running.record.state) == before


def test_of_a_known_event_only_its_form_and_manifest_are_not_asked_again(tender):
    tender.bid("lan", 1, PUBLISHED + DAY)
    running = Replay()
    for index, (_, event) in enumerate(tender.events):
        running.apply(index, event, bytes([index]) * 32, known=True)
    assert len(running.record.bids) == 1
    again = tender.events[-1][1]
    with pytest.raises(Malformed, match="stands in the log already"):
        running.apply(running.record.size, again, bytes(32), known=True)
    late = again | {"at": CLOSES}
    with pytest.raises(Malformed, match="the deadline was"):
        running.apply(running.record.size, late, bytes(32), known=True)


def test_leaves_come_one_after_the_other(tender):
    running = Replay()
    running.apply(0, tender.events[0][1], bytes(32))
    with pytest.raises(Malformed, match="the next leaf is 1"):
        running.apply(2, {"v": 1, "type": "cover"}, bytes(32))


# bids ------------------------------------------------------------------------------------------------------------


def test_a_bid_stamped_at_the_deadline_is_late(tender):
    tender.bid("lan", 1, CLOSES)
    refused(tender, "leaf 4: bid: stamped .*, the deadline was")


def test_a_bid_after_the_close_is_refused_whatever_its_stamp(tender):
    tender.close()
    tender.bid("lan", 1, CLOSES - 5)
    refused(tender, "bid: after the close")


def test_one_bid_stands_once(tender):
    sealed = tender.bid("lan", 1, PUBLISHED + 10)
    tender.log_bid(sealed, PUBLISHED + 20)
    refused(tender, "stands in the log already")


def test_a_bid_for_another_panel_is_refused(tender):
    tender.bid("lan", 1, PUBLISHED + 10, panel_hash=seed("another panel"))
    refused(tender, "manifest: panel is not")


def test_a_dealing_changed_after_signing_is_refused(tender):
    sealed = tender.seal("lan", 1)
    sealed.manifest["envelopes"][0]["dealing"]["z"][0] = "00" * 32
    tender.log_bid(sealed, PUBLISHED + 10)
    refused(tender, "the signature does not hold")


def test_a_replacement_needs_the_old_bids_own_signature(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    tender.bid("other", 1, PUBLISHED + 20)
    new = tender.seal("lan", 2, replaces="lan")
    new.supersedes_sig = tender.seal("other", 3, replaces="other").supersedes_sig
    tender.log_bid(new, PUBLISHED + 30)
    refused(tender, "the old bid's signature over its replacement")


def test_a_replacement_without_the_old_signature_is_refused(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    new = tender.seal("lan", 2, replaces="lan")
    new.supersedes_sig = None
    tender.log_bid(new, PUBLISHED + 30)
    refused(tender, "does not hold")


def test_a_replacement_stays_in_its_lot(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    tender.log_bid(tender.seal("lan", 2, replaces="lan", lot="2"), PUBLISHED + 30)
    refused(tender, "supersedes a bid for another lot")


def test_a_replaced_bid_is_replaced_once(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    for fen in (2, 3):
        tender.log_bid(tender.seal("lan", fen, replaces="lan"), PUBLISHED + 10 * fen)
    refused(tender, "was superseded at leaf 5")


def test_a_signature_of_supersession_stands_only_with_what_it_supersedes(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    lone = tender.seal("he", 2)
    lone.supersedes_sig = tender.bids["lan"].sig
    tender.log_bid(lone, PUBLISHED + 30)
    refused(tender, "supersedes_sig without supersedes")


def test_a_withdrawal_is_the_bids_own(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    tender.bid("he", 1, PUBLISHED + 20)
    stolen = withdrawal(PROJECT, tender.panel.hash, tender.bids["he"].key.sign_seed)
    stolen["withdrawal"]["bid"] = tender.bids["lan"].uid
    tender.add("withdraw", PUBLISHED + 30, **stolen)
    refused(tender, "withdrawal: the signature does not hold")


def test_a_bid_is_withdrawn_once_and_before_the_deadline(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    tender.withdraw("lan", PUBLISHED + 20)
    tender.withdraw("lan", PUBLISHED + 30)
    refused(tender, "was withdrawn at leaf 5")
    del tender.events[-2:]
    tender.withdraw("lan", CLOSES)
    refused(tender, "withdraw: stamped")


def test_nobody_withdraws_a_bid_that_is_not_there(tender):
    tender.add("withdraw", PUBLISHED + 30, **withdrawal(PROJECT, tender.panel.hash, seed("stranger")))
    refused(tender, "no bid .* stands before it")


def override(made, roles):
    order = override_order(PROJECT, made.panel.hash, made.bids["lan"].uid, "key lost")
    seats = [seat for seat in made.panel.seats if seat.role in roles]
    sigs = seat_sigs((s.i, sign_override(trustee_sign_seed(seed(s.name)), order)) for s in seats)
    made.add("override", PUBLISHED + 40, order=order, sigs=sigs)


def test_k_trustees_override_a_bid_whose_key_is_lost(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    override(tender, ("supervisor", "finance", "notary"))
    record = tender.record()
    assert record.bids[tender.bids["lan"].uid].end is End.OVERRIDDEN
    assert record.effective() == []


def test_fewer_than_k_trustees_override_nothing(tender):
    tender.bid("lan", 1, PUBLISHED + 10)
    override(tender, ("supervisor", "finance"))
    refused(tender, "2 seats signed, 3 are needed")


# the close -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"count": 1}, "count is 1, effective are 0"),
        ({"size": 3}, "size is 3, not 4"),
        ({"root": "00" * 32}, "root is not that of the leaves"),
        ({"closes_at": CLOSES + 1}, "closes_at is not the one in force"),
    ],
    ids=["count", "size", "root", "deadline"],
)
def test_a_close_says_what_is_so(tender, changes, why):
    size = len(tender.events)
    fields = {
        "closes_at": CLOSES,
        "count": 0,
        "size": size,
        "root": tender.tree().root().hex(),
        "clock": {},
    }
    tender.add("close", CLOSES, **(fields | changes))
    refused(tender, why)


def test_a_close_does_not_come_before_the_deadline(tender):
    size = len(tender.events)
    root = tender.tree().root().hex()
    tender.add("close", CLOSES - 1, closes_at=CLOSES, count=0, size=size, root=root, clock={})
    refused(tender, "before the deadline")


def test_a_log_closes_once(tender):
    tender.close()
    size, root = len(tender.events), tender.tree().root().hex()
    tender.add("close", CLOSES + 5, closes_at=CLOSES, count=0, size=size, root=root, clock={})
    refused(tender, "closed already")


def test_an_extension_voids_the_close_and_takes_bids_again(tender):
    tender.close()
    tender.extend(CLOSES + DAY, CLOSES + 60)
    assert tender.record().state is State.OPEN
    tender.bid("lan", 1, CLOSES + 100)
    tender.close()
    record = tender.record()
    assert len(record.voided) == 1
    assert record.close.closes_at == CLOSES + DAY
    assert record.close.count == 1


def test_no_extension_after_a_lot_has_failed_or_the_opening_has_begun():
    made = closed()
    made.extend(CLOSES + DAY, CLOSES + 60)
    refused(made, "a lot has failed")
    made.events.pop()
    made.closes = CLOSES
    made.events = [pair for pair in made.events if pair[1]["type"] != "failed"]
    made.add("shares", CLOSES + 20, i=1, stage=1, public=True, sha256="00" * 32)
    made.extend(CLOSES + DAY, CLOSES + 60)
    refused(made, "the opening of stage 1 has begun")


def test_a_lot_with_enough_bids_does_not_fail(finished):
    made = closed()
    made.add("failed", CLOSES + 20, lot="1", reason="not wanted")
    refused(made, "lot 1 has 3 bids, which is enough")
    made.events.pop()
    made.add("failed", CLOSES + 20, lot="2", reason="again")
    refused(made, "lot 2 failed at leaf")


def test_nothing_fails_before_the_close(tender):
    tender.add("failed", PUBLISHED + 20, lot="1", reason="too early")
    refused(tender, "failed: before the close")


# shares and sheets -----------------------------------------------------------------------------------------------


def shares(made, at=CLOSES + 60, i=1, stage=1):
    made.add("shares", at, i=i, stage=stage, public=True, sha256="00" * 32)


def test_shares_come_after_the_close_and_after_the_instant_of_opening(tender):
    shares(tender)
    refused(tender, "shares: before the close")
    tender.events.pop()
    tender.close()
    shares(tender, at=CLOSES - 1)
    refused(tender, "shares: stage 1 opens at")


def test_shares_of_a_stage_or_a_seat_that_is_not_there_are_refused(tender):
    tender.close()
    shares(tender, stage=2)
    refused(tender, "no stage 2")
    tender.events.pop()
    shares(tender, i=6)
    refused(tender, "no seat 6")


def test_a_seat_gives_its_shares_once(tender):
    tender.close()
    shares(tender)
    shares(tender)
    refused(tender, "seat 1 gave these at leaf")


def test_no_shares_while_on_hold(tender):
    tender.close()
    tender.add("hold", CLOSES + 5, on=True, reason="clock")
    shares(tender)
    refused(tender, "on hold")
    tender.events.insert(
        -1, ("00" * 32, {"v": 1, "type": "hold", "at": CLOSES + 6, "on": False, "reason": ""})
    )
    assert not tender.record().on_hold


def change(made, **changes):
    index = made.find("opened")
    salt, event = made.events[index]
    made.events[index] = (salt, {**event, **changes})


def test_what_was_opened_is_exactly_what_was_to_be_opened():
    made = closed()
    made.share()
    made.opened()
    listed = made.event("opened")["sheets"]
    change(made, sheets=listed[:-1])
    refused(made, "not exactly the bids to be opened")
    change(made, sheets=[listed[1], listed[0], listed[2]])
    refused(made, "not in order of receipt")
    withdrawn = {"bid": made.bids["gone"].uid, "envelope": "offer", "sha256": "00" * 32}
    change(made, sheets=[*listed, withdrawn])
    refused(made, "not exactly the bids to be opened")
    change(made, sheets=listed, at=CLOSES - 1)
    refused(made, "opened: stage 1 opens at")
    change(made, at=CLOSES + 200)
    made.put(made.event("opened"))
    refused(made, "stage 1 was opened at leaf")


# witnesses -------------------------------------------------------------------------------------------------------


def checked(made):
    record = made.record()
    return record, check_checkpoints(record, made.notes())


def test_every_act_counts_that_a_witness_saw_within_the_minute(finished):
    record, checkpoints = checked(finished)
    assert set(counts_in_time(record, checkpoints).values()) == {True}


def test_an_act_seen_later_than_a_minute_after_the_deadline_does_not_count(tender):
    tender.bid("lan", 1, CLOSES - 100)
    tender.log_bid(tender.seal("he", 2), CLOSES - 50)
    tender.close()
    tender.marks = {size: dict.fromkeys(names, CLOSES + 61) for size, names in tender.marks.items()}
    tender.marks[5] = {"w1": CLOSES - 70}
    record, checkpoints = checked(tender)
    assert counts_in_time(record, checkpoints) == {4: True, 5: False}


def test_before_the_close_nothing_counts(tender):
    tender.bid("lan", 1, CLOSES - 100)
    record, checkpoints = checked(tender)
    assert counts_in_time(record, checkpoints) == {4: False}
    with pytest.raises(Malformed, match="not closed"):
        close_checkpoint(record, checkpoints)


def test_the_close_checkpoint_ends_with_the_close(finished):
    record, checkpoints = checked(finished)
    found = close_checkpoint(record, checkpoints)
    assert found.head == record.close.head
    others = [each for each in checkpoints if each.head != found.head]
    with pytest.raises(Malformed, match="no checkpoint ends with the close"):
        close_checkpoint(record, others)


def test_a_close_cosigned_before_the_deadline_was_prepared_beforehand(tender):
    tender.close()
    size = tender.find("close") + 1
    tender.marks[size] = {"w1": CLOSES - 5}
    record, checkpoints = checked(tender)
    assert close_checkpoint(record, checkpoints).head.size == size
    tender.marks[size] = {"w1": CLOSES - 6}
    record, checkpoints = checked(tender)
    with pytest.raises(Early):
        close_checkpoint(record, checkpoints)


def test_a_salt_of_the_wrong_length_is_refused(tender):
    with pytest.raises(Malformed, match="leaf 0: salt"):
        replay([("00", tender.events[0][1])])


# Two stages ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_stages():
    return opened_first("two-stages")


@pytest.fixture
def between(two_stages):
    """The first stage is open; what a test adds is gone afterwards."""
    events, marks = list(two_stages.events), {size: dict(whom) for size, whom in two_stages.marks.items()}
    yield two_stages
    two_stages.events, two_stages.marks = events, marks


def price_shares(made, when=400):
    made.add("shares", made.closes + when, i=1, stage=2, public=True, sha256="00" * 32)


def test_a_review_says_who_stays_sealed_and_everybody_else_is_opened(between):
    between.review({"yun": "不合格"})
    record = between.record()
    names = {sealed.uid: name for name, sealed in between.bids.items()}
    assert [names[bid.uid] for bid, _ in record.to_be_shared(1, public=True)] == ["lan", "yun", "he-again"]
    assert [names[bid.uid] for bid, _ in record.to_be_shared(2, public=True)] == ["lan", "he-again"]
    between.review({})
    assert len(between.record().to_be_shared(2, public=True)) == 3
    assert between.record().next_stage == 2


def test_a_later_stage_has_its_turn_after_the_review(between):
    price_shares(between)
    refused(between, "does not say which bids stay sealed at stage 2")
    between.events.pop()
    between.review({}, when=between.closes + 300)
    price_shares(between)
    assert between.record().begun() == {1, 2}
    between.review({"yun": "迟了"}, when=between.closes + 500)
    refused(between, "the opening of stage 2 has begun")


def test_a_later_stage_is_not_opened_before_the_first():
    made = closed("early", envelopes=TWO_STAGES)
    price_shares(made)
    refused(made, "stage 1 comes before stage 2 and is not open")
    made.events.pop()
    made.review({})
    refused(made, "stage 1 is not open yet")


@pytest.mark.parametrize(
    ("sealed", "stage", "why"),
    [
        ({"gone": "已撤回"}, 2, "not bids of the stage before"),
        ({"alone": "流标"}, 2, "not bids of the stage before"),
        ({"yun": "a", "lan": "b"}, 2, "in order of receipt"),
        ({}, 1, "no later stage 1"),
        ({}, 3, "no later stage 3"),
    ],
    ids=["withdrawn", "failed-lot", "order", "first", "unknown"],
)
def test_a_review_names_bids_of_the_stage_before_in_order_of_receipt(between, sealed, stage, why):
    between.review(sealed, stage=stage)
    refused(between, why)


def test_the_sheets_of_a_later_stage_are_exactly_those_that_passed(between):
    between.review({"yun": "不合格"})
    sheets = [
        {"bid": between.bids[name].uid, "envelope": "price", "sha256": "00" * 32}
        for name in ("lan", "yun", "he-again")
    ]
    price_shares(between)
    between.add("opened", between.closes + 500, stage=2, sheets=sheets, verdicts=[])
    refused(between, "not exactly the bids to be opened")
    between.events.pop()
    between.add("opened", between.closes + 500, stage=2, sheets=[sheets[0], sheets[2]], verdicts=[])
    assert between.record().next_stage is None
