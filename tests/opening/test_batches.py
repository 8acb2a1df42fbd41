"""What a trustee checks before the key is used, what the server checks of a batch, and how an envelope opens."""

from __future__ import annotations

import copy
from io import BytesIO

import pytest

from bidding.core.canonical import Malformed
from bidding.core.signing import sign_object
from bidding.ledger.note import BadSignature, Head, cosign_line, sign_note
from bidding.ledger.words import six_words
from bidding.opening import batches as module
from bidding.opening.batches import (
    TAG,
    OtherHistory,
    Stranger,
    check_batch,
    check_checkpoints,
    check_posted,
    check_words,
    may_open,
    open_envelope,
    open_sheet,
    parse_batch,
    seat_of_seed,
)
from bidding.sealing.dealing import trustee_sign_seed
from bidding.sealing.manifest import sign_manifest
from tests.opening.synthetic import CLOSES, ORIGIN, Synthetic, at, closed, seed, sheet_hash

NOW = at(CLOSES + 60)
ROLES = ("supervisor", "finance", "agency", "administrator", "notary")


@pytest.fixture(scope="module")
def tender():
    return closed("batches")


@pytest.fixture(scope="module")
def record(tender):
    return tender.record()


@pytest.fixture(scope="module")
def given(tender):
    """Every seat's batch of the sheets."""
    return {role: tender.batch(role) for role in ROLES}


def allowed(made, **more):
    record = made.record()
    return may_open(record, check_checkpoints(record, made.notes()), **({"stage": 1, "now": NOW} | more))


# before the key is used --------------------------------------------------------------------------------------------


def test_a_closed_and_witnessed_tender_may_be_opened(tender, record):
    assert allowed(tender) == record.close


def test_the_trustees_own_clock_decides(tender):
    allowed(tender, now=at(CLOSES))
    with pytest.raises(Malformed, match="this machine's clock"):
        allowed(tender, now=at(CLOSES - 1))


def test_a_stage_that_the_panel_lacks_does_not_open(tender):
    with pytest.raises(Malformed, match="no stage 2"):
        allowed(tender, stage=2)


def test_an_open_log_does_not_open():
    made = Synthetic("open")
    made.publish()
    made.mark(CLOSES + 1)
    with pytest.raises(Malformed, match="not closed"):
        allowed(made)


def test_an_extension_moves_the_instant_for_the_trustee_too():
    made = Synthetic("extended")
    made.publish()
    made.bid("lan", 1, CLOSES - 1_000)
    made.add("cover")
    made.close()
    made.events = [pair for pair in made.events if pair[1]["type"] != "failed"]
    made.marks = {made.find("close") + 1: {"w1": CLOSES + 3}}
    made.extend(CLOSES + 86_400, CLOSES + 60)
    made.mark(CLOSES + 61)
    with pytest.raises(Malformed, match="opens at"):
        allowed(made)


def test_leaves_behind_the_last_checkpoint_are_not_opened_on(tender):
    made = copy.deepcopy(tender)
    made.add("cover")
    with pytest.raises(Malformed, match="does not cover every leaf"):
        allowed(made)


def test_a_quorum_must_have_seen_the_instant_of_opening():
    """Else an extension that was published meanwhile could be withheld from the trustee."""
    made = closed("stale")
    made.events = made.events[: made.find("close") + 1]
    made.marks = {size: when for size, when in made.marks.items() if size <= len(made.events)}
    made.marks[len(made.events)] = {"w1": CLOSES - 1}
    with pytest.raises(Malformed, match="at or after the instant of opening"):
        allowed(made)


def test_a_close_without_a_witness_is_not_opened_on(tender):
    made = copy.deepcopy(tender)
    made.marks[made.find("close") + 1] = {}
    with pytest.raises(Malformed, match="no checkpoint ends with the close"):
        allowed(made)


def test_a_bid_that_nobody_saw_in_time_stops_the_opening(tender):
    made = copy.deepcopy(tender)
    made.marks = {size: {"w1": max(when["w1"], CLOSES + 61)} for size, when in made.marks.items()}
    with pytest.raises(Malformed, match="leaf 4: no checkpoint shows"):
        allowed(made)


def test_a_short_lot_must_have_failed_in_the_log():
    made = closed("short")
    made.events.pop()
    made.marks = {size: when for size, when in made.marks.items() if size <= len(made.events)}
    with pytest.raises(Malformed, match="lot 2 has too few bids"):
        allowed(made)


def test_where_every_lot_failed_nothing_is_opened():
    made = Synthetic("none")
    made.publish()
    made.bid("lan", 1, CLOSES - 1_000)
    made.close()
    with pytest.raises(Malformed, match="no bid is to be opened"):
        allowed(made)


def test_the_words_on_paper_stand_in_for_witnesses_and_must_be_right(tender, record):
    made = copy.deepcopy(tender)
    made.marks = {size: {} for size in made.marks}
    head = record.close.head
    right = six_words(head.origin, head.size, head.root)
    allowed(made, words=right)
    for words, why in (
        ("0000 " * 5 + "0000", "are not those"),
        ("12345", "six groups"),
        (right.replace(" ", ""), "six groups"),
    ):
        with pytest.raises(Malformed, match=why):
            allowed(made, words=words)


def test_a_log_that_is_not_closed_has_no_words():
    made = Synthetic("wordless")
    made.publish()
    with pytest.raises(Malformed, match="not closed"):
        check_words(made.record(), "0000 " * 5 + "0000")


def test_a_key_finds_its_seat_and_a_strangers_key_finds_none(record):
    assert [seat_of_seed(record, seed(role)).i for role in ROLES] == [1, 2, 3, 4, 5]
    with pytest.raises(Malformed, match="no seat"):
        seat_of_seed(record, seed("stranger"))


def test_no_share_is_made_of_a_dealing_that_is_not_this_bids():
    """A copied dealing is stopped at the trustee, whatever the server let in."""
    made = Synthetic("copied")
    made.publish()
    for number, name in enumerate(("a", "b", "c")):
        made.bid(name, number, CLOSES - 1_000 + number)
    stolen = made.bids["a"].manifest["envelopes"][0]["dealing"]
    made.bids["b"].manifest["envelopes"][0]["dealing"] = stolen
    made.bids["b"].sig = sign_manifest(made.bids["b"].key.sign_seed, made.bids["b"].manifest)
    made.events[made.find("bid", 1)][1]["sig"] = made.bids["b"].sig
    made.close()
    with pytest.raises(Malformed, match="the proof does not hold for these trustees and this bid"):
        made.batch("supervisor")


# checkpoints -------------------------------------------------------------------------------------------------------


def test_checkpoints_ascend_and_speak_of_these_leaves(tender, record):
    notes = tender.notes()
    assert [c.head.size for c in check_checkpoints(record, notes)] == sorted(tender.marks)
    with pytest.raises(Malformed, match="checkpoint 1: sizes do not ascend"):
        check_checkpoints(record, [notes[1], notes[0]])
    beyond = Head(ORIGIN, record.size + 1, bytes(32))
    with pytest.raises(Malformed, match="speaks of"):
        check_checkpoints(record, [sign_note(beyond, seed("log"))])


def test_another_root_of_the_same_size_is_another_history(record):
    forked = Head(ORIGIN, record.size, bytes(32))
    with pytest.raises(OtherHistory, match="its root is not that"):
        check_checkpoints(record, [sign_note(forked, seed("log"))])


def test_signatures_must_hold_and_be_by_those_whom_the_panel_names(tender, record):
    head = Head(ORIGIN, 5, record.tree.root(5))
    honest = sign_note(head, seed("log"))
    with pytest.raises(BadSignature):
        check_checkpoints(record, [sign_note(head, seed("another log"))])
    other = cosign_line(Head(ORIGIN, 4, head.root).text, "witness.example/w1", seed("w1"), CLOSES)
    with pytest.raises(BadSignature, match="does not hold"):
        check_checkpoints(record, [honest + other])
    stranger = cosign_line(head.text, "witness.example/w9", seed("w9"), CLOSES)
    with pytest.raises(Stranger, match="w9"):
        check_checkpoints(record, [honest + stranger])


# batches -----------------------------------------------------------------------------------------------------------


def test_a_batch_holds_one_share_for_each_bid_to_be_opened(tender, record, given):
    shares = check_batch(record, given["finance"].batch, given["finance"].sig)
    assert list(shares) == [(sealed.uid, "offer") for sealed in tender.wanted()]
    assert {share["i"] for share in shares.values()} == {2}
    files = tender.batch("finance", public=False)
    assert {envelope for _, envelope in check_batch(record, files.batch, files.sig)} == {"files"}


def signed(role, batch):
    return batch, sign_object(trustee_sign_seed(seed(role)), TAG, batch)


def changed(given, role="finance", **changes):
    """A batch changed by its own trustee, signed again."""
    return signed(role, {**copy.deepcopy(dict(given[role].batch)), **changes})


def without_one(given):
    return changed(given, shares=given["finance"].batch["shares"][1:])


def twice(given):
    shares = given["finance"].batch["shares"]
    return changed(given, shares=[*shares, shares[0]])


def of_another_trustee(given):
    """A colleague's share, number and all."""
    shares = given["finance"].batch["shares"]
    return changed(given, shares=[given["notary"].batch["shares"][0], *shares[1:]])


def of_another_trustee_renumbered(given):
    shares = given["finance"].batch["shares"]
    taken = {**given["notary"].batch["shares"][0], "i": 2}
    return changed(given, shares=[taken, *shares[1:]])


def of_another_bid(given):
    first, second, *rest = given["finance"].batch["shares"]
    return changed(given, shares=[{**second, "bid": first["bid"]}, second, *rest])


def of_a_bid_not_to_be_opened(given):
    shares = given["finance"].batch["shares"]
    return changed(given, shares=[*shares, {**shares[0], "bid": "00" * 16}])


def of_the_other_kind(given):
    return changed(given, public=False)


def of_another_panel(given):
    return changed(given, panel="00" * 32)


def of_another_checkpoint(given):
    other = Head(ORIGIN, 7, bytes(32)).text
    return changed(given, checkpoint=other)


def of_no_checkpoint(given):
    return changed(given, checkpoint="none")


def of_another_stage(given):
    return changed(given, stage=2)


def signed_by_a_colleague(given):
    return signed("notary", dict(given["finance"].batch))


def of_a_seat_that_is_not_there(given):
    return changed(given, i=6)


REFUSED = {
    without_one: "no share for bid",
    twice: "two shares for bid",
    of_another_trustee: "is trustee 5's, not trustee 2's",
    of_another_trustee_renumbered: "proof does not hold",
    of_another_bid: "proof does not hold",
    of_a_bid_not_to_be_opened: "is not to be opened with it",
    of_the_other_kind: "is not to be opened with it",
    of_another_panel: "made for another panel",
    of_another_checkpoint: "made for another checkpoint, of .* at size 7",
    of_no_checkpoint: "which is not well-formed",
    of_another_stage: "no stage 2",
    signed_by_a_colleague: "the signature does not hold",
    of_a_seat_that_is_not_there: "no seat 6",
}


@pytest.mark.parametrize(("make", "why"), REFUSED.items(), ids=[make.__name__ for make in REFUSED])
def test_one_fault_refuses_the_whole_batch(record, given, make, why):
    batch, sig = make(given)
    with pytest.raises(Malformed, match=why):
        check_batch(record, batch, sig)


def test_no_batch_fits_a_log_that_is_not_closed(given):
    made = Synthetic("batches")
    made.publish()
    with pytest.raises(Malformed, match="not closed"):
        check_batch(made.record(), given["finance"].batch, given["finance"].sig)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("batch", "v"), 2),
        (("batch", "type"), "share"),
        (("batch", "public"), 1),
        (("batch", "i"), 0),
        (("batch", "stage"), True),
        (("batch", "shares"), {}),
        (("batch", "shares"), [{"bid": "00"}]),
        (("sig",), "00"),
        (("more",), 1),
    ],
    ids=str,
)
def test_another_shape_is_no_batch(given, path, value):
    whole = copy.deepcopy(given["finance"].value)
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(Malformed):
        parse_batch(whole)


# envelopes ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checked(record, given):
    return {
        number: check_batch(record, given[role].batch, given[role].sig)
        for number, role in enumerate(ROLES, 1)
    }


@pytest.mark.parametrize("seats", [(1, 2, 3), (2, 4, 5), (1, 2, 3, 4, 5)], ids=str)
def test_any_k_seats_find_the_key_that_the_tenderer_sealed_to(tender, record, checked, seats):
    for sealed in tender.wanted():
        unlocked = open_envelope(
            record, record.bids[sealed.uid], "offer", {seat: checked[seat] for seat in seats}
        )
        assert unlocked.identity == dict(sealed.key.identities)["offer"]
        sheet, digest = open_sheet(
            record, record.bids[sealed.uid], "offer", BytesIO(sealed.ciphertext), unlocked.identity
        )
        assert sheet["tenderer"]["name"] == sealed.tenderer
        assert digest == sheet_hash(sealed)


def test_two_seats_find_nothing_unless_the_tenderer_posts_the_key(tender, record, checked):
    sealed = tender.wanted()[0]
    bid, two = record.bids[sealed.uid], {1: checked[1], 2: checked[2]}
    unlocked = open_envelope(record, bid, "offer", two)
    assert (unlocked.identity, unlocked.verdict) == (None, "trustees")
    assert unlocked.evidence == {"reason": "shares", "shares": 2}
    posted = dict(sealed.key.identities)["offer"]
    assert open_envelope(record, bid, "offer", two, posted).identity == posted
    with pytest.raises(Malformed, match="not that of bid"):
        open_envelope(record, bid, "offer", two, dict(tender.wanted()[1].key.identities)["offer"])


def test_a_posted_key_is_text_of_the_right_form(tender, record):
    bid = record.bids[tender.wanted()[0].uid]
    for value in (None, 7, "", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1" + "Q" * 58):
        with pytest.raises(Malformed):
            check_posted(bid, "offer", value)


def opened_with(**sealing):
    """A tender one of whose bids was sealed in a way of its own; that bid, unlocked by three seats."""
    made = Synthetic("faulty")
    made.publish()
    made.bid("odd", 5, CLOSES - 1_000, **sealing)
    for number in range(3):
        made.bid(f"t{number}", number, CLOSES - 900 + number)
    made.close()
    record = made.record()
    batches = {}
    for number, role in enumerate(("supervisor", "finance", "agency"), 1):
        signed = made.batch(role)
        batches[number] = check_batch(record, signed.batch, signed.sig)
    sealed = made.bids["odd"]
    bid = record.bids[sealed.uid]
    return record, bid, sealed, open_envelope(record, bid, "offer", batches)


def test_who_sealed_to_another_key_than_was_dealt_is_at_fault_and_provably():
    _, bid, _, unlocked = opened_with(other_key=True)
    assert (unlocked.identity, unlocked.verdict) == (None, "tenderer")
    assert unlocked.evidence["reason"] == "recipient"
    assert unlocked.evidence["recipient"] != bid.envelope("offer")["recipient"]


@pytest.mark.parametrize(
    "sheet",
    [{"lot": "2"}, {"project": "T-2026-8"}, {"bid": "00" * 16}, {"envelope": "files"}, {"v": True}],
    ids=str,
)
def test_a_sheet_that_names_another_place_is_none(sheet):
    record, bid, sealed, unlocked = opened_with(sheet=sheet)
    with pytest.raises(Malformed, match="sheet:"):
        open_sheet(record, bid, "offer", BytesIO(sealed.ciphertext), unlocked.identity)


def test_a_sheet_larger_than_the_limit_is_not_read(tender, record, monkeypatch):
    monkeypatch.setattr(module, "MAX_SHEET", 4095)
    sealed = tender.wanted()[0]
    identity = dict(sealed.key.identities)["offer"]
    with pytest.raises(Malformed, match="larger than 4095"):
        open_sheet(record, record.bids[sealed.uid], "offer", BytesIO(sealed.ciphertext), identity)


def test_a_ciphertext_cut_off_or_altered_is_no_sheet(tender, record):
    sealed = tender.wanted()[0]
    identity = dict(sealed.key.identities)["offer"]
    for data in (sealed.ciphertext[:-1], sealed.ciphertext[:-1] + b"\0", b""):
        with pytest.raises(Malformed):
            open_sheet(record, record.bids[sealed.uid], "offer", BytesIO(data), identity)
