"""Moving the sums of drawers, and finding units by name. Everything here runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import and_, select, update
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

    Always in the same order, so that two imports cannot wait for each other.
    """
    ids: dict[Drawer, int] = {}
    for drawer in sorted(
        moves,
        key=lambda d: (
            d.month,
            d.category,
            d.way,
            d.direction,
            d.basis,
            d.source,
            d.standing,
            d.adverse,
            d.region,
        ),
    ):
        values = {name: getattr(drawer, name) for name in Drawer.__dataclass_fields__}
        tx.session.execute(
            _insert_if_new(tx, SavingsDrawer, {**values, "items": 0, "basis_fen": 0, "award_fen": 0})
        )
        here = and_(*(getattr(SavingsDrawer, name) == value for name, value in values.items()))
        items, basis_fen, award_fen = moves[drawer]
        ids[drawer] = tx.session.execute(
            update(SavingsDrawer)
            .where(here)
            .values(
                items=SavingsDrawer.items + items,
                basis_fen=SavingsDrawer.basis_fen + basis_fen,
                award_fen=SavingsDrawer.award_fen + award_fen,
            )
            .returning(SavingsDrawer.id)
            .execution_options(synchronize_session=False)
        ).scalar_one()
    return ids


def named(tx: Tx, model: type[SavingsOwner] | type[SavingsAgency], names: Iterable[str]) -> dict[str, int]:
    """Ids of units or agencies by name, making those that are not there; nobody has the empty name."""
    ids: dict[str, int] = {}
    for part in parts(sorted(set(names) - {""}), 500):
        for name in part:
            tx.session.execute(_insert_if_new(tx, model, {"name": name}))
        rows = tx.session.execute(select(model.name, model.id).where(model.name.in_(part)))
        ids.update((row.name, row.id) for row in rows)
    return ids


def _insert_if_new(tx: Tx, model: Any, values: Mapping[str, Any]) -> Any:
    """INSERT … ON CONFLICT DO NOTHING, in the words of the database at hand."""
    dialect = tx.session.connection().dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(model).values(**values).on_conflict_do_nothing()


def parts(rows: Iterable[T], size: int) -> Iterable[list[T]]:
    """The rows, ``size`` at a time."""
    walker = iter(rows)
    while part := list(islice(walker, size)):
        yield part
