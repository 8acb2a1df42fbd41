"""Reading the report: from the drawers, or, for one owner, from the entries by a covering index."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVarTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    String,
    exists,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from bidding.award.rules import Basis
from bidding.core.errors import NotFound
from bidding.reporting.models import (
    LedgerBatch,
    LedgerMapping,
    SavingsAgency,
    SavingsDrawer,
    SavingsEntry,
    SavingsOwner,
)
from bidding.reporting.rules import EVER, UNNAMED, Wanted
from bidding.reporting.savings import (
    Category,
    Direction,
    KindSum,
    MonthSum,
    Report,
    Source,
    Standing,
    Way,
    roll_up,
)
from bidding.web.paging import Page

Ts = TypeVarTuple("Ts")

#: What tells kinds of items apart, in the order of ``KindSum``.
_KIND = (
    SavingsDrawer.standing,
    SavingsDrawer.category,
    SavingsDrawer.way,
    SavingsDrawer.direction,
    SavingsDrawer.basis,
    SavingsDrawer.source,
    SavingsDrawer.adverse,
)
_MONTH = (SavingsDrawer.month, SavingsDrawer.direction, SavingsDrawer.adverse)
_SUMS = (
    func.sum(SavingsDrawer.items),
    func.sum(SavingsDrawer.basis_fen),
    func.sum(SavingsDrawer.award_fen),
)


def report(session: Session, wanted: Wanted) -> Report:
    """Every figure of the page: from the drawers; of one owner or agency from its entries."""
    if wanted.of_entries:
        return recount(session, wanted)
    kinds = session.execute(
        narrowed(select(*_KIND, *_SUMS), wanted).where(SavingsDrawer.items > 0).group_by(*_KIND)
    )
    months = session.execute(
        narrowed(select(*_MONTH, *_SUMS), wanted)
        .where(SavingsDrawer.items > 0, SavingsDrawer.standing == Standing.COUNTED)
        .group_by(*_MONTH)
    )
    # PostgreSQL sums bigint into numeric: whole numbers, but of another type.
    return roll_up(
        (KindSum(*row[:7], *map(int, row[7:])) for row in kinds),
        (MonthSum(*row[:3], *map(int, row[3:])) for row in months),
    )


def recount(session: Session, wanted: Wanted) -> Report:
    """The same figures summed up from the entries themselves, of one owner or agency if one was asked for.

    The entries are read once, by a covering index; what a drawer is, is joined to some thousand sums afterwards.
    """
    sums = select(
        SavingsEntry.drawer_id.label("drawer_id"),
        func.count().label("items"),
        func.sum(SavingsEntry.basis_fen).label("basis_fen"),
        func.sum(SavingsEntry.award_fen).label("award_fen"),
    ).group_by(SavingsEntry.drawer_id)
    sums = sums.where(*of_entries(session, wanted))
    if replace(wanted, owner="", agency="", bidders=False, standing=None, adverse=False) != Wanted():
        sums = sums.where(SavingsEntry.drawer_id.in_(narrowed(select(SavingsDrawer.id), wanted)))
    rows = session.execute(_both(sums.cte("sums"))).all()
    return roll_up((_kind(row) for row in rows if not row[7]), (_month(row) for row in rows if row[7]))


def _both(sums: CTE) -> CompoundSelect[*tuple[Any, ...]]:
    """The sums by kind and, below them, by month: one statement, so that the entries are read once."""
    held = (func.sum(sums.c["items"]), func.sum(sums.c.basis_fen), func.sum(sums.c.award_fen))
    words = [type_coerce(column, String) for column in _KIND[:6]]
    blank = literal("", String)
    kinds = (
        select(*words, SavingsDrawer.adverse, literal(0).label("month"), *held)
        .join_from(sums, SavingsDrawer, SavingsDrawer.id == sums.c.drawer_id)
        .group_by(*_KIND)
    )
    months = (
        select(blank, blank, blank, words[3], blank, blank, SavingsDrawer.adverse, SavingsDrawer.month, *held)
        .join_from(sums, SavingsDrawer, SavingsDrawer.id == sums.c.drawer_id)
        .where(SavingsDrawer.standing == Standing.COUNTED)
        .group_by(*_MONTH)
    )
    return union_all(kinds, months)


def _kind(row: Row[*tuple[Any, ...]]) -> KindSum:
    return KindSum(
        Standing(row[0]),
        Category(row[1]),
        Way(row[2]),
        Direction(row[3]),
        Basis(row[4]),
        Source(row[5]),
        bool(row[6]),
        *map(int, row[8:]),
    )


def _month(row: Row[*tuple[Any, ...]]) -> MonthSum:
    return MonthSum(row[7], Direction(row[3]), bool(row[6]), *map(int, row[8:]))


def of_entries(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is asked of entries beyond their drawers: the owner, the agency, whether it is known how many handed in."""
    asked: list[ColumnElement[bool]] = []
    if wanted.owner:
        owner = session.scalar(select(SavingsOwner.id).where(SavingsOwner.name == wanted.owner))
        asked.append(SavingsEntry.owner_id == (owner or 0))
    if wanted.agency == UNNAMED:
        asked.append(SavingsEntry.agency_id.is_(None))
    elif wanted.agency:
        agency = session.scalar(select(SavingsAgency.id).where(SavingsAgency.name == wanted.agency))
        asked.append(SavingsEntry.agency_id == (agency or 0))
    if wanted.bidders:
        asked.append(SavingsEntry.bidders.is_not(None))
    return asked


def narrowed(statement: Select[*Ts], wanted: Wanted) -> Select[*Ts]:
    """Only drawers of the period, category, method, region, direction, basis and source asked for."""
    if wanted.period != EVER:
        statement = statement.where(
            SavingsDrawer.month >= wanted.period.first, SavingsDrawer.month <= wanted.period.last
        )
    if wanted.category is not None:
        statement = statement.where(SavingsDrawer.category == wanted.category)
    if wanted.way is not None:
        statement = statement.where(SavingsDrawer.way == wanted.way)
    if wanted.region:
        statement = statement.where(
            SavingsDrawer.region == ("" if wanted.region == UNNAMED else wanted.region)
        )
    if wanted.direction is not None:
        statement = statement.where(SavingsDrawer.direction == wanted.direction)
    if wanted.basis is not None:
        statement = statement.where(SavingsDrawer.basis == wanted.basis)
    if wanted.source is not None:
        statement = statement.where(SavingsDrawer.source == wanted.source)
    return statement


def years(session: Session) -> list[int]:
    """The years that have something to show, the latest first."""
    found = session.scalars(select(SavingsDrawer.month).where(SavingsDrawer.items > 0).distinct())
    return sorted({month // 100 for month in found}, reverse=True)


def months(session: Session, year: int) -> list[int]:
    """The months of a year that have something to show."""
    return list(
        session.scalars(
            select(SavingsDrawer.month)
            .where(SavingsDrawer.items > 0)
            .where(SavingsDrawer.month.between(year * 100 + 1, year * 100 + 12))
            .distinct()
            .order_by(SavingsDrawer.month)
        )
    )


def owner_names(session: Session, limit: int = 300) -> list[str]:
    """Names to choose from: of those that still have an item. What a wrong file brought is gone with it."""
    has_items = exists().where(SavingsEntry.owner_id == SavingsOwner.id)
    names = select(SavingsOwner.name).where(has_items).order_by(SavingsOwner.name)
    return list(session.scalars(names.limit(limit)))


def agency_names(session: Session, limit: int = 300) -> list[str]:
    """Agencies to choose from, as ``owner_names``."""
    has_items = exists().where(SavingsEntry.agency_id == SavingsAgency.id)
    names = select(SavingsAgency.name).where(has_items).order_by(SavingsAgency.name)
    return list(session.scalars(names.limit(limit)))


def region_names(session: Session) -> list[str]:
    """Regions to choose from, the empty name for items that have none."""
    return sorted(session.scalars(select(SavingsDrawer.region).where(SavingsDrawer.items > 0).distinct()))


@dataclass(frozen=True, slots=True)
class Heap:
    """The drawers of one month that were asked for, and how many items lie in them."""

    month: int
    drawer_ids: list[int]
    items: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where the items that somebody asked for lie, month by month, and how many there are."""

    heaps: list[Heap]  # the latest month first
    only: Sequence[ColumnElement[bool]]  # what is asked of the entries themselves
    total: int
    #: The same drawers as a question: of all months they may be more than a statement can name.
    drawers: Select[int]


def _found(session: Session, wanted: Wanted) -> Found:
    standing = wanted.standing or Standing.COUNTED
    which = narrowed(select(SavingsDrawer.id), wanted).where(
        SavingsDrawer.items > 0, SavingsDrawer.standing == standing
    )
    if wanted.adverse:
        which = which.where(SavingsDrawer.adverse.is_(True))
    told = which.with_only_columns(SavingsDrawer.month, SavingsDrawer.id, SavingsDrawer.items)
    heaps = []
    for month, rows in groupby(session.execute(told.order_by(SavingsDrawer.month.desc())), key=itemgetter(0)):
        drawers = list(rows)
        heaps.append(Heap(month, [row[1] for row in drawers], sum(row[2] for row in drawers)))
    only = of_entries(session, wanted)
    if not only:
        return Found(heaps, only, sum(heap.items for heap in heaps), which)
    total = session.scalar(select(func.count()).where(*only, SavingsEntry.drawer_id.in_(which)))
    return Found(heaps, only, total or 0, which)


def _ids(heaps: Iterable[Heap]) -> list[int]:
    return [drawer_id for heap in heaps for drawer_id in heap.drawer_ids]


def _entries(drawers: Select[int] | list[int], only: Sequence[ColumnElement[bool]]) -> Select[SavingsEntry]:
    return (
        select(SavingsEntry)
        .where(SavingsEntry.drawer_id.in_(drawers), *only)
        .options(
            joinedload(SavingsEntry.drawer),
            joinedload(SavingsEntry.owner),
            joinedload(SavingsEntry.agency),
            joinedload(SavingsEntry.lot),
            joinedload(SavingsEntry.batch),
        )
    )


def items_page(session: Session, wanted: Wanted, *, number: int, size: int = 50) -> Page[SavingsEntry]:
    """One page of the items behind a figure, the latest first.

    The drawers say in which months the page lies, so that only those months' entries are sorted, however many
    there are before them.
    """
    found = _found(session, wanted)
    number = min(number, max(1, -(-found.total // size)))
    skip = (number - 1) * size
    drawers: Select[int] | list[int] = found.drawers
    if not found.only:
        heaps, skip = _around(found.heaps, skip, size)
        drawers = _ids(heaps)
    ordered = _entries(drawers, found.only).order_by(SavingsEntry.awarded_on.desc(), SavingsEntry.id.desc())
    return Page(session.scalars(ordered.limit(size).offset(skip)).all(), number, size, found.total)


def _around(heaps: Sequence[Heap], skip: int, size: int) -> tuple[list[Heap], int]:
    """The heaps in which ``size`` items after ``skip`` lie, and how many to skip in the first of them."""
    chosen: list[Heap] = []
    held = 0
    for heap in heaps:
        if not chosen and skip >= heap.items:
            skip -= heap.items
            continue
        chosen.append(heap)
        held += heap.items
        if held >= skip + size:
            break
    return chosen, skip


def items_total(session: Session, wanted: Wanted) -> int:
    """How many items there are behind a figure."""
    return _found(session, wanted).total


def all_items(session: Session, wanted: Wanted) -> Generator[SavingsEntry]:
    """Every item behind a figure, the earliest first: month by month and a thousand at a time, so that none stays.

    Whoever stops before the end closes it, for the database's cursor is open until then.
    """
    found = _found(session, wanted)
    for heap in reversed(found.heaps):
        ordered = _entries(heap.drawer_ids, found.only).order_by(SavingsEntry.awarded_on, SavingsEntry.id)
        rows = session.scalars(ordered.execution_options(yield_per=1000))
        try:
            for entry in rows:
                yield entry
                session.expunge(entry)
        finally:
            rows.close()


def batches(session: Session, limit: int = 50) -> list[LedgerBatch]:
    """Imported files, the latest first; those only looked at are left out."""
    return list(
        session.scalars(
            select(LedgerBatch)
            .where(LedgerBatch.taken_at.is_not(None))
            .order_by(LedgerBatch.taken_at.desc())
            .limit(limit)
        )
    )


def mapping_for(session: Session, digests: Iterable[str]) -> str | None:
    """What was said before of one of these headers; the latest word, if of several."""
    return session.scalar(
        select(LedgerMapping.mapping)
        .where(LedgerMapping.header_sha256.in_(set(digests)))
        .order_by(LedgerMapping.saved_at.desc(), LedgerMapping.id.desc())
        .limit(1)
    )


def batch(session: Session, uid: str) -> LedgerBatch:
    """One imported file. Raises ``NotFound``."""
    found = session.scalar(select(LedgerBatch).where(LedgerBatch.uid == uid))
    if found is None:
        raise NotFound
    return found
