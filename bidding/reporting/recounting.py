"""Whether every drawer holds what its entries come to: counted anew each night, told when it does not, and put right."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bidding.core.actor import Role
from bidding.core.canonical import dumps
from bidding.core.errors import Forbidden
from bidding.db.uow import Tx
from bidding.identity import queries as identity
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.messages.kinds import Kind
from bidding.messages.service import tell
from bidding.reporting.models import SavingsDrawer, SavingsEntry, SavingsRecount
from bidding.reporting.policy import Permission

log = logging.getLogger(__name__)

#: So many differences are kept; how many there are is told beside them.
KEPT = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """A drawer, what it says, and what its entries come to: items, Σ basis, Σ award (fen)."""

    drawer_id: int
    month: int
    says: tuple[int, int, int]
    holds: tuple[int, int, int]

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"drawer": self.drawer_id, "month": self.month, "says": [*self.says], "holds": [*self.holds]}


@dataclass(frozen=True, slots=True)
class Recount:
    """How many drawers and entries there are, and which drawers do not hold what lies in them."""

    drawers: int
    items: int
    differences: Sequence[Difference]


def count(session: Session) -> Recount:
    """Every drawer against the sums of its entries. Each of the two statements sees one state of the database."""
    sums = (
        select(
            SavingsEntry.drawer_id.label("drawer_id"),
            func.count().label("items"),
            func.sum(SavingsEntry.basis_fen).label("basis_fen"),
            func.sum(SavingsEntry.award_fen).label("award_fen"),
        )
        .group_by(SavingsEntry.drawer_id)
        .cte("sums")
    )
    says = (SavingsDrawer.items, SavingsDrawer.basis_fen, SavingsDrawer.award_fen)
    holds = tuple(func.coalesce(sums.c[name], 0) for name in ("items", "basis_fen", "award_fen"))
    differing = (
        select(SavingsDrawer.id, SavingsDrawer.month, *says, *holds)
        .outerjoin(sums, sums.c.drawer_id == SavingsDrawer.id)
        .where(or_(*(said != held for said, held in zip(says, holds, strict=True))))
        .order_by(SavingsDrawer.id)
    )
    found = [
        Difference(row[0], row[1], (row[2], row[3], row[4]), (int(row[5]), int(row[6]), int(row[7])))
        for row in session.execute(differing)
    ]
    drawers = select(func.count()).select_from(SavingsDrawer).scalar_subquery()
    items = select(func.count()).select_from(SavingsEntry).scalar_subquery()
    whole = session.execute(select(drawers, items)).one()
    return Recount(whole[0] or 0, whole[1] or 0, found)


def latest(session: Session) -> SavingsRecount | None:
    """The last night's check; None before there was one."""
    return session.scalar(select(SavingsRecount).order_by(SavingsRecount.night.desc()).limit(1))


def is_due(session: Session, night: date) -> bool:
    """Whether nobody has counted in this night."""
    return session.scalar(select(SavingsRecount.id).where(SavingsRecount.night == night)) is None


def keep(tx: Tx, night: date, found: Recount, *, keys: LogKeys) -> bool:
    """Keep a night's check, once; whether it was this one. A difference is logged, and administrators are told."""
    values = {
        "night": night,
        "counted_at": tx.now,
        "drawers": found.drawers,
        "items": found.items,
        "different": len(found.differences),
        "differences": dumps([each.to_json() for each in found.differences[:KEPT]]).decode(),
    }
    dialect = tx.session.connection().dialect.name
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    kept = tx.session.scalar(
        insert(SavingsRecount).values(**values).on_conflict_do_nothing().returning(SavingsRecount.id)
    )
    if kept is None:
        return False
    if found.differences:
        log.error("%s drawers of the savings report do not hold what lies in them", len(found.differences))
        _note(tx, keys, "savings-recount-differs", found)
        people = identity.holders(tx.session, Role.ADMINISTRATOR)
        tell(
            tx,
            people,
            Kind.SAVINGS_DIFFER,
            path="/savings/import",
            night=night.isoformat(),
            count=len(found.differences),
        )
    return True


def repair(tx: Tx, *, keys: LogKeys) -> Recount:
    """Set every drawer to what its entries come to; what was wrong stands in the centre's log. Raises ``Forbidden``.

    All drawers are held first: who brings an entry moves its drawer before, and so waits.
    """
    if tx.actor.account_id is None or not tx.actor.may(Permission.SAVINGS_IMPORT):
        raise Forbidden
    tx.session.execute(select(SavingsDrawer.id).order_by(SavingsDrawer.id).with_for_update())
    found = count(tx.session)
    for each in found.differences:
        items, basis_fen, award_fen = each.holds
        tx.session.execute(
            update(SavingsDrawer)
            .where(SavingsDrawer.id == each.drawer_id)
            .values(items=items, basis_fen=basis_fen, award_fen=award_fen)
        )
    if found.differences:
        _note(tx, keys, "savings-drawers-repaired", found)
        last = latest(tx.session)
        if last is not None:
            last.counted_at, last.different, last.differences = tx.now, 0, "[]"
    return found


def _note(tx: Tx, keys: LogKeys, kind: str, found: Recount) -> None:
    differences = [each.to_json() for each in found.differences[:KEPT]]
    data = {"different": len(found.differences), "differences": differences}
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=kind, data=data)
