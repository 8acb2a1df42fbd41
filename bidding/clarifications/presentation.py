"""What the pages of answers and corrections show, made ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from bidding.clarifications import announced
from bidding.clarifications.difference import Piece, difference
from bidding.clarifications.impact import BIDS_WORDS, Bids, Change
from bidding.clarifications.models import Clarification
from bidding.clarifications.rules import About, File, Weight
from bidding.core.clock import from_unix


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table before and after. A side is pieces of text, or a value by ``kind``, or None for nothing.

    ``kind`` is text, money (fen), file or instant.
    """

    label: str
    lot: str | None
    kind: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Published:
    """A notice as its page shows it."""

    clarification: Clarification
    kind: str
    questions: str | None
    answer: str | None
    rows: Sequence[Row]
    affects: bool
    why_not: str | None
    reason: str | None
    postponed: bool
    schedule: int | None
    bids: tuple[str, str]
    because: Sequence[str]
    original: dict[str, Any]
    contact: dict[str, Any]

    @property
    def original_at(self) -> datetime:
        """When the first notice was published."""
        return from_unix(self.original["published_at"])


def published(clarification: Clarification) -> Published:
    """From the very text that was hashed."""
    text = clarification.text
    return Published(
        clarification=clarification,
        kind=text["kind"],
        questions=text["questions"],
        answer=text["answer"],
        rows=rows(_change(item) for item in text["items"]),
        affects=text["affects_preparation"],
        why_not=text["why_not"],
        reason=text["reason"],
        postponed=text["postponed"],
        schedule=text["schedule"] and text["schedule"]["n"],
        bids=bids_words(clarification.about)[Bids(text["bids"])],
        because=text["because"],
        original=text["original"],
        contact=text["contact"],
    )


def bids_words(about: About) -> dict[Bids, tuple[str, str]]:
    """What it means for whoever has bid or applied, in short and at length."""
    return announced.WORDS if about is About.PREQUALIFICATION else BIDS_WORDS


def desk(clarification: Clarification) -> str:
    """The address of the desk that a clarification lies on."""
    of_tender = clarification.about is About.TENDER
    page = "clarifications.desk" if of_tender else "clarifications.announced_desk"
    return url_for(page, uid=clarification.project.uid)


def address(clarification: Clarification) -> str:
    """The address of one that is published."""
    of_tender = clarification.about is About.TENDER
    page = "clarifications.notice" if of_tender else "clarifications.announced_notice"
    return url_for(page, uid=clarification.project.uid, number=clarification.number)


def rows(changes: Iterable[Change]) -> list[Row]:
    """The table before and after."""
    return [_row(change) for change in changes]


def _row(change: Change) -> Row:
    sample = change.now if change.was is None else change.was
    if isinstance(sample, str):
        was, now = difference(change.was or "", change.now or "")
        return Row(change.label, None, "text", list[Piece](was), list[Piece](now))
    if isinstance(sample, datetime):
        return Row(change.label, None, "instant", change.was, change.now)
    kind = "file" if isinstance(sample, File) else "money"
    return Row(change.label, change.lot, kind, change.was, change.now)


def _change(item: dict[str, Any]) -> Change:
    """A line of the notice, typed again."""
    was, now = (_typed(item["item"], item[side]) for side in ("was", "is"))
    return Change(item["item"], item["label"], was, now, Weight.SLIGHT, item["lot"])


def _typed(item: str, value: Any) -> Any:
    if value is None:
        return None
    if item == "file":
        return File(**value)
    return from_unix(value) if item.endswith("_at") else value
