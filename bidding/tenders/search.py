"""The public list of notices and the search in it: the same work for ten thousand notices as for a million.

A list is walked from its newest entry (or from the one an address names), so a page costs what it shows, however far
back it lies. Words and kinds come out of an index whose entries lie in the order of the list: FTS5 on SQLite, a GIN over
``tsvector`` on PostgreSQL. Both are filled with ``rules.grams``, so both find the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, cast, column, false, func, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from bidding.tenders.kinds import Family, Method, Stage
from bidding.tenders.models import INDEX, Listing, Project
from bidding.tenders.rules import Phase, mark, pairs, runs

#: Beyond so many it is only said that there are more: nobody reads them, and to count all costs what finding does not.
COUNTED = 1000
#: What is typed beyond so many words is not looked for.
MAX_RUNS = 12
_SHOWN = (
    Listing.id,
    Project.uid,
    Project.code,
    Project.title,
    Project.owner_name,
    Project.family,
    Project.stage,
    Project.closes_at,
)


@dataclass(frozen=True, slots=True)
class Search:
    """A state of the list of notices; all of it stands in the address."""

    words: str = ""
    family: Family | None = None
    method: Method | None = None
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of the list, the newest first.

    ``newer`` and ``older`` are the entries at its ends, where there is more beyond them; ``total`` counts all that
    fit, ``is_more`` says that it stopped counting at ``COUNTED``.
    """

    items: Sequence[Row[Any]]  # of _SHOWN
    newer: int | None
    older: int | None
    total: int
    is_more: bool


def find(
    session: Session,
    search: Search,
    now: datetime,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 20,
) -> Found:
    """The notices that fit: the newest, those listed ``before`` an entry, or those just ``after`` one."""
    wanted, entry = _wanted(session, search, now)
    if after is not None:
        walked = wanted.where(entry > after).order_by(entry)
    else:
        walked = (wanted if before is None else wanted.where(entry < before)).order_by(entry.desc())
    rows = list(session.execute(walked.limit(size + 1)))
    is_cut = len(rows) > size
    rows = rows[:size]
    if after is not None:
        rows.reverse()
    some = wanted.with_only_columns(entry, maintain_column_froms=True).limit(COUNTED + 1).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    return Found(
        items=rows,
        newer=rows[0].id if rows and (before is not None or (after is not None and is_cut)) else None,
        older=rows[-1].id if rows and (after is not None or is_cut) else None,
        total=min(total, COUNTED),
        is_more=total > COUNTED,
    )


def _wanted(
    session: Session, search: Search, now: datetime
) -> tuple[Select[*tuple[Any, ...]], ColumnElement[int]]:
    """Every entry that fits, in no order; and the column in whose order they lie."""
    found: Select[*tuple[Any, ...]] = select(*_SHOWN).join(Project, Project.id == Listing.project_id)
    entry: ColumnElement[int] = Listing.id  # type: ignore[assignment]
    marks: list[Enum] = [each for each in (search.family, search.method) if each]
    if search.phase in (Phase.SUSPENDED, Phase.TERMINATED):
        marks.append(Stage(search.phase.value))
    words = runs(search.words)[:MAX_RUNS]
    if search.words and not words:
        return found.where(false()), entry  # signs under which no notice is kept
    if marks or words:
        entry = INDEX.c.rowid
        found = found.join(INDEX, entry == Listing.id)
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        found = found.where(_fts5(words, marks) if is_sqlite else _tsquery(words, marks))
    if search.phase is Phase.OPEN:
        is_open = and_(Project.stage == Stage.PUBLISHED, Project.closes_at > now)
        # What is open lies together at the new end of the list: nothing older than the first of it is looked at.
        # (Of the number itself SQLite would seek the least by walking the list from its old end.)
        first = (
            select(func.min(Listing.id + 0)).join(Project, Project.id == Listing.project_id).where(is_open)
        )
        found = found.where(is_open, entry >= (session.scalar(first) or 0))
    elif search.phase is Phase.CLOSED:
        found = found.where(Project.stage == Stage.PUBLISHED, Project.closes_at <= now)
    return found, entry


def _fts5(words: Sequence[str], marks: Sequence[Enum]) -> ColumnElement[bool]:
    """In the query language of FTS5: phrases of pairs, all of which must be there. Words have no quotes in them."""
    asked = [
        f'words : "{word}"*' if len(word) == 1 else f'words : "{" ".join(pairs(word))}"' for word in words
    ]
    asked += [f'kind : "{mark(each)}"' for each in marks]
    return column(INDEX.name).op("MATCH", is_comparison=True)(" AND ".join(asked))


def _tsquery(words: Sequence[str], marks: Sequence[Enum]) -> ColumnElement[bool]:
    """The same in the query language of PostgreSQL."""
    asked = [
        f"'{word}':*" if len(word) == 1 else " <-> ".join(f"'{pair}'" for pair in pairs(word))
        for word in words
    ]
    asked += [f"'{mark(each)}'" for each in marks]
    query = " & ".join(f"({each})" for each in asked)
    return INDEX.c.words.op("@@", is_comparison=True)(cast(query, TSQUERY))
