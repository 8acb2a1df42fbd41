"""What this domain hangs onto a project: the page on which its deadline moves, for the two sides."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.core.errors import NotFound
from bidding.outages import policy
from bidding.outages.policy import Permission
from bidding.tenders.models import Project, Stage
from bidding.web.auth import current_actor


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader."""
    if project.stage is not Stage.PUBLISHED:
        return []
    try:
        policy.side(current_actor(), Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    except NotFound:
        return []
    return [(_("截止时间、延期"), url_for("outages.deadline", uid=project.uid))]
