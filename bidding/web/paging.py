"""Long lists, a page at a time, each page with its own address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page; pages count from 1."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int | None:
        """The page before, if there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, if there is one."""
        return self.number + 1 if self.number < self.pages else None


def page_number(args: Mapping[str, str]) -> int:
    """``page`` from a query string: 1 where it is missing or nonsense, for a mistyped address is no error."""
    text = args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def paginate(session: Session, statement: Select[T], *, number: int, size: int = 50) -> Page[T]:
    """One page of a statement that is ordered and yields one entity; past the end, the last page."""
    number, total, window = _window(session, statement, number, size)
    return Page(session.scalars(window).unique().all(), number, size, total)


def paginate_rows(
    session: Session, statement: Select[*tuple[Any, ...]], *, number: int, size: int = 50
) -> Page[Any]:
    """The same for a statement that yields several things a row."""
    number, total, window = _window(session, statement, number, size)
    return Page(session.execute(window).all(), number, size, total)


def _window(session: Session, statement: Any, number: int, size: int) -> tuple[int, int, Any]:
    """The page there is, how many rows there are in all, and the statement for that page."""
    counted: Select[Any] = select(func.count()).select_from(statement.order_by(None).subquery())
    total = session.scalar(counted) or 0
    number = min(number, max(1, -(-total // size)))
    return number, total, statement.limit(size).offset((number - 1) * size)
