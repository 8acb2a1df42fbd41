"""What an opening tells the domains above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageOpened:
    """The sheets of a stage are open."""

    project_id: int
    stage: int


@dataclass(frozen=True, slots=True)
class TrusteesMissing:
    """Too few trustees came within their time: the tenderers' own keys may be posted."""

    project_id: int
    stage: int


@dataclass(frozen=True, slots=True)
class SheetAdded:
    """A sheet stands beside those that were opened together: typed from a bag, or opened late."""

    project_id: int


@dataclass(frozen=True, slots=True)
class LotFailedAfterOpening:
    """Too few sheets of a lot could be read, and the agency has said that it failed."""

    project_id: int
    lot: str
