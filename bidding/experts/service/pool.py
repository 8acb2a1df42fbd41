"""Keeping the pool: specialties, lists brought and taken in, persons who no longer take part."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden, WrongState
from bidding.db.uow import Tx
from bidding.experts import pool, queries, rules
from bidding.experts.models import Expert, PoolImport, Specialty, expert_specialty
from bidding.experts.policy import Permission
from bidding.experts.pool import Reading, Row
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.storage import BlobStore

#: The kind of the note in the centre's log by which a list enters the pool.
IMPORT_NOTE = "pool-imported"


def _keeper(tx: Tx) -> int:
    if tx.actor.account_id is None or not tx.actor.may(Permission.POOL_IMPORT):
        raise Forbidden
    return tx.actor.account_id


def add_specialty(tx: Tx, code: str, name: str) -> Specialty:
    """Enter a specialty; its code names a stratum of draws. Raises ``BadSpecialty``."""
    _keeper(tx)
    code, name = code.strip(), name.strip()
    taken = tx.session.scalar(select(Specialty.id).where(Specialty.code == code))
    if not rules.is_specialty_code(code) or taken is not None or not name:
        raise rules.BadSpecialty(given=code[:64], field="code")
    row = Specialty(code=code, name=name)
    tx.session.add(row)
    tx.session.flush()
    return row


def read_list(session: Session, file_name: str, data: bytes) -> Reading:
    """What a list holds, row by row, against the pool as it is now. Raises ``UnreadableList``."""
    return pool.read(
        file_name,
        data,
        specialties={row.code for row in queries.specialties(session)},
        known=queries.known_people(session),
    )


def bring_list(tx: Tx, file_name: str, data: bytes, blobs: BlobStore) -> PoolImport:
    """Keep a list as it was brought; nobody enters the pool by it yet. Raises ``UnreadableList``."""
    keeper = _keeper(tx)
    reading = read_list(tx.session, file_name, data)
    row = PoolImport(
        uid=new_uid(tx.entropy),
        file_name=file_name[-200:],
        sha256=blobs.put(data),
        brought_at=tx.now,
        brought_by_id=keeper,
        refused=reading.refused,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def apply_import(
    tx: Tx, uid: str, blobs: BlobStore, keys: LogKeys, *, skip_refused: bool = False
) -> PoolImport:
    """Take the list's people into the pool, all of them or none; the centre's log says so.

    With ``skip_refused`` all of those whose row has no error. Raises ``ImportHasErrors``, ``NothingToImport``,
    ``WrongState`` for a list that was taken before.
    """
    keeper = _keeper(tx)
    row = queries.pool_import(tx.session, uid)
    tx.session.refresh(row, with_for_update=True)
    if row.applied_at is not None:
        raise WrongState
    with blobs.open(row.sha256) as file:
        reading = read_list(tx.session, row.file_name, file.read())
    if not reading.rows:
        raise rules.NothingToImport(field="file")
    if reading.errors and not skip_refused:
        raise rules.ImportHasErrors(refused=reading.refused, field="skip_refused")
    _enter(tx, row, reading.rows)
    row.applied_at, row.applied_by_id = tx.now, keeper
    row.taken, row.refused = len(reading.rows), reading.refused
    ledger.record(
        tx,
        ledger.centre_log(tx, keys),
        EventType.NOTE,
        kind=IMPORT_NOTE,
        data={"sha256": row.sha256, "taken": row.taken, "refused": row.refused},
    )
    tx.session.flush()
    return row


def _enter(tx: Tx, source: PoolImport, rows: Iterable[Row]) -> None:
    """The people and what they know, in two statements: a list has up to a hundred thousand of them."""
    codes = {row.code: row.id for row in queries.specialties(tx.session)}
    rows = list(rows)
    try:
        ids = tx.session.scalars(
            insert(Expert).returning(Expert.id, sort_by_parameter_order=True),
            [
                {
                    "uid": new_uid(tx.entropy),
                    "name": row.name,
                    "unit": row.unit,
                    "unit_uscc": row.uscc,
                    "title": row.title,
                    "years": row.years,
                    "region": row.region,
                    "phone": row.phone,
                    "active": True,
                    "added_at": tx.now,
                    "import_id": source.id,
                }
                for row in rows
            ],
        ).all()
    except IntegrityError as error:  # somebody entered the same person since the list was read
        raise WrongState from error
    tx.session.execute(
        insert(expert_specialty),
        [
            {"expert_id": expert_id, "specialty_id": codes[code]}
            for expert_id, row in zip(ids, rows, strict=True)
            for code in row.specialties
        ],
    )


def set_active(tx: Tx, uid: str, *, active: bool) -> Expert:
    """Let a person be drawn, or no longer; lists that are frozen already stay as they are."""
    _keeper(tx)
    expert = queries.pool_member(tx.session, uid)
    expert.active = active
    tx.session.flush()
    return expert
