"""Keeping the pool: specialties, and lists of people or of specialties, brought and taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bidding.core.entropy import new_uid
from bidding.core.errors import Forbidden, WrongState
from bidding.db.uow import Tx
from bidding.experts import queries, rules, specialties
from bidding.experts.listing import Brought
from bidding.experts.models import Expert, PoolImport, Specialty, expert_specialty
from bidding.experts.policy import Permission
from bidding.experts.queries.imports import Match, matches, sealed_label
from bidding.experts.vault import PoolVault
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.storage import BlobStore
from bidding.tenders.queries import local_day

#: The kinds of notes in the centre's log by which a list enters the pool, and the table of specialties changes.
IMPORT_NOTE, SPECIALTIES_NOTE = "pool-imported", "pool-specialties"


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
    """Take a list in, all of it or nothing; the centre's log says so.

    Who is in the pool already is changed as the row says. With ``skip_refused`` rows that have an error are passed over.
    Raises ``ImportHasErrors``, ``NothingToImport``, ``WrongState`` for a list that was taken before.
    """
    by = keeper(tx)
    row = queries.pool_import(tx.session, uid)
    tx.session.refresh(row, with_for_update=True)
    if row.applied_at is not None:
        raise WrongState
    packed = queries.rows_of(row, blobs, vault)
    taking = _Taking(tx, row)
    try:
        refused = taking.specialties(packed) if row.kind == specialties.SPECIALTIES else taking.people(packed)
    except IntegrityError as error:  # somebody entered the same person since the list was read
        raise WrongState from error
    if not taking.touched:
        raise rules.NothingToImport(field="file")
    if refused and not skip_refused:
        raise rules.ImportHasErrors(refused=refused, field="skip_refused")
    row.applied_at, row.applied_by_id = tx.now, by
    row.taken, row.changed, row.refused = taking.new, taking.changed, refused
    ledger.record(
        tx,
        ledger.centre_log(tx, keys),
        EventType.NOTE,
        kind=IMPORT_NOTE if row.kind == "experts" else SPECIALTIES_NOTE,
        data={"sha256": row.sha256, "taken": row.taken, "changed": row.changed, "refused": row.refused},
    )
    tx.session.flush()
    return row


@dataclass
class _Taking:
    """One list on its way in, a thousand rows at a time: a list has up to two hundred thousand."""

    tx: Tx
    source: PoolImport
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    codes: dict[str, int] = field(default_factory=dict)

    @property
    def touched(self) -> int:
        """Rows that were good, whether or not they changed anything."""
        return self.new + self.changed + self.unchanged

    def people(self, packed: bytes) -> int:
        """Enter and change people; how many rows were refused."""
        today = local_day(self.tx.now)
        self.codes = {row.code: row.id for row in queries.specialties(self.tx.session)}
        found = matches(self.tx.session, packed, today)
        for chunk in found:
            self._enter([one for one in chunk if one.known is None])
            self._change([one for one in chunk if one.known is not None])
        return found.refused

    def _enter(self, people: Sequence[Match]) -> None:
        if not people:
            return
        uids = [new_uid(self.tx.entropy) for _ in people]
        self.tx.session.execute(
            insert(Expert.metadata.tables["expert"]),  # the bare table: its rows go in together
            [
                {
                    **one.values,
                    "uid": uid,
                    "active": True,
                    "added_at": self.tx.now,
                    "import_id": self.source.id,
                }
                for uid, one in zip(uids, people, strict=True)
            ],
        )
        found = self.tx.session.execute(select(Expert.uid, Expert.id).where(Expert.uid.in_(uids)))
        ids = {row[0]: row[1] for row in found}
        self._give([(ids[uid], one) for uid, one in zip(uids, people, strict=True)])
        self.new += len(people)

    def _change(self, people: Sequence[Match]) -> None:
        moved = [one for one in people if one.change is not None]
        self.unchanged += len(people) - len(moved)
        self.changed += len(moved)
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for one in moved:
            if one.values and one.known is not None:
                alike.setdefault(tuple(sorted(one.values)), []).append({**one.values, "expert": one.known.id})
        table = Expert.metadata.tables["expert"]
        for columns, rows in alike.items():
            statement = update(table).where(table.c.id == bindparam("expert"))
            self.tx.session.execute(statement.values({name: bindparam(name) for name in columns}), rows)
        respecialised = [
            (one.known.id, one)
            for one in moved
            if one.known is not None and frozenset(one.row.specialties) != one.known.specialties
        ]
        if respecialised:
            self.tx.session.execute(
                delete(expert_specialty).where(
                    expert_specialty.c.expert_id == bindparam("expert"),
                    expert_specialty.c.specialty_id.in_(list(self.codes.values())),  # a retired one stays
                ),
                [{"expert": number} for number, _ in respecialised],
            )
            self._give(respecialised)

    def _give(self, people: Sequence[tuple[int, Match]]) -> None:
        self.tx.session.execute(
            insert(expert_specialty),
            [
                {"expert_id": number, "specialty_id": self.codes[code]}
                for number, one in people
                for code in one.row.specialties
            ],
        )

    def specialties(self, packed: bytes) -> int:
        """Enter and rename specialties; how many rows were refused."""
        session = self.tx.session
        reading = queries.specialties_in(session, packed)
        fresh: list[dict[str, Any]] = [{"code": row.code, "name": row.name} for row in reading.new]
        if fresh:
            session.execute(insert(Specialty), fresh)
        for row in reading.renamed:
            session.execute(update(Specialty).where(Specialty.code == row.code).values(name=row.name))
        self.new, self.changed, self.unchanged = len(fresh), len(reading.renamed), reading.unchanged
        return reading.refused
