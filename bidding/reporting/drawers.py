"""Moving the sums of drawers, and finding units by name. Everything here runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bidding.db.uow import Tx
from bidding.reporting.models import SavingsAgency, SavingsDrawer, SavingsOwner
from bidding.reporting.savings import Drawer

T = TypeVar("T")
Sums = tuple[int, int, int]  # items, Σ basis, Σ award


def drawer_of(row: SavingsDrawer) -> Drawer:
    """What tells the drawer apart."""
    return Drawer(
        row.month,
        row.category,
        row.way,
        row.direction,
        row.basis,
        row.source,
        row.standing,
        row.adverse,
        row.region,
    )


def add(moves: dict[Drawer, Sums], drawer: Drawer, by: Sums) -> None:
    """Put one more move beside those of the same drawer."""
    items, basis_fen, award_fen = moves.get(drawer, (0, 0, 0))
    moves[drawer] = (items + by[0], basis_fen + by[1], award_fen + by[2])


def move(tx: Tx, moves: Mapping[Drawer, Sums]) -> dict[Drawer, int]:
    """Change the sums of drawers, making those that are not there; their ids.

    Always in the same order, so that two imports cannot wait for each other: first what is missing is made, then
    everything is moved. A year of a ledger has hundreds of drawers, so each is one row of two statements.
    """
    ordered = sorted(moves, key=_order)
    ids = _ids(tx, ordered)
    missing = [drawer for drawer in ordered if drawer not in ids]
    if missing:
        rows = [{name: getattr(drawer, name) for name in _TELL} | _EMPTY for drawer in missing]
        tx.session.execute(_insert_if_new(tx, SavingsDrawer), rows)
        ids = _ids(tx, ordered)
    by = [
        {"of": ids[drawer], "n": moves[drawer][0], "b": moves[drawer][1], "a": moves[drawer][2]}
        for drawer in ordered
    ]
    if by:
        tx.session.connection().execute(_MOVE, by)
    return {drawer: ids[drawer] for drawer in ordered}


_TELL = tuple(Drawer.__dataclass_fields__)
_EMPTY = {"items": 0, "basis_fen": 0, "award_fen": 0}
_TABLE = cast("Table", SavingsDrawer.__table__)
_MOVE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("of"))
    .values(
        items=_TABLE.c["items"] + bindparam("n"),
        basis_fen=_TABLE.c.basis_fen + bindparam("b"),
        award_fen=_TABLE.c.award_fen + bindparam("a"),
    )
)


def _order(drawer: Drawer) -> tuple[Any, ...]:
    return tuple(getattr(drawer, name) for name in _TELL)


def _ids(tx: Tx, drawers: Iterable[Drawer]) -> dict[Drawer, int]:
    """The ids of those drawers that are there, and of others of the same months."""
    columns = [getattr(SavingsDrawer, name) for name in _TELL]
    found: dict[Drawer, int] = {}
    for part in parts(sorted({drawer.month for drawer in drawers}), 500):
        rows = tx.session.execute(select(SavingsDrawer.id, *columns).where(SavingsDrawer.month.in_(part)))
        found |= {Drawer(*row[1:]): row[0] for row in rows}
    return found


def named(tx: Tx, model: type[SavingsOwner] | type[SavingsAgency], names: Iterable[str]) -> dict[str, int]:
    """Ids of units or agencies by name, making those that are not there; nobody has the empty name."""
    ids: dict[str, int] = {}
    for part in parts(sorted(set(names) - {""}), 500):
        tx.session.execute(_insert_if_new(tx, model), [{"name": name} for name in part])
        rows = tx.session.execute(select(model.name, model.id).where(model.name.in_(part)))
        ids.update((row.name, row.id) for row in rows)
    return ids


def _insert_if_new(tx: Tx, model: Any) -> Any:
    """INSERT … ON CONFLICT DO NOTHING, in the words of the database at hand."""
    dialect = tx.session.connection().dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(model.__table__).on_conflict_do_nothing()


def parts(rows: Iterable[T], size: int) -> Iterable[list[T]]:
    """The rows, ``size`` at a time."""
    walker = iter(rows)
    while part := list(islice(walker, size)):
        yield part
