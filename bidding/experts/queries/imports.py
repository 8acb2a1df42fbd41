"""What a brought list would do to the pool as it is now: row by row, in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bidding.experts import listing, pool, specialties
from bidding.experts.cells import TWO_ROWS, RowError, fault
from bidding.experts.models import Expert, PoolImport, Specialty, expert_specialty
from bidding.experts.pool import Change, Known, Reader, Row
from bidding.experts.rules import RowsNotKept
from bidding.experts.specialties import Table
from bidding.experts.vault import PoolVault
from bidding.storage import BlobStore

#: Rows that are looked up together.
_CHUNK = 1000
_MOST = Reader.MOST


def sealed_label(row: PoolImport) -> str:
    """What the rows of a list are sealed as: those of another list, put in their place, do not open."""
    return f"import {row.kind} {row.sha256}"


def rows_of(row: PoolImport, blobs: BlobStore, vault: PoolVault) -> bytes:
    """The packed rows of a list. Raises ``RowsNotKept``, ``PoolLocked``."""
    if row.blob is None:
        raise RowsNotKept
    with blobs.open(row.blob) as file:
        return vault.open_bytes(file.read(), sealed_label(row))


@dataclass(frozen=True, slots=True)
class Match:
    """A good row, whom it speaks of (nobody: somebody new), the columns it sets, and what a page shows of it."""

    row: Row
    known: Known | None
    values: Mapping[str, Any]
    change: Change | None


class matches:  # noqa: N801 — an iterator with a count of what it left out
    """The good rows of a list against the pool, in chunks; ``refused`` and ``errors`` are whole at the end."""

    def __init__(self, session: Session, packed: bytes, today: date) -> None:
        self._session, self._today = session, today
        self._rows = listing.rows(packed)
        self._reader = Reader(active_codes(session), today)
        #: The cells of the chunk that was given last, by line.
        self.cells: Mapping[int, Mapping[str, str]] = {}

    @property
    def refused(self) -> int:
        """Rows left out so far."""
        return self._reader.refused

    @property
    def errors(self) -> Sequence[RowError]:
        """The first of what is wrong with them."""
        return self._reader.errors

    def __iter__(self) -> Iterator[list[Match]]:
        taken: set[int] = set()
        while lines := list(islice(self._rows, _CHUNK)):
            self.cells = dict(lines)
            good = [row for line, values in lines if (row := self._reader.take(line, values)) is not None]
            chunk, wrong = match(self._session, good, taken, self._today)
            for row, text in wrong:
                self._reader.refuse(row.line, row.name, [fault(row.line, "name", text)])
            yield chunk


def match(
    session: Session, good: Sequence[Row], taken: set[int], today: date
) -> tuple[list[Match], list[tuple[Row, str]]]:
    """Good rows against the pool, and those that cannot be taken with why. ``taken`` are those spoken of before; they grow."""
    people, numbers = _known_to(session, good)
    chunk, refused = list[Match](), list[tuple[Row, str]]()
    for row in good:
        known, wrong = pool.whose(
            row, people.get((row.name, row.phone)), numbers.get(row.id_number) if row.id_number else None
        )
        if wrong is None and known is not None and known.id in taken:
            wrong = TWO_ROWS
        if wrong is not None:
            refused.append((row, wrong))
            continue
        values = pool.values_of(row, known, today)
        change = pool.change(row, known, values, today) if known is not None else None
        chunk.append(Match(row, known, values, change))
        if known is not None:
            taken.add(known.id)
    return chunk, refused


@dataclass(slots=True)
class Survey:
    """What a list would do: how many of each, and the first of them."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: Sequence[RowError] = ()
    changes: list[Change] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)

    @property
    def good(self) -> int:
        """Rows that can be taken."""
        return self.new + self.changed + self.unchanged


def survey(session: Session, packed: bytes, today: date) -> Survey:
    """Go through a list without changing anything."""
    found, walk = Survey(), matches(session, packed, today)
    for chunk in walk:
        for one in chunk:
            if one.known is None:
                found.new += 1
                if len(found.people) < _MOST:
                    found.people.append(one.row)
            elif one.change is None:
                found.unchanged += 1
            else:
                found.changed += 1
                if len(found.changes) < _MOST:
                    found.changes.append(one.change)
    found.refused, found.errors = walk.refused, walk.errors
    return found


def specialties_in(session: Session, packed: bytes) -> Table:
    """What a list of specialties would do."""
    names = {row[0]: row[1] for row in session.execute(select(Specialty.code, Specialty.name))}
    return specialties.read(listing.rows(packed), names)


def active_codes(session: Session) -> set[str]:
    return set(session.scalars(select(Specialty.code).where(Specialty.retired_at.is_(None))))


def _known_to(session: Session, rows: Sequence[Row]) -> tuple[dict[tuple[str, str], Known], dict[str, Known]]:
    """Those in the pool whom these rows may speak of: by name and telephone, and by identity number.

    Found by the sealed bytes, which are the same for the same value; only who is found is opened.
    """
    phones = {row.phone for row in rows}
    numbers = {row.id_number for row in rows if row.id_number}
    if not phones:
        return {}, {}
    statement = select(
        Expert.id,
        Expert.name,
        Expert.unit,
        Expert.unit_uscc,
        Expert.title,
        Expert.level,
        Expert.field_since,
        Expert.id_number,
        Expert.born_on,
        Expert.phone,
        Expert.email,
        Expert.region,
        Expert.for_works,
        Expert.for_procurement,
        Expert.valid_until,
    ).where(or_(Expert.phone.in_(phones), Expert.id_number.in_(numbers)))
    found = {row[0]: Known._make((*row, frozenset())) for row in session.execute(statement)}
    codes: dict[int, set[str]] = {number: set() for number in found}
    of_them = (
        select(expert_specialty.c.expert_id, Specialty.code)
        .join(Specialty, Specialty.id == expert_specialty.c.specialty_id)
        .where(expert_specialty.c.expert_id.in_(list(found)), Specialty.retired_at.is_(None))
    )
    for number, code in session.execute(of_them) if found else ():
        codes[number].add(code)
    people = [known._replace(specialties=frozenset(codes[known.id])) for known in found.values()]
    return (
        {(known.name, known.phone): known for known in people},
        {known.id_number: known for known in people if known.id_number},
    )
