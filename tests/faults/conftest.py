"""A served centre whose clock, heart and disk the test steers (``tests/faults/steered.py``); one for a run."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from bidding.core.clock import SystemClock
from bidding.db import db
from bidding.ledger.models import Leaf
from bidding.outages.models import HeartbeatRun
from bidding.story.play import Tender, Told
from bidding.submissions.models import Gate
from bidding.tenders.models import Project
from tests.real import ROOT, Real, until

#: As many as bid in any one tender here.
TENDERERS = 11
#: When the tender that is opened closes, after all that time is moved on elsewhere.
AHEAD = timedelta(days=3)
ZERO = timedelta()


class Steered(Real):
    """``leap`` lets time pass, ``turn`` sets the clock, ``stand`` stops it; other tenders close when ``close_at`` says."""

    def __init__(self, home: Path) -> None:
        self._ahead, self._set, self._at = ZERO, ZERO, None
        self.instance = home / "instance"
        self.instance.mkdir()
        closes_at = (SystemClock().now() + AHEAD).replace(second=0, microsecond=0)
        super().__init__(home, tenderers=TENDERERS, closes_at=closes_at)
        self._steer()

    def command(self, port):
        ways = ["--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "32"]
        place = ["--working-dir", str(ROOT), "--factory", "tests.faults.steered:served"]
        return [sys.executable, "-m", "granian", *ways, *place]

    # Time --------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self._at or SystemClock().now() + self._ahead

    def _steer(self) -> None:
        said = {
            "ahead": self._ahead.total_seconds(),
            "set": self._set.total_seconds(),
            "at": self._at.isoformat() if self._at else None,
        }
        beside = self.instance / "clock.new"
        beside.write_text(json.dumps(said), "ascii")
        beside.replace(self.instance / "clock")

    def leap(self, by: timedelta) -> None:
        """Let so much time pass."""
        self._ahead += by
        self._steer()

    def turn(self, by: timedelta) -> None:
        """Set the clock on, or back."""
        self._ahead, self._set = self._ahead + by, self._set + by
        self._steer()

    def stand(self, at: datetime) -> None:
        """Let the clock stand at an instant."""
        self._at = at
        self._steer()

    @contextmanager
    def standing(self):
        """A while in which the clock may stand; it goes on from where it stood."""
        try:
            yield
        finally:
            self._ahead, self._at = self.now() - SystemClock().now(), None
            self._steer()

    @contextmanager
    def beating(self):
        """A while in which the heart beats, which began before it."""
        (self.instance / "beats").touch()
        beats = select(HeartbeatRun.id)
        until(lambda: self.ask(lambda session: session.scalar(beats)))
        try:
            yield
        finally:
            (self.instance / "beats").unlink()
            self.change(delete(HeartbeatRun))

    # Tenders -----------------------------------------------------------------------------------------------------

    def another(self, name: str) -> Tender:
        """One more tender that is open."""
        with self.app.app_context():
            self.clock.set(self.now())
            made = Tender(self.tender.centre, self.home / name, Told())
            made.publish([ROOT / "pyproject.toml"])
            db.session.remove()
        return made

    def close_at(self, tender: Tender, closes_at: datetime) -> None:
        """Let a tender close at an instant that no agency could set."""
        project = select(Project.id).where(Project.uid == tender.uid).scalar_subquery()
        gate = update(Gate).where(Gate.project_id == project)
        self.change(gate.values(closes_at=closes_at, next_due_at=closes_at))
        self.change(update(Project).where(Project.uid == tender.uid).values(closes_at=closes_at))

    def line_of(self, tender: Tender, number: int, attachment: Path):
        """A tenderer's program, with a sealed package for that tender."""
        return self.line(f"t{number}", self.seal(number, attachment, tender=tender), tender)

    def gate(self, tender: Tender) -> Gate:
        """The gate as it is now."""
        found = select(Gate).join(Project, Gate.project_id == Project.id).where(Project.uid == tender.uid)
        return self.ask(lambda session: session.scalar(found))

    def events(self, tender: Tender, kind: str) -> list[dict]:
        """Every event of a kind in the tender's log."""
        log = select(Project.log_id).where(Project.uid == tender.uid).scalar_subquery()
        found = select(Leaf.event).where(Leaf.log_id == log, Leaf.type == kind).order_by(Leaf.idx)
        return [json.loads(event) for event in self.ask(lambda session: session.scalars(found).all())]

    def change(self, statement) -> None:
        """Write to the database behind everybody's back."""

        def write(session):
            session.execute(statement)
            session.commit()

        self.ask(write)

    # The disk ----------------------------------------------------------------------------------------------------

    @contextmanager
    def broken(self):
        """A while in which every sync fails."""
        mark = self.instance / "broken"
        mark.touch()
        try:
            yield
        finally:
            mark.unlink()

    def cut_the_power(self) -> None:
        """Kill, and take from the ciphertexts' disk what no sync had made durable: names, and bytes of files."""
        self.kill()
        notes = [json.loads(line) for line in (self.instance / "durable").read_text().splitlines()]
        durable = {note["inode"]: note for note in notes}
        sealed = self.instance / "sealed"
        for folder in (sealed / "incoming", sealed / "uploads", *sealed.glob("[0-9a-f][0-9a-f]")):
            if len(folder.name) == 2 and folder.name not in durable[sealed.stat().st_ino]["names"]:
                shutil.rmtree(folder)
                continue
            names = durable.get(folder.stat().st_ino, {"names": []})["names"]
            for path in folder.iterdir():
                size = durable.get(path.stat().st_ino, {"size": 0})["size"]
                if path.name not in names:
                    path.unlink()
                elif path.stat().st_size > size:
                    os.truncate(path, size)


@pytest.fixture(scope="session")
def steered_once(tmp_path_factory):
    served = Steered(tmp_path_factory.mktemp("steered"))
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def steered(steered_once):
    """The centre, its clockwork awake."""
    awake = steered_once.instance / "awake"
    awake.touch()
    yield steered_once
    awake.unlink()


@pytest.fixture
def small(tmp_path):
    """A small paper."""
    path = tmp_path / "small.bin"
    path.write_bytes(bytes(range(256)) * 40)
    return path
