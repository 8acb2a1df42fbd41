"""What this domain hangs onto a project: the way to its committee, for those who may read it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.committee.policy import Permission
from bidding.core.actor import Role
from bidding.tenders.models import Project, Stage
from bidding.web.auth import current_actor


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) from publication on; a sale goes to the highest offer, and nobody judges it; a round has its negotiation's."""
    actor = current_actor()
    if project.stage is Stage.DRAFT or project.panel is None or project.preset.sells or project.is_round:
        return []
    if not actor.may(Permission.COMMITTEE_READ):
        return []
    beyond = actor.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}
    if not beyond and actor.organisation_id != project.agency_id:
        return []
    return [(_("评审成员"), url_for("committee.desk", uid=project.uid))]
