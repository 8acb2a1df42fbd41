"""What waits for a person: the items of the "what needs me" list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bidding.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: what it is, about what, where it is done, and until when.

    ``title`` and ``words`` are for the reader, in the reader's language; ``action`` names the button.
    ``lamp`` is a state of the look (``over``, ``soon``, ``now``, ``ok``, ``idle``); where it is left empty, the
    list derives it and its words from ``due_at``.
    """

    title: str
    words: str
    url: str
    due_at: datetime | None = None
    lamp: str = ""
    action: str = ""


#: Providers stand in ``app.extensions["todo"]``; each says what waits for the actor now.
Provider = Callable[[Session, Actor, datetime], list[Todo]]
