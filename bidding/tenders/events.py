"""What this domain tells those above it, inside the transaction in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ProjectPublished:
    """The notice is out, the panel and the first schedule stand in the log."""

    project_id: int
    code: str
    closes_at: datetime
