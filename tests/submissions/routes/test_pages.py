from __future__ import annotations

import re
from io import BytesIO

import pytest

from bidding.core.canonical import dumps
from bidding.ledger import queries as ledger
from bidding.ledger import service as ledger_service
from bidding.sealing.client import withdraw as sign_withdrawal
from tests.people import sign_in

PRICE = 1_200_000_000


@pytest.fixture
def sealed(tender, attachment):
    return tender.seal(1, [attachment], price_fen=PRICE)


def form(sealed, key="one-key"):
    return {"key": key, "package": (BytesIO(sealed.package.read_bytes()), sealed.package.name)}


def hand_in(app, tender, sealed, login="t1", **kwargs):
    return sign_in(app, login).post(f"/notices/{tender.uid}/submit", data=form(sealed), **kwargs)


def test_a_package_sent_by_the_page_leads_to_its_receipt(app, tender, sealed):
    answer = hand_in(app, tender, sealed)
    assert answer.status_code == 303
    page = sign_in(app, "t1").get(answer.location)
    assert page.status_code == 200
    assert "已递交" in page.text


def test_a_raw_body_is_taken_as_well_and_answered_in_json(app, tender, sealed):
    answer = sign_in(app, "t1").post(
        f"/notices/{tender.uid}/submit",
        data=sealed.package.read_bytes(),
        content_type="application/octet-stream",
        headers={"Idempotency-Key": "raw", "Accept": "application/json"},
    )
    assert answer.status_code == 201
    assert answer.json["bid"] == sealed.bid
    assert sign_in(app, "t1").get(answer.json["receipt"]).status_code == 200


def test_a_refusal_is_said_over_the_form_with_a_number(app, tender):
    answer = sign_in(app, "t1").post(
        f"/notices/{tender.uid}/submit", data={"key": "k", "package": (BytesIO(b"%PDF-1.7"), "plain.pdf")}
    )
    assert answer.status_code == 422
    assert "没有收下，编号 R" in answer.text


def test_after_the_deadline_the_page_says_when_it_was(app, tender, sealed):
    tender.centre.clock.set(tender.closes_at)
    answer = hand_in(app, tender, sealed)
    assert answer.status_code == 409
    assert "14:30:00" in answer.text


def test_an_old_password_is_asked_for_again_before_anything_is_kept(app, tender, sealed):
    answer = sign_in(app, "t1", stepped_up=False).post(f"/notices/{tender.uid}/submit", data=form(sealed))
    assert answer.status_code == 422
    assert "密码" in answer.text
    assert sign_in(app, "t1").get("/bids").text.count("/bids/") == 0


@pytest.mark.parametrize("login", ["zhou", "sun", "wang"])
def test_nobody_but_tenderers_sees_the_submit_page_or_sends_by_it(app, tender, sealed, login):
    assert sign_in(app, login).get(f"/notices/{tender.uid}/submit").status_code == 403
    assert hand_in(app, tender, sealed, login).status_code == 403


def test_strangers_are_sent_to_sign_in(app, client, tender):
    answer = client.get(f"/notices/{tender.uid}/submit")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_to_a_rival_a_bid_looks_like_none(app, tender, sealed):
    bid = tender.submit(1, sealed)
    for path in (
        f"/bids/{bid}",
        f"/bids/{bid}/receipt.tlog-proof",
        f"/bids/{bid}/receipt.pdf",
        f"/bids/{bid}/withdraw",
    ):
        assert sign_in(app, "t2").get(path).status_code == 404
        assert sign_in(app, "t1").get(path).status_code == 200
    assert bid not in sign_in(app, "t2").get("/bids").text


def test_a_withdrawal_is_sent_by_the_page(app, tender, sealed):
    bid = tender.submit(1, sealed)
    proof = (BytesIO(dumps(sign_withdrawal(sealed.key))), "withdrawal.json")
    answer = sign_in(app, "t1").post(f"/bids/{bid}/withdraw", data={"withdrawal": proof})
    assert answer.status_code == 303
    assert "已撤回" in sign_in(app, "t1").get(answer.location).text


@pytest.mark.parametrize("data", [b"", b"not json", b"[]", b"{}", b'{"withdrawal":{},"sig":""}'])
def test_what_is_no_withdrawal_changes_nothing(app, tender, sealed, data):
    bid = tender.submit(1, sealed)
    answer = sign_in(app, "t1").post(f"/bids/{bid}/withdraw", data={"withdrawal": (BytesIO(data), "w.json")})
    assert answer.status_code == 422
    assert "已递交" in sign_in(app, "t1").get(f"/bids/{bid}").text


def test_before_the_close_no_public_page_changes_when_somebody_bids(app, client, tender, sealed):
    paths = (f"/notices/{tender.uid}", f"/hall/{tender.uid}", "/notices", "/")
    before = [client.get(path).text for path in paths]
    tender.submit(1, sealed)
    assert [client.get(path).text for path in paths] == before


def test_a_receipt_has_its_milliseconds_its_margin_and_a_picture_of_its_address(app, tender, sealed):
    page = sign_in(app, "t1").get(f"/bids/{tender.submit(1, sealed)}").text
    assert re.search(r"\d\d:\d\d:\d\d\.\d{3}", page)
    assert "早于截止" in page
    assert 'src="data:image/svg+xml' in page


def test_after_the_opening_the_receipt_says_where_the_bid_stands(app, opened):
    for number in (1, 2, 3):
        page = sign_in(app, f"t{number}").get(f"/bids/{opened.received[number]}").text
        assert f"开标时是第 {number} 份" in page
        assert f"/notices/{opened.uid}/award" in page


def test_where_no_witness_is_in_service_the_receipt_says_what_protects_instead(app, centre, tender, sealed):
    bid = tender.submit(1, sealed)
    page = sign_in(app, "t1").get(f"/bids/{bid}").text
    assert "没有在用的见证方，这张回执" not in page
    with centre.act("wang") as tx:
        (named,) = ledger.active_witnesses(tx.session)
        ledger_service.retire_witness(tx, named.id, centre.keys)
    page = sign_in(app, "t1").get(f"/bids/{bid}").text
    assert "没有在用的见证方，这张回执不会再有见证签名" in page
    assert "六组数字在会场宣读" in page
