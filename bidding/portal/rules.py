"""What a result is to the public, and how a list is narrowed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bidding.core.errors import N_
from bidding.tenders.kinds import Family, Method


class ResultKind(StrEnum):
    """What became of a lot, or of a whole tender."""

    AWARDED = "awarded"
    NOBODY = "nobody"
    FAILED = "failed"
    TERMINATED = "terminated"


RESULT_LABELS: dict[ResultKind, str] = {
    ResultKind.AWARDED: N_("有中标（成交）人"),
    ResultKind.NOBODY: N_("评审后未成交"),
    ResultKind.FAILED: N_("流标（废标）"),
    ResultKind.TERMINATED: N_("已终止"),
}


@dataclass(frozen=True, slots=True)
class ResultSearch:
    """A state of the list of results; all of it stands in the address. Both days belong to the stretch."""

    words: str = ""
    family: Family | None = None
    method: Method | None = None
    kind: ResultKind | None = None
    region: str = ""
    since: date | None = None
    until: date | None = None


#: 交易分类 (3 signs), the region of GB/T 2260 (6), year and serial (8), the tender (3): ``tenders.rules.numbering``.
_CODE = re.compile(r"[A-Z][0-9]{2}([0-9]{6})[0-9]{11}")


def region_of(code: str) -> str:
    """The six digits of the region in a project's code; empty for a code that was not made here."""
    found = _CODE.fullmatch(code)
    return found[1] if found else ""


def as_day(text: str) -> date | None:
    """A day as an address writes it, ``2026-12-15``; None for anything else, for a mistyped address is no error.

    Days of other centuries are none: the first and the last that there are have no instant in UTC.
    """
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None
    return found if found is not None and 1900 <= found.year <= 2999 else None
