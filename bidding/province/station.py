"""What sending to the province needs of this centre: the table, the centre's facts, and by which way messages go."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bidding.province.facts import Centre
from bidding.province.mapping import Plan

#: Give a message's number and payload over: the receiver's receipt, or None where it was taken and nobody knows yet what
#: becomes of it. Raises what ``messages.carriers`` has for a way out.
Hand = Callable[[str, str], str | None]


class Way(Protocol):
    """A way out to the province."""

    def open(self) -> AbstractContextManager[Hand]:
        """Get the line, for as many messages as there are."""
        ...


@dataclass(frozen=True, slots=True)
class Station:
    """``plan`` is the table with the centre's own changes. ``receiver`` is None where packages are carried by hand."""

    plan: Plan
    centre: Centre
    receiver: Way | None = None

    @property
    def on(self) -> bool:
        """Whether the province is told anything: without the platform's code no identifier can be given."""
        return bool(self.centre.platform)
