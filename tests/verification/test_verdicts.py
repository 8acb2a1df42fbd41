"""Bids that do not open, lots that fail, keys posted late, and a close without a witness: the record says why, and holds."""

from __future__ import annotations

from bidding.ledger.words import six_words
from bidding.opening.batches import check_batch, open_envelope
from bidding.opening.bundle import PostedKey
from bidding.verification.findings import Mark
from tests.opening.synthetic import Synthetic, closed, whole


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


def test_with_too_few_shares_nothing_opens_until_the_tenderers_post_their_keys(judge):
    made = closed("few shares")
    made.share(("supervisor", "finance"))
    verdict = ("trustees", {"reason": "shares", "shares": 2})
    made.opened(dict.fromkeys(("lan", "yun", "he-again"), verdict))
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert notes(report).count("verdict.trustees") == 3
    assert report.sheets == []
    sealed = made.bids["lan"]
    made.keys.append(PostedKey(sealed.uid, "offer", dict(sealed.key.identities)["offer"]))
    report = judge(made.zip())
    assert report.accepted, report.refusals
    assert "sheet.posted" in notes(report)
    assert [sheet.bid for sheet in report.sheets] == [sealed.uid]


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
