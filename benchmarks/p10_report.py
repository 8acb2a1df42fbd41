"""P10: the savings report over 1,000,000 awards, against the leanest SQL that sums the same rows.

Cold is the report counted anew from every entry, as a reader gets it for one owner, or a check of the drawers; warm
is the report as the page reads it, from the drawers that every award keeps up to date. The peer opens the same
database with Python's bare ``sqlite3`` and runs one ``GROUP BY`` over a covering index, without rolling anything up.
All three are compared to the fen.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.harness import pairs, timed
from bidding import create_app
from bidding.award.rules import Basis
from bidding.core.actor import NOBODY, Actor
from bidding.core.clock import FakeClock
from bidding.db import db, uow
from bidding.db.schema import migrate
from bidding.identity import service as identity
from bidding.reporting import queries, service
from bidding.reporting.ledger_rows import LedgerRow
from bidding.reporting.policy import Permission
from bidding.reporting.rules import Wanted
from bidding.reporting.savings import (
    Category,
    Report,
    SavingsItem,
    Source,
    Standing,
    Way,
)

AWARDS = 1_000_000
BATCH = 200_000
YEARS = range(2012, 2027)
#: What a county trades, and how: each pair about as often as it stands here.
TRADES = (
    *[(Category.WORKS, Way.OPEN_TENDER)] * 4,
    (Category.WORKS, Way.INVITED_TENDER),
    *[(Category.PROCUREMENT, Way.OPEN_TENDER)] * 3,
    (Category.PROCUREMENT, Way.NEGOTIATION),
    (Category.PROCUREMENT, Way.CONSULTATION),
    (Category.PROCUREMENT, Way.QUOTATION),
    (Category.PROCUREMENT, Way.SINGLE_SOURCE),
    *[(Category.LOCAL, Way.COMPARISON)] * 3,
    (Category.LAND, Way.AUCTION),
    (Category.PROPERTY, Way.AUCTION),
    (Category.OTHER, Way.OTHER),
)
_BASES = {
    Category.WORKS: Basis.CEILING,
    Category.LAND: Basis.START,
    Category.PROPERTY: Basis.START,
}


def _rows(first: int, count: int) -> Iterator[LedgerRow]:
    """Awards that look like a county's: the same on every run."""
    for number in range(first, first + count):
        mixed = (number * 2_654_435_761) % 2**32
        category, way = TRADES[mixed % len(TRADES)]
        year = YEARS[mixed // 32 % len(YEARS)]
        day = date(year, mixed // 512 % 12 + 1, mixed // 8192 % 28 + 1)
        basis_fen = 1_000_000 + mixed * 37 % 500_000_000
        award_fen = basis_fen * (750 + mixed // 64 % 260) // 1000
        failed = mixed % 29 == 0
        item = SavingsItem(
            month=day.year * 100 + day.month,
            category=category,
            way=way,
            basis=_BASES.get(category, Basis.BUDGET),
            basis_fen=basis_fen,
            award_fen=0 if failed else award_fen,
            source=Source.IMPORTED,
            standing=Standing.FAILED if failed else Standing.COUNTED,
        )
        yield LedgerRow(number, f"L-{number}", f"项目 {number}", f"单位 {mixed % 400}", "某公司", day, item)


class Bench:
    """A centre with a million awards, brought in through the import."""

    def __init__(self, home: Path) -> None:
        self.path = home / "instance" / "bidding.db"
        clock = FakeClock(datetime(2026, 11, 24, tzinfo=UTC))
        self.app = create_app({"INSTANCE": str(home / "instance"), "CLOCKWORK": False}, clock=clock)
        with self.app.app_context():
            migrate(db.engine)
            with uow.transaction(NOBODY, self.app.extensions["world"]) as tx:
                found, _ = identity.found_centre(
                    tx,
                    name="中心",
                    uscc="91350100M000100Y43",
                    login="admin",
                    person="管理员",
                    lasts=timedelta(hours=1),
                )
                actor = Actor(found.id, None, permissions=frozenset({Permission.SAVINGS_IMPORT}))
            for first in range(0, AWARDS, BATCH):
                self._bring_in(actor, first)

    def _bring_in(self, actor: Actor, first: int) -> None:
        world = self.app.extensions["world"]
        rows = list(_rows(first, BATCH))
        with uow.transaction(actor, world) as tx:
            uid = service.keep_upload(tx, f"{first}.csv", f"{first:064x}").uid
        with uow.transaction(actor, world) as tx:
            service.take(tx, uid, rows, 0, good_only=False, keys=self.app.extensions["log_keys"])

    def cold(self) -> Report:
        """The report from every entry."""
        with self.app.app_context():
            report = queries.recount(db.session(), Wanted())
            db.session.remove()
            return report

    def warm(self) -> Report:
        """The report from the drawers."""
        with self.app.app_context():
            report = queries.report(db.session(), Wanted())
            db.session.remove()
            return report

    def bare(self) -> list[tuple[int, int, int, int]]:
        """Number and sums by drawer, and nothing else."""
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(
                "SELECT drawer_id, count(*), sum(basis_fen), sum(award_fen) FROM savings_entry GROUP BY drawer_id"
            ).fetchall()
        finally:
            connection.close()

    def check(self) -> None:
        """Stop unless all three agree to the fen."""
        cold, warm, rows = self.cold(), self.warm(), self.bare()
        if cold != warm:
            raise RuntimeError("the drawers do not hold what their entries say")
        items = warm.total.items + sum(warm.excluded.values())
        if items != AWARDS or sum(row[1] for row in rows) != AWARDS:
            raise RuntimeError("awards are missing")
        expected = sum(row.item.award_fen for row in _rows(0, AWARDS))
        if warm.total.award_fen != expected or sum(row[3] for row in rows) != expected:
            raise RuntimeError("the sums differ")


def run() -> bool:
    """Cold and warm; whether both goals are met."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.check()
        cold = pairs("P10-cold", lambda: timed(bench.cold), lambda: timed(bench.bare), 1.2, at_most=True)
        warm = pairs("P10-warm", lambda: timed(bench.warm), lambda: timed(bench.bare), 0.1, at_most=True)
        return cold and warm
