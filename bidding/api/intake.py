"""A draft sent as JSON, put before the desk's own forms and rules as if it were a row of the workbook (ADR 0044).

So a length, a kind or a date is taken here and at the desk alike. What is wrong is told of the place in the body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bidding.api.rules import BadArguments
from bidding.api.words import pointer
from bidding.core.clock import SHANGHAI
from bidding.core.money import yuan
from bidding.tenders import queries
from bidding.tenders.importing import Law, check, said
from bidding.tenders.kinds import Envelopes
from bidding.tenders.methods import OFFERED
from bidding.tenders.service import Draft
from bidding.tenders.workbook import (
    KINDS,
    LOT_COLUMNS,
    NO,
    NUMBER,
    ONE,
    PRICE_FORM_CHOICES,
    PROJECT_COLUMNS,
    TRADE_CHOICES,
    TWO,
    YES,
    Cell,
    Column,
    Filled,
    Row,
)

#: The kinds of tenders by codes, as programs name them: ``works.open-tender.construction``.
KIND_CODES = {
    f"{family.value}.{method.value}.{subject}": label for label, (family, method, subject) in KINDS.items()
}
_TRADES = {code: label for label, code in TRADE_CHOICES.items()}
_PRICE_FORMS = {code: label for label, code in PRICE_FORM_CHOICES.items()}
_ENVELOPES = {Envelopes.ONE.value: ONE, Envelopes.TWO.value: TWO}
TRADES, PRICE_FORMS, ENVELOPES = tuple(_TRADES), tuple(_PRICE_FORMS), tuple(_ENVELOPES)
_LISTS: dict[str, Mapping[str, str]] = {
    "kind": KIND_CODES,
    "trade": _TRADES,
    "price_form": _PRICE_FORMS,
    "envelopes": _ENVELOPES,
}
#: All rows of a body belong to its one project.
_ONLY = "1"


def taken(session: Session, body: Mapping[str, Any], now: datetime) -> Draft:
    """What the body would become. Raises ``BadArguments`` with everything that the forms and rules have against it."""
    today = queries.local_day(now)
    law = {
        pair: Law(queries.rules_for(session, *pair, today), queries.two_envelopes(session, *pair, now))
        for pair in OFFERED
    }
    lots = body.get("lots", ())
    filled = Filled(
        [_row(body, PROJECT_COLUMNS)],
        [_row(lot, LOT_COLUMNS, "lots", str(place)) for place, lot in enumerate(lots)],
        (),
    )
    checked = check(filled, law, queries.calendar(session), now)
    if checked.faults:
        raise BadArguments([{"pointer": each.cell.address, "detail": said(each)} for each in checked.faults])
    (draft,) = checked.drafts
    return draft


def _row(values: Mapping[str, Any], columns: Sequence[Column], *path: str) -> Row:
    """The cells of one row; a cell's address is its place in the body."""
    cells = {
        each.name: Cell("", pointer(*path, each.name), each.header, _typed(each, values.get(each.name)))
        for each in columns
    }
    return Row(1, cells | {NUMBER: Cell("", pointer(*path), NUMBER, _ONLY)})


def _typed(column: Column, value: Any) -> str:
    """What somebody would have typed into the cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI)
        return local.strftime("%Y-%m-%d %H:%M:%S" + (".%f" if local.microsecond else ""))
    if isinstance(value, int):
        return yuan(value) if column.money else str(value)
    return _LISTS[column.name][value] if column.name in _LISTS else str(value)
