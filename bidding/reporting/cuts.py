"""Reading the report's other cuts: by region, by owner, by agency; and how many handed in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bidding.reporting.models import SavingsAgency, SavingsDrawer, SavingsEntry, SavingsOwner
from bidding.reporting.queries import narrowed, of_entries
from bidding.reporting.rules import Cut, Wanted
from bidding.reporting.savings import Direction, NameSum, Standing, Totals, by_name

_TELL = (SavingsDrawer.direction, SavingsDrawer.adverse)


def cut(session: Session, wanted: Wanted, by: Cut) -> dict[str, Totals]:
    """What counts, by name, whoever moved most first; under the empty name what has none.

    Regions stand in the drawers. Owners and agencies are summed from the entries by their covering indexes: of the
    months asked for, once a page is asked for and never in advance.
    """
    if by is Cut.REGION and not wanted.of_entries:
        statement: Any = _of_drawers(wanted)
    else:
        statement = _of_entries(session, wanted, by)
    rows: Any = session.execute(statement)
    return by_name(NameSum(row[0] or "", Direction(row[1]), bool(row[2]), *map(int, row[3:])) for row in rows)


def _of_drawers(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    sums = (
        func.sum(SavingsDrawer.items),
        func.sum(SavingsDrawer.basis_fen),
        func.sum(SavingsDrawer.award_fen),
    )
    statement = select(SavingsDrawer.region, *_TELL, *sums).group_by(SavingsDrawer.region, *_TELL)
    return _counted(statement, wanted).where(SavingsDrawer.items > 0)


def _of_entries(session: Session, wanted: Wanted, by: Cut) -> Select[*tuple[Any, ...]]:
    """The sums per key and drawer first, then the few thousand of them by name."""
    key: Any = {Cut.OWNER: SavingsEntry.owner_id, Cut.AGENCY: SavingsEntry.agency_id}.get(by)
    keys = () if key is None else (key,)
    sums = (
        select(
            *(each.label("key") for each in keys),
            SavingsEntry.drawer_id.label("drawer_id"),
            func.count().label("items"),
            func.sum(SavingsEntry.basis_fen).label("basis_fen"),
            func.sum(SavingsEntry.award_fen).label("award_fen"),
        )
        .where(
            SavingsEntry.drawer_id.in_(_counted(select(SavingsDrawer.id), wanted)),
            *of_entries(session, wanted),
        )
        .group_by(*keys, SavingsEntry.drawer_id)
        .cte("sums")
    )
    held = (func.sum(sums.c["items"]), func.sum(sums.c.basis_fen), func.sum(sums.c.award_fen))
    name: Any = {Cut.OWNER: SavingsOwner.name, Cut.AGENCY: SavingsAgency.name}.get(by, SavingsDrawer.region)
    statement = select(name, *_TELL, *held).join_from(
        sums, SavingsDrawer, SavingsDrawer.id == sums.c.drawer_id
    )
    if by is Cut.OWNER:
        statement = statement.join(SavingsOwner, SavingsOwner.id == sums.c.key)
    elif by is Cut.AGENCY:
        statement = statement.outerjoin(SavingsAgency, SavingsAgency.id == sums.c.key)
    return statement.group_by(name, *_TELL)


def _counted(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    return narrowed(statement, wanted).where(SavingsDrawer.standing == Standing.COUNTED)


def handed_in(session: Session, wanted: Wanted) -> tuple[int, int]:
    """Of the items that count, of how many it is known how many handed in, and how many these were together."""
    drawers = _counted(select(SavingsDrawer.id), wanted)
    known = select(func.count(), func.coalesce(func.sum(SavingsEntry.bidders), 0)).where(
        SavingsEntry.bidders.is_not(None),
        SavingsEntry.drawer_id.in_(drawers),
        *of_entries(session, wanted),
    )
    items, bidders = session.execute(known).one()
    return int(items), int(bidders or 0)
