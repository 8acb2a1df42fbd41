"""Forgeries, most of them signed by the log's own key and by a witness who lies along: each falls by its own check."""

from __future__ import annotations

import pytest

from bidding.core.archive import Unreadable
from bidding.core.canonical import dumps
from bidding.core.entropy import ReplayEntropy
from bidding.core.signing import sign_object
from bidding.i18n.catalog import say_in
from bidding.ledger.merkle import Tree
from bidding.ledger.note import cosign_line
from bidding.opening.batches import TAG, SignedBatch
from bidding.opening.bundle import sealed_name
from bidding.opening.record import GRACE
from bidding.sealing.dealing import make_share, trustee_scalar, trustee_sign_seed
from bidding.sealing.manifest import sign_manifest
from bidding.sealing.panel import envelope_ctx
from bidding.verification.explained import TO_DO, WHAT, check_of
from bidding.verification.receipts import ReceiptFile


def dealing_of(forge, bid):
    (envelope,) = [
        e for e in forge.events[forge.index_of(bid)]["manifest"]["envelopes"] if e["id"] == "offer"
    ]
    return envelope["dealing"]


# The log --------------------------------------------------------------------------------------------------------------


def leaf_changed(forge):
    """Somebody edits the published event, and leaves the leaf as it was."""
    leaves = forge.leaves()
    forge.events[forge.find("opened")]["stage"] = 1
    forge.events[forge.find("schedule")]["closes_at"] += 1
    return dumps(forge.bundle | {"leaves": leaves})


def leaf_changed_whole(forge):
    """Event and leaf together: the signatures no longer fit."""
    forge.bundle["opens"][forge.find("opened")][0] = "cd" * 32


def bid_dropped(forge):
    """A tenderer is left out wholly; log, witness and close agree on it, the trustees do not."""
    dropped = forge.opened_bids()[0]
    opened = forge.events[forge.find("opened")]
    opened["sheets"] = [*opened["sheets"][1:], sheet_of(forge.late)]
    for batch in forge.bundle["batches"]:
        batch["batch"]["shares"] = [s for s in batch["batch"]["shares"] if s["bid"] != dropped]
        forge_sha(forge, batch)
    del forge.sealed[sealed_name(dropped, "offer")]
    forge.drop(forge.index_of(dropped))
    # A lot of three would fall below the least; a bid that was never handed in takes the place.
    forge.insert(forge.find("close"), late_event(forge))
    forge.close_again(3)
    forge.sign_all()


def sheet_of(manifest):
    return {"bid": manifest["bid"], "envelope": "offer", "sha256": "34" * 32}


def forge_sha(forge, batch):
    """The log says of a batch what the operator has made of it; the trustee's signature stays as it was."""
    for event in forge.events:
        if event["type"] == "shares" and (event["i"], event["public"]) == (batch["batch"]["i"], True):
            event["sha256"] = SignedBatch(batch["batch"], batch["sig"]).sha256


def bids_swapped(forge):
    """The order of receipt is turned round, and everything signed anew."""
    first, second = (forge.index_of(bid) for bid in forge.opened_bids()[:2])
    opens = forge.bundle["opens"]
    opens[first], opens[second] = opens[second], opens[first]
    forge.close_again(3)
    forge.sign_all()


def withdrawn_opened(forge):
    """The opening reads out a bid that was withdrawn."""
    withdrawn = forge.events[forge.find("withdraw")]["withdrawal"]["bid"]
    opened = forge.events[forge.find("opened")]
    opened["sheets"].append({"bid": withdrawn, "envelope": "offer", "sha256": "00" * 32})
    forge.sign_all()


def superseded_opened(forge):
    """The opening reads out the bid that was replaced, instead of the one that replaced it."""
    index = next(i for i, e in enumerate(forge.events) if e["type"] == "bid" and e["supersedes_sig"])
    new = forge.events[index]["manifest"]
    for sheet in forge.events[forge.find("opened")]["sheets"]:
        if sheet["bid"] == new["bid"]:
            sheet["bid"] = new["supersedes"]
    forge.sign_all()


def late_event(forge):
    manifest = forge.late
    sig = sign_manifest(forge.bid_keys[manifest["bid"]].sign_seed, manifest)
    stamp = forge.events[forge.find("close")]["closes_at"] - 1
    return {"v": 1, "type": "bid", "at": stamp, "manifest": manifest, "sig": sig, "supersedes_sig": None}


def late_bid(forge):
    """A bid that came after the deadline, stamped before it; the witness did see it only later."""
    size = forge.find("close") + 1
    closes_at = forge.events[size - 1]["closes_at"]
    forge.marks.insert(0, (size - 1, closes_at - 10))
    forge.insert(forge.find("close"), late_event(forge))
    forge.events[forge.find("opened")]["sheets"].append(sheet_of(forge.late))
    forge.close_again(4)
    forge.marks = [
        (mark, max(at, closes_at + GRACE + 5) if mark > size - 1 else at) for mark, at in forge.marks
    ]
    forge.sign_all()


def late_stamp(forge):
    """The same with its honest stamp."""
    event = late_event(forge)
    event["at"] += 2
    forge.insert(forge.find("close"), event)
    forge.close_again(4)
    forge.sign_all()


def log_cut(forge):
    """The record ends before the opening."""
    size = forge.find("opened")
    last = forge.marks[-1][1]
    del forge.bundle["opens"][size:]
    forge.marks = [mark for mark in forge.marks if mark[0] < size] + [(size, last)]
    forge.sealed = {}
    forge.sign_all()


# Checkpoints and witnesses ------------------------------------------------------------------------------------------


def other_root(forge, size, *at):
    return forge.note(size, *at, root=bytes(31) + b"\x01")


def forked_checkpoint(forge):
    """The log has signed another tree of the same size, and a witness too."""
    forge.bundle["checkpoints"][0] = other_root(forge, *forge.marks[0])


def cosignature_missing(forge):
    """Nobody but the log signed the close."""
    size = forge.find("close") + 1
    forge.bundle["checkpoints"] = [forge.note(s, *([] if s == size else [at])) for s, at in forge.marks]


def last_unwitnessed(forge):
    size, _ = forge.marks[-1]
    forge.bundle["checkpoints"][-1] = forge.note(size)


def leaves_after_the_last(forge):
    """Something is written behind what the witness has seen."""
    forge.bundle["opens"].append(["cd" * 32, {"v": 1, "type": "cover"}])


def close_prepared(forge):
    """The close was cosigned a minute before the deadline."""
    size = forge.find("close") + 1
    closes_at = forge.events[size - 1]["closes_at"]
    forge.marks = [(s, closes_at - 60 if s == size else at) for s, at in forge.marks]
    forge.sign_all()


def witness_unknown(forge):
    """A line by somebody whom the panel does not name."""
    text = forge.bundle["checkpoints"][-1].split("\n\n")[0] + "\n"
    forge.bundle["checkpoints"][-1] += cosign_line(text, "witness.example/x", bytes(32), forge.marks[-1][1])


def signature_broken(forge):
    note = forge.bundle["checkpoints"][-1]
    forge.bundle["checkpoints"][-1] = note[:-12] + ("A" if note[-12] != "A" else "B") + note[-11:]


# Bids and shares ------------------------------------------------------------------------------------------------------


def dealing_changed(forge):
    """The tenderer's own key signs a dealing of which no trustee could make sense."""
    bid = forge.opened_bids()[0]
    event = forge.events[forge.index_of(bid)]
    envelopes = event["manifest"]["envelopes"]
    parts = dealing_of(forge, bid)
    parts["E"] = [*parts["E"][1:], parts["E"][0]]
    assert envelopes[0]["dealing"] is parts
    event["sig"] = sign_manifest(forge.bid_keys[bid].sign_seed, event["manifest"])
    forge.close_again(3)
    forge.sign_all()


def share_of_another(forge):
    """One trustee hands in what another's key made."""
    batch = forge.batch()
    share = batch["batch"]["shares"][0]
    seat = batch["batch"]["i"]
    other = next(i for i in forge.trustees if i != seat)
    e = bytes.fromhex(dealing_of(forge, share["bid"])["E"][other - 1])
    made = make_share(
        envelope_ctx(forge.panel.hash, share["bid"], "offer"),
        other,
        trustee_scalar(forge.trustees[other]),
        e,
        ReplayEntropy(b"other"),
    )
    share.update(made | {"i": seat})
    forge.sign_batch(batch)
    forge.sign_all()


def batch_signed_by_another(forge):
    batch = forge.batch()
    other = next(i for i in forge.trustees if i != batch["batch"]["i"])
    batch["sig"] = sign_object(trustee_sign_seed(forge.trustees[other]), TAG, batch["batch"])
    forge_sha(forge, batch)
    forge.sign_all()


def batch_for_another_close(forge):
    """A batch made for a log of one leaf less."""
    batch = forge.batch()
    lines = batch["batch"]["checkpoint"].split("\n")
    batch["batch"]["checkpoint"] = "\n".join([lines[0], str(int(lines[1]) - 1), *lines[2:]])
    forge.sign_batch(batch)
    forge.sign_all()


def batch_not_logged(forge):
    """The trustee signs twice; the log tells of one."""
    batch = forge.batch()
    batch["batch"]["shares"].reverse()
    batch["sig"] = sign_object(trustee_sign_seed(forge.trustees[batch["batch"]["i"]]), TAG, batch["batch"])


def batch_dropped(forge):
    del forge.bundle["batches"][1]


def batch_twice(forge):
    forge.bundle["batches"].append(forge.batch())


def batch_lacks_a_bid(forge):
    batch = forge.batch()
    batch["batch"]["shares"].pop()
    forge.sign_batch(batch)
    forge.sign_all()


def key_of_another_bid(forge):
    """A posted key that is of another bid."""
    first, second = forge.opened_bids()[:2]
    identity = dict(forge.bid_keys[second].identities)["offer"]
    forge.bundle["keys"].append({"bid": first, "envelope": "offer", "identity": identity})


# Sheets ---------------------------------------------------------------------------------------------------------------


def amount_altered(forge):
    """The log tells of a sheet with another price, and everybody has signed that."""
    forge.events[forge.find("opened")]["sheets"][0]["sha256"] = "12" * 32
    forge.sign_all()


def sheet_replaced(forge):
    """One tenderer's ciphertext in the other's place."""
    first, second = (sealed_name(bid, "offer") for bid in forge.opened_bids()[:2])
    forge.sealed[first] = forge.sealed[second]


def sheet_missing(forge):
    del forge.sealed[sealed_name(forge.opened_bids()[0], "offer")]


def sheet_of_a_withdrawn_bid(forge):
    withdrawn = forge.events[forge.find("withdraw")]["withdrawal"]["bid"]
    forge.sealed[sealed_name(withdrawn, "offer")] = b"age-encryption.org/v1\n"


def declare(forge, verdict, evidence):
    opened = forge.events[forge.find("opened")]
    lost = opened["sheets"].pop(0)
    opened["verdicts"].append(
        {"bid": lost["bid"], "envelope": lost["envelope"], "verdict": verdict, "evidence": evidence}
    )
    forge.sign_all()


def blamed_on_the_tenderer(forge):
    """A good bid is declared unreadable by its tenderer's fault."""
    declare(forge, "tenderer", {"reason": "sheet", "detail": "sheet: not well-formed"})


def blamed_on_the_trustees(forge):
    declare(forge, "trustees", {"reason": "shares", "shares": 2})


def lost_by_the_platform(forge):
    declare(forge, "platform", {"reason": "missing", "sha256": "00" * 32})


TAMPERINGS = {
    leaf_changed: "leaves.open",
    leaf_changed_whole: "checkpoint.root",
    bid_dropped: "batch.checkpoint",
    bids_swapped: "event.rule",
    withdrawn_opened: "event.rule",
    superseded_opened: "event.rule",
    late_bid: "time.late",
    late_stamp: "event.rule",
    log_cut: "stage.unopened",
    forked_checkpoint: "checkpoint.root",
    cosignature_missing: "close.witness",
    last_unwitnessed: "checkpoint.last",
    leaves_after_the_last: "checkpoint.last",
    close_prepared: "close.early",
    witness_unknown: "checkpoint.stranger",
    signature_broken: "checkpoint.signature",
    dealing_changed: "bid.dealing",
    share_of_another: "batch.share",
    batch_signed_by_another: "batch.share",
    batch_for_another_close: "batch.checkpoint",
    batch_not_logged: "batch.unlogged",
    batch_dropped: "batch.missing",
    batch_twice: "batch.twice",
    batch_lacks_a_bid: "batch.share",
    key_of_another_bid: "key.other",
    amount_altered: "sheet.other",
    sheet_replaced: "sealed.altered",
    sheet_missing: "sealed.missing",
    sheet_of_a_withdrawn_bid: "sealed.extra",
    blamed_on_the_tenderer: "verdict.unborne",
    blamed_on_the_trustees: "verdict.unborne",
    lost_by_the_platform: "verdict.platform",
}


@pytest.mark.parametrize(
    ("tamper", "code"), TAMPERINGS.items(), ids=[tamper.__name__ for tamper in TAMPERINGS]
)
def test_a_tampered_record_is_refused_with_its_own_reason(honest, judge, tamper, code):
    data = tamper(honest)
    report = judge(honest.zip(data))
    assert not report.accepted
    assert report.refusals[0].code == code, [(f.code, f.detail) for f in report.refusals]
    for finding in report.refusals:  # what was checked, and what to do now, in both languages
        texts = WHAT[check_of(finding.code)], TO_DO[check_of(finding.code)]
        assert all(say_in("en")(text) not in ("", text) for text in texts)


def test_of_all_bids_only_the_late_one_is_called_late(honest, judge):
    late_bid(honest)
    late = [f.params["index"] for f in judge(honest.zip()).refusals if f.code == "time.late"]
    assert late == [honest.index_of(honest.late["bid"])]


def test_the_same_signatures_over_the_honest_log_are_accepted(honest, judge):
    """What the forgeries are refused for is not that they were signed anew."""
    honest.sign_all()
    for batch in honest.bundle["batches"]:
        honest.sign_batch(batch)
    assert judge(honest.zip()).accepted


def test_a_truncated_zip_is_unreadable(honest, judge):
    data = honest.zip()
    for length in (0, 1, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(Unreadable):
            judge(data[:length])


@pytest.mark.parametrize("name", ["readme.txt", "sealed/../x.age", "sealed/00/offer.age", "Bundle.json"])
def test_a_file_that_does_not_belong_in_the_zip_is_refused(honest, judge, name):
    report = judge(honest.zip(**{name: b"x"}))
    assert [finding.code for finding in report.refusals] == ["files.extra"]


# Receipts -------------------------------------------------------------------------------------------------------------


def of_another_key(forge):
    """Another log signed the same tree."""
    index = forge.index_of(forge.opened_bids()[0])
    return forge.receipt(index, index + 1, seed=b"\x07" * 32)


def of_a_fork(forge):
    """The log signed a tree in which the bid stands alone in the place of others."""
    bid = forge.opened_bids()[0]
    index = forge.index_of(bid)
    hashes = [forge.trees().leaf(i) for i in range(index + 1)]
    hashes[0] = bytes(32)
    return forge.receipt(index, index + 1, tree=Tree(hashes))


def of_another_place(forge):
    """A receipt for a bid that was handed in, whose leaf this record holds elsewhere."""
    bid = forge.opened_bids()[0]
    other = forge.copy()
    other.insert(2, {"v": 1, "type": "cover"})
    index = other.index_of(bid)
    return other.receipt(index, index + 1)


def newer_than_the_record(forge):
    other = forge.copy()
    other.insert(len(other.events), {"v": 1, "type": "cover"})
    return other.receipt(forge.index_of(forge.opened_bids()[0]), len(other.events))


def of_another_panel(forge):
    other = forge.copy()
    bid = forge.opened_bids()[0]
    event = other.events[other.index_of(bid)]
    event["manifest"]["panel"] = "00" * 32
    index = other.index_of(bid)
    return other.receipt(index, index + 1)


def cut_short(forge):
    return forge.receipts[forge.opened_bids()[0]][:200]


RECEIPTS = {
    of_another_key: "receipt.signature",
    of_a_fork: "receipt.root",
    of_another_place: "receipt.leaf",
    newer_than_the_record: "receipt.beyond",
    of_another_panel: "receipt.panel",
    cut_short: "receipt.form",
}


@pytest.mark.parametrize(("make", "code"), RECEIPTS.items(), ids=[make.__name__ for make in RECEIPTS])
def test_a_receipt_that_does_not_fit_the_record_is_refused(honest, judge, make, code):
    report = judge(honest.zip(), receipts=[ReceiptFile("mine", make(honest))])
    assert [finding.code for finding in report.refusals] == [code]


def test_whoever_was_dropped_from_the_record_shows_it_by_their_receipt(honest, judge):
    dropped = honest.opened_bids()[0]
    receipt = ReceiptFile("mine", honest.receipts[dropped])
    bid_dropped(honest)
    found = [finding.code for finding in judge(honest.zip(), receipts=[receipt]).refusals]
    assert found[-1] == "receipt.leaf"


# Single bytes ---------------------------------------------------------------------------------------------------------


def test_no_flipped_byte_of_the_bundle_goes_unnoticed(honest, judge):
    data = honest.data()
    sample = ReplayEntropy(b"bytes of the bundle")
    for _ in range(60):
        place = int.from_bytes(sample.bytes(4), "big") % len(data)
        bit = 1 << sample.bytes(1)[0] % 8
        flipped = bytearray(data)
        flipped[place] ^= bit
        report = judge(honest.zip(bytes(flipped)))
        assert not report.accepted, f"byte {place}, bit {bit}"


def test_no_flipped_byte_of_a_sealed_sheet_goes_unnoticed(honest, judge):
    name = sealed_name(honest.opened_bids()[0], "offer")
    whole = honest.sealed[name]
    for place in (0, 40, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        honest.sealed[name] = bytes(changed)
        assert [finding.code for finding in judge(honest.zip()).refusals] == ["sealed.altered"]


def test_a_sealed_file_of_another_length_is_not_read_to_its_end(honest, judge):
    name = sealed_name(honest.opened_bids()[0], "offer")
    honest.sealed[name] = honest.sealed[name] + bytes(10)
    assert [finding.code for finding in judge(honest.zip()).refusals] == ["sealed.altered"]
