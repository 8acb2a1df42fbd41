"""What this domain hangs onto a project: the pages on which its dates move, for the two sides."""

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
    if project.stage not in (Stage.PUBLISHED, Stage.SUSPENDED):
        return []
    try:
        policy.side(current_actor(), Permission.DEADLINE_EXTEND, agency_id=project.agency_id)
    except NotFound:
        return []
    found = [(_("截止时间、延期"), url_for("outages.deadline", uid=project.uid))]
    if project.prices_open_at is not None:
        found.append((_("报价开标时间、推迟"), url_for("outages.price_opening", uid=project.uid)))
    return found
