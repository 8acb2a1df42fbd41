"""What a list that is taken in or out goes by: its parts, who was what before, what stands in the way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bidding.core.canonical import loads
from bidding.experts.models import Draw, Expert, PoolChange, PoolImport
from bidding.experts.pool import Reader
from bidding.experts.queries.imports import Match, active_codes, match, matches, rows_of, sealed_label
from bidding.experts.vault import PoolVault
from bidding.storage import BlobStore

#: Columns of an expert that are days.
DAYS = ("field_since", "born_on", "valid_until")
#: What speaks of people without anything having been decided about them.
_OF_THE_POOL = ("expert_specialty", "pool_change")


def store_parts(
    session: Session, row: PoolImport, blobs: BlobStore, vault: PoolVault, today: date
) -> tuple[list[str], int]:
    """Keep the good rows of a list in sealed parts of a thousand; where each lies, and how many rows are refused.

    It takes seconds for a long list and writes nothing to the database: before the transaction.
    """
    walk, parts = matches(session, rows_of(row, blobs, vault), today), list[str]()
    for chunk in walk:
        if chunk:
            lines = [[one.row.line, walk.cells[one.row.line]] for one in chunk]
            packed = gzip.compress(json.dumps(lines, ensure_ascii=False).encode(), 1, mtime=0)
            parts.append(blobs.put(vault.seal_bytes(packed, _part_label(row, len(parts)))))
    return parts, walk.refused


def part_rows(row: PoolImport, blobs: BlobStore, vault: PoolVault) -> list[tuple[int, dict[str, str]]]:
    """The rows of the next part. Raises ``PoolLocked``."""
    with blobs.open(loads(row.parts or "[]")[row.done]) as file:
        packed = vault.open_bytes(file.read(), _part_label(row, row.done))
    return [(line, cells) for line, cells in json.loads(gzip.decompress(packed))]


def _part_label(row: PoolImport, number: int) -> str:
    return f"{sealed_label(row)} part {number}"


def match_rows(
    session: Session, row: PoolImport, rows: Sequence[tuple[int, Mapping[str, str]]], today: date
) -> tuple[list[Match], int]:
    """Rows of a part against the pool as it is now, and how many are not good any more."""
    reader = Reader(active_codes(session), today)
    good = [one for line, cells in rows if (one := reader.take(line, cells)) is not None]
    found, wrong = match(session, good, set(), today)
    ids = [one.known.id for one in found if one.known is not None]
    touched = set(
        session.scalars(select(Expert.id).where(Expert.id.in_(ids), Expert.import_id == row.id))
    ) | set(
        session.scalars(
            select(PoolChange.expert_id).where(PoolChange.expert_id.in_(ids), PoolChange.import_id == row.id)
        )
    )
    kept = [one for one in found if one.known is None or one.known.id not in touched]
    return kept, reader.refused + len(wrong) + len(found) - len(kept)


def before(one: Match) -> bytes:
    """What somebody was before a row changes them: the columns that it sets, and their specialties where they change, with
    those that it gave: only these are taken from them again, and what nobody may be asked for any more stays theirs.
    """
    known = one.known
    if known is None:
        raise ValueError("somebody new was nothing before")
    now: dict[str, Any] = known._asdict() | {"unit_uscc": known.uscc}
    moved = frozenset(one.row.specialties) != known.specialties
    was = {
        "columns": {name: now[name] for name in one.values},
        "codes": sorted(known.specialties) if moved else None,
        "given": sorted(one.row.specialties) if moved else None,
    }
    return json.dumps(was, ensure_ascii=False, default=str).encode()


def before_label(row: PoolImport) -> str:
    """What it is sealed as."""
    return f"pool change {row.uid}"


def list_under_way(session: Session) -> PoolImport | None:
    """The list that is being taken in or out."""
    return session.scalar(
        select(PoolImport)
        .where(
            or_(
                and_(PoolImport.started_at.is_not(None), PoolImport.applied_at.is_(None)),
                and_(PoolImport.undone_at.is_not(None), PoolImport.gone_at.is_(None)),
            )
        )
        .order_by(PoolImport.id)
        .limit(1)
    )


def frozen_since(session: Session, at: datetime) -> bool:
    """Whether a draw has frozen a list since."""
    return session.scalar(select(Draw.id).where(Draw.frozen_at >= at).limit(1)) is not None


def taken_after(session: Session, row: PoolImport) -> bool:
    """Whether a later list was taken in, and not out again."""
    later = select(PoolImport.id).where(
        PoolImport.kind == row.kind,
        or_(
            PoolImport.started_at > row.started_at,
            and_(PoolImport.started_at == row.started_at, PoolImport.id > row.id),
        ),
        PoolImport.gone_at.is_(None),
    )
    return session.scalar(later.limit(1)) is not None


def spoken_of() -> ColumnElement[bool]:
    """Whether something stands anywhere about an expert."""
    return or_(
        *(
            exists().where(key.parent == Expert.id)
            for table in Expert.metadata.tables.values()
            if table.name not in _OF_THE_POOL
            for key in table.foreign_keys
            if key.column is Expert.__table__.c.id
        )
    )


def in_use(session: Session, row: PoolImport) -> int:
    """How many of those whom only this list brought are spoken of anywhere else."""
    found = select(func.count(Expert.id)).where(Expert.import_id == row.id, spoken_of())
    return session.scalar(found) or 0
