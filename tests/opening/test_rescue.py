from __future__ import annotations

from datetime import timedelta

import pytest

from bidding.core.errors import Forbidden, NotFound
from bidding.db import db
from bidding.identity.models import Account
from bidding.messages.models import Message
from bidding.opening import queries, rescue, rules, service
from bidding.opening.attachments import Vault
from bidding.opening.models import PostedKey
from bidding.opening.presentation import record_sheet
from tests.opening.parts import batch_of, bundle, hand_in, project_of

LENGTH = timedelta(minutes=120)


@pytest.fixture
def further():
    def given_up(centre, tender):
        for name in ("reform", "finance"):
            hand_in(tender, batch_of(tender, name).value)
        centre.wait(LENGTH)
        return tender

    return {"given_up": ("three_in", given_up)}


@pytest.fixture
def given_up(laid):
    """Two of three trustees came in the time they had: nothing is open."""
    return laid[1]


def key_of(tender, number):
    return tender.bids[number].key


def post(tender, number, envelopes=("offer",), login=None, **changed):
    value = key_of(tender, number).posting(envelopes).to_json() | changed
    with tender.centre.act(login or f"t{number}") as tx:
        return rescue.post_keys(tx, tender.uid, value, tender.centre.sealed)


def sheets(tender):
    return queries.opened(db.session(), project_of(tender).id)


def test_a_tenderers_own_key_opens_its_sheet_and_no_other(given_up, tmp_path):
    post(given_up, 2)
    assert [sheet.verdict for sheet in sheets(given_up)] == ["trustees", None, "trustees"]
    opened = sheets(given_up)[1]
    assert (opened.late_by, opened.fields["price_fen"]) == ("key", 1_200_000_002)
    report = bundle(given_up, tmp_path)
    assert report.accepted, report.refusals
    assert [sheet.bid for sheet in report.sheets] == [given_up.bids[2].bid]


def test_the_paper_record_says_what_opened_late_and_why_the_rest_did_not(given_up, app):
    post(given_up, 2)
    hall = queries.hall(db.session(), given_up.uid)
    rows = record_sheet(
        hall, witnesses=queries.close_witnesses(db.session(), hall), centre="中心", address="/"
    )["lots"][0]["rows"]
    assert "以本单位的密钥补开" in rows[1]["late"]
    assert "时限 120 分钟，只到了 2 份份额" in rows[0]["verdict"]
    assert app.test_client().get(f"/opening/{given_up.uid}/record.pdf").data.startswith(b"%PDF-")


def test_posted_twice_it_is_posted_once(given_up):
    post(given_up, 1)
    post(given_up, 1)
    assert db.session.query(PostedKey).count() == 1


def test_the_keys_of_attachments_are_for_the_panel_alone(given_up, tmp_path):
    post(given_up, 1, ("offer", "files"))
    with given_up.centre.act("sun") as tx:
        listed = Vault(tx.session, project_of(given_up), tx.actor, given_up.centre.sealed).listed()
    assert [bool(each.files) for each in listed] == [True, False, False]
    report = bundle(given_up, tmp_path)
    assert report.accepted, report.refusals


def test_a_rivals_bid_looks_like_none_and_staff_of_the_agency_post_nothing(given_up):
    with pytest.raises(NotFound):
        post(given_up, 1, login="t2")
    with pytest.raises(Forbidden):
        post(given_up, 1, login="zhou")


def test_the_window_hands_in_what_a_tenderer_brings(given_up):
    post(given_up, 3, login="wang")
    assert sheets(given_up)[2].verdict is None


def test_another_bids_key_and_another_tenders_are_refused(given_up):
    other = key_of(given_up, 2).posting(["offer"]).to_json()["identities"]
    with pytest.raises(rules.KeyRefused):
        post(given_up, 1, identities=other)
    with pytest.raises(rules.KeyRefused):
        post(given_up, 1, panel="ab" * 32)
    with pytest.raises(rules.KeyRefused):
        post(given_up, 1, type="bid-key")
    assert {sheet.verdict for sheet in sheets(given_up)} == {"trustees"}


def test_an_envelope_that_nobody_asks_for_is_not_kept(given_up):
    identity = key_of(given_up, 1).to_json()["identities"][0]["identity"]
    with pytest.raises(rules.EnvelopeNotWanted):
        post(given_up, 1, identities=[{"envelope": "price", "identity": identity}])
    db.session.rollback()
    assert db.session.query(PostedKey).count() == 0


def test_nothing_is_taken_before_the_trustees_time_is_up(three_in):
    with pytest.raises(rules.NotOpened):
        post(three_in, 1)


def test_where_the_trustees_opened_nobodys_key_is_wanted(opened):
    with pytest.raises(rules.KeyNotWanted):
        post(opened, 1)


def test_a_trustee_who_comes_late_opens_what_is_left(given_up, tmp_path):
    post(given_up, 1)
    hand_in(given_up, batch_of(given_up, "notary").value)
    with given_up.centre.act("sun") as tx:
        assert rescue.open_late(tx, given_up.uid, given_up.centre.sealed) == 2
    assert [sheet.late_by for sheet in sheets(given_up)] == ["key", "shares", "shares"]
    report = bundle(given_up, tmp_path)
    assert report.accepted, report.refusals
    assert len(report.sheets) == 3


def test_a_ciphertext_that_is_gone_is_the_platforms_fault_even_with_the_key(given_up):
    key = key_of(given_up, 1)
    with given_up.centre.act("sun") as tx:
        _, _, book = service.locked(tx, given_up.uid)
        record = service.record_of(tx.session, book)
    listed = record.bids[key.bid].envelope("offer")["files"][0]["sha256"]
    given_up.centre.sealed.delete(listed)
    post(given_up, 1)
    assert sheets(given_up)[0].verdict == "platform"


def test_each_tenderer_is_told_and_officials_know_why(given_up):
    assert {"key-wanted"} <= told(given_up, "t1")
    assert {"trustees-missing"} <= told(given_up, "sun")
    assert "key-wanted" not in told(given_up, "sun")


def told(tender, login):
    db.session.rollback()
    rows = db.session.query(Message).join(Account, Account.id == Message.account_id)
    return {str(row.kind) for row in rows.filter(Account.login == login)}
