"""kill −9 of the server at every point of a submission: a receipted bid, or none (protocol §5)."""

from __future__ import annotations

import multiprocessing
import shutil
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bidding import create_app
from bidding.core.canonical import dumps, loads
from bidding.core.clock import FakeClock
from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.ledger import jobs as ledger_jobs
from bidding.ledger.proof import verify_receipt
from bidding.ledger.trust import parse_policy
from bidding.story.centre import Centre
from bidding.story.play import Tender, Told
from bidding.submissions import jobs, parts, reception
from bidding.submissions.models import Bid
from bidding.submissions.parts import Part
from bidding.submissions.tus import Place
from tests import once
from tests.conftest import MONDAY
from tests.faults.served import POINTS
from tests.faults.served import main as serve
from tests.people import sign_in
from tests.submissions.sending import unpack

ROOT = Path(__file__).parents[2]
KEY = "one-press-of-the-button"
#: Where servers are forked from a process that has imported the product once: that was most of what each of them took.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["bidding.wiring", "tests.faults.served"])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """An instance on disk with a published tender, a tenderer's sign-in, and a sealed package."""
    home = tmp_path_factory.mktemp("faults")
    config = {
        "INSTANCE": str(home / "instance"),
        "SECRET_KEY": "test",
        "PASSWORD_MEMORY_KIB": 8,
        "PASSWORD_ROUNDS": 1,
    }
    clock = FakeClock(MONDAY)
    app = create_app(config, clock=clock, entropy=ReplayEntropy(b"faults"))
    with app.app_context():
        once.hurry(db.engine)
        db.create_all()
        centre = Centre(app, clock, home / "people")
        centre.found()
        centre.register([1], b"%PDF-1.4 a licence")
        tender = Tender(centre, home / "tender", Told())
        tender.publish([ROOT / "pyproject.toml"])
        sealed = tender.seal(1, [ROOT / "pyproject.toml"], price_fen=1_200_000_000)
        cookie = sign_in(app, "t1").get_cookie(app.config["SIGN_IN_COOKIE"])
        name = app.config["SIGN_IN_COOKIE"]
        db.session.remove()
        db.engine.dispose()
    return home, tender.uid, sealed, {name: cookie.value}, clock.now()


def serve_and_die(
    instance: Path,
    point: str,
    path: str,
    data: bytes,
    cookies: dict[str, str],
    at,
    method="POST",
    **more: str,
) -> int | None:
    """Send to a server that dies at the point; the status of its answer if it gave one."""
    port_file = instance / "port"
    child = _PROCESSES.Process(target=serve, args=(str(instance), point, at.isoformat(), str(port_file)))
    child.start()
    try:
        for _ in range(300):
            if port_file.exists() and port_file.read_text("utf-8"):
                break
            time.sleep(0.1)
        url = f"http://127.0.0.1:{port_file.read_text('utf-8')}{path}"
        headers = {
            "Content-Type": "application/octet-stream",
            "Idempotency-Key": KEY,
            "Accept": "application/json",
            **more,
        }
        try:
            answer = httpx.request(
                method, url, content=data, headers=headers, cookies=cookies, timeout=60
            ).status_code
        except httpx.TransportError:
            answer = None
        child.join(60)
        assert child.exitcode == -9
        return answer
    finally:
        child.kill()
        child.join()


@pytest.mark.parametrize("point", POINTS)
def test_a_server_killed_leaves_a_receipted_bid_or_none(prepared, tmp_path, point):
    home, uid, sealed, cookies, at = prepared
    instance = tmp_path / "instance"
    shutil.copytree(home / "instance", instance)
    data = sealed.package.read_bytes()

    assert serve_and_die(instance, point, f"/notices/{uid}/submit", data, cookies, at) is None

    app = create_app(
        {"INSTANCE": str(instance), "SECRET_KEY": "test"}, clock=FakeClock(at + timedelta(minutes=1))
    )
    with app.app_context():
        world, keys = app.extensions["world"], app.extensions["log_keys"]
        assert ledger_jobs.check_on_start(world, keys) == 0
        ledger_jobs.sign_pending(world, keys)
        stands = db.session.scalar(select(Bid)) is not None
        assert stands is POINTS[point]
        if stands:
            check_receipt(sealed)
        db.session.rollback()

        centre = Centre(app, world.clock, home / "people")
        again = reception.receive(app.extensions["desk"], centre.actor("t1"), uid, KEY, iter([data]))
        assert again == sealed.bid
        assert len(list(db.session.scalars(select(Bid)))) == 1
        check_receipt(sealed)
        db.session.remove()
        db.engine.dispose()


#: The same for files that came by themselves: stamp and bid are one transaction.
SIGNED_POINTS = {
    "before the bid is committed": False,
    "after the bid is committed": True,
    "before the checkpoint is committed": True,
    "after the checkpoint is committed, before the answer": True,
}


@pytest.mark.parametrize("point", SIGNED_POINTS)
def test_a_server_killed_over_a_signed_manifest_leaves_a_receipted_bid_or_none(prepared, tmp_path, point):
    home, uid, sealed, cookies, at = prepared
    instance = tmp_path / "instance"
    shutil.copytree(home / "instance", instance)
    message, files = unpack(sealed.package)
    app = create_app({"INSTANCE": str(instance), "SECRET_KEY": "test"}, clock=FakeClock(at))
    with app.app_context():
        desk, actor = (
            app.extensions["desk"],
            Centre(app, app.extensions["world"].clock, home / "people").actor("t1"),
        )
        for place, data in files.items():
            begun = reception.begin_upload(desk, actor, uid, Place(sealed.bid, *place), len(data))
            parts.append(desk, actor, begun.uid, Part(0, len(data), None, iter([data])))
        db.session.remove()
        db.engine.dispose()
    body = dumps({**message, "key": KEY})

    assert serve_and_die(instance, point, f"/notices/{uid}/bids", body, cookies, at) is None

    app = create_app(
        {"INSTANCE": str(instance), "SECRET_KEY": "test"}, clock=FakeClock(at + timedelta(minutes=1))
    )
    with app.app_context():
        desk = app.extensions["desk"]
        assert ledger_jobs.check_on_start(desk.world, desk.keys) == 0
        jobs.finish_armed(desk)
        ledger_jobs.sign_pending(desk.world, desk.keys)
        bid = db.session.scalar(select(Bid))
        assert (bid is not None) is SIGNED_POINTS[point]
        if bid is not None:
            assert bid.received_at == at
        db.session.rollback()
        actor = Centre(app, desk.world.clock, home / "people").actor("t1")
        assert reception.submit(desk, actor, uid, message, KEY) == sealed.bid
        assert len(list(db.session.scalars(select(Bid)))) == 1
        check_receipt(sealed)
        db.session.remove()
        db.engine.dispose()


#: The same for the part that completes a signed bid: bytes that are there count from when somebody looks again.
PART_POINTS = {
    "in the middle of the last part": False,
    "after the last part is durable": True,
    "before the stamp is committed": True,
    "after the stamp is committed": True,
}


@pytest.mark.parametrize("point", PART_POINTS)
def test_a_server_killed_over_a_last_part_leaves_a_receipted_bid_or_none(prepared, tmp_path, point):
    home, uid, sealed, cookies, at = prepared
    instance = tmp_path / "instance"
    shutil.copytree(home / "instance", instance)
    message, files = unpack(sealed.package)
    (last, data), *others = files.items()
    app = create_app({"INSTANCE": str(instance), "SECRET_KEY": "test"}, clock=FakeClock(at))
    with app.app_context():
        desk = app.extensions["desk"]
        actor = Centre(app, desk.world.clock, home / "people").actor("t1")
        reception.submit(desk, actor, uid, message, KEY)
        for place, each in others:
            begun = reception.begin_upload(desk, actor, uid, Place(sealed.bid, *place), len(each))
            parts.append(desk, actor, begun.uid, Part(0, len(each), None, iter([each])))
        upload = reception.begin_upload(desk, actor, uid, Place(sealed.bid, *last), len(data)).uid
        db.session.remove()
        db.engine.dispose()
    tus = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

    assert serve_and_die(instance, point, f"/uploads/{upload}", data, cookies, at, "PATCH", **tus) is None

    later = at + timedelta(minutes=1)
    app = create_app({"INSTANCE": str(instance), "SECRET_KEY": "test"}, clock=FakeClock(later))
    with app.app_context():
        desk = app.extensions["desk"]
        assert ledger_jobs.check_on_start(desk.world, desk.keys) == 0
        jobs.finish_armed(desk)
        ledger_jobs.sign_pending(desk.world, desk.keys)
        bid = db.session.scalar(select(Bid))
        assert (bid is not None) is PART_POINTS[point]
        if bid is not None:
            assert bid.received_at == (at if point == "after the stamp is committed" else later)
        else:
            actor = Centre(app, desk.world.clock, home / "people").actor("t1")
            assert parts.progress(desk, actor, upload).offset == 0
            parts.append(desk, actor, upload, Part(0, len(data), None, iter([data])))
        db.session.rollback()
        assert len(list(db.session.scalars(select(Bid)))) == 1
        check_receipt(sealed)
        db.session.remove()
        db.engine.dispose()


def check_receipt(sealed):
    """The bid that stands has its files, its leaf and a receipt that holds by the panel's own policy."""
    bid = db.session.scalar(select(Bid).where(Bid.uid == sealed.bid))
    policy = parse_policy(loads(bid.project.panel)["policy"])
    receipt = verify_receipt(reception.receipt(bid, witnessed=False), policy)
    assert receipt.event["manifest"]["bid"] == sealed.bid
    assert len(bid.files) == 3
