"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BookingStranded:
    """A project's dates moved, and its room is taken at the new time: the booking stays where it was."""

    project_id: int
    booking_id: int
    wanted_at: datetime
