from __future__ import annotations

from io import BytesIO

import pytest

from bidding.core.canonical import dumps
from bidding.opening.client import open_package
from bidding.story.cast import PASSWORD
from bidding.story.centre import WITNESS
from tests.people import sign_in


@pytest.fixture
def closed(centre, tender, attachment):
    """Three bids behind a closed gate, cosigned."""
    for number in (1, 2, 3):
        tender.submit(number, tender.seal(number, [attachment], price_fen=1_200_000_000 + number))
    tender.close()
    return tender


def batches(app, tender, name):
    package = sign_in(app, "sun").post(f"/opening/{tender.uid}/package")
    assert package.status_code == 200
    return open_package(
        package.data,
        seed=tender.centre.trustees[name].seed,
        stage=1,
        now=tender.centre.clock.now(),
        entropy=tender.centre.entropy,
    )


def hand_in(app, tender, data, login="sun"):
    return sign_in(app, login).post(
        f"/opening/{tender.uid}/shares", data={"batch": (BytesIO(data), "shares.json")}
    )


def test_three_trustees_files_open_the_hall(app, client, closed):
    assert "1,200,000,0" not in client.get(f"/hall/{closed.uid}").text
    for name in ("reform", "finance", "notary"):
        for batch in batches(app, closed, name):
            assert hand_in(app, closed, dumps(batch.value)).status_code == 303
    page = client.get(f"/hall/{closed.uid}").text
    assert "12,000,000.01" in page
    assert "已开标" in page


def test_the_record_and_the_bundle_are_everybodys_after_the_opening(client, opened):
    assert client.get(f"/opening/{opened.uid}/record.pdf").data.startswith(b"%PDF-")
    with client.get(f"/opening/{opened.uid}/opening.zip") as answer:
        assert answer.data.startswith(b"PK")


def test_before_the_opening_there_is_neither_record_nor_bundle(client, closed):
    assert client.get(f"/opening/{closed.uid}/record.pdf").status_code == 404
    assert client.get(f"/opening/{closed.uid}/opening.zip").status_code == 409


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'{"batch":1,"sig":2}', b"\x00", b"9" * 5000])
def test_what_is_no_batch_is_refused_at_its_field(app, closed, data):
    answer = hand_in(app, closed, data)
    assert answer.status_code == 422
    assert "batch" in answer.text


@pytest.mark.parametrize(("login", "status"), [("t1", 403), ("t2", 403)])
def test_tenderers_fetch_and_hand_in_nothing(app, closed, login, status):
    assert sign_in(app, login).post(f"/opening/{closed.uid}/package").status_code == status
    assert hand_in(app, closed, b"{}", login).status_code == status


def test_strangers_fetch_hand_in_and_read_nothing(client, opened):
    assert client.post(f"/opening/{opened.uid}/package").status_code == 401
    assert client.post(f"/opening/{opened.uid}/shares").status_code == 401
    assert client.get(f"/opening/{opened.uid}/files").status_code == 302


def test_the_agency_reads_attachments_and_rivals_do_not(app, opened, attachment):
    page = sign_in(app, "zhou").get(f"/opening/{opened.uid}/files")
    assert page.status_code == 200
    link = page.text.split('href="')
    path = next(part.split('"')[0] for part in link if part.startswith(f"/opening/{opened.uid}/files/"))
    answer = sign_in(app, "zhou").get(path)
    assert answer.data == attachment.read_bytes()
    assert sign_in(app, "t1").get(path).status_code == 403
    assert sign_in(app, "t1").get(f"/opening/{opened.uid}/files").status_code == 403


def test_a_hall_that_is_not_there_is_not_found(client, centre):
    assert client.get("/hall/nothing").status_code == 404


def test_beginning_the_opening_asks_for_the_password_again(app, closed):
    late = sign_in(app, "sun", stepped_up=False)
    page = late.get(f"/hall/{closed.uid}").text
    assert page.count('id="package-password"') == 1
    refused = late.post(f"/opening/{closed.uid}/package")
    assert refused.status_code == 422
    assert "再输入一次您的登录密码" in refused.text
    assert late.post(f"/opening/{closed.uid}/package", data={"step_up_password": PASSWORD}).status_code == 200


def test_the_record_names_the_witness_who_saw_the_close(client, opened):
    assert WITNESS in client.get(f"/hall/{opened.uid}/record").text
