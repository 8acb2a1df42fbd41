"""What this domain hangs onto a tender: the agency's way to suspend, end or repeat it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.core.actor import Role
from bidding.lifecycle.policy import Permission
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.queries import PUBLISHED
from bidding.tenders.words import words
from bidding.web.auth import current_actor


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader: the agency's own people, and administrators."""
    actor = current_actor()
    own = actor.organisation_id == project.agency_id or Role.ADMINISTRATOR in actor.roles
    if project.stage not in (*PUBLISHED, Stage.UNQUALIFIED) or not (
        own and actor.may(Permission.COURSE_PUBLISH)
    ):
        return []
    again = _(words(project.family, project.method).again)
    if project.stage is Stage.UNQUALIFIED:
        return [(again, url_for("lifecycle.course", uid=project.uid))]
    return [(_("暂停、终止、%(again)s", again=again), url_for("lifecycle.course", uid=project.uid))]
