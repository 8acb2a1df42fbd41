"""A restored backup signs no fork, even where the heights beside the keys were lost with the disk (protocol §4)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from bidding import create_app
from bidding.commands import main
from bidding.core.actor import NOBODY
from bidding.core.clock import SystemClock
from bidding.db import db, uow
from bidding.ledger import jobs, service
from bidding.ledger.calling import Caller
from bidding.ledger.events import EventType
from bidding.ledger.witness import StateFile, Witness
from bidding.ledger.witness_server import Calls, WitnessServer
from tests.ledger.logs import seed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def instance(tmp_path):
    return tmp_path / "instance"


@pytest.fixture
def listening(tmp_path):
    """``listening(vkey)``: a witness on the loopback that knows the centre's log; its key's line and its address."""
    servers = []

    def _listening(vkey):
        own = Witness("w1.example.gov.cn", seed("w1"), StateFile(tmp_path / "witness.state"))
        calls = Calls(own, [vkey], SystemClock(), evidence=tmp_path / "witness.state", tell=[].append)
        server = WitnessServer(("127.0.0.1", 0), calls, [].append)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
        return str(own.vkey), f"http://127.0.0.1:{server.server_address[1]}"

    yield _listening
    for server in servers:
        server.shutdown()
        server.server_close()


def grow(app, count):
    """Entries into the centre's log, signed and cosigned."""
    world, keys = app.extensions["world"], app.extensions["log_keys"]
    with uow.transaction(NOBODY, world) as tx:
        for _ in range(count):
            service.record(tx, service.centre_log(tx, keys), EventType.NOTE, kind="x", data={})
    jobs.sign_pending(world, keys)
    jobs.call_witnesses(world, keys, Caller())


START = "from bidding.server import served; served().extensions['clockwork'].shutdown(wait=False)"


def start(instance):
    """What ``bidding serve`` says when it starts."""
    return subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={**os.environ, "BIDDING_INSTANCE": str(instance)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stderr


def logs(instance):
    """What ``bidding logs`` says, and its status."""
    found = CliRunner().invoke(main, ["logs"], env={"BIDDING_INSTANCE": str(instance)})
    return found.exit_code, found.output


def test_the_drill(instance, listening, tmp_path):
    """Yesterday's database without heights is stopped by the witness; the newest goes on where the witness stands."""
    app = create_app({"INSTANCE": str(instance), "SECRET_KEY": "t"}, clock=SystemClock())
    keys = app.extensions["log_keys"]
    vkey, url = listening(keys.vkey(keys.origin("centre")))
    with app.app_context():
        db.create_all()
        with uow.transaction(NOBODY, app.extensions["world"]) as tx:
            service.enrol_witness(tx, vkey, keys, url)
        for count, copy in ((2, "yesterday"), (3, "today")):
            grow(app, count)
            db.session.remove()
            db.engine.dispose()  # SQLite folds its log into the file when the last connection goes
            shutil.copy(instance / "bidding.db", tmp_path / copy)

    def restore(copy):
        for name in ("bidding.db-wal", "bidding.db-shm"):
            (instance / name).unlink(missing_ok=True)
        shutil.copy(tmp_path / copy, instance / "bidding.db")
        shutil.rmtree(instance / "keys" / "heights", ignore_errors=True)

    restore("yesterday")
    assert "STOPPED: localhost/centre has 3 entries in this database, and 6 were signed" in start(instance)
    status, told = logs(instance)
    assert status == 1
    assert "BEHIND  localhost/centre: 3 entries, 6 signed, 3 cosigned" in told
    assert "ahead   witness w1.example.gov.cn" in told
    restore("today")
    status, told = logs(instance)
    assert status == 0, told
    assert "ok      localhost/centre: 6 entries, 6 signed, 6 cosigned" in told
    with app.app_context():
        grow(app, 1)
        log = service.log_by_code(db.session(), "centre")
        held = StateFile(tmp_path / "witness.state").load()[log.origin]
        assert (held.size, held.root) == (7, service.root(db.session(), log, 7).hex())
        db.session.remove()
        db.engine.dispose()
