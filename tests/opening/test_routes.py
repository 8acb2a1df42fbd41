from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO

import pypdf
import pytest

from bidding.core.canonical import dumps, loads
from bidding.core.signing import sign_object
from bidding.opening.batches import TAG
from bidding.opening.client import open_package
from bidding.sealing.dealing import trustee_sign_seed
from bidding.story.cast import PASSWORD
from bidding.story.centre import WITNESS
from bidding.story.play import Tender, Told
from tests.opening.sitting.test_service import Hall
from tests.people import sign_in


@pytest.fixture
def closed(three_in):
    """Three bids behind a closed gate, cosigned."""
    return three_in


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
        archive = zipfile.ZipFile(BytesIO(answer.data))
    digest = hashlib.sha256(client.get(f"/notices/{opened.uid}/notice.json").data).hexdigest()
    assert f"notices/{digest}.json" in archive.namelist()  # byte for byte what the notice's page gives


def test_a_batch_that_is_not_taken_stands_in_the_record_with_whose_doing_it_is(app, client, closed, tmp_path):
    """A share that was not dealt, signed by its trustee, and the same file changed on the way; sent twice, told once."""
    good = [batches(app, closed, name)[0].value for name in ("reform", "finance", "notary")]
    seed = trustee_sign_seed(closed.centre.trustees["finance"].seed)
    changed = loads(dumps(good[1]))
    changed["batch"]["shares"][0]["S"] = changed["batch"]["shares"][1]["S"]
    lied = {"batch": changed["batch"], "sig": sign_object(seed, TAG, changed["batch"])}
    for value in (changed, lied, lied, good[1]):
        answer = hand_in(app, closed, dumps(value))
    assert answer.status_code == 303
    assert "12,000,000.01" not in client.get(f"/hall/{closed.uid}").text
    for value in (good[0], good[2]):
        hand_in(app, closed, dumps(value))
    record = client.get(f"/hall/{closed.uid}/record").text
    assert record.count("内容核对不上") == 2
    assert record.count("签名是该席的，由该席说明原因") == 1
    assert record.count("签名不是该席的") == 1
    assert hashlib.sha256(dumps(lied)).hexdigest() in record
    paper = pypdf.PdfReader(BytesIO(client.get(f"/opening/{closed.uid}/record.pdf").data))
    assert "由该席说明原因" in "".join(page.extract_text() for page in paper.pages).replace("\n", "")
    client.set_cookie("language", "en")
    assert "it is for that trustee to explain" in client.get(f"/hall/{closed.uid}/record").text
    report = Hall(closed).report(tmp_path / "opening.zip")
    assert report.accepted, report.refusals


def test_a_batch_played_again_from_another_tender_opens_nothing_and_stands_in_the_record(
    app, client, centre, closed, attachment, tmp_path
):
    """Whole and signed by a trustee of this panel, for a tender that the same trustees open."""
    other = Tender(centre, tmp_path / "other", Told())
    other.publish([attachment])
    for number in (1, 2, 3):
        other.submit(number, other.seal(number, [], price_fen=1_300_000_000 + number))
    other.close()
    [sheets] = [each.value for each in batches(app, other, "finance") if each.batch["public"]]
    answer = hand_in(app, closed, dumps(sheets))
    assert answer.status_code == 422
    assert "另一个项目" in answer.text
    for name in ("reform", "finance", "notary"):
        for batch in batches(app, closed, name):
            assert hand_in(app, closed, dumps(batch.value)).status_code == 303
    assert "是为另一个项目做的" in client.get(f"/hall/{closed.uid}/record").text
    assert hand_in(app, other, dumps(sheets)).status_code == 303, "where it belongs it is taken"


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
