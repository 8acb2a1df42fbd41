"""What this domain hangs onto a tender: the way to say which intention a procurement's draft follows."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.announcements.policy import Permission
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.rules import INTENTION
from bidding.web.auth import current_actor
from bidding.web.context import now, session


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for the agency that writes the draft, where a figure asks for an intention."""
    actor = current_actor()
    own = actor.organisation_id == project.agency_id and actor.may(Permission.ANNOUNCEMENT_EDIT)
    if project.stage is not Stage.DRAFT or not own:
        return []
    if INTENTION not in tenders.figures_of(session(), project, tenders.local_day(now())):
        return []
    label = _("采购意向：已关联") if project.intention else _("关联采购意向")
    return [(label, url_for("announcements.follow", uid=project.uid))]
