"""What submissions tell the domains above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GateClosed:
    """The close record of a project has been written."""

    project_id: int
    count: int
    failed_lots: tuple[str, ...]
