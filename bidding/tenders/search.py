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
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from bidding.tenders.kinds import Family, Method, Stage
from bidding.tenders.models import INDEX, WORDS_INDEX, Listing, Project
from bidding.tenders.rules import Phase, runs
from bidding.tenders.wordindex import asked

#: Beyond so many it is only said that there are more: nobody reads them, and to count all costs what finding does not.
COUNTED = 1000
#: What is typed beyond so many words is not looked for.
MAX_RUNS = 12
#: Their tables: what is read here becomes no object, and to ask without them takes half as long.
_LISTING, _PROJECT = Listing.__table__, Project.__table__
_SHOWN = (
    _LISTING.c.id,
    _PROJECT.c.uid,
    _PROJECT.c.code,
    _PROJECT.c.title,
    _PROJECT.c.owner_name,
    _PROJECT.c.family,
    _PROJECT.c.stage,
    _PROJECT.c.closes_at,
)
_ITS_PROJECT = _PROJECT.c.id == _LISTING.c.project_id


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
    words = runs(search.words)[:MAX_RUNS]
    if search.words and not words:
        return Found([], None, None, 0, is_more=False)  # signs under which no notice is kept
    marks: list[Enum] = [each for each in (search.family, search.method) if each]
    if search.phase in (Phase.SUSPENDED, Phase.TERMINATED):
        marks.append(Stage(search.phase.value))
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    first = how_many = None
    if search.phase is Phase.OPEN:
        first, how_many = session.execute(_OPEN, {"now": now}).one()
    given = {
        "match": asked(words, marks, is_sqlite=is_sqlite) if words or marks else None,
        "now": now,
        "entry": before if after is None else after,
        "first": first or 0,
        "most": size + 1,
    }
    side = "after" if after is not None else "before" if before is not None else ""
    walk, count = _statements(is_sqlite, bool(words or marks), search.phase, side)
    rows = list(session.execute(walk, given))
    is_cut = len(rows) > size
    rows = rows[:size]
    if after is not None:
        rows.reverse()
    if how_many is not None and not words and not marks:
        total = how_many
    else:
        total = (session.scalar(count, given) or 0) if is_cut or side else len(rows)
    return Found(
        items=rows,
        newer=rows[0].id if rows and (before is not None or (after is not None and is_cut)) else None,
        older=rows[-1].id if rows and (after is not None or is_cut) else None,
        total=min(total, COUNTED),
        is_more=total > COUNTED,
    )


_IS_OPEN = and_(_PROJECT.c.stage == Stage.PUBLISHED, _PROJECT.c.closes_at > bindparam("now"))
#: What is open lies together at the new end of the list: nothing older than the first of it is looked at.
#: (Of the number itself SQLite would seek the least by walking the list from its old end.)
_OPEN = select(func.min(_LISTING.c.id + 0), func.count()).join(_PROJECT, _ITS_PROJECT).where(_IS_OPEN)


@lru_cache
def _statements(
    is_sqlite: bool, is_indexed: bool, phase: Phase | None, side: str
) -> tuple[Select[Any], Select[Any]]:
    """What walks the list and what counts in it, made once: to make them took longer than to ask them."""
    entry: ColumnElement[int] = INDEX.c.rowid if is_indexed else _LISTING.c.id
    conditions: list[ColumnElement[bool]] = []
    if is_indexed:
        conditions.append(WORDS_INDEX.fits(is_sqlite=is_sqlite))
    by_time = phase in (Phase.OPEN, Phase.CLOSED)
    if phase is Phase.OPEN:
        conditions += [_IS_OPEN, entry >= bindparam("first")]
    elif phase is Phase.CLOSED:
        conditions += [_PROJECT.c.stage == Stage.PUBLISHED, _PROJECT.c.closes_at <= bindparam("now")]
    walk: Any = select(*_SHOWN).join(_PROJECT, _ITS_PROJECT)
    # Every entry of the index has its place in the list and every place its project: only time is asked of them.
    counted: Select[Any] = select(entry)
    if is_indexed:
        walk = walk.join(INDEX, entry == _LISTING.c.id)
    if by_time:
        counted = counted.select_from(_LISTING).join(_PROJECT, _ITS_PROJECT)
        if is_indexed:
            counted = counted.join(INDEX, entry == _LISTING.c.id)
    counted = counted.where(*conditions).limit(COUNTED + 1)
    if side == "after":
        walk = walk.where(entry > bindparam("entry")).order_by(entry)
    else:
        walk = (walk.where(entry < bindparam("entry")) if side else walk).order_by(entry.desc())
    return walk.where(*conditions).limit(bindparam("most")), select(func.count()).select_from(
        counted.subquery()
    )
