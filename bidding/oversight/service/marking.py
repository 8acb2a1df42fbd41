"""Whose facts have changed, marked in the transaction that changed them, so that nothing is missed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import false, insert, literal, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from bidding.award.events import AwardConfirmed
from bidding.award.models import Award
from bidding.clarifications.events import ClarificationPublished
from bidding.db.uow import Tx
from bidding.lifecycle.events import CourseAnnounced
from bidding.opening.events import LotFailedAfterOpening, SheetAdded, StageOpened, TrusteesMissing
from bidding.outages.events import ScheduleExtended
from bidding.oversight.kinds import Kind
from bidding.oversight.models import OversightUnit
from bidding.reporting.events import LedgersMoved
from bidding.reporting.models import SavingsOwner
from bidding.tenders.events import ProjectPublished

#: Rows of one statement.
_AT_ONCE = 500


def mark(tx: Tx, kind: Kind, refs: Collection[int]) -> None:
    """Let these be examined anew. In order, so that two transactions cannot wait for each other."""
    postgres = tx.session.connection().dialect.name == "postgresql"
    make = postgresql.insert if postgres else sqlite.insert
    ordered = sorted(refs)
    for part in (ordered[n : n + _AT_ONCE] for n in range(0, len(ordered), _AT_ONCE)):
        made = make(OversightUnit).values(
            [{"kind": kind, "ref": ref, "due": True, "asked": "{}"} for ref in part]
        )
        tx.session.execute(made.on_conflict_do_update(index_elements=["kind", "ref"], set_={"due": True}))


def on_published(tx: Tx, event: ProjectPublished) -> None:
    """A notice is out."""
    mark(tx, Kind.PROJECT, [event.project_id])


def on_clarified(tx: Tx, event: ClarificationPublished) -> None:
    """Answers or a correction are out."""
    mark(tx, Kind.PROJECT, [event.project_id])


def on_extended(tx: Tx, event: ScheduleExtended) -> None:
    """The deadline is a later one."""
    mark(tx, Kind.PROJECT, [event.project_id])


def on_opened(tx: Tx, event: StageOpened | TrusteesMissing | SheetAdded | LotFailedAfterOpening) -> None:
    """Sheets are open, or one more, or are said to stay shut."""
    mark(tx, Kind.PROJECT, [event.project_id])


def on_course(tx: Tx, event: CourseAnnounced) -> None:
    """A tender was suspended, ended, or goes on."""
    mark(tx, Kind.PROJECT, [event.project_id])


def on_award_confirmed(tx: Tx, event: AwardConfirmed) -> None:
    """A result is final, or was corrected."""
    mark(tx, Kind.PROJECT, [tx.session.get_one(Award, event.award_id).lot.project_id])


def ledgers_moved(tx: Tx, _event: LedgersMoved) -> None:
    """A ledger was imported or taken out: of thousands of owners any may be in it, and of others nothing changes."""
    known = select(OversightUnit.id).where(
        OversightUnit.kind == Kind.OWNER, OversightUnit.ref == SavingsOwner.id
    )
    new = select(literal(Kind.OWNER.value), SavingsOwner.id, true(), literal("{}")).where(~known.exists())
    tx.session.execute(
        insert(OversightUnit).from_select(["kind", "ref", "due", "asked"], new.order_by(SavingsOwner.id))
    )
    tx.session.execute(
        update(OversightUnit)
        .where(OversightUnit.kind == Kind.OWNER, OversightUnit.due == false())
        .values(due=True)
        .execution_options(synchronize_session=False)
    )
