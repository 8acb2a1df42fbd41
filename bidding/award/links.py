"""What this domain hangs onto a notice: the way to the result, and for the agency the way to put it down."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.award import queries
from bidding.award.policy import Permission
from bidding.tenders.models import Project
from bidding.tenders.queries import PUBLISHED
from bidding.web.auth import current_actor
from bidding.web.context import session


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader: the result once there is one, the desk once the sheets are open."""
    if project.stage not in PUBLISHED:
        return []
    found: list[tuple[str, str]] = []
    if queries.has_result(session(), project):
        found.append((_("结果公告"), url_for("award.notice", uid=project.uid)))
    actor = current_actor()
    own = actor.may(Permission.AWARD_RECORD) and actor.organisation_id == project.agency_id
    if own and queries.opened(session(), project) is not None:
        found.append((_("登记结果"), url_for("award.project", uid=project.uid)))
    return found
