"""Who may bid where there was a prequalification (条例 19, 36)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bidding.prequalification import queries
from bidding.prequalification.rules import NotQualified
from bidding.tenders.models import Project


def require_qualified(session: Session, organisation_id: int | None, project: Project) -> None:
    """Refuse whoever has not passed. Raises ``NotQualified``; says the same to who failed and to who never applied."""
    if project.qualified_as is None:
        return
    if not queries.has_passed(session, organisation_id, project.id):
        raise NotQualified
