"""The witness's command, against a real server on the loopback."""

import shutil
import subprocess
import sys
import time

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from bidding import create_app
from bidding.commands import main
from bidding.core.actor import NOBODY
from bidding.core.canonical import dumps
from bidding.core.clock import SystemClock, unix
from bidding.db import db, uow
from bidding.ledger import jobs, queries, service
from bidding.ledger.cli import take_turn, witness
from bidding.ledger.events import EventType
from bidding.ledger.models import Checkpoint, Cosignature, Leaf, Log
from bidding.ledger.note import parse_vkey
from bidding.ledger.witness import StateFile, Witness, parse_key
from tests.ledger.logs import CODE, COVER, panel_event, schedule_event
from tests.serving import serving

NAME = "supervisor.example.gov.cn/w1"


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch):
    """Whatever language the machine speaks."""
    monkeypatch.setenv("BIDDING_LANG", "zh")


@pytest.fixture
def clock():
    """The command reads the machine's clock, so the server must too."""
    return SystemClock()


@pytest.fixture
def home(tmp_path):
    """The witness's own machine."""
    place = tmp_path / "witness"
    place.mkdir()
    result = CliRunner().invoke(witness, ["new", "--name", NAME, "--out", str(place / "key")])
    assert result.exit_code == 0, result.output
    (place / "vkey").write_text(result.output)
    return place


@pytest.fixture
def vkey(home):
    return (home / "vkey").read_text()


@pytest.fixture
def served(app):
    """The app behind a threaded server; its address."""
    with serving(app) as url:
        yield url


@pytest.fixture
def log_id(begin, keys, vkey):
    """A project's log under a panel that names the witness."""
    with begin() as tx:
        service.enrol_witness(tx, vkey, keys)
        log = service.open_log(tx, CODE, keys)
        service.append(tx, log, panel_event(service.policy_text(tx.session, keys.vkey(log.origin))))
        service.append(tx, log, schedule_event(unix(tx.now) + 86400 * 20, at=unix(tx.now)))
        return log.id


@pytest.fixture
def grow(begin, world, keys, log_id):
    def _grow(count=1):
        with begin() as tx:
            for _ in range(count):
                service.append(tx, tx.session.get_one(Log, log_id), COVER)
        jobs.sign_pending(world, keys)

    return _grow


def once(url, home, *more):
    arguments = ["witness", "--url", url, "--key", str(home / "key"), "--state", str(home / "state"), *more]
    return CliRunner().invoke(main, [*arguments, "--once"])


def test_a_new_key_is_private_and_never_overwritten(home, vkey):
    assert (home / "key").stat().st_mode & 0o777 == 0o600
    name, seed = parse_key((home / "key").read_text())
    assert parse_vkey(vkey.strip()) == Witness(name, seed, StateFile(home / "state")).vkey
    before = (home / "key").read_text()
    again = CliRunner().invoke(witness, ["new", "--name", NAME, "--out", str(home / "key")])
    assert again.exit_code == 1
    assert "从不覆盖" in again.output
    assert (home / "key").read_text() == before
    bad = CliRunner().invoke(witness, ["new", "--name", "two words", "--out", str(home / "other")])
    assert bad.exit_code == 1
    assert not (home / "other").exists()


def test_one_turn_cosigns_every_log(served, home, log_id, grow, session, keys):
    grow()
    result = once(served, home)
    assert result.exit_code == 0, result.output
    assert f"cosigned {keys.origin(CODE)} 3" in result.output
    assert f"cosigned {keys.origin('centre')} 1" in result.output
    found = session()
    log = found.get(Log, log_id)
    assert queries.witnessed_checkpoint(found, log, covers=2).size == 3
    assert once(served, home).output == ""
    grow(5)
    assert f"cosigned {keys.origin(CODE)} 8" in once(served, home).output


def test_a_bid_is_cosigned_within_its_minute(served, home, log_id, grow, session):
    """The witness asks every 10 s by default: the receipt can be had cosigned long before 60 s are over."""
    grow()
    assert once(served, home).exit_code == 0
    leaf = session().query(Leaf).filter_by(log_id=log_id, idx=2).one()
    cosigned = session().query(Cosignature).order_by(Cosignature.id.desc()).first()
    assert abs((cosigned.dated_at - leaf.written_at).total_seconds()) < 60
    assert service.receipt(session(), leaf, witnessed=True)


def test_the_loop_goes_on_by_itself(served, home, log_id, grow, keys, session):

    grow()
    command = "from bidding.commands import main; main()"
    arguments = [
        "witness",
        "--url",
        served,
        "--key",
        str(home / "key"),
        "--state",
        str(home / "state"),
        "--every",
        "1",
    ]
    with subprocess.Popen(
        [sys.executable, "-c", command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            for size in (3, 4):
                limit = time.monotonic() + 60
                while queries.last_witnessed_size(session(), session().get(Log, log_id)) < size:
                    assert process.poll() is None, process.stdout.read()
                    assert time.monotonic() < limit, "not cosigned within a minute"
                    time.sleep(0.2)
                grow()
        finally:
            process.terminate()


def test_a_server_that_is_away_loses_nothing(home):
    result = once("http://127.0.0.1:9", home)
    assert result.exit_code == 1
    assert "no turn" in result.output


def test_a_witness_that_is_not_enrolled_is_not_let_in(served, home):
    result = once(served, home)
    assert result.exit_code == 1
    assert "401" in result.output


def test_what_is_missing_is_said(home):
    result = CliRunner().invoke(witness, ["--once"])
    assert result.exit_code == 2
    assert "--url" in result.output
    (home / "bad").write_text("no key")
    result = CliRunner().invoke(
        witness, ["--url", "http://x", "--key", str(home / "bad"), "--state", str(home / "s"), "--once"]
    )
    assert result.exit_code == 1
    assert "witness key" in result.output


def test_a_restored_backup_is_told_on_both_sides(served, home, begin, log_id, grow, session, keys, tmp_path):
    grow()
    once(served, home)
    grow(2)
    once(served, home)
    with begin() as tx:
        late = Checkpoint.__table__.select().with_only_columns(Checkpoint.id)
        late = late.where(Checkpoint.log_id == log_id, Checkpoint.size > 3)
        tx.session.execute(delete(Cosignature).where(Cosignature.checkpoint_id.in_(late)))
        tx.session.execute(delete(Checkpoint).where(Checkpoint.log_id == log_id, Checkpoint.size > 3))
        tx.session.execute(delete(Leaf).where(Leaf.log_id == log_id, Leaf.idx >= 3))
        tx.session.execute(update(Log).where(Log.id == log_id).values(size=3))
    for height in (tmp_path / "keys" / "heights").iterdir():
        height.unlink()
    result = once(served, home)
    assert result.exit_code == 1
    assert f"BEHIND {keys.origin(CODE)}" in result.output
    assert [log.code for log in queries.logs_behind(session())] == [CODE]


def test_a_forked_log_leaves_its_proof_on_the_witnesss_disk(
    served, home, begin, log_id, grow, keys, tmp_path
):
    """The same host and keys, another history."""

    grow()
    assert once(served, home).exit_code == 0
    place = tmp_path / "fork"
    shutil.copytree(tmp_path / "keys", place / "keys", ignore=shutil.ignore_patterns("heights"))
    config = {"INSTANCE": str(place), "SECRET_KEY": "t", "WTF_CSRF_ENABLED": False, "TESTING": True}
    other = create_app(config, clock=SystemClock())
    with other.app_context():
        db.create_all()
        world, own_keys = other.extensions["world"], other.extensions["log_keys"]
        with uow.transaction(NOBODY, world) as tx:
            service.enrol_witness(tx, (home / "vkey").read_text(), own_keys)
            log = service.open_log(tx, CODE, own_keys)
            service.append(tx, log, panel_event(service.policy_text(tx.session, own_keys.vkey(log.origin))))
            service.append(tx, log, schedule_event(unix(tx.now) + 9999, at=unix(tx.now)))
            service.append(tx, log, COVER)
            service.append(tx, log, COVER)
            service.record(tx, service.centre_log(tx, own_keys), EventType.NOTE, kind="x", data={})
        jobs.sign_pending(world, own_keys)
    with serving(other) as url:
        result = once(url, home)
    with other.app_context():
        db.session.remove()
        db.engine.dispose()
    assert result.exit_code == 1
    assert "FORK" in result.output
    evidence = (home / "state.fork-1").read_text()
    assert evidence.count(f"{keys.origin(CODE)}\n") + evidence.count(f"{keys.origin('centre')}\n") >= 2


def test_a_turn_raises_nothing_over_what_a_server_makes_up(home, clock):
    """A server that lies gets a refusal, line by line; the witness goes on."""

    def answer(request):
        if request.url.path.endswith("requests"):
            asked = [{"vkey": "x", "request": "y"}]
            return httpx.Response(200, content=dumps({"v": 1, "requests": asked, "show": ["never seen"]}))
        return httpx.Response(200, content=dumps({"v": 1, "refused": []}))

    name, seed = parse_key((home / "key").read_text())
    own = Witness(name, seed, StateFile(home / "state"))
    with httpx.Client(base_url="http://centre.example", transport=httpx.MockTransport(answer)) as client:
        turn = take_turn(client, own, clock)
    assert len(turn.refused) == 1
    assert (turn.cosigned, turn.behind, turn.evidence) == ([], [], [])
