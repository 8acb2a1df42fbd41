from __future__ import annotations

import copy
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bidding.core.canonical import dumps, loads
from bidding.core.clock import unix
from bidding.core.errors import Forbidden
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.opening import queries, rescue, rules, shortage
from bidding.opening import service as opening
from bidding.opening.client import open_package
from bidding.opening.offline import service
from bidding.opening.offline.held import Held
from bidding.opening.offline.package import open_offline
from bidding.opening.offline.result import open_all, take_batches, write_result
from bidding.submissions.models import Gate
from bidding.submissions.rules import GateState
from bidding.tenders.models import Project
from bidding.verification.verify import Asked, verify
from tests.opening.parts import bundle, project_of
from tests.people import sign_in


@pytest.fixture
def carried(centre, three_in, tmp_path):
    """Three bids, the close; the package on a laptop, opened there an hour later with three trustees' files."""
    path = tmp_path / "package.zip"
    with path.open("wb") as out, centre.act("sun") as tx:
        service.fetch(tx, three_in.uid, centre.sealed, out)
    return three_in, path, found(three_in, path)


def found(tender, path, **held):
    """What the laptop writes."""
    centre = tender.centre
    began = centre.clock.now()
    with open_offline(path) as luggage:
        record = luggage.package.record
        batches = [
            batch
            for name in ("reform", "finance", "notary")
            for batch in open_package(
                luggage.data,
                seed=centre.trustees[name].seed,
                stage=1,
                now=began,
                entropy=centre.entropy,
            )
        ]
        outcomes = open_all(record, 1, take_batches(record, 1, batches), luggage.sealed)
        hours = {"began_at": unix(began), "ended_at": unix(began) + 1800} | held
        return loads(
            write_result(record, 1, Held(**hours, host="王主持", supervisor="李监督"), batches, outcomes)
        )


def bring_in(tender, value, login="sun"):
    with tender.centre.act(login) as tx:
        return service.bring_in(tx, tender.uid, value, tender.centre.sealed).sha256


def leaves():
    db.session.rollback()
    return db.session.scalar(select(func.count(Leaf.id)))


def test_the_result_writes_the_leaves_of_an_opening_and_says_how_it_was_held(carried, tmp_path):
    tender, _, value = carried
    tender.centre.wait(timedelta(hours=1))
    digest = bring_in(tender, value)
    project = db.session.scalar(select(Project).where(Project.uid == tender.uid))
    assert db.session.scalar(select(Gate.state).where(Gate.project_id == project.id)) is GateState.OPENED
    assert [sheet.fields["price_fen"] for sheet in queries.opened(db.session(), project.id)] == [
        1_200_000_001,
        1_200_000_002,
        1_200_000_003,
    ]
    written = db.session.scalars(
        select(Leaf.type).where(Leaf.log_id == project.log_id).order_by(Leaf.idx)
    ).all()
    assert written[-8:] == ["shares"] * 6 + ["opened", "note"]
    with tender.centre.act("sun") as tx:
        opening.sign(tx, tender.uid, tender.centre.keys)
    tender.centre.wait(timedelta(seconds=20))
    tender.centre.cosign()
    target = io.BytesIO()
    opening.write_opening(db.session(), project, tender.centre.sealed, target)
    (tmp_path / "opening.zip").write_bytes(target.getvalue())
    report = verify(tmp_path / "opening.zip", Asked(panel=project.panel_hash))
    assert report.accepted, report.refusals
    (said,) = [finding for finding in report.findings if finding.code == "opening.offline"]
    assert (said.params["host"], said.params["supervisor"]) == ("王主持", "李监督")
    assert queries.hall(db.session(), tender.uid).offline.sha256 == digest


def test_brought_in_twice_it_is_one_opening_and_another_is_refused(carried):
    tender, _, value = carried
    tender.centre.wait(timedelta(hours=1))
    first = bring_in(tender, value)
    before = leaves()
    assert bring_in(tender, value) == first
    assert leaves() == before
    with pytest.raises(rules.OtherResult):
        bring_in(tender, value | {"host": "别人"})


def test_a_result_that_began_after_the_sheets_were_open_here_is_no_opening(carried):
    tender, _, value = carried
    for signed in value["batches"]:
        with tender.centre.act("sun") as tx:
            opening.hand_in(tx, tender.uid, signed)
    with tender.centre.act("sun") as tx:
        opening.open_stage(tx, tender.uid, tender.centre.sealed)
    tender.centre.wait(timedelta(hours=1))
    before = leaves()
    now = int(tender.centre.clock.now().timestamp())
    with pytest.raises(rules.OpenBefore):
        bring_in(tender, value | {"began_at": now - 60, "ended_at": now})
    assert leaves() == before
    assert bring_in(tender, value)  # held in the hall, and a trustee's own line was faster than the clerk


def change_sheet(value):
    value["sheets"][1]["sha256"] = "00" * 32


def drop_sheet(value):
    del value["sheets"][0]


def swap_sheets(value):
    first, second = value["sheets"][:2]
    first["sha256"], second["sha256"] = second["sha256"], first["sha256"]


def call_it_void(value):
    sheet = value["sheets"].pop()
    value["verdicts"].append({"bid": sheet["bid"], "envelope": "offer", "verdict": "tenderer"})


def test_a_result_that_does_not_agree_leaves_no_trace(carried):
    tender, _, value = carried
    tender.centre.wait(timedelta(hours=1))
    before = leaves()
    for change in (change_sheet, drop_sheet, swap_sheets, call_it_void):
        lie = copy.deepcopy(value)
        change(lie)
        with pytest.raises(rules.ResultDiffers):
            bring_in(tender, lie)
        assert leaves() == before


OTHERS = [
    ("panel", "00" * 32, rules.OtherProject),
    ("checkpoint", "x", rules.BadResult),
    ("began_at", 0, rules.BadResult),
    ("ended_at", 2**33, rules.LaptopAhead),
    ("ended_at", 2**40, rules.BadResult),
    ("host", "", rules.BadResult),
    ("batches", [], rules.BadResult),
    ("stage", 2, rules.BadResult),
    ("type", "other", rules.BadResult),
]


def test_what_does_not_match_is_refused_and_leaves_no_trace(carried):
    tender, _, value = carried
    tender.centre.wait(timedelta(hours=1))
    before = leaves()
    for key, wrong, refusal in OTHERS:
        with pytest.raises(refusal):
            bring_in(tender, value | {key: wrong})
        assert leaves() == before
    bad = copy.deepcopy(value)
    bad["batches"][0]["batch"]["shares"][0]["z"] = "00" * 32
    with pytest.raises(rules.BadBatch):
        bring_in(tender, bad)
    assert leaves() == before


def test_a_result_that_comes_after_the_trustees_time_opens_what_they_were_given_up_for(carried, tmp_path):
    """The window waits for no laptop; what it opened is in the log as opened late, by shares."""
    tender, _, value = carried
    tender.centre.wait(timedelta(minutes=120))
    project = project_of(tender)
    assert {sheet.verdict for sheet in queries.opened(db.session(), project.id)} == {"trustees"}
    for change in (change_sheet, drop_sheet):
        lie = copy.deepcopy(value)
        change(lie)
        with pytest.raises(rules.ResultDiffers):
            bring_in(tender, lie)
    before = leaves()
    with pytest.raises(rules.BadResult):
        bring_in(tender, value | {"batches": value["batches"][:2]})
    assert leaves() == before
    with tender.centre.act("t2") as tx:
        key = tender.bids[2].key.posting(["offer"]).to_json()
        rescue.post_keys(tx, tender.uid, key, tender.centre.sealed)
    bring_in(tender, value)
    found = queries.opened(db.session(), project_of(tender).id)
    assert [sheet.late_by for sheet in found] == ["shares", "key", "shares"]
    report = bundle(tender, tmp_path)
    assert report.accepted, report.refusals
    codes = [finding.code for finding in report.findings]
    assert (codes.count("sheet.late"), codes.count("sheet.posted"), codes.count("opening.offline")) == (
        2,
        1,
        1,
    )


def test_what_was_decided_stays_shut_whatever_a_laptop_saw(carried, tmp_path):
    tender, _, value = carried
    for _ in range(2):
        tender.centre.wait(timedelta(minutes=120))
    with tender.centre.act("zhou") as tx:
        shortage.decide(tx, tender.uid, "1", "failed")
    bring_in(tender, value)
    assert {sheet.verdict for sheet in queries.opened(db.session(), project_of(tender).id)} == {"trustees"}
    report = bundle(tender, tmp_path)
    assert report.accepted, report.refusals
    assert report.sheets == []


def test_rivals_and_other_agencies_bring_nothing_in_and_fetch_nothing(carried, app):
    tender, _, value = carried
    with pytest.raises(Forbidden):
        bring_in(tender, value, "t1")
    for path in ("offline", "offline/package", "offline/result"):
        client = sign_in(app, "t2")
        answer = (
            client.get(f"/opening/{tender.uid}/{path}")
            if path == "offline"
            else client.post(f"/opening/{tender.uid}/{path}")
        )
        assert answer.status_code == 403
    assert app.test_client().post(f"/opening/{tender.uid}/offline/package").status_code == 401


def test_on_the_page_the_package_goes_out_and_the_result_comes_in(carried, app):
    tender, _, value = carried
    client = sign_in(app, "sun")
    assert "bidding open opening-offline-" in client.get(f"/opening/{tender.uid}/offline").text
    with client.post(f"/opening/{tender.uid}/offline/package") as answer:
        assert answer.data.startswith(b"PK")
    tender.centre.wait(timedelta(hours=1))
    client = sign_in(app, "sun")
    refused = client.post(
        f"/opening/{tender.uid}/offline/result", data={"result": (io.BytesIO(b"{"), "result.json")}
    )
    assert refused.status_code == 422

    answer = client.post(
        f"/opening/{tender.uid}/offline/result", data={"result": (io.BytesIO(dumps(value)), "result.json")}
    )
    assert answer.status_code == 303
    page = client.get(f"/hall/{tender.uid}").text
    assert "现场离线开标" in page
    assert "王主持" in page
    assert client.get(f"/opening/{tender.uid}/record.pdf").data.startswith(b"%PDF-")
