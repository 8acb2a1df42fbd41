"""What was published of a purchase, in the order in which everybody could read it: all that a release is made of. Pure.

Each fact stands on a text that never changes (JCS, its SHA-256 in the project's log) or on what an opening read out, and
is told from the instant at which it was public. Nothing else of a project reaches a release: what nobody may know cannot
be told by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What was published."""

    NOTICE = "notice"  # 招标（采购）公告, 比选公告
    DATES = "dates"  # 更正公告 of dates that moved
    ANSWERS = "answers"  # 答疑、更正公告
    COURSE = "course"  # 暂停、恢复、终止、流标（废标）公告
    OPENING = "opening"  # what was read out at an opening
    RESULT = "result"  # 结果公告, and its correction


@dataclass(frozen=True, slots=True)
class Offer:
    """What was read out of one bid: whose it is, for which lot, when it came in, and its price where it said one.

    ``fen`` is None before the prices are open, of a rate or a unit price, and of what could not be opened.
    """

    bid: str  # uid
    lot: str
    name: str
    uscc: str
    received_at: datetime
    fen: int | None = None
    consortium: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was published. ``key`` is its own within the process, and never another's.

    ``said`` is the text as data: money in fen, instants in Unix seconds. ``page`` is where it is read, a path.
    ``asks_until`` is the last day for questions under the deadline that holds from then on. Of an opening, ``offers``.
    """

    key: str
    kind: Kind
    at: datetime
    said: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    asks_until: date | None = None
    offers: Sequence[Offer] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A contracting process: what holds for it from its first release on. ``page`` is the notice's path."""

    ocid: str
    page: str
    #: The method in the words of its law, and the article that it stands on.
    method: str
    #: The intention that it followed, where there was one: its page.
    intention_page: str = ""

    def release(self, key: str) -> str:
        """The id of the release of a fact: its own among all releases of the centre."""
        return f"{self.ocid}-{key}"
