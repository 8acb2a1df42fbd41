"""A list on its way into the pool, and out of it again: part by part, so that nobody who writes waits for the whole.

A part is a thousand rows and a transaction. A process that dies between two leaves ``PoolImport.done`` where it was; the
page and the clockwork (``experts.jobs``) go on from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bidding.core.canonical import loads
from bidding.core.entropy import new_uid
from bidding.core.errors import WrongState
from bidding.db.uow import Tx
from bidding.experts import queries, rules, undoing
from bidding.experts.fitness import Level
from bidding.experts.models import Expert, PoolChange, PoolImport, expert_specialty
from bidding.experts.policy import Permission
from bidding.experts.queries import taking as under
from bidding.experts.queries.imports import Match
from bidding.experts.service.writing import person
from bidding.experts.vault import PoolVault
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.storage import BlobStore
from bidding.tenders.queries import local_day

#: The kinds of notes in the centre's log by which a list enters the pool, and leaves it.
IMPORT_NOTE, UNDONE_NOTE = "pool-imported", "pool-import-undone"
#: So many persons are taken out together.
_TOGETHER = 1000


def start_import(tx: Tx, uid: str, parts: Sequence[str], *, refused: int, skip_refused: bool) -> PoolImport:
    """Begin to take a list in, whose good rows lie in ``parts``.

    Raises ``ImportHasErrors`` unless ``skip_refused``, ``NothingToImport``, ``ImportUnderWay`` while another is taken in or
    out, ``WrongState`` for a list that was taken before.
    """
    by = person(tx, Permission.POOL_IMPORT)
    _in_turn(tx)
    row = _held(tx, uid)
    if row.applied_at is not None or row.started_at is not None:
        raise WrongState
    if under.list_under_way(tx.session) is not None:
        raise undoing.ImportUnderWay
    if not parts:
        raise rules.NothingToImport(field="file")
    if refused and not skip_refused:
        raise rules.ImportHasErrors(refused=refused, field="skip_refused")
    row.started_at, row.started_by_id = tx.now, by
    row.parts = json.dumps(list(parts))
    row.taken, row.changed, row.refused = 0, 0, refused
    tx.session.flush()
    return row


def take_part(tx: Tx, uid: str, blobs: BlobStore, keys: LogKeys, vault: PoolVault) -> bool:
    """Take the next part in; whether more are left. The last one writes the note in the centre's log.

    Of rows that were good when it was begun those count as refused that are not any more. Raises ``WrongState``.
    """
    row = _held(tx, uid)
    parts = loads(row.parts) if row.parts else []
    if row.started_at is None or row.applied_at is not None:
        raise WrongState
    taking = _Taking(tx, row, vault)
    try:
        refused = taking.people(under.part_rows(row, blobs, vault))
    except IntegrityError as error:  # somebody entered the same person since it was begun
        raise WrongState from error
    row.done += 1
    row.taken = (row.taken or 0) + taking.new
    row.changed = (row.changed or 0) + taking.changed
    row.refused = (row.refused or 0) + refused
    if row.done == len(parts):
        row.applied_at, row.applied_by_id = tx.now, row.started_by_id
        data = {"sha256": row.sha256, "taken": row.taken, "changed": row.changed, "refused": row.refused}
        ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=IMPORT_NOTE, data=data)
    tx.session.flush()
    return row.applied_at is None


def undo_import(tx: Tx, uid: str) -> PoolImport:
    """Ask to take a list out of the pool again; ``undo_part`` does it.

    Raises ``UndoTooLate`` after some days or once a draw has frozen a list since, ``NotTheLast`` where another list was taken
    after it, ``PeopleInUse`` where something was decided about its people, ``ImportUnderWay``, ``WrongState``.
    """
    by = person(tx, Permission.POOL_IMPORT)
    _in_turn(tx)
    row = _held(tx, uid)
    if row.kind != "experts" or row.applied_at is None or row.undone_at is not None or row.started_at is None:
        raise WrongState
    if under.list_under_way(tx.session) is not None:
        raise undoing.ImportUnderWay
    undoing.check_undo(
        row.applied_at,
        tx.now,
        frozen=under.frozen_since(tx.session, row.started_at),
        later=under.taken_after(tx.session, row),
        in_use=under.in_use(tx.session, row),
    )
    row.undone_at, row.undone_by_id = tx.now, by
    tx.session.flush()
    return row


def undo_part(tx: Tx, uid: str, keys: LogKeys, vault: PoolVault) -> bool:
    """Take the next people out, or make them what they were; whether more are left. Raises ``WrongState``.

    Of whom something was put down meanwhile stays in the pool: one suspension shall not hold every other list up.
    """
    row = _held(tx, uid)
    if row.undone_at is None or row.gone_at is not None:
        raise WrongState
    if _restored(tx, row, vault) or _removed(tx, row):
        return True
    row.gone_at = tx.now
    kept = under.in_use(tx.session, row)
    data = {"sha256": row.sha256, "taken": row.taken, "changed": row.changed, "kept": kept}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=UNDONE_NOTE, data=data)
    tx.session.flush()
    return False


def _restored(tx: Tx, row: PoolImport, vault: PoolVault) -> int:
    """Make some of those whom the list changed what they were before; how many."""
    session = tx.session
    found = session.execute(
        select(PoolChange.id, PoolChange.expert_id, PoolChange.before)
        .where(PoolChange.import_id == row.id)
        .order_by(PoolChange.id)
        .limit(_TOGETHER)
    ).all()
    codes = {each.code: each.id for each in queries.specialties(session, retired=True)}
    for _number, expert_id, sealed in found:
        was = json.loads(vault.open_bytes(sealed, under.before_label(row)))
        values = {name: _kept(name, value) for name, value in was["columns"].items()}
        if values:
            session.execute(
                update(Expert.metadata.tables["expert"])
                .where(Expert.metadata.tables["expert"].c.id == expert_id)
                .values(values)
            )
        if was["codes"] is not None:
            _specialise(tx, [expert_id], [codes[code] for code in {*was["codes"], *was["given"]}])
            again = [{"expert_id": expert_id, "specialty_id": codes[code]} for code in was["codes"]]
            if again:
                session.execute(insert(expert_specialty), again)
    session.execute(delete(PoolChange).where(PoolChange.id.in_([number for number, _, _ in found])))
    return len(found)


def _kept(name: str, value: Any) -> Any:
    """A column as it was written down, in its own type again."""
    if value is None:
        return None
    if name == "level":
        return Level(value)
    return date.fromisoformat(value) if name in under.DAYS else value


def _removed(tx: Tx, row: PoolImport) -> int:
    """Take some of those out whom the list brought in; how many."""
    session = tx.session
    ids = session.scalars(
        select(Expert.id)
        .where(Expert.import_id == row.id, ~under.spoken_of())
        .order_by(Expert.id)
        .limit(_TOGETHER)
    ).all()
    session.execute(delete(expert_specialty).where(expert_specialty.c.expert_id.in_(ids)))
    try:
        session.execute(delete(Expert).where(Expert.id.in_(ids)))
    except IntegrityError as error:  # something was decided about one of them since it was asked
        raise WrongState from error
    return len(ids)


def _specialise(tx: Tx, experts: Sequence[int], codes: Any) -> None:
    """Take these specialties from these people; others stay."""
    tx.session.execute(
        delete(expert_specialty).where(
            expert_specialty.c.expert_id.in_(experts), expert_specialty.c.specialty_id.in_(list(codes))
        )
    )


def _in_turn(tx: Tx) -> None:
    """Two lists that are begun at once come one after the other: the second sees the first under way."""
    tx.session.execute(select(PoolImport.id).order_by(PoolImport.id).limit(1).with_for_update())


def _held(tx: Tx, uid: str) -> PoolImport:
    row = queries.pool_import(tx.session, uid)
    tx.session.refresh(row, with_for_update=True)
    return row


@dataclass
class _Taking:
    """Rows on their way in."""

    tx: Tx
    source: PoolImport
    vault: PoolVault
    new: int = 0
    changed: int = 0
    codes: dict[str, int] = field(default_factory=dict)

    def people(self, rows: Sequence[tuple[int, Mapping[str, str]]]) -> int:
        """Enter and change people; how many rows were refused."""
        self.codes = {row.code: row.id for row in queries.specialties(self.tx.session)}
        good, refused = under.match_rows(self.tx.session, self.source, rows, local_day(self.tx.now))
        self._enter([one for one in good if one.known is None])
        self._change([one for one in good if one.known is not None])
        return refused

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
        self.changed += len(moved)
        self._remember(moved)
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
            _specialise(self.tx, [number for number, _ in respecialised], self.codes.values())
            self._give(respecialised)

    def _remember(self, moved: Sequence[Match]) -> None:
        if not moved:
            return
        self.tx.session.execute(
            insert(PoolChange),
            [
                {
                    "import_id": self.source.id,
                    "expert_id": one.known.id,
                    "before": self.vault.seal_bytes(under.before(one), under.before_label(self.source)),
                }
                for one in moved
                if one.known is not None
            ],
        )

    def _give(self, people: Sequence[tuple[int, Match]]) -> None:
        self.tx.session.execute(
            insert(expert_specialty),
            [
                {"expert_id": number, "specialty_id": self.codes[code]}
                for number, one in people
                for code in one.row.specialties
            ],
        )
