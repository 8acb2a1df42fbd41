"""A stage that is set up once in a run and laid again for every test that begins from it: rows, files, clock, chance.

Setting up a centre goes through all of its services and takes half a second; there are hundreds of such tests. SQLite's
database is a file among the others; of PostgreSQL's the rows are kept.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text

from bidding.db import db
from bidding.tenders.models import Listing
from bidding.tenders.service.listing import index

#: What another process would hold of SQLite's file.
_LOCKS = shutil.ignore_patterns("t.db.lock")


@dataclass(frozen=True)
class Kept:
    """What a stage is made of; ``people`` is what the test's own objects hold of it."""

    files: Path
    rows: list
    at: datetime
    chance: dict
    people: dict


def keep(folder: Path, home: Path, clock, entropy, people: dict) -> Kept:
    """Take a stage down into ``folder`` as it stands now. Nothing may be under way."""
    _let_go()
    shutil.copytree(home, folder, ignore=_LOCKS)
    rows = [] if _is_a_file() else _rows()
    return Kept(folder, rows, clock.at, dict(vars(entropy)), people)


def lay(kept: Kept, home: Path, clock, entropy) -> None:
    """Set the stage up in an empty database and the folder of a test."""
    _let_go()
    shutil.copytree(kept.files, home, dirs_exist_ok=True)
    clock.set(kept.at)
    vars(entropy).update(kept.chance)
    if not _is_a_file():
        _insert(kept.rows)


def _is_a_file() -> bool:
    return db.engine.dialect.name == "sqlite"


def _let_go() -> None:
    """End what was only read. SQLite's last connection to go leaves one file, with all that was committed."""
    db.session.rollback()
    if _is_a_file():
        db.engine.dispose()


def _rows() -> list:
    rows = []
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            found = [
                dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            if found:
                rows.append((table, found))
    return rows


def _insert(kept: list) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for table, rows in kept:
            connection.execute(table.insert(), rows)
            if table.name == Listing.__tablename__:
                for row in rows:
                    index(connection, "add", row["id"], row["words"], row["kind"])
            key = table.autoincrement_column
            if key is not None:
                highest = select(func.max(key)).scalar_subquery()
                connection.execute(
                    select(func.setval(func.pg_get_serial_sequence(table.name, key.name), highest))
                )
        connection.execute(text("SET session_replication_role = origin"))
