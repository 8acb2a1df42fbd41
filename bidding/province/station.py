"""What sending to the province needs of this centre: the table, the centre's facts, and by which way messages go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bidding.province.facts import Centre
from bidding.province.mapping import Plan


@dataclass(frozen=True, slots=True)
class Station:
    """``plan`` is the table with the centre's own changes. ``receiver`` is None where packages are carried by hand."""

    plan: Plan
    centre: Centre
    receiver: Any = None

    @property
    def on(self) -> bool:
        """Whether the province is told anything: without the platform's code no identifier can be given."""
        return bool(self.centre.platform)
