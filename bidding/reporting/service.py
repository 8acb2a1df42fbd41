"""Keeping the report: every entry that comes, moves or goes moves its drawer's sums in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select

from bidding.award.events import AwardConfirmed, AwardRecorded
from bidding.award.models import Award
from bidding.award.rules import Measure, Outcome, basis_of
from bidding.core.clock import SHANGHAI
from bidding.core.entropy import new_uid
from bidding.core.errors import N_, DomainError, Forbidden, NotFound, WrongState
from bidding.db.uow import Tx
from bidding.ledger import service as ledger
from bidding.ledger.events import EventType
from bidding.ledger.keys import LogKeys
from bidding.lifecycle.events import CourseAnnounced
from bidding.lifecycle.rules import Kind
from bidding.negotiation.queries import is_disclosed
from bidding.opening.events import LotFailedAfterOpening
from bidding.reporting.drawers import Sums, add, drawer_of, move, named, parts
from bidding.reporting.events import LedgersMoved
from bidding.reporting.importing import Rows
from bidding.reporting.ledger_rows import LedgerRow
from bidding.reporting.mapping import LedgerMap
from bidding.reporting.models import (
    LedgerBatch,
    LedgerMapping,
    SavingsAgency,
    SavingsDrawer,
    SavingsEntry,
    SavingsOwner,
)
from bidding.reporting.policy import Permission
from bidding.reporting.rules import PLAIN, Practice
from bidding.reporting.savings import Category, Drawer, SavingsItem, Standing, Way
from bidding.submissions.events import GateClosed
from bidding.submissions.models import Bid
from bidding.submissions.rules import BidState
from bidding.tenders.models import Family, Lot, Method, PriceForm, Project
from bidding.tenders.rules import division

_CATEGORY_OF = {
    Family.WORKS: Category.WORKS,
    Family.PROCUREMENT: Category.PROCUREMENT,
    Family.PROPERTY: Category.PROPERTY,
    Family.LOCAL: Category.LOCAL,
}
#: The ways that ledgers of other centres know under another name: a sale to the highest price after a public notice.
_WAY_OF = {
    Method.ASSET_TRANSFER: Way.AUCTION,
    Method.DISPOSAL: Way.AUCTION,
    Method.LEASE: Way.AUCTION,
    Method.EQUITY_TRANSFER: Way.AUCTION,
}


class AlreadyTaken(DomainError):
    """The very same file has been imported."""

    code = "reporting.already_taken"
    text = N_("这个文件已于 %(at)s 导入过，再导入会重复计数。需要更正的，先撤销那一次导入，再导入新的文件。")


class RowsAreWrong(DomainError):
    """Rows have errors and nobody said to leave them out."""

    code = "reporting.rows_are_wrong"
    text = N_("有 %(count)s 行有错，没有导入任何一行。请改正后重新上传，或者选择只导入没有错的行。")
    status = 422


class NothingToTake(DomainError):
    """Not one row can be taken."""

    code = "reporting.nothing_to_take"
    text = N_("没有一行可以导入。请照下面列出的原因改正后重新上传。")
    status = 422


# --- what the platform itself decides ------------------------------------------------------------


def on_award_recorded(tx: Tx, event: AwardRecorded, *, practice: Practice = PLAIN) -> None:
    """A result that is not final: in the footnote, in no sum."""
    _follow(tx, tx.session.get_one(Award, event.award_id), Standing.PENDING, practice)


def on_award_confirmed(tx: Tx, event: AwardConfirmed, *, practice: Practice = PLAIN) -> None:
    """A final result: into the sums, unless it has no amount or no winner."""
    award = tx.session.get_one(Award, event.award_id)
    if award.outcome is Outcome.NONE:
        standing = Standing.FAILED
    elif award.amount_fen is None or award.lot.price_form is not PriceForm.AMOUNT:
        standing = Standing.NO_AMOUNT
    else:
        standing = Standing.COUNTED
    _follow(tx, award, standing, practice)


def on_gate_closed(tx: Tx, event: GateClosed, *, practice: Practice = PLAIN) -> None:
    """Lots with too few bids failed at the deadline (protocol §5)."""
    if event.failed_lots:
        end_lots(tx, event.project_id, event.failed_lots, practice=practice)


def on_lot_failed(tx: Tx, event: LotFailedAfterOpening, *, practice: Practice = PLAIN) -> None:
    """A lot failed after its opening, because too few of its sheets could be read."""
    end_lots(tx, event.project_id, [event.lot], practice=practice)


def on_course_announced(tx: Tx, event: CourseAnnounced, *, practice: Practice = PLAIN) -> None:
    """A terminated tender has no result."""
    if event.kind == Kind.TERMINATION.value:
        end_lots(tx, event.project_id, practice=practice)


def end_lots(
    tx: Tx, project_id: int, lot_codes: Sequence[str] | None = None, *, practice: Practice = PLAIN
) -> None:
    """Put lots that ended without a winner, of a project failed or terminated, into the footnote.

    ``lot_codes`` None means every lot. A lot whose final result is already there keeps it.
    """
    project = tx.session.get_one(Project, project_id)
    if project.round is not None:  # of a negotiation only what the last round decides ends anything
        if not project.round.is_last:
            return
        project = tx.session.get_one(Project, project.round.parent_id)
    known = set(
        tx.session.scalars(
            select(SavingsEntry.lot_id)
            .join(Lot)
            .join(SavingsDrawer)
            .where(Lot.project_id == project.id, SavingsDrawer.standing != Standing.PENDING)
        )
    )
    for lot in project.lots:
        if lot.id not in known and (lot_codes is None or lot.code in lot_codes):
            basis = basis_of(
                project.preset,
                budget_fen=lot.budget_fen,
                ceiling_fen=lot.ceiling_fen,
                procurement=practice.procurement,
            )
            on = tx.now.astimezone(SHANGHAI).date()
            _put(tx, lot, _Told(basis, 0, on, Standing.FAILED), practice)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the report says of a lot."""

    basis: Measure
    award_fen: int
    on: date
    standing: Standing
    winner: str = ""
    bidders: int | None = None


def _follow(tx: Tx, award: Award, standing: Standing, practice: Practice) -> None:
    """Put a result into the report. Of one that is not final it says neither winner nor price nor how many handed in:
    they are nobody's business yet, and the report is public.
    """
    basis = Measure(award.basis, award.basis_fen)
    told = _Told(basis, 0, award.awarded_on, standing)
    if standing is not Standing.PENDING:
        told = replace(
            told,
            award_fen=award.amount_fen or 0,
            winner=award.winner_name or "",
            bidders=_bidders(tx, award.lot),
        )
    _put(tx, award.lot, told, practice)


def _bidders(tx: Tx, lot: Lot) -> int | None:
    """How many handed in for a lot with a final result; of a negotiation that ended without one nobody is told."""
    if lot.project.preset.quiet and not is_disclosed(tx.session, lot.project):
        return None
    effective = (Bid.lot_id == lot.id, Bid.state == BidState.EFFECTIVE)
    return tx.session.scalar(select(func.count()).select_from(Bid).where(*effective))


def _put(tx: Tx, lot: Lot, told: _Told, practice: Practice) -> None:
    """Make or move the one entry of a lot."""
    project, basis, on = lot.project, told.basis, told.on
    item = SavingsItem(
        month=on.year * 100 + on.month,
        category=_CATEGORY_OF[project.family],
        way=_WAY_OF.get(project.method) or Way(project.method.value),
        basis=basis.kind,
        basis_fen=basis.fen,
        award_fen=told.award_fen,
        standing=told.standing,
        region=practice.region(division(project.code)),
    )
    agency = project.agency.name
    entry = tx.session.scalar(select(SavingsEntry).where(SavingsEntry.lot_id == lot.id).with_for_update())
    moves: dict[Drawer, Sums] = {}
    if entry is None:
        entry = SavingsEntry(lot_id=lot.id)
    else:
        moves[drawer_of(entry.drawer)] = (-1, -entry.basis_fen, -entry.award_fen)
    entry.owner_id = named(tx, SavingsOwner, [project.owner_name])[project.owner_name]
    entry.agency_id = named(tx, SavingsAgency, [agency])[agency]
    entry.code = project.code if len(project.lots) == 1 else f"{project.code}/{lot.code}"
    entry.title = project.title if len(project.lots) == 1 else f"{project.title} {lot.name}"
    entry.winner_name, entry.bidders = told.winner, told.bidders
    entry.basis_fen, entry.award_fen, entry.awarded_on = basis.fen, told.award_fen, on
    add(moves, item.drawer, (1, basis.fen, told.award_fen))
    entry.drawer_id = move(tx, moves)[item.drawer]
    tx.session.add(entry)
    tx.session.flush()
    tx.session.expire(entry, ["drawer"])


# --- what is imported ----------------------------------------------------------------------------


def keep_upload(tx: Tx, file_name: str, sha256: str, mapping: str | None = None) -> LedgerBatch:
    """Remember a file that somebody wants to look at; nothing of it counts yet.

    ``mapping`` is what was said of the same header before (``LedgerMap.to_text``).
    """
    batch = LedgerBatch(
        uid=new_uid(tx.entropy),
        file_name=file_name[:200],
        sha256=sha256,
        mapping=mapping,
        uploaded_at=tx.now,
        uploaded_by_id=_person(tx),
    )
    tx.session.add(batch)
    tx.session.flush()
    return batch


def remember(tx: Tx, uid: str, by: LedgerMap) -> None:
    """Keep what somebody said of a file's columns, for it and for the next one with the same header.

    Raises ``WrongState`` once the file was taken: what counts was read as it was said then.
    """
    person = _person(tx)
    batch = _batch(tx, uid)
    if batch.taken_at is not None:
        raise WrongState
    batch.mapping = by.to_text()
    before = tx.session.scalar(
        select(LedgerMapping).where(LedgerMapping.header_sha256 == by.header).with_for_update()
    )
    if before is None:
        before = LedgerMapping(header_sha256=by.header)
        tx.session.add(before)
    before.mapping, before.saved_at, before.saved_by_id = by.to_text(), tx.now, person
    tx.session.flush()


def take(
    tx: Tx, uid: str, rows: Rows | Sequence[LedgerRow], bad_rows: int, *, good_only: bool, keys: LogKeys
) -> LedgerBatch:
    """Import the rows of a file that has been looked at: all of them, or, if so asked, those without errors.

    The centre's log says which file, by its SHA-256, and how much it moved. Raises ``RowsAreWrong``, ``NothingToTake``, ``AlreadyTaken``, ``WrongState``; then nothing is imported.
    """
    person = _person(tx)
    _hold_alike(tx, uid)
    batch = _batch(tx, uid)
    if batch.taken_at is not None:
        raise WrongState
    before = tx.session.scalar(
        select(LedgerBatch.taken_at).where(
            LedgerBatch.sha256 == batch.sha256,
            LedgerBatch.taken_at.is_not(None),
            LedgerBatch.withdrawn_at.is_(None),
        )
    )
    if before is not None:
        raise AlreadyTaken(at=before)
    if not rows:
        raise NothingToTake
    if bad_rows and not good_only:
        raise RowsAreWrong(count=bad_rows)
    batch.taken_at, batch.taken_by_id = tx.now, person
    batch.rows_taken, batch.rows_left = len(rows), bad_rows
    tx.session.flush()
    moves: dict[Drawer, Sums] = {}
    names: tuple[set[str], set[str]] = (set(), set())
    for row in rows:
        add(moves, row.item.drawer, (1, row.item.basis_fen, row.item.award_fen))
        names[0].add(row.owner)
        names[1].add(row.agency)
    drawers = move(tx, moves)
    owners, agencies = named(tx, SavingsOwner, names[0]), named(tx, SavingsAgency, names[1])
    for part in parts(rows, 5000):
        values = [_values(batch.id, row, drawers, owners, agencies) for row in part]
        tx.session.execute(insert(SavingsEntry), values)
    _note(tx, keys, "savings-import", batch, moves.values())
    tx.emit(LedgersMoved(batch.id))
    return batch


def _note(tx: Tx, keys: LogKeys, kind: str, batch: LedgerBatch, sums: Iterable[Sums]) -> None:
    """Say in the centre's log that public figures moved by a file, and by how much."""
    items, basis_fen, award_fen = (sum(column) for column in zip(*sums, strict=True))
    data = {
        "batch": batch.uid,
        "sha256": batch.sha256,
        "items": items,
        "basis_fen": basis_fen,
        "award_fen": award_fen,
    }
    ledger.record(tx, ledger.centre_log(tx, keys), EventType.NOTE, kind=kind, data=data)


def _values(
    batch_id: int,
    row: LedgerRow,
    drawers: Mapping[Drawer, int],
    owners: Mapping[str, int],
    agencies: Mapping[str, int],
) -> dict[str, Any]:
    return {
        "batch_id": batch_id,
        "row_number": row.number,
        "drawer_id": drawers[row.item.drawer],
        "owner_id": owners[row.owner],
        "agency_id": agencies.get(row.agency),
        "code": row.code,
        "title": row.title,
        "winner_name": row.winner,
        "basis_fen": row.item.basis_fen,
        "award_fen": row.item.award_fen,
        "awarded_on": row.awarded_on,
        "bidders": row.bidders,
    }


def withdraw(tx: Tx, uid: str, *, keys: LogKeys) -> LedgerBatch:
    """Take an imported file out again, every row of it; that it was there stays on record.

    Raises ``WrongState`` where it was never taken, or is withdrawn already.
    """
    person = _person(tx)
    batch = _batch(tx, uid)
    if batch.taken_at is None or batch.withdrawn_at is not None:
        raise WrongState
    batch.withdrawn_at, batch.withdrawn_by_id = tx.now, person
    sums = tx.session.execute(
        select(
            SavingsDrawer,
            func.count(),
            func.sum(SavingsEntry.basis_fen),
            func.sum(SavingsEntry.award_fen),
        )
        .join(SavingsEntry, SavingsEntry.drawer_id == SavingsDrawer.id)
        .where(SavingsEntry.batch_id == batch.id)
        .group_by(SavingsDrawer.id)
    ).all()
    moves = {drawer_of(row[0]): (-row[1], -int(row[2]), -int(row[3])) for row in sums}
    move(tx, moves)
    tx.session.execute(delete(SavingsEntry).where(SavingsEntry.batch_id == batch.id))
    _note(tx, keys, "savings-import-withdrawn", batch, moves.values())
    tx.emit(LedgersMoved(batch.id))
    return batch


def _hold_alike(tx: Tx, uid: str) -> None:
    """Hold every upload of the same file: of two that are taken at once the second sees that the first was."""
    digest = select(LedgerBatch.sha256).where(LedgerBatch.uid == uid).scalar_subquery()
    alike = select(LedgerBatch.id).where(LedgerBatch.sha256 == digest).order_by(LedgerBatch.id)
    tx.session.execute(alike.with_for_update())


def _batch(tx: Tx, uid: str) -> LedgerBatch:
    batch = tx.session.scalar(
        select(LedgerBatch)
        .where(LedgerBatch.uid == uid)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if batch is None:
        raise NotFound
    return batch


def _person(tx: Tx) -> int:
    if tx.actor.account_id is None or not tx.actor.may(Permission.SAVINGS_IMPORT):
        raise Forbidden
    return tx.actor.account_id
