from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bidding.core.actor import system_actor
from bidding.core.canonical import dumps, loads
from bidding.db import db, uow
from bidding.ledger import service as ledger
from bidding.ledger.models import Leaf, Log
from bidding.ledger.proof import verify_receipt
from bidding.ledger.trust import parse_policy
from bidding.submissions.models import ArmedBid, Attempt, Bid, Gate, Intake, Upload
from bidding.submissions.rules import BidState, GateState
from bidding.submissions.underway import Turns
from tests.people import sign_in
from tests.submissions.sending import Sender, SlowDisk

PRICE = 1_200_000_000
OFFER, INDEX, FILE = ("offer", 0), ("files", 0), ("files", 1)


def one(kind):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalar(select(kind))


def count(kind):
    db.session.rollback()
    return db.session.scalar(select(func.count(kind.id)))


def codes():
    db.session.rollback()
    return list(db.session.scalars(select(Attempt.code).order_by(Attempt.id)))


def test_with_every_file_here_the_signed_manifest_becomes_a_bid_with_a_receipt(sender):
    sender.send()
    answer = sender.sign()
    assert answer.status_code == 201
    told = answer.json
    assert (told["state"], told["missing"]) == ("effective", [])
    bid = one(Bid)
    assert {(f.envelope, f.n): f.sha256 for f in bid.files}.keys() == sender.files.keys()
    receipt = sender.client.get(told["receipt"]).text
    proof = verify_receipt(receipt, parse_policy(loads(bid.project.panel)["policy"]))
    assert proof.event["manifest"]["bid"] == sender.bid
    assert sender.client.get(told["page"]).status_code == 200
    assert count(Upload) == count(ArmedBid) == 0


def test_stamp_and_bid_are_written_in_one_transaction(sender):
    sender.send()
    assert sender.sign().status_code == 201
    assert count(Intake) == 0
    assert one(Bid).received_at == sender.tender.centre.clock.now()


def test_a_file_that_is_durable_and_not_in_its_place_is_moved_there_before_the_bid_stands(app, sender):
    """Its process died after the row was committed and before the bytes changed their name."""
    sender.send()
    desk, place = app.extensions["desk"], ("files", 1)
    uid, sha256 = db.session.execute(
        select(Upload.uid, Upload.sha256).where(Upload.envelope == place[0], Upload.n == place[1])
    ).one()
    desk.sealed.path(sha256).rename(desk.parts.folder / uid)
    assert sender.sign().status_code == 201
    assert desk.has(sha256)
    assert one(Bid).state is BidState.EFFECTIVE


def test_one_signature_of_the_log_serves_everybody_who_waited_for_it(app, sender):
    sender.send()

    class Late(Turns):
        """Whoever's turn it was before has signed everything that was there."""

        def of(self, log_id):
            with uow.transaction(system_actor("another"), desk.world) as tx:
                ledger.sign_checkpoint(tx, tx.session.get_one(Log, log_id), desk.keys)
            return super().of(log_id)

    desk = app.extensions["desk"] = replace(app.extensions["desk"], signing=Late())
    assert sender.sign().status_code == 201
    assert sender.client.get(sender.state().json["receipt"]).status_code == 200


def test_signed_before_its_files_a_bid_is_armed_and_accepted_with_the_last_part(sender):
    clock = sender.tender.centre.clock
    answer = sender.sign()
    assert (answer.status_code, answer.json["state"]) == (202, "armed")
    assert {(m["envelope"], m["n"]) for m in answer.json["missing"]} == sender.files.keys()
    assert sender.send(OFFER, INDEX).headers["Bid-State"] == "armed"
    clock.advance(timedelta(minutes=7))
    data = sender.files[FILE]
    sender.create(FILE)
    assert sender.patch(FILE, data[:-1]).headers.get("Bid-State") is None
    assert count(Bid) == 0
    clock.advance(timedelta(minutes=1))
    assert sender.patch(FILE, data[-1:], len(data) - 1).headers["Bid-State"] == "accepted"
    bid = one(Bid)
    assert bid.received_at == clock.now()  # the moment the last part became durable
    assert sender.state().json["state"] == "effective"
    assert one(Intake).decided_at is not None


def test_the_same_message_again_gives_the_same_bid_armed_or_accepted(sender):
    assert sender.sign().status_code == 202
    assert sender.sign().status_code == 202
    assert count(ArmedBid) == 1
    sender.send()
    first = sender.sign()
    assert first.status_code == 201
    assert first.json == sender.sign().json
    assert count(Bid) == 1
    assert codes() == []


def test_an_accepted_manifest_under_another_key_is_a_replay(sender):
    sender.send()
    sender.sign()
    answer = sender.sign(key="another")
    assert (answer.status_code, answer.json["code"]) == (409, "submission.replayed")
    assert sender.create(FILE).json["code"] == "submission.replayed"


def test_a_key_that_stands_for_another_manifest_is_refused(app, tender, sender, attachment):
    sender.sign()
    other = Sender(app, tender, tender.seal(1, [attachment], price_fen=PRICE - 1), key=sender.key)
    answer = other.sign()
    assert (answer.status_code, answer.json["code"]) == (409, "submission.replayed")


def test_a_newer_manifest_takes_the_place_of_one_that_waits(app, tender, sender, attachment):
    sender.sign()
    newer = Sender(app, tender, tender.seal(1, [attachment], price_fen=PRICE - 1))
    assert newer.sign().status_code == 202
    newer.send()
    sender.send()
    assert one(Bid).uid == newer.bid
    assert sender.state().json["state"] == "uploading"


def test_a_replaced_bid_stays_effective_until_the_new_one_is_whole(app, tender, sender, sealed, attachment):
    sender.send()
    sender.sign()
    newer = Sender(app, tender, tender.seal(1, [attachment], price_fen=PRICE - 1, replaces=sealed))
    assert newer.sign().status_code == 202
    newer.send(OFFER, INDEX)
    assert sender.state().json["state"] == "effective"
    newer.send(FILE)
    assert sender.state().json["state"] == "superseded"
    assert newer.state().json["state"] == "effective"


def test_what_could_never_be_accepted_is_refused_when_it_is_signed(app, tender, sender, attachment):
    sender.send()
    sender.sign()
    second = Sender(app, tender, tender.seal(1, [attachment], price_fen=PRICE - 1))
    answer = second.sign()
    assert (answer.status_code, answer.json["code"]) == (409, "submission.already_bid")
    assert codes() == ["submission.already_bid"]
    assert count(ArmedBid) == 0


def test_what_stopped_being_acceptable_while_it_waited_is_refused_and_told(
    app, tender, sender, sealed, attachment
):
    tender.submit(1, sealed)
    newer = Sender(app, tender, tender.seal(1, [attachment], price_fen=PRICE - 1, replaces=sealed))
    newer.sign()
    newer.send(OFFER, INDEX)
    tender.withdraw(1)
    newer.create(FILE)
    answer = newer.patch(FILE, newer.files[FILE])
    assert (answer.status_code, answer.json["code"]) == (409, "submission.not_effective")
    told = newer.state().json
    assert (told["state"], told["refusal"]["code"]) == ("refused", "submission.not_effective")
    assert told["refusal"]["reference"].startswith("R")
    assert codes() == ["submission.not_effective"]
    assert one(Intake).decided_at is not None


def test_another_file_than_the_manifests_is_refused_and_can_be_sent_again(sender):
    sender.sign()
    sender.send(OFFER, INDEX)
    damaged = bytearray(sender.files[FILE])
    damaged[-1] ^= 1
    sender.create(FILE)
    answer = sender.patch(FILE, bytes(damaged))
    assert (answer.status_code, answer.json["code"]) == (422, "submission.other_files")
    assert codes() == ["submission.other_files"]
    told = sender.state().json
    assert (told["state"], told["missing"][0]["n"]) == ("armed", 1)
    assert sender.create(FILE).status_code == 201
    assert sender.patch(FILE, sender.files[FILE]).headers["Bid-State"] == "accepted"


def test_another_file_sent_before_the_manifest_counts_as_missing(sender):
    damaged = bytearray(sender.files[FILE])
    damaged[-1] ^= 1
    sender.create(FILE)
    sender.patch(FILE, bytes(damaged))
    sender.send(OFFER, INDEX)
    answer = sender.sign()
    assert [(m["envelope"], m["n"]) for m in answer.json["missing"]] == [FILE]
    del sender.urls[FILE]
    assert sender.send(FILE).headers["Bid-State"] == "accepted"


def test_while_armed_a_file_of_another_size_or_place_is_refused_and_a_right_one_need_not_come_again(sender):
    sender.sign()
    assert sender.create(FILE, length=5000).json["code"] == "submission.other_files"
    sender.files["files", 2] = b"one too many"
    assert sender.create(("files", 2)).json["code"] == "submission.other_files"
    sender.send(OFFER)
    assert sender.create(OFFER).json["code"] == "upload.already_durable"
    assert sender.client.delete(sender.urls[OFFER], headers={"Tus-Resumable": "1.0.0"}).status_code == 409


def test_disarming_takes_the_signature_back_and_keeps_the_files(sender):
    sender.sign()
    sender.send(OFFER, INDEX)
    assert sender.client.delete(f"/notices/{sender.tender.uid}/bids/{sender.bid}").status_code == 204
    sender.send(FILE)
    assert count(Bid) == 0
    assert sender.state().json["state"] == "uploading"
    assert sender.sign().status_code == 201


def test_an_armed_bid_that_is_not_whole_at_the_deadline_is_no_bid_and_its_tenderer_learns_why(app, sender):
    sender.sign()
    sender.send(OFFER, INDEX)
    sender.tender.close()
    assert one(Gate).state is GateState.CLOSED
    assert count(Bid) == count(ArmedBid) == 0
    assert codes() == ["submission.incomplete"]
    sender.client = sign_in(app, "t1")
    told = sender.state().json
    assert (told["state"], told["refusal"]["code"]) == ("refused", "submission.incomplete")


@pytest.mark.parametrize(
    ("wait", "accepted"),
    [(-1000, True), (0, False), (1000, False)],
    ids=["a millisecond before", "at", "after"],
)
def test_the_last_part_counts_by_the_moment_it_is_durable(app, sender, wait, accepted):
    sender.sign()
    sender.send(OFFER, INDEX)
    sender.create(FILE)
    clock, durable_at = sender.tender.centre.clock, sender.tender.closes_at + timedelta(microseconds=wait)
    clock.set(sender.tender.closes_at - timedelta(seconds=1))
    sender.client = sign_in(app, "t1")
    desk = app.extensions["desk"]
    app.extensions["desk"] = replace(desk, parts=SlowDisk(desk.parts, lambda: clock.set(durable_at)))
    answer = sender.patch(FILE, sender.files[FILE])
    if accepted:
        assert answer.headers["Bid-State"] == "accepted"
        assert one(Bid).received_at == durable_at
    else:
        assert (answer.status_code, answer.json["code"]) == (409, "submission.too_late")
        sender.tender.close()
        assert count(Bid) == count(ArmedBid) == 0
        assert codes() == ["submission.incomplete"]


def test_at_the_deadline_no_manifest_is_taken(app, sender):
    sender.send()
    sender.tender.centre.clock.set(sender.tender.closes_at)
    sender.client = sign_in(app, "t1")
    answer = sender.sign()
    assert (answer.status_code, answer.json["code"]) == (409, "submission.too_late")
    assert codes() == ["submission.too_late"]


def test_a_manifest_that_does_not_hold_is_refused_with_the_place(sender):
    sender.message["manifest"]["envelopes"][0]["dealing"]["z"][0] = "00" * 32
    answer = sender.sign()
    assert (answer.status_code, answer.json["code"]) == (422, "submission.malformed")
    assert "signature" in answer.json["text"]
    for data in (b"", b"[]", b"not json", b"{}", dumps({"key": "k"})):
        url = f"/notices/{sender.tender.uid}/bids"
        assert sender.client.post(url, data=data, content_type="application/json").status_code == 422


def test_signing_and_disarming_ask_for_the_password_again(app, sender):
    sender.client = sign_in(app, "t1", stepped_up=False)
    answer = sender.sign()
    assert (answer.status_code, answer.json["code"]) == (403, "identity.step_up_needed")
    answer = sender.client.delete(f"/notices/{sender.tender.uid}/bids/{sender.bid}")
    assert (answer.status_code, answer.json["code"]) == (403, "identity.step_up_needed")
    assert sender.create(OFFER).status_code == 201  # bytes alone bind nobody


def test_to_a_rival_a_bid_on_its_way_looks_like_none(app, sender):
    sender.sign()
    sender.send(OFFER)
    rival = sign_in(app, "t2")
    for bid in (sender.bid, "0" * 32):
        url = f"/notices/{sender.tender.uid}/bids/{bid}"
        assert rival.get(f"{url}/state").status_code == 404
        assert rival.delete(url).status_code == 404
    assert sender.state().json["state"] == "armed"


def test_staff_and_strangers_reach_nothing_of_it(app, client, sender):
    sender.sign()
    for staff in (sign_in(app, login) for login in ("zhou", "sun", "wang")):
        for bid in (sender.bid, "0" * 32):
            assert staff.get(f"/notices/{sender.tender.uid}/bids/{bid}/state").status_code == 403
        sender.client = staff
        assert sender.sign().status_code == 403
    sender.client = client
    assert sender.sign().status_code == 401


def test_a_rival_who_got_hold_of_a_manifest_arms_nothing_with_it(app, sender):
    """Its files are the tenderer's: without them it never becomes whole, and the tenderer's own bid is not kept out."""
    rival = Sender(app, sender.tender, sender.sealed, "t2")
    assert rival.sign().status_code == 202
    sender.send()
    assert sender.sign().status_code == 201
    assert rival.state().json["state"] == "armed"


def test_before_the_close_no_public_page_changes_when_somebody_arms(client, sender):
    paths = (f"/notices/{sender.tender.uid}", f"/hall/{sender.tender.uid}", "/notices", "/")
    before = [client.get(path).text for path in paths]
    sender.sign()
    sender.send(OFFER)
    assert [client.get(path).text for path in paths] == before


def test_the_log_says_nothing_of_an_armed_bid(sender):
    before = count(Leaf)
    sender.sign()
    sender.send(OFFER, INDEX)
    assert count(Leaf) == before
    assert count(Intake) == 0


def test_a_withdrawn_bid_says_so(sender, sealed):
    sender.send()
    sender.sign()
    sender.tender.bids[1], sender.tender.received[1] = sealed, sender.bid
    sender.tender.withdraw(1)
    assert sender.state().json["state"] == BidState.WITHDRAWN.value
