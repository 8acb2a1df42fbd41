"""What this domain hangs onto a project: where a tenderer asks, and where the agency answers and corrects."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.clarifications import policy
from bidding.clarifications.policy import Permission
from bidding.core.errors import NotFound
from bidding.tenders.models import Project, Stage
from bidding.tenders.rules import Phase, phase
from bidding.web.auth import current_actor
from bidding.web.context import now


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader."""
    if project.stage is not Stage.PUBLISHED:
        return []
    if current_actor().may(Permission.QUESTION_ASK):
        if phase(project.facts, now()) is not Phase.OPEN:
            return []
        return [(_("匿名提问"), url_for("clarifications.questions", uid=project.uid))]
    try:
        policy.require(current_actor(), Permission.CLARIFICATION_READ, agency_id=project.agency_id)
    except NotFound:
        return []
    return [(_("答疑和更正"), url_for("clarifications.desk", uid=project.uid))]
