"""Bringing a database to a version of the schema, by Alembic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine

from bidding.db import Base

#: How the names of tables begin that no model speaks of, and of those that FTS5 keeps them in.
BY_HAND = ("listing_words", "result_words")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade, or downgrade where the revision lies behind (``base`` for none)."""
    with _references_at_the_end(engine) as connection:
        step = command.downgrade if revision == "base" or revision.startswith("-") else command.upgrade
        step(_config(connection), revision)


class Dangling(RuntimeError):
    """A migration would leave rows that refer to what is not there; nothing was changed."""


@contextmanager
def _references_at_the_end(engine: Engine) -> Iterator[Connection]:
    """A transaction in which SQLite checks foreign keys once, before the commit.

    To change a constraint is to make the table anew, and to drop the old one would be to orphan every row that refers to
    it (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise RuntimeError("no connection")
        driver.execute("PRAGMA foreign_keys = OFF")  # heeded outside of transactions only
        try:
            with connection.begin():
                yield connection
                found = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if found:
                    raise Dangling(", ".join(sorted({row[0] for row in found})))
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def draft(engine: Engine, message: str) -> None:
    """Write a migration file for what the models have and the database has not. Read it before it is kept."""
    with engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def differences(engine: Engine) -> list[object]:
    """What the models have and the database has not, or the other way round; empty when they agree."""
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_object": _is_mapped}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, Base.metadata))


def _is_mapped(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Whether a model could speak of it: the indexes of the public lists are made by hand (``tenders.wordindex``)."""
    return not (kind == "table" and str(name).startswith(BY_HAND))
