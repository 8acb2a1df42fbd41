"""Keeping the pool: specialties, and lists of people or of specialties, brought and taken in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden, WrongState
from bidding.db.uow import Tx
from bidding.experts import queries, rules, specialties
from bidding.experts.listing import Brought
from bidding.experts.models import PoolImport, Specialty
from bidding.experts.policy import Permission
from bidding.experts.queries.imports import sealed_label
from bidding.experts.queries.taking import store_parts
from bidding.experts.service.taking import start_import, take_part
from bidding.experts.vault import PoolVault
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.storage import BlobStore
from bidding.tenders.queries import local_day

#: The kind of notes in the centre's log by which the table of specialties changes.
SPECIALTIES_NOTE = "pool-specialties"


def keeper(tx: Tx) -> int:
    """The account of an administrator who keeps the pool. Raises ``Forbidden``."""
    if tx.actor.account_id is None or not tx.actor.may(Permission.POOL_IMPORT):
        raise Forbidden
    return tx.actor.account_id


def add_specialty(tx: Tx, code: str, name: str) -> Specialty:
    """Enter a specialty; its code names a stratum of draws. Raises ``BadSpecialty``."""
    keeper(tx)
    code, name = code.strip(), name.strip()
    taken = tx.session.scalar(select(Specialty.id).where(Specialty.code == code))
    if not rules.is_specialty_code(code) or taken is not None or not name:
        raise rules.BadSpecialty(given=code[:64], field="code")
    row = Specialty(code=code, name=name)
    tx.session.add(row)
    tx.session.flush()
    return row


def retire_specialty(tx: Tx, code: str, *, retired: bool) -> Specialty:
    """Let no further draw ask for a specialty, or let it again. Who has it keeps it, and past draws name it."""
    by = keeper(tx)
    row = queries.specialty(tx.session, code)
    tx.session.refresh(row, with_for_update=True)
    if (row.retired_at is not None) == retired:
        raise WrongState
    row.retired_at, row.retired_by_id = (tx.now, by) if retired else (None, None)
    tx.session.flush()
    return row


def bring_list(tx: Tx, brought: Brought, blobs: BlobStore, vault: PoolVault) -> PoolImport:
    """Keep the rows of a list, sealed; nobody enters the pool by it yet. The file itself is not kept."""
    by = keeper(tx)
    row = PoolImport(
        uid=new_uid(tx.entropy),
        kind=brought.kind,
        file_name=brought.file_name,
        sha256=brought.sha256,
        brought_at=tx.now,
        brought_by_id=by,
    )
    row.blob = blobs.put(vault.seal_bytes(brought.packed, sealed_label(row)))
    tx.session.add(row)
    tx.session.flush()
    return row


def apply_import(
    tx: Tx, uid: str, blobs: BlobStore, keys: LogKeys, vault: PoolVault, *, skip_refused: bool = False
) -> PoolImport:
    """Take a list in, all of it in this one transaction; the centre's log says so.

    Who is in the pool already is changed as the row says. With ``skip_refused`` rows that have an error are passed over.
    Raises ``ImportHasErrors``, ``NothingToImport``, ``WrongState`` for a list that was taken before. Long lists of people are
    taken part by part instead (``taking``).
    """
    row = queries.pool_import(tx.session, uid)
    if row.kind == specialties.SPECIALTIES:
        return _take_specialties(tx, row, queries.rows_of(row, blobs, vault), keys, skip_refused=skip_refused)
    parts, refused = store_parts(tx.session, row, blobs, vault, local_day(tx.now))
    row = start_import(tx, uid, parts, refused=refused, skip_refused=skip_refused)
    while take_part(tx, uid, blobs, keys, vault):
        pass
    return row


def _take_specialties(
    tx: Tx, row: PoolImport, packed: bytes, keys: LogKeys, *, skip_refused: bool
) -> PoolImport:
    by = keeper(tx)
    session = tx.session
    session.refresh(row, with_for_update=True)
    if row.applied_at is not None:
        raise WrongState
    reading = queries.specialties_in(session, packed)
    fresh: list[dict[str, Any]] = [{"code": each.code, "name": each.name} for each in reading.new]
    if not fresh and not reading.renamed and not reading.unchanged:
        raise rules.NothingToImport(field="file")
    if reading.refused and not skip_refused:
        raise rules.ImportHasErrors(refused=reading.refused, field="skip_refused")
    if fresh:
        session.execute(insert(Specialty), fresh)
    for each in reading.renamed:
        session.execute(update(Specialty).where(Specialty.code == each.code).values(name=each.name))
    row.applied_at, row.applied_by_id = tx.now, by
    row.taken, row.changed, row.refused = len(fresh), len(reading.renamed), reading.refused
    data = {"sha256": row.sha256, "taken": row.taken, "changed": row.changed, "refused": row.refused}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=SPECIALTIES_NOTE, data=data)
    session.flush()
    return row
