"""What this domain must be told by those above it: about projects, and what is agreed to by booking. Pure.

``wiring`` hands both in as functions: a room stands below the project it is booked for, and the texts that people
agree to are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bidding.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Named:
    """A project as its bookings know it. ``log_id`` is that of its log; None before it is published."""

    id: int
    uid: str
    code: str
    title: str
    agency_id: int
    is_public: bool
    log_id: int | None


#: The projects of these ids, by id: ``app.extensions["projects_named"]``.
Naming = Callable[[Any, Collection[int]], Mapping[int, Named]]
#: The project with this number, where it is the actor's own to book for, or None: ``app.extensions["project_coded"]``.
Coded = Callable[[Any, Actor, str], Named | None]
