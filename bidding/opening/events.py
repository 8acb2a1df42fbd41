"""What an opening tells the domains above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageOpened:
    """The sheets of a stage are open."""

    project_id: int
    stage: int
