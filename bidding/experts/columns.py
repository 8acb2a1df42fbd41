"""Columns that a dump of the database does not show."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app
from sqlalchemy import ColumnElement, LargeBinary, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

from bidding.experts.vault import PoolVault


def pool_vault() -> PoolVault:
    """The app's, with the key that lies beside the database and not in it."""
    return cast("PoolVault", current_app.extensions["pool_vault"])


class Sealed(TypeDecorator[str]):
    """Text in, text out, ciphertext in between (``vault``). Equal values are equal bytes: ``=`` and UNIQUE hold."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal it."""
        return None if value is None else pool_vault().seal(value, self.column)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Open it, some two microseconds each. Raises ``PoolLocked``."""
        return None if value is None else pool_vault().open(value, self.column)


def in_bulk(column: InstrumentedAttribute[str]) -> tuple[ColumnElement[bytes], Callable[[bytes], str]]:
    """A sealed column as it is stored, and what opens a value of it: the key is asked for once for all rows."""
    kind, vault = cast("Sealed", column.type), pool_vault()
    return type_coerce(column, LargeBinary), lambda value: vault.open(value, kind.column)
