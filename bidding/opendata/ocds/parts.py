"""Values, periods, instants and documents as OCDS writes them, and the text of a release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bidding.core.clock import SHANGHAI, from_unix
from bidding.core.money import FEN_PER_YUAN

#: Before every address of the centre's own in a stored release. Where the centre is found may change, what it said may not.
HERE = "{centre}"
CURRENCY = "CNY"
LANGUAGE = "zh"


def amount(fen: int) -> int | Decimal:
    """Fen as decimal yuan, exactly."""
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return Decimal(f"{whole}.{rest:02d}").normalize() if rest else whole


def value(fen: int | None) -> dict[str, Any] | None:
    """A Value; None where there is no amount."""
    return None if fen is None else {"amount": amount(fen), "currency": CURRENCY}


def instant(at: datetime | int) -> str:
    """An instant, or Unix seconds, as a date-time in Beijing time."""
    when = from_unix(at) if isinstance(at, int) else at
    return when.astimezone(SHANGHAI).isoformat(timespec="seconds")


def midnight(day: date) -> str:
    """A day as the instant at which it begins."""
    return f"{day.isoformat()}T00:00:00+08:00"


def end_of_day(day: date) -> str:
    """A day as its last second."""
    return f"{day.isoformat()}T23:59:59+08:00"


def document(
    key: str,
    kind: str,
    title: str,
    path: str,
    published: str,
    *,
    form: str = "text/html",
    **more: Any,
) -> dict[str, Any]:
    """A Document at an address of the centre; ``kind`` is a code of documentType, ``form`` a media type."""
    found: dict[str, Any] = pruned(
        {
            "id": key,
            "documentType": kind,
            "title": title,
            "url": HERE + path,
            "datePublished": published,
            "format": form,
            "language": LANGUAGE,
            **more,
        }
    )
    return found


def pruned(value: Any) -> Any:
    """The same without what is None, an empty text, an empty list or an empty object: OCDS has none of these."""
    if isinstance(value, Mapping):
        found = {key: pruned(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if not _is_empty(item)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [item for item in map(pruned, value) if not _is_empty(item)]
    return value.strip() if isinstance(value, str) else value


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def written(value: Any) -> str:
    """JSON with amounts as the decimals that they are: the ``json`` module knows only floats."""
    if isinstance(value, Mapping):
        inner = ",".join(f"{json.dumps(key)}:{written(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{','.join(map(written, value))}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read(text: str) -> Any:
    """What ``written`` wrote."""
    return json.loads(text, parse_float=Decimal)


def placed(text: str, centre: str) -> str:
    """A stored text with the centre's addresses; ``centre`` is where it is found, https://…, without a slash at the end.

    Only what is a ``url`` is one of ours: within a text of somebody's the quotation marks would be escaped.
    """
    return text.replace(f'"url":"{HERE}/', f'"url":"{centre}/')
