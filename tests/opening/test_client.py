from __future__ import annotations

import pytest

from bidding.core.canonical import Malformed
from bidding.core.entropy import ReplayEntropy
from bidding.ledger.trust import parse_policy
from bidding.opening.batches import check_batch
from bidding.opening.client import open_package, read_package
from tests.opening.synthetic import Synthetic, at, closed, policy, seed, whole, witness_key


@pytest.fixture(scope="module")
def tender():
    return closed("client")


def opened_by(tender, role="supervisor", **more):
    given = {"stage": 1, "now": at(tender.closes + 60), "entropy": ReplayEntropy(b"client")} | more
    return open_package(tender.package(), seed=seed(role), **given)


def test_a_trustee_gets_a_batch_of_sheets_and_one_of_attachments_and_both_check(tender):
    batches = opened_by(tender)
    assert [signed.batch["public"] for signed in batches] == [True, False]
    for signed in batches:
        assert len(check_batch(tender.record(), signed.batch, signed.sig)) == 3


def test_shares_are_made_for_no_bid_that_is_not_to_be_opened(tender):
    wanted = {sealed.uid for sealed in tender.wanted()}
    for signed in opened_by(tender):
        assert {share["bid"] for share in signed.batch["shares"]} == wanted
    assert tender.bids["gone"].uid not in wanted
    assert tender.bids["he"].uid not in wanted
    assert tender.bids["alone"].uid not in wanted


def test_reading_needs_no_key_and_says_what_would_be_opened(tender):
    read = read_package(tender.package())
    assert read.close.count == 4
    assert len(read.words.split()) == 6
    assert read.seat(seed("notary")).role == "notary"


def test_a_stranger_has_no_seat(tender):
    with pytest.raises(Malformed, match="no seat"):
        opened_by(tender, "stranger")


def test_the_clock_is_asked_when_the_key_is_used(tender):
    with pytest.raises(Malformed, match="opens at"):
        opened_by(tender, now=at(tender.closes - 1))


def test_the_notices_panel_is_compared(tender):
    assert read_package(tender.package(), panel=tender.panel.hash.hex())
    with pytest.raises(Malformed, match="the notice says"):
        read_package(tender.package(), panel="00" * 32)


def test_a_bundle_with_batches_is_not_worked_from():
    with pytest.raises(Malformed, match="holds batches"):
        read_package(whole("client").bundle())


def test_pinned_keys_must_have_signed_the_close(tender):
    assert read_package(tender.package(), pinned=parse_policy(policy(), for_panel=False))
    other = policy().replace(str(witness_key()), str(witness_key("w2")))
    with pytest.raises(Malformed, match="did not cosign"):
        read_package(tender.package(), pinned=parse_policy(other, for_panel=False))


def test_an_opening_on_hold_waits():
    made = closed("hold")
    made.add("hold", made.closes + 20, on=True, reason="objection")
    made.mark(made.closes + 30)
    with pytest.raises(Malformed, match="on hold"):
        opened_by(made)
    made.add("hold", made.closes + 40, on=False, reason="settled")
    made.mark(made.closes + 45)
    assert len(opened_by(made)) == 2


def test_without_a_witness_the_words_on_paper_stand_in():
    made = closed("paper")
    words = read_package(made.package()).words
    made.marks = {size: dict.fromkeys((), 0) for size in made.marks}
    with pytest.raises(Malformed):
        opened_by(made)
    assert len(opened_by(made, words=words)) == 2
    with pytest.raises(Malformed, match="not those"):
        opened_by(made, words="0000 0000 0000 0000 0000 0000")


def test_before_the_close_nothing_is_opened():
    made = Synthetic("open still")
    made.publish()
    made.receive()
    with pytest.raises(Malformed, match="not closed"):
        opened_by(made)
