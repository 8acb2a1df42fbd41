from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.core.canonical import loads
from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.identity.policy import NotApproved
from bidding.ledger.models import Leaf, Log
from bidding.ledger.note import Head
from bidding.ledger.proof import verify_receipt
from bidding.ledger.queries import NotYetSigned
from bidding.ledger.trust import parse_policy
from bidding.sealing.client import withdraw as sign_withdrawal
from bidding.sealing.package import PackageRefused
from bidding.storage import StorageFull
from bidding.submissions import queries, reception, rules
from bidding.submissions.intake import NotSealed, Refused, TooLarge
from bidding.submissions.models import Attempt, Bid, Intake, SealedFile
from bidding.submissions.rules import BidState
from bidding.tenders.models import Project

PRICE = 1_200_000_000


@pytest.fixture
def sealed(tender, attachment):
    return tender.seal(1, [attachment], price_fen=PRICE)


@pytest.fixture
def desk(app):
    return app.extensions["desk"]


def receive(tender, number, data, key="key", chunks=None):
    centre = tender.centre
    chunks = iter([data]) if chunks is None else chunks
    return reception.receive(
        centre.app.extensions["desk"], centre.actor(f"t{number}"), tender.uid, key, chunks
    )


def limit(app, **limits):
    desk = app.extensions["desk"]
    app.extensions["desk"] = replace(desk, limits=replace(desk.limits, **limits))


def bid_of(uid):
    db.session.rollback()
    return db.session.scalar(select(Bid).where(Bid.uid == uid))


def attempts():
    db.session.rollback()
    return list(db.session.scalars(select(Attempt).order_by(Attempt.id)))


def test_a_package_becomes_a_bid_with_a_receipt_that_anybody_checks(tender, sealed):
    uid = tender.submit(1, sealed)
    bid = bid_of(uid)
    assert bid.state is BidState.EFFECTIVE
    assert bid.received_at == tender.centre.clock.now()
    assert {(f.envelope, f.n) for f in bid.files} >= {("offer", 0), ("files", 0)}
    panel = loads(bid.project.panel)
    receipt = verify_receipt(reception.receipt(bid, witnessed=False), parse_policy(panel["policy"]))
    assert receipt.event["manifest"]["bid"] == uid
    assert receipt.event["manifest"]["panel"] == bid.project.panel_hash


def test_the_stored_ciphertexts_are_the_ones_of_the_manifest(tender, sealed):
    bid = bid_of(tender.submit(1, sealed))
    for envelope in loads(bid.manifest)["envelopes"]:
        for file in envelope["files"]:
            assert tender.centre.sealed.size(file["sha256"]) == file["size"]


def test_the_same_message_again_is_the_same_bid(tender, sealed):
    data = sealed.package.read_bytes()
    assert receive(tender, 1, data) == receive(tender, 1, data)
    assert len(list(db.session.scalars(select(Bid)))) == 1


def test_an_old_manifest_under_a_new_key_is_refused(tender, sealed):
    data = sealed.package.read_bytes()
    receive(tender, 1, data, key="one")
    with pytest.raises(rules.Replayed):
        receive(tender, 1, data, key="two")


def test_a_key_that_was_used_for_another_package_is_refused(tender, sealed, attachment):
    receive(tender, 1, sealed.package.read_bytes())
    other = tender.seal(1, [attachment], price_fen=PRICE - 1, replaces=sealed)
    with pytest.raises(rules.Replayed):
        receive(tender, 1, other.package.read_bytes())


def test_a_replacement_ends_the_bid_it_names_and_no_other(tender, sealed, attachment):
    first = tender.submit(1, sealed)
    newer = tender.submit(1, tender.seal(1, [attachment], price_fen=PRICE - 1, replaces=sealed))
    assert bid_of(first).state is BidState.SUPERSEDED
    assert bid_of(newer).state is BidState.EFFECTIVE
    assert [bid.uid for bid in queries.effective_bids(db.session, bid_of(newer).project)] == [newer]


def test_a_second_bid_that_does_not_say_so_is_refused_and_kept_as_an_attempt(tender, sealed, attachment):
    first = tender.submit(1, sealed)
    second = tender.seal(1, [attachment], price_fen=PRICE - 1)
    with pytest.raises(rules.AlreadyBid) as refused:
        receive(tender, 1, second.package.read_bytes())
    assert bid_of(first).state is BidState.EFFECTIVE
    assert [attempt.reference for attempt in attempts()] == [refused.value.reference]


def test_the_bid_to_be_replaced_must_still_be_effective(tender, sealed, attachment):
    tender.submit(1, sealed)
    second = tender.seal(1, [attachment], price_fen=PRICE - 1, replaces=sealed)
    third = tender.seal(1, [attachment], price_fen=PRICE - 2, replaces=sealed)
    receive(tender, 1, second.package.read_bytes(), key="second")
    with pytest.raises(rules.NotEffective):
        receive(tender, 1, third.package.read_bytes(), key="third")


def test_a_rival_cannot_hand_in_somebody_elses_replacement(tender, sealed, attachment):
    first = tender.submit(1, sealed)
    second = tender.seal(1, [attachment], price_fen=PRICE - 1, replaces=sealed)
    with pytest.raises(rules.NotEffective):
        receive(tender, 2, second.package.read_bytes())
    assert bid_of(first).state is BidState.EFFECTIVE


@pytest.mark.parametrize(
    "cut", [0, 3, 100, 5000, -1], ids=["empty", "magic", "manifest", "dealing", "last byte"]
)
def test_a_truncated_package_leaves_no_bid(tender, sealed, cut):
    with pytest.raises((Refused, PackageRefused, NotSealed)):
        receive(tender, 1, sealed.package.read_bytes()[:cut])
    assert db.session.scalar(select(Bid.id)) is None
    assert db.session.scalar(select(SealedFile.id)) is None
    assert len(attempts()) == 1


def test_an_altered_byte_leaves_no_bid(tender, sealed):
    data = bytearray(sealed.package.read_bytes())
    data[len(data) // 2] ^= 1
    with pytest.raises((Refused, PackageRefused, NotSealed)):
        receive(tender, 1, bytes(data))
    assert db.session.scalar(select(Bid.id)) is None


def test_a_plain_document_is_refused_in_words(tender):
    with pytest.raises((Refused, PackageRefused)) as refused:
        receive(tender, 1, b"%PDF-1.7 this is not sealed")
    assert "bidseal" in str(refused.value) or "签封" in str(refused.value)


def test_a_package_for_another_tender_is_refused(tender, sealed, centre, tmp_path, attachment):
    other = type(tender)(centre, tmp_path / "other", tender.told)
    other.publish([attachment])
    with pytest.raises(Refused):
        receive(other, 1, sealed.package.read_bytes())


def test_too_many_bytes_are_refused_before_they_are_stored(tender, sealed, app):
    limit(app, bid=1000)
    with pytest.raises(TooLarge):
        receive(tender, 1, sealed.package.read_bytes())


def test_a_full_disk_is_said_before_the_files_come(tender, sealed, app):
    limit(app, reserve=2**62)
    with pytest.raises(StorageFull):
        receive(tender, 1, sealed.package.read_bytes())


def test_the_closing_instant_itself_is_too_late(tender, sealed):
    tender.centre.clock.set(tender.closes_at)
    with pytest.raises(rules.TooLate) as refused:
        receive(tender, 1, sealed.package.read_bytes())
    assert refused.value.reference
    assert db.session.scalar(select(Bid.id)) is None


def test_a_microsecond_before_it_is_in_time(tender, sealed):
    tender.centre.clock.set(tender.closes_at - timedelta(microseconds=1))
    uid = receive(tender, 1, sealed.package.read_bytes())
    assert bid_of(uid).received_at < tender.closes_at


def test_the_last_byte_counts_not_the_first(tender, sealed):
    data = sealed.package.read_bytes()
    clock = tender.centre.clock
    clock.set(tender.closes_at - timedelta(seconds=1))

    def slowly():
        yield data[:1000]
        clock.set(tender.closes_at + timedelta(seconds=1))
        yield data[1000:]

    with pytest.raises(rules.TooLate):
        receive(tender, 1, b"", chunks=slowly())
    assert db.session.scalar(select(Bid.id)) is None


def test_a_clock_that_was_set_back_makes_nothing_late_and_lets_nothing_overtake(tender, sealed, attachment):
    clock = tender.centre.clock
    first = bid_of(tender.submit(1, sealed)).received_at
    clock.advance(-timedelta(hours=1))
    second = bid_of(tender.submit(2, tender.seal(2, [attachment], price_fen=PRICE))).received_at
    assert second > first


def test_whoever_was_not_approved_at_the_window_cannot_bid(tender, sealed, centre):
    with centre.act("wang") as tx:
        from bidding.identity import queries as people
        from bidding.identity import service as identity

        found = people.organisation_of(tx.session, centre.actor("t1"))
        identity.send_back(tx, found.uid, seen=identity.fingerprint(found), defects=["营业执照看不清"])
    with pytest.raises(NotApproved):
        receive(tender, 1, sealed.package.read_bytes())


def test_agency_supervisor_and_stranger_hand_nothing_in(tender, sealed, desk, centre):
    for login in ("zhou", "sun", "wang"):
        with pytest.raises(Forbidden):
            reception.receive(
                desk, centre.actor(login), tender.uid, "key", iter([sealed.package.read_bytes()])
            )


def test_a_withdrawn_bid_is_not_effective_and_stays_withdrawn(tender, sealed):
    uid = tender.submit(1, sealed)
    tender.withdraw(1)
    bid = bid_of(uid)
    assert bid.state is BidState.WITHDRAWN
    assert queries.effective_bids(db.session, bid.project) == []


def test_only_the_bids_own_key_withdraws_it(tender, sealed, attachment, desk, centre):
    uid = tender.submit(1, sealed)
    stranger = tender.seal(1, [attachment], price_fen=PRICE)
    with pytest.raises(Refused):
        reception.withdraw(desk, centre.actor("t1"), uid, sign_withdrawal(stranger.key))
    with pytest.raises(NotFound):
        reception.withdraw(desk, centre.actor("t2"), uid, sign_withdrawal(sealed.key))
    assert bid_of(uid).state is BidState.EFFECTIVE


def test_withdrawing_after_the_deadline_is_too_late(tender, sealed, desk, centre):
    uid = tender.submit(1, sealed)
    centre.clock.set(tender.closes_at)
    with pytest.raises(rules.TooLate):
        reception.withdraw(desk, centre.actor("t1"), uid, sign_withdrawal(sealed.key))
    assert bid_of(uid).state is BidState.EFFECTIVE


def test_the_log_names_no_tenderer_before_the_opening(tender, sealed, centre):
    tender.submit(1, sealed)
    receive_refused(tender)
    db.session.rollback()
    text = "\n".join(db.session.scalars(select(Leaf.event)))
    for secret in ("岚岳", '"t1"', str(PRICE)):
        assert secret not in text


def receive_refused(tender):
    with pytest.raises((Refused, PackageRefused)):
        receive(tender, 2, b"nothing")


def test_a_bid_that_stands_is_not_called_refused_because_its_log_cannot_be_signed(tender, sealed, desk):
    db.session.rollback()
    origin = db.session.scalar(select(Log.origin).join(Project, Project.log_id == Log.id))
    desk.keys.remember(Head(origin, 10**6, bytes(32)))
    uid = receive(tender, 1, sealed.package.read_bytes())
    assert bid_of(uid).state is BidState.EFFECTIVE
    assert attempts() == []
    with pytest.raises(NotYetSigned):
        reception.receipt(bid_of(uid), witnessed=False)


def test_every_intake_is_decided(tender, sealed):
    tender.submit(1, sealed)
    receive_refused(tender)
    db.session.rollback()
    assert all(intake.decided_at is not None for intake in db.session.scalars(select(Intake)))
