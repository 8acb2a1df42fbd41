"""The figures of the law as the product brings them: ``rulebook.json``, read and typed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from bidding.tenders.rules import Figure, Validity


@dataclass(frozen=True, slots=True)
class ShippedRule:
    """One line of the file: a figure and the days on which it holds."""

    figure: Figure
    validity: Validity


@cache
def shipped_rules() -> tuple[ShippedRule, ...]:
    """Every line, in the order of the file."""
    rows = json.loads(files("bidding.tenders").joinpath("rulebook.json").read_text("utf-8"))
    return tuple(_rule(**row) for row in rows)


def _rule(*, valid_from: str, valid_to: str | None, **figure: str) -> ShippedRule:
    last = date.fromisoformat(valid_to) if valid_to else None
    return ShippedRule(Figure(**figure), Validity(date.fromisoformat(valid_from), last))  # type: ignore[arg-type]  # a row of the file has an integer value
