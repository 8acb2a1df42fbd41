"""What this domain hangs onto a project: the way to its prequalification."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.core.errors import NotFound
from bidding.prequalification import policy, queries
from bidding.prequalification.policy import Permission
from bidding.tenders.kinds import Examination
from bidding.tenders.models import Project
from bidding.web.auth import current_actor
from bidding.web.context import session


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader: its desk for those who work on the project, its notice for everybody."""
    if project.who_may.examination is not Examination.BEFORE:
        return []
    try:
        policy.require(current_actor(), Permission.PREQUALIFICATION_READ, agency_id=project.agency_id)
    except NotFound:
        found = queries.of_project(session(), project.id)
        if found is None or found.published_at is None:
            return []
        return [(_("看资格预审公告"), url_for("prequalification.notice", uid=project.uid))]
    return [(_("资格预审"), url_for("prequalification.desk", uid=project.uid))]
