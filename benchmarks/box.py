"""A closed box for benchmarks: one tender, many sealed bids, all of it made by the product's own clients and services."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bidding import create_app
from bidding.core.clock import FakeClock
from bidding.core.entropy import SystemEntropy
from bidding.db import db
from bidding.ledger.models import Log
from bidding.opening import service as opening
from bidding.opening.batches import Shares
from bidding.opening.client import open_package
from bidding.opening.record import Record
from bidding.story.centre import Centre
from bidding.story.play import Tender, Told
from bidding.tenders import queries as tenders

_START = datetime(2026, 11, 23, 1, tzinfo=UTC)


class Box:
    """A centre in ``home`` whose tender ``bids`` tenderers bid for, each with one ``attachment``, until the close.

    Everything happens within the app's context, which the caller holds open until ``leave``.
    """

    def __init__(self, home: Path, bids: int, attachment: Path) -> None:
        self.path = home / "box.db"
        clock = FakeClock(_START)
        config: dict[str, Any] = {
            "INSTANCE": str(home),
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{self.path}",
            "SECRET_KEY": "benchmark",
            "CLOCKWORK": False,
            "PASSWORD_MEMORY_KIB": 8,
            "PASSWORD_ROUNDS": 1,
        }
        self.app = create_app(config, clock=clock, entropy=SystemEntropy())
        self._context = self.app.app_context()
        self._context.push()
        db.create_all()
        self.centre = Centre(self.app, clock, home / "people")
        self.centre.found()
        self.tender = Tender(self.centre, home / "tender", Told())
        self.centre.register(range(1, bids + 1), b"%PDF-1.4 a licence")
        self.tender.publish([Path(__file__)])
        self.centre.wait(timedelta(days=21))
        self.prices = {}
        for number in range(1, bids + 1):
            self.prices[number] = 1_200_000_000 + number * 100
            sealed = self.tender.seal(number, [attachment], price_fen=self.prices[number])
            self.tender.submit(number, sealed)
        self.tender.close()

    def hand_in(self, trustees: list[str]) -> None:
        """Let trustees check the package and hand their shares in; the box stays shut until it is asked to open."""
        for name in trustees:
            with self.centre.act("sun") as tx:
                package = opening.fetch_package(tx, self.tender.uid)
            batches = open_package(
                package,
                seed=self.centre.trustees[name].seed,
                stage=1,
                now=self.centre.clock.now(),
                entropy=self.centre.entropy,
            )
            for batch in batches:
                with self.centre.act("sun") as tx:
                    opening.hand_in(tx, self.tender.uid, batch.value)

    def held(self, *, public: bool) -> tuple[Record, dict[int, Shares]]:
        """What the log says, and the checked shares of every seat."""
        session = db.session()
        project = tenders.notice(session, self.tender.uid)
        record = opening.record_of(session, session.get_one(Log, project.log_id))
        shares = opening.shares_of(session, record, project.id, stage=1, public=public)
        session.rollback()
        return record, shares

    def keep(self) -> None:
        """Keep the database as it stands, for ``restore``."""
        self._settle()
        shutil.copyfile(self.path, self.path.with_suffix(".kept"))

    def restore(self) -> None:
        """The database as it was kept."""
        self._settle()
        for old in self.path.parent.glob("box.db-*"):
            old.unlink()
        shutil.copyfile(self.path.with_suffix(".kept"), self.path)

    def leave(self) -> None:
        """End with the app."""
        self._settle()
        self._context.pop()

    @staticmethod
    def _settle() -> None:
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
