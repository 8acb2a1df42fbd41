"""One tender, opened once by the whole product; every test takes a copy of what came out of it."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bidding import create_app
from bidding.core.clock import FakeClock
from bidding.core.entropy import ReplayEntropy
from bidding.db import db
from bidding.ledger.witness import parse_key
from bidding.opening import service
from bidding.sealing.panel import parse_panel
from bidding.story.centre import Centre
from bidding.story.play import Tender, Told
from bidding.tenders.models import Project
from bidding.verification.verify import Asked, verify
from bidding.wiring import published_texts
from tests import once
from tests.conftest import MONDAY
from tests.verification.forge import Forge, read_zip

ROOT = Path(__file__).parents[2]
FEN = 1_200_000_000


@pytest.fixture(scope="session")
def honest_once(tmp_path_factory):
    """Three bids opened; one of them replaced an earlier one, a fourth was withdrawn, a fifth never handed in."""
    home = tmp_path_factory.mktemp("opening")
    config = {
        "INSTANCE": str(home / "instance"),
        "SECRET_KEY": "test",
        "PASSWORD_MEMORY_KIB": 8,
        "PASSWORD_ROUNDS": 1,
    }
    clock = FakeClock(MONDAY)
    app = create_app(config, clock=clock, entropy=ReplayEntropy(b"verification"))
    with app.app_context():
        once.hurry(db.engine)
        db.create_all()
        centre = Centre(app, clock, home / "people")
        centre.found()
        centre.register(range(1, 6), b"%PDF-1.4 a licence")
        tender = Tender(centre, home / "tender", Told())
        tender.publish([ROOT / "pyproject.toml"])
        centre.wait(timedelta(days=20))
        centre.cosign()
        found = _play(centre, tender, home)
        db.session.remove()
        db.engine.dispose()
    return found


def _play(centre, tender, home) -> Forge:
    files = [ROOT / "pyproject.toml"]
    first = tender.seal(1, files, price_fen=FEN)
    tender.submit(1, first)
    keys = {first.bid: first.key}
    receipts = {first.bid: tender.receipt(1)}
    for number in (2, 3, 4):
        centre.wait(timedelta(minutes=5))
        sealed = tender.seal(number, files, price_fen=FEN + number)
        tender.submit(number, sealed)
        keys[sealed.bid], receipts[sealed.bid] = sealed.key, tender.receipt(number)
    second = tender.seal(1, files, price_fen=FEN - 1, replaces=first)
    tender.submit(1, second)
    keys[second.bid], receipts[second.bid] = second.key, tender.receipt(1)
    tender.withdraw(4)
    late = tender.seal(5, files, price_fen=FEN - 2)
    keys[late.bid] = late.key
    known = tender.tender_file()
    tender.close()
    tender.open(["reform", "finance", "notary"])
    target = io.BytesIO()
    project = db.session.scalar(select(Project).where(Project.uid == tender.uid))
    notices = published_texts(db.session(), project)
    service.write_opening(db.session(), project, centre.sealed, target, notices=notices)
    bundle, sealed, texts = read_zip(target.getvalue())
    panel = parse_panel(bundle["opens"][0][1])
    name, seed = parse_key((home / "people" / "witness" / "witness.key").read_text("utf-8"))
    origin = centre.keys.origin(panel.project)
    forge = Forge(
        bundle=bundle,
        sealed=sealed,
        notices=texts,
        log_seed=centre.keys.seed(origin),
        witness_name=name,
        witness_seed=seed,
        trustees={seat.i: centre.trustees[seat.name].seed for seat in panel.seats},
        bid_keys=keys,
        receipts=receipts,
        late=late.manifest,
        tender=known,
    )
    forge.read_marks()
    return forge


@pytest.fixture
def honest(honest_once):
    """The parts of an honest ``opening.zip``, to be changed at will."""
    return honest_once.copy()


@pytest.fixture
def judge(tmp_path):
    """Verify the bytes of a zip; keyword arguments are what is asked."""

    def run(data, **asked):
        path = tmp_path / "opening.zip"
        path.write_bytes(data)
        return verify(path, Asked(**asked))

    return run
