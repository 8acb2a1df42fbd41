"""``draw.zip``: who may have it when, and what it tells."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from bidding.core.canonical import loads
from bidding.db import db
from bidding.experts import queries
from bidding.experts.calls import Answer
from bidding.experts.rules import Conditions, Place
from bidding.ledger import service as ledger_service
from bidding.ledger.events import EventType
from bidding.ledger.models import Log
from bidding.verification.proofs import verify_proof
from bidding.verification.verify import Asked


@pytest.fixture
def fetch(play, client):
    """The answer to whoever asks for the proof."""
    return lambda: client.get(f"/projects/{play.tender.uid}/draw.zip")


def told(answer):
    """``draw.json`` of an answer."""
    with ZipFile(BytesIO(answer.data)) as archive:
        assert set(archive.namelist()) <= {"draw.json", "names.json"}  # labels.json: only of regions
        return loads(archive.read("draw.json"))


def judged(answer, tmp_path, play):
    path = tmp_path / "draw.zip"
    path.write_bytes(answer.data)
    return verify_proof(path, Asked(panel=queries.panel_of(play.draw.project)[1].hash.hex()))


def hand_in(play, tmp_path, numbers=(1, 2, 3)):
    path = tmp_path / "a.txt"
    path.write_text("技术标")
    for number in numbers:
        play.tender.submit(number, play.tender.seal(number, [path], price_fen=1_200_000_000 + number))


def test_anybody_has_the_proof_as_soon_as_something_is_drawn(play, fetch, tmp_path):
    play.to_closed()
    assert fetch().status_code == 404
    play.reveal("reform", "sun").reveal("renewal", "zhou").reveal("centre")
    answer = fetch()
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f'"draw-{play.tender.uid}.zip"')
    report = judged(answer, tmp_path, play)
    assert report.accepted, report.refusals
    assert report.draws[0]["seed"] == play.record.seed.hex()
    assert told(answer)["calls"] == []


def test_a_list_of_one_region_has_its_name_beside_the_proof(play, fetch, tmp_path):
    places = (Place("A0801", 2, 2, "明川县"), Place("A0802", 2, 2))
    play.to_drawn(conditions=Conditions(5, 1, places))
    answer = fetch()
    with ZipFile(BytesIO(answer.data)) as archive:
        assert loads(archive.read("labels.json")) == {"v": 1, "regions": ["明川县"]}
    report = judged(answer, tmp_path, play)
    assert report.accepted, report.refusals
    assert [stratum["region"] for stratum in report.draws[0]["strata"]] == ["明川县", None]


def test_before_the_opening_the_proof_goes_on_with_the_calls_and_says_who_serves_but_not_why_others_do_not(
    play, fetch, tmp_path
):
    play.to_drawn()
    h = play.call("A0801", Answer.RECUSED)
    play.call_everybody()
    value = told(fetch())
    assert value["calls"][0] == {"draw": play.draw.code, "stratum": "A0801", "h": h, "answer": "gone"}
    text = str(value)
    assert "draw-call" not in text
    assert "投标单位" not in text
    assert (value["leaves"], value["checkpoints"], {at for at, _, _ in value["opens"]}) == ([], [], {None})
    report = judged(fetch(), tmp_path, play)
    assert report.accepted, report.refusals
    assert h not in report.draws[0]["strata"][0]["serving"]


def test_bids_change_no_byte_of_the_proof(play, fetch, tmp_path):
    play.to_drawn().call_everybody()
    none = fetch()
    hand_in(play, tmp_path)
    play.centre.tick()
    three = fetch()
    assert three.data == none.data
    assert dict(three.headers) == dict(none.headers)


def test_after_the_opening_the_whole_log_goes_along_and_names_once_they_are_published(play, fetch, tmp_path):
    play.to_drawn().call_everybody()
    hand_in(play, tmp_path)
    play.close_tender()
    early = told(fetch())
    assert early["leaves"] == []  # closed, but nothing is opened: whoever is out could still say who bids
    play.tender.open(["finance", "reform", "notary"])
    value = told(fetch())
    assert len(value["leaves"]) > len(value["opens"])
    assert value["calls"] == []
    assert {event["type"] for _, _, event in value["opens"]} >= {"panel", "draw-spec", "draw-call"}
    report = judged(fetch(), tmp_path, play)
    assert report.accepted, report.refusals
    assert [each.code for each in report.findings if each.code == "proof.early"] == []

    play.centre.clock.set(max(play.draw.evaluation_at, play.centre.clock.now()))
    play.release()
    with play.centre.act("zhou") as tx:
        log = tx.session.get_one(Log, queries.draw_for(tx.session, tx.actor, play.uid).project.log_id)
        ledger_service.record(tx, log, EventType.AWARD, lot="1", sha256="0" * 64)
    play.publish()
    play.centre.tick()
    play.centre.cosign()
    report = judged(fetch(), tmp_path, play)
    assert report.accepted, report.refusals
    assert set(report.names) == {h for _, h in play.record.calling.called()}


def test_a_log_that_stays_closed_stays_closed_here_though_the_bids_are_open(play, tmp_path):
    """Of a negotiation nobody hears before its result; ``wiring.log_is_public`` says so."""
    play.to_drawn().call_everybody()
    session = db.session()
    early = queries.proof_bytes(session, play.draw.project, public=False)
    hand_in(play, tmp_path)
    play.close_tender()
    play.tender.open(["finance", "reform", "notary"])
    assert queries.proof_bytes(session, play.draw.project, public=False) == early


def test_a_tenderer_that_joined_is_named_to_nobody_before_the_opening(play, fetch):
    play.to_ordered().deal("reform", "sun").deal("renewal", "zhou").deal("centre").deal(
        who="t1", party="huacheng"
    )
    play.close()
    for party, who in (("reform", "sun"), ("renewal", "zhou"), ("centre", "wang"), ("huacheng", "t1")):
        play.reveal(party, who)
    assert fetch().status_code == 404


def test_a_list_that_was_frozen_after_the_close_waits_for_the_opening(play, fetch, tmp_path):
    """It excuses the tenderers' people: how many of them are in the pool is nobody's before the sheets are."""
    hand_in(play, tmp_path)
    play.close_tender()
    play.to_drawn()
    assert fetch().status_code == 404
    play.tender.open(["finance", "reform", "notary"])
    assert fetch().status_code == 200


def test_what_is_not_published_has_no_proof(play, client):
    play.to_drawn()
    assert client.get("/projects/none/draw.zip").status_code == 404
