"""What a way out is to the job that uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bidding.db.outbox import Channel as Channel


class Down(Exception):
    """The way out itself does not work: nothing more is tried on it for a while."""


class NotNow(Exception):
    """One letter does not go now; another may."""


class Refused(Exception):
    """One letter will never go."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to one address. ``uid`` and ``written_at`` are the same at every attempt; ``text`` is plain text.

    ``stop`` is the address at which whoever gets it ends it by one press; empty for what is no list.
    """

    uid: str
    address: str
    subject: str
    text: str
    written_at: datetime
    stop: str = ""


#: Hands one letter over; returns once the other side has taken it. Raises ``Down``, ``NotNow``, ``Refused``.
Hand = Callable[[Letter], None]


class Carrier(Protocol):
    """A way out, for as many letters as there are."""

    def open(self) -> AbstractContextManager[Hand]:
        """Get the line. Raises ``Down``."""
        ...

    def check(self) -> None:
        """Get the line, as far as that can be done without a letter. Raises ``Down``."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """What sending needs: the ways out that the centre has, where its pages are, how long a letter is tried."""

    carriers: Mapping[Channel, Carrier]
    centre: str
    url: str
    lasts: timedelta


def one_line(text: str) -> str:
    """Text for a header or an SMS: no line break that would begin another header, nothing that turns text around."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
