"""The index in which a public list is searched by neighbouring signs: FTS5 on SQLite, a GIN over ``tsvector`` on PostgreSQL.

It is no model: made by hand beside the table of the list, whose numbers are its own (ADR 0042).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from sqlalchemy import (
    DDL,
    ColumnElement,
    Connection,
    String,
    Table,
    bindparam,
    cast,
    column,
    event,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from bidding.tenders.rules.grams import grams, mark, pairs


class WordIndex:
    """The index ``name`` of the list kept in the table ``owner``; ``rowid`` is the entry's number there."""

    def __init__(self, name: str, owner: str) -> None:
        self.name = name
        self.table = table(name, column("rowid"), column("words"), column("kind"))
        # FTS5's signs beyond ASCII all belong to words, so that what counts as one is said in one place (``rules.grams``).
        self.ddl = {
            "sqlite": (f"CREATE VIRTUAL TABLE {name} USING fts5(words, kind, content='', tokenize='ascii')",),
            "postgresql": (
                f"""CREATE TABLE {name} (
    rowid integer PRIMARY KEY REFERENCES {owner} (id) ON DELETE CASCADE, words tsvector NOT NULL)""",
                f"CREATE INDEX ix_{name}_words ON {name} USING gin (words)",
            ),
        }
        # FTS5 keeps no text of its own here, so it has to be told again what it is to forget. Names are this code's own.
        self._fts5 = {
            "add": text(f"INSERT INTO {name} (rowid, words, kind) VALUES (:id, :words, :kind)"),  # noqa: S608
            "drop": text(
                f"INSERT INTO {name} ({name}, rowid, words, kind) VALUES ('delete', :id, :words, :kind)"  # noqa: S608
            ),
        }
        self._tsvector = {
            "add": text(f"INSERT INTO {name} (rowid, words) VALUES (:id, CAST(:words AS tsvector))"),  # noqa: S608
            "drop": text(f"DELETE FROM {name} WHERE rowid = :id"),  # noqa: S608
        }

    def beside(self, owner: Table) -> None:
        """Let it be made wherever the list's table is."""
        for dialect, statements in self.ddl.items():
            for statement in statements:
                made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                event.listen(owner, "after_create", made)

    def put(self, connection: Connection, act: str, number: int, words: str, kind: str) -> None:
        """``add`` an entry, or ``drop`` it: with the very words and marks it was added with."""
        pieces = grams(words)
        if connection.dialect.name == "sqlite":
            connection.execute(self._fts5[act], {"id": number, "words": " ".join(pieces), "kind": kind})
        elif act == "drop":
            connection.execute(self._tsvector[act], {"id": number})
        else:
            # Places are counted up to 16,383, thrice what a summary may have.
            placed = [f"'{piece}':{place}" for place, piece in enumerate(pieces, 1)]
            marks = [f"'{each}'" for each in kind.split()]
            connection.execute(self._tsvector[act], {"id": number, "words": " ".join([*placed, *marks])})

    def fits(self, *, is_sqlite: bool) -> ColumnElement[bool]:
        """That an entry fits the parameter ``match``, which ``asked`` has made."""
        if is_sqlite:
            return column(self.name).op("MATCH", is_comparison=True)(bindparam("match", type_=String))
        return self.table.c.words.op("@@", is_comparison=True)(
            cast(bindparam("match", type_=String), TSQUERY)
        )


def asked(words: Sequence[str], marks: Sequence[Enum], *, is_sqlite: bool) -> str:
    """Words (``rules.runs``) and kinds in the query language of the database: all of them must be there.

    A word is a phrase of pairs, a single sign the beginning of one. Words have no quotes in them.
    """
    return _fts5(words, marks) if is_sqlite else _tsquery(words, marks)


def _fts5(words: Sequence[str], marks: Sequence[Enum]) -> str:
    found = [
        f'words : "{word}"*' if len(word) == 1 else f'words : "{" ".join(pairs(word))}"' for word in words
    ]
    found += [f'kind : "{mark(each)}"' for each in marks]
    return " AND ".join(found)


def _tsquery(words: Sequence[str], marks: Sequence[Enum]) -> str:
    found = [
        f"'{word}':*" if len(word) == 1 else " <-> ".join(f"'{pair}'" for pair in pairs(word))
        for word in words
    ]
    found += [f"'{mark(each)}'" for each in marks]
    return " & ".join(f"({each})" for each in found)
