"""Bids that do not open, lots that fail, keys posted late, and a close without a witness: the record says why, and holds."""

from __future__ import annotations

import copy
from dataclasses import replace

from bidding.ledger.words import six_words
from bidding.opening.afterwards import key_digest
from bidding.opening.batches import check_batch, open_envelope
from bidding.opening.bundle import PostedKey
from bidding.verification.findings import Mark
from tests.opening.synthetic import Synthetic, closed, sheet_hash, whole


def notes(report):
    return [finding.code for finding in report.findings if finding.mark is Mark.NOTE]


def refused(report):
    return [finding.code for finding in report.refusals]


def with_bid(label, **sealing):
    """A tender in which one of four bids of lot 1 was sealed as told."""
    made = Synthetic(label)
    made.publish()
    made.receive()
    made.bid("odd", 1_300_000_000, made.closes - 3_600, **sealing)
    made.close()
    made.share()
    return made


def evidence(made):
    """What the verifier itself finds, as an honest server would log it."""
    record = made.record()
    shares = {b.batch["i"]: check_batch(record, b.batch, b.sig) for b in made.batches}
    return open_envelope(record, record.bids[made.bids["odd"].uid], "offer", shares).evidence


def test_a_bid_sealed_to_another_key_is_its_tenderers_fault(judge):
    made = with_bid("other key", other_key=True)
    made.opened({"odd": ("tenderer", evidence(made))})
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert "verdict.tenderer" in notes(report)
    assert len(report.sheets) == 3


def test_other_evidence_than_one_finds_is_refused(judge):
    made = with_bid("other key", other_key=True)
    made.opened({"odd": ("tenderer", {"reason": "recipient", "recipient": "age1other"})})
    assert refused(judge(made.zip())) == ["verdict.unborne"]


def test_a_sheet_that_names_another_lot_is_its_tenderers_fault(judge):
    made = with_bid("other lot", sheet={"lot": "2"})
    made.opened({"odd": ("tenderer", {"reason": "sheet", "detail": "sheet: lot is not '1'"})})
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert "verdict.tenderer" in notes(report)


def given_up(label, *, seats=("supervisor", "finance"), since=0, seconds=600, shares=2, after=3_600):
    """A tender that too few trustees came to; every sheet got its verdict."""
    made = closed(label)
    made.share(seats)
    waited = {"since": made.closes + since, "seconds": seconds}
    verdict = ("trustees", {"reason": "shares", "shares": shares, **waited})
    made.opened(dict.fromkeys(("lan", "yun", "he-again"), verdict), when=made.closes + after)
    return made


def post(made, label, at, *, envelope="offer"):
    """The tenderer's own key, and what the log says of it."""
    sealed = made.bids[label]
    identity = dict(sealed.key.identities)[envelope]
    data = {
        "bid": sealed.uid,
        "envelope": envelope,
        "sha256": key_digest(sealed.uid, envelope, identity),
    }
    made.add("note", at, kind="after-key", data=data)
    if envelope == "offer":
        made.keys.append(PostedKey(sealed.uid, envelope, identity))


def late(made, label, at, *, by="key", sha256=None, verdict=None, evidence=None):
    """That a sheet opened after all."""
    sealed = made.bids[label]
    data = {
        "stage": 1,
        "bid": sealed.uid,
        "envelope": "offer",
        "by": by,
        "sha256": sha256 or (None if verdict else sheet_hash(sealed)),
        "verdict": verdict,
        "evidence": evidence,
    }
    made.add("note", at, kind="after-opened", data=data)
    made.mark(at + 10)


def test_with_too_few_shares_nothing_opens_until_the_tenderers_post_their_keys(judge):
    made = given_up("few shares")
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert notes(report).count("verdict.trustees") == 3
    assert report.sheets == []
    post(made, "lan", made.closes + 4_000)
    late(made, "lan", made.closes + 4_001)
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert "sheet.posted" in notes(report)
    assert "lot.short" in notes(report)
    assert [sheet.bid for sheet in report.sheets] == [made.bids["lan"].uid]


def test_shares_that_come_after_the_time_open_the_sheets_all_the_same(judge):
    made = given_up("late trustee")
    made.hand_in(made.batch("notary"), made.closes + 4_000)
    for second, label in enumerate(("lan", "yun", "he-again")):
        late(made, label, made.closes + 4_001 + second, by="shares")
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert notes(report).count("sheet.late") == 3
    assert len(report.sheets) == 3


def test_trustees_who_were_not_given_their_time_are_no_verdict(judge):
    assert set(refused(judge(given_up("hasty", after=300).zip()))) == {"verdict.early"}
    assert set(refused(judge(given_up("backdated", since=-600).zip()))) == {"verdict.early"}
    assert set(refused(judge(given_up("miscounted", shares=1).zip()))) == {"verdict.early"}


def test_a_posted_key_and_what_the_log_says_of_it_belong_together(judge):
    made = given_up("keys")
    post(made, "lan", made.closes + 4_000)
    late(made, "lan", made.closes + 4_001)
    keys = list(made.keys)
    made.keys.clear()
    assert "key.missing" in refused(judge(made.zip()))
    other = made.bids["yun"]
    made.keys.extend([*keys, PostedKey(other.uid, "offer", dict(other.key.identities)["offer"])])
    assert {"key.unlogged", "late.missing"} <= set(refused(judge(made.zip())))


def test_a_key_that_is_not_the_bids_opens_nothing_though_the_log_has_it(judge):
    made = given_up("wrong key")
    post(made, "lan", made.closes + 4_000)
    late(made, "lan", made.closes + 4_001)
    made.keys[0] = replace(made.keys[0], identity=dict(made.bids["yun"].key.identities)["offer"])
    assert refused(judge(made.zip())) == ["key.other", "sheet.unopenable"]


def lot_note(readable=0, **changes):
    data = {"lot": "1", "decision": "failed", "readable": readable, "law": "政府采购法", "article": "36(1)"}
    return "after-lot", data | changes


def test_what_a_log_may_not_say_afterwards_breaks_the_rules(judge):
    made = given_up("out of place")
    bid = made.bids["lan"].uid
    key = ("after-key", {"bid": bid, "envelope": "offer", "sha256": "ab" * 32})
    opening = {
        "stage": 1,
        "bid": bid,
        "envelope": "offer",
        "sha256": "ab" * 32,
        "verdict": None,
        "evidence": None,
    }
    for notes in (
        [("after-tea", {})],
        [key, key],
        [("after-key", key[1] | {"envelope": "other"})],
        [("after-key", key[1] | {"bid": made.bids["alone"].uid})],
        [("after-opened", opening | {"by": "key"})],
        [("after-opened", opening | {"by": "grace"})],
        [("after-opened", opening | {"by": "shares", "verdict": "tenderer"})],
        [("after-opened", opening | {"by": "shares"})] * 2,
        [lot_note(readable=1)],
        [lot_note(decision="perhaps")],
        [lot_note(lot="9")],
        [lot_note(), key],
    ):
        told = copy.deepcopy(made)
        for kind, data in notes:
            told.add("note", made.closes + 4_000, kind=kind, data=data)
        told.mark(made.closes + 4_010)
        assert refused(judge(told.zip())) == ["event.rule"], notes


def test_another_sheet_than_the_key_gives_is_refused(judge):
    made = given_up("other sheet")
    post(made, "lan", made.closes + 4_000)
    late(made, "lan", made.closes + 4_001, sha256="ab" * 32)
    assert refused(judge(made.zip())) == ["sheet.other"]


def test_a_fault_that_a_posted_key_is_said_to_show_must_show(judge):
    made = given_up("blamed")
    post(made, "lan", made.closes + 4_000)
    late(made, "lan", made.closes + 4_001, verdict="tenderer", evidence={"reason": "sheet", "detail": "no"})
    assert refused(judge(made.zip())) == ["verdict.unborne"]


def test_what_becomes_of_a_short_lot_is_told(judge):
    made = given_up("short")
    kind, data = lot_note()
    made.add("note", made.closes + 9_000, kind=kind, data=data)
    made.mark(made.closes + 9_010)
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert "lot.decided-failed" in notes(report)


def test_sheets_that_no_shares_could_have_opened_are_refused(judge):
    made = closed("few shares")
    made.share(("supervisor", "finance"))
    made.opened()
    assert set(refused(judge(made.zip()))) == {"sheet.unopenable"}


def test_shares_that_came_after_the_opening_opened_nothing(judge):
    made = closed("late shares")
    made.share(("supervisor", "finance"))
    made.opened()
    made.hand_in(made.batch("notary"), made.closes + 300)
    made.mark(made.closes + 310)
    assert set(refused(judge(made.zip()))) == {"sheet.unopenable"}


def test_a_lonely_bid_is_not_opened_and_the_log_must_say_so(judge):
    made = whole("lots")
    report = judge(made.zip())
    assert "lot.failed" in notes(report)
    assert made.bids["alone"].uid not in {sheet.bid for sheet in report.sheets}


def test_a_short_lot_of_which_nothing_is_said_is_refused(judge):
    made = Synthetic("silent")
    made.publish()
    made.receive()
    made.close()
    at = made.find("failed")
    del made.events[at]
    made.marks = {size: when for size, when in made.marks.items() if size <= at}
    made.mark(made.closes + 10)
    # A trustee's own machine would refuse; here the trustees look away.
    assert "lot.unfailed" in refused(judge(made.zip()))


def test_attachments_shares_do_not_belong_in_the_public_record(judge):
    made = closed("restricted")
    restricted = made.batch("supervisor", public=False)
    made.share()
    made.batches.append(restricted)
    made.opened()
    assert refused(judge(made.zip())) == ["batch.restricted"]


def test_a_tender_in_which_every_lot_failed_holds_without_a_sheet(judge):
    made = Synthetic("all failed")
    made.publish()
    made.bid("lan", 1_200_000_000, made.closes - 3_600)
    made.close()
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert report.sheets == []


def test_where_the_log_says_that_no_witness_came_the_words_on_paper_stand_in(judge):
    made = closed("paper")
    made.add("note", made.closes + 20, kind="unwitnessed", data={"way": "words"})
    made.mark(made.closes + 70)
    made.share()
    made.opened()
    record = made.record()
    for size in list(made.marks):
        if size <= made.find("note"):
            made.marks[size] = {}
    head = record.close.head
    words = six_words(head.origin, head.size, head.root)
    assert "close.witness" in refused(judge(made.zip()))
    report = judge(made.zip(), words=words)
    assert report.accepted, report.refusals
    assert "close.words" in notes(report)


def test_one_tenderer_twice_in_a_lot_is_told(judge):
    made = with_bid("twice", tenderer="lan")
    made.opened()
    report = judge(made.zip())
    assert report.accepted
    assert "sheet.twice" in notes(report)
