"""P8: drawing a panel from 100,000 experts, recusal and proof included, against the same SQL and a bare hash loop.

Ours is what the service does from the press of "freeze" to the ranking: candidates out of the database, recusal and
units, a salted commitment to each, the specification checked and stored, everything behind it sealed, stored and committed;
then, from the parties' numbers, the ranking with its picks. Theirs is the same two SQL statements through the bare
driver, one SHA-256 for each person, one HMAC for every four places of a plain shuffle, and the same commit. Both end
with the same commitments and the same picks, which is checked; salts are made before, so that both have the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update

from benchmarks.harness import pairs, timed
from bidding import create_app
from bidding.core.canonical import loads, lp
from bidding.core.clock import FakeClock
from bidding.core.entropy import SystemEntropy
from bidding.db import db
from bidding.experts import queries, service
from bidding.experts.draw import draw
from bidding.experts.fitness import Level
from bidding.experts.models import Draw, DrawLeaf, Expert, expert_specialty
from bidding.experts.names import Holder, Opened, half, open_key, open_leaf, seats_of
from bidding.experts.rules import Conditions, Place
from bidding.experts.service import Wish
from bidding.sealing.dealing import trustee_scalar
from bidding.story.centre import Centre
from bidding.story.play import Tender, Told

EXPERTS = 100_000
UNITS = 9_000
NEED, BACKUPS = 4, 2
SEED = hashlib.sha256(b"P8").digest()
_START = datetime(2026, 11, 23, 1, tzinfo=UTC)

_SELECT = """
    SELECT expert.id, expert.uid, expert.name, expert.unit, expert.unit_uscc, expert.title, expert.region,
           specialty.code
    FROM expert JOIN expert_specialty ON expert_specialty.expert_id = expert.id
    JOIN specialty ON specialty.id = expert_specialty.specialty_id
    WHERE expert.active AND (expert.valid_until IS NULL OR expert.valid_until >= '2027-01-02')
      AND expert.id NOT IN (
        SELECT expert_id FROM expert_act WHERE confirmed IS 1 AND (ended_on IS NULL OR ended_on > '2026-11-23')
          AND (kind = 'suspension' AND from_on <= '2027-01-02' OR finding = '8'))
      AND expert.for_works AND expert.level = 'senior' AND expert.field_since <= '2018-11-23'
      AND specialty.code IN ('A01') ORDER BY expert.id, specialty.code
"""
_INSERT = "INSERT INTO draw_leaf (draw_id, h, salt, expert, expert_id) VALUES (?, ?, ?, ?, ?)"
#: Whose keys open the list again, to give the other side the same salts.
_KEYS = ((Holder.CENTRE, "centre"), (Holder.SUPERVISOR, "reform"))


def run() -> bool:
    """Whether the goal is met."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        return _run(Path(folder))


def _run(home: Path) -> bool:
    path = home / "p8.db"
    clock = FakeClock(_START)
    config: dict[str, Any] = {
        "INSTANCE": str(home),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}",
        "SECRET_KEY": "benchmark",
        "CLOCKWORK": False,
        "PASSWORD_MEMORY_KIB": 8,
        "PASSWORD_ROUNDS": 1,
    }
    app = create_app(config, clock=clock, entropy=SystemEntropy())
    with app.app_context():
        db.create_all()
        bench = _Bench(Centre(app, clock, home / "people"), home, path)
        met = pairs("P8", bench.ours, bench.theirs, 2.0, at_most=True)
        db.session.remove()
        db.engine.dispose()
    return met


class _Bench:
    """A centre with a published tender, a full pool, and one request that is frozen again and again."""

    def __init__(self, centre: Centre, home: Path, path: Path) -> None:
        self.centre, self.path = centre, path
        centre.found()
        tender = Tender(centre, home / "tender", Told())
        tender.publish([Path(__file__)])
        with centre.act("wang") as tx:
            service.add_specialty(tx, "A01", "给排水")
            tx.session.execute(insert(Expert), list(_people()))
            tx.session.execute(
                insert(expert_specialty),
                [{"expert_id": number, "specialty_id": 1} for number in range(1, EXPERTS + 1)],
            )
        wish = Wish(
            Conditions(5, 1, (Place("A01", NEED, BACKUPS),)),
            clock_after(centre),
            4,
            "P8",
            recused="第 7 设计院",
        )
        with centre.act("zhou") as tx:
            self.uid = service.request_draw(tx, tender.uid, wish).uid
        self.salts: dict[str, str] = {}
        self.hashes: list[str] = []
        self.picks: list[str] = []

    def ours(self) -> float:
        """Seconds from the request to the picks."""
        self._clear()
        seconds = timed(self._draw)
        session = db.session()
        found = self._opened()
        self.salts = {person.card["id"]: person.salt for person in found}
        self.hashes = sorted(person.h for person in found)
        session.rollback()
        return seconds

    def _opened(self) -> list[Opened]:
        """Everybody on the list, outside the time that is taken: nobody could do this without both keys."""
        session = db.session()
        frozen = session.scalars(select(Draw)).one()
        _, panel = queries.panel_of(frozen.project)
        sealed, digest = loads(frozen.names or ""), bytes.fromhex(frozen.spec_hash or "")
        keys = [
            open_key(
                sealed,
                panel,
                digest,
                holder,
                seats_of(panel)[holder][0],
                trustee_scalar(self.centre.trustees[name].seed),
            )
            for holder, name in _KEYS
        ]
        one, other = (key or b"" for key in keys)
        rows = session.execute(select(DrawLeaf.h, DrawLeaf.sealed)).all()
        people = [open_leaf("local", h, leaf or b"", half(one, h), half(other, h)) for h, leaf in rows]
        return [Opened(person.h, person.salt, person.expert) for person in people]

    def _draw(self) -> None:
        with self.centre.act("wang") as tx:
            frozen = service.freeze(tx, self.uid)
            text, digest = frozen.spec or "", bytes.fromhex(frozen.spec_hash or "")
        spec = loads(text)
        # the parties' numbers enter with the digest of the list, as in the seed of protocol §7.4
        (result,) = draw(hmac.digest(SEED, digest, "sha256"), spec)
        self.picks = list(result.picks)
        self.spec = spec

    def theirs(self) -> float:
        """Seconds for the same statements and a loop of hashes."""
        self._clear()
        found: list[str] = []
        seconds = timed(lambda: found.extend(self._bare()))
        if found != self.hashes:
            raise AssertionError("the two sides do not commit to the same people")
        free = [leaf for leaf in self.spec["strata"][0]["leaves"] if leaf["excl"] is None]
        if not set(self.picks) <= {leaf["h"] for leaf in free} or len(self.picks) != NEED:
            raise AssertionError("somebody was drawn who may not sit")
        if len(free) == EXPERTS:
            raise AssertionError("nobody was excused")
        return seconds

    def _bare(self) -> list[str]:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
        rows = []
        for number, uid, name, unit, uscc, title, region, code in connection.execute(_SELECT):
            salt = self.salts[uid]
            expert = encode(
                {
                    "id": uid,
                    "name": name,
                    "unit": unit,
                    "uscc": uscc,
                    "title": title,
                    "region": region,
                    "specialties": [code],
                }
            )
            leaf = b"expert-draw/v1 leaf" + lp("local", bytes.fromhex(salt), expert)
            rows.append((1, hashlib.sha256(leaf).hexdigest(), salt, expert, number))
        connection.executemany(_INSERT, rows)
        connection.execute("COMMIT")
        connection.close()
        order = sorted(row[1] for row in rows)
        _shuffle(order)
        return sorted(order)

    def _clear(self) -> None:
        """Back to the request, outside the time that is taken."""
        with self.centre.act("wang") as tx:
            tx.session.execute(delete(DrawLeaf))
            tx.session.execute(
                update(Draw).values(
                    frozen_at=None, frozen_by_id=None, pool_id=None, spec=None, spec_hash=None, names=None
                )
            )


def _people() -> Iterator[dict[str, Any]]:
    for number in range(EXPERTS):
        yield {
            "uid": f"e{number}",
            "name": f"专家{number}",
            "unit": f"第{number % UNITS}设计院",
            "unit_uscc": None,
            "title": "高级工程师",
            "level": Level.SENIOR,
            "field_since": _START.date().replace(year=2010),
            "region": "明川县",
            "phone": f"138{number:08d}",
            "active": True,
            "added_at": _START,
        }


def clock_after(centre: Centre) -> datetime:
    """An evaluation well ahead."""
    return centre.clock.now() + timedelta(days=40)


def _shuffle(order: list[str]) -> None:
    """A plain shuffle, four numbers to an HMAC."""
    words: list[int] = []
    for i in range(len(order) - 1):
        if not words:
            block = hmac.digest(SEED, i.to_bytes(8, "big"), "sha256")
            words = [int.from_bytes(block[at : at + 8], "big") for at in (24, 16, 8, 0)]
        j = i + words.pop() % (len(order) - i)
        order[i], order[j] = order[j], order[i]
