"""A stage that is set up once in a run and laid again for every test that begins from it: rows, files, clock, chance.

Setting up a centre goes through all of its services and takes half a second; there are hundreds of such tests. SQLite's
database is a file among the others; of PostgreSQL's the rows are kept in tables beside its own.
"""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from bidding.db import db
from bidding.db.schema import BY_HAND

#: What another process would hold of SQLite's file.
_LOCKS = shutil.ignore_patterns("t.db.lock")


_places = itertools.count(1)


@dataclass(frozen=True)
class Kept:
    """What a stage is made of; ``people`` is what the test's own objects hold of it."""

    files: Path
    rows: str
    at: datetime
    chance: dict
    people: dict


def keep(folder: Path, home: Path, clock, entropy, people: dict) -> Kept:
    """Take a stage down into ``folder`` as it stands now. Nothing may be under way."""
    _let_go()
    shutil.copytree(home, folder, ignore=_LOCKS)
    rows = "" if _is_a_file() else _taken_down()
    return Kept(folder, rows, clock.at, dict(vars(entropy)), people)


def lay(kept: Kept, home: Path, clock, entropy) -> None:
    """Set the stage up in an empty database and the folder of a test."""
    _let_go()
    shutil.copytree(kept.files, home, dirs_exist_ok=True)
    clock.set(kept.at)
    vars(entropy).update(kept.chance)
    if not _is_a_file():
        with db.engine.begin() as connection:
            connection.exec_driver_sql(kept.rows)


def _is_a_file() -> bool:
    return db.engine.dialect.name == "sqlite"


def _let_go() -> None:
    """End what was only read. SQLite's last connection to go leaves one file, with all that was committed."""
    db.session.rollback()
    if _is_a_file():
        db.engine.dispose()


def _taken_down() -> str:
    """Copy every row within PostgreSQL; the statements that bring them back into empty tables."""
    with db.engine.begin() as connection:
        place = f"kept_{next(_places)}"
        connection.exec_driver_sql(f"CREATE SCHEMA {place}")
        back = ["SET LOCAL session_replication_role = replica"]
        for name in filled(connection):
            connection.exec_driver_sql(f'CREATE UNLOGGED TABLE {place}."{name}" AS TABLE "{name}"')
            back.append(f'INSERT INTO "{name}" TABLE {place}."{name}"')
        counts = "SELECT seqrelid::regclass, pg_sequence_last_value(seqrelid) FROM pg_sequence"
        for name, last in connection.exec_driver_sql(counts):
            if last is not None:
                back.append(f"SELECT setval('{name}', {last})")
    return ";".join(back)


def filled(connection) -> list[str]:
    """The names of the tables that hold a row."""
    tables = [*(table.name for table in db.metadata.sorted_tables), *BY_HAND]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
    return list(connection.scalars(text(asked)))
