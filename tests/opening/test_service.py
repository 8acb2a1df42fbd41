from __future__ import annotations

import io
import zipfile
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from bidding.core.canonical import Malformed, loads
from bidding.core.errors import Forbidden
from bidding.db import db
from bidding.ledger.models import Leaf, Log
from bidding.opening import queries, rules, service
from bidding.opening.jobs import open_due
from bidding.opening.models import ShareBatch
from bidding.submissions.rules import GateState
from tests.opening.parts import batch_of, fetch, hand_in, project_of, state_of
from tests.people import sign_in


@pytest.fixture
def closed(three_in):
    """Three bids behind a closed gate, cosigned; the opening's instant is now."""
    return three_in


def open_sheets(tender):
    with tender.centre.act("sun") as tx:
        return service.open_stage(tx, tender.uid, tender.centre.sealed)


def test_no_package_leaves_before_the_close(tender):
    with pytest.raises(rules.NotClosed):
        fetch(tender)


def test_no_package_leaves_before_a_witness_has_seen_the_instant_of_opening(centre, tender, attachment):
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000))
    centre.wait(tender.closes_at)
    centre.wait(timedelta(seconds=2))
    with pytest.raises(rules.NotWitnessed):
        fetch(tender)
    assert state_of(tender) is GateState.CLOSED


def test_the_first_package_begins_the_opening(closed):
    fetch(closed)
    assert state_of(closed) is GateState.OPENING


def test_k_batches_open_every_sheet_at_once(closed):
    for name in ("reform", "finance"):
        hand_in(closed, batch_of(closed, name).value)
        assert not open_sheets(closed)
        assert queries.opened(db.session(), project_of(closed).id) == []
    hand_in(closed, batch_of(closed, "notary").value)
    assert open_sheets(closed)
    found = queries.opened(db.session(), project_of(closed).id)
    assert [sheet.fields["price_fen"] for sheet in found] == [1_200_000_001, 1_200_000_002, 1_200_000_003]
    assert [sheet.place for sheet in found] == [1, 2, 3]
    assert state_of(closed) is GateState.OPENED
    assert not open_sheets(closed)


def test_sheets_left_over_by_a_crash_are_opened_by_the_clockwork(closed, app):
    for name in ("reform", "finance", "notary"):
        hand_in(closed, batch_of(closed, name).value)
    assert open_due(app.extensions["world"], closed.centre.sealed, closed.centre.keys) == 1
    assert open_due(app.extensions["world"], closed.centre.sealed, closed.centre.keys) == 0
    assert state_of(closed) is GateState.OPENED


def test_a_batch_handed_in_twice_is_one_batch(closed):
    value = batch_of(closed, "reform").value
    assert hand_in(closed, value) == hand_in(closed, value)
    db.session.rollback()
    assert len(list(db.session.scalars(select(ShareBatch)))) == 1


def test_other_shares_of_a_seat_that_has_given_are_refused(closed):
    hand_in(closed, batch_of(closed, "reform").value)
    with pytest.raises(rules.SeatTaken):
        hand_in(closed, batch_of(closed, "reform").value)


def test_a_batch_for_another_checkpoint_is_refused_and_both_are_named(closed):
    value = batch_of(closed, "reform").value
    lines = value["batch"]["checkpoint"].split("\n")
    value["batch"]["checkpoint"] = "\n".join([lines[0], str(int(lines[1]) - 1), *lines[2:]])
    with pytest.raises(rules.OtherCheckpoint) as refused:
        hand_in(closed, value)
    assert lines[1] in str(refused.value)
    assert str(int(lines[1]) - 1) in str(refused.value)


def test_a_batch_for_another_project_is_refused(closed):
    value = batch_of(closed, "reform").value
    value["batch"]["panel"] = "00" * 32
    with pytest.raises(rules.OtherProject):
        hand_in(closed, value)


def test_one_bad_share_refuses_the_whole_batch(closed):
    value = batch_of(closed, "reform").value
    value["batch"]["shares"][1]["S"] = value["batch"]["shares"][0]["S"]
    with pytest.raises(rules.BadBatch):
        hand_in(closed, value)
    db.session.rollback()
    assert db.session.scalar(select(ShareBatch.id)) is None


def test_a_stored_batch_that_was_changed_afterwards_opens_nothing(closed):
    for name in ("reform", "finance", "notary"):
        hand_in(closed, batch_of(closed, name).value)
    row = db.session.scalars(
        select(ShareBatch).where(ShareBatch.public.is_(True)).order_by(ShareBatch.id)
    ).first()
    row.body = row.body.replace('"i":1', '"i":2', 1)
    db.session.commit()
    with pytest.raises(Malformed, match="not the one in the log"):
        open_sheets(closed)


def test_a_bid_changed_in_the_database_is_found_though_the_same_log_was_checked_before(closed):
    """This process has read the log and remembers what it checked; another text is none of that."""
    fetch(closed)
    row = db.session.scalars(select(Leaf).where(Leaf.type == "bid")).first()
    manifest = loads(row.event)["manifest"]
    row.event = row.event.replace(manifest["client"], "0" * 64)
    db.session.commit()
    with pytest.raises(Malformed, match="the signature does not hold"):
        fetch(closed)


def test_what_is_no_batch_is_refused_in_words(closed):
    for value in ({}, [], {"batch": {}, "sig": ""}, None, "text"):
        with pytest.raises(rules.BadBatch):
            hand_in(closed, value)


def test_strangers_tenderers_and_other_agencies_fetch_and_hand_in_nothing(closed):
    value = batch_of(closed, "reform").value
    for login in ("t1", None):
        with pytest.raises(Forbidden):
            fetch(closed, login)
        with pytest.raises(Forbidden):
            hand_in(closed, value, login)


def test_fewer_than_three_bids_are_never_opened(centre, tender, attachment):
    sealed = [tender.seal(n, [attachment], price_fen=1_200_000_000) for n in (1, 2)]
    for number, package in enumerate(sealed, 1):
        tender.submit(number, package)
    tender.close()
    with pytest.raises(rules.NothingToOpen):
        fetch(tender)
    view = queries.hall(db.session(), tender.uid)
    assert view.lots[0].failed
    assert view.close.count == 2


def test_a_missing_ciphertext_is_the_platforms_fault_and_stops_nobody_else(closed):
    record = service.record_of(db.session(), db.session.get_one(Log, project_of(closed).log_id))
    victim = record.to_be_shared(1, public=True)[0][0]
    closed.centre.sealed.delete(victim.envelope("offer")["files"][0]["sha256"])
    for name in ("reform", "finance", "notary"):
        hand_in(closed, batch_of(closed, name).value)
    assert open_sheets(closed)
    found = queries.opened(db.session(), project_of(closed).id)
    assert [sheet.verdict for sheet in found] == ["platform", None, None]


def test_the_bundle_holds_exactly_the_sheets_that_were_opened(opened):
    target = io.BytesIO()
    service.write_opening(db.session(), project_of(opened), opened.centre.sealed, target)
    names = zipfile.ZipFile(target).namelist()
    assert names[0] == "bundle.json"
    assert len(names) == 4
    assert all(name.startswith("sealed/") and name.endswith("/offer.age") for name in names[1:])


def test_the_same_opening_gives_the_same_bytes(opened):
    first, second = io.BytesIO(), io.BytesIO()
    for target in (first, second):
        service.write_opening(db.session(), project_of(opened), opened.centre.sealed, target)
    assert first.getvalue() == second.getvalue()


def test_before_the_close_the_hall_tells_nothing(tender, attachment):
    tender.submit(1, tender.seal(1, [attachment], price_fen=1_200_000_000))
    db.session.rollback()
    view = queries.hall(db.session(), tender.uid)
    assert view.close is None
    assert view.lots == []
    assert view.given == []


@contextmanager
def statements():
    """What the database is asked."""
    asked = []

    def _note(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", _note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", _note)


def test_before_the_close_no_page_of_the_opening_takes_longer_the_more_have_bid(app, tender, attachment):
    """What reads the log's leaves takes as long as there are bids; so nothing reads them."""
    tender.submit(1, tender.seal(1, [attachment], price_fen=1))
    visitors = [app.test_client(), sign_in(app, "zhou"), sign_in(app, "sun"), sign_in(app, "t2")]
    place = f"/hall/{tender.uid}"
    for path in (
        place,
        f"{place}/record.pdf",
        f"{place}/opening.zip",
        f"{place}/files",
        f"{place}/files/b/files/0",
    ):
        for visitor in visitors:
            with statements() as asked:
                visitor.get(path)
            assert not [text for text in asked if " leaf" in text or " bid" in text], path
    for path in (f"{place}/package", f"{place}/shares"):
        with statements() as asked:
            sign_in(app, "sun").post(path)
        assert not [text for text in asked if " leaf" in text or " bid" in text], path
