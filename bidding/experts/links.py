"""What this domain hangs onto a project: the way to its draw, for those who may ask for one; onto its hall, for everybody."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.core.actor import Role
from bidding.experts import queries
from bidding.experts.policy import Permission
from bidding.tenders.models import Project, Stage
from bidding.web.auth import current_actor
from bidding.web.context import session


def hall_links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for everybody in the hall: the screen of the draw that was ordered last, as far as it was not given up."""
    drawn = [
        draw
        for draw in queries.of_project(session(), project.id)
        if draw.ordered_at is not None and draw.cancelled_at is None
    ]
    return [(_("专家抽取大屏"), url_for("experts.screen", code=drawn[-1].code))] if drawn else []


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader: asking for a draw from publication on; where one stands, that one."""
    actor = current_actor()
    if project.stage is not Stage.PUBLISHED or project.is_round or not actor.may(Permission.DRAW_REQUEST):
        return []
    if Role.ADMINISTRATOR not in actor.roles and actor.organisation_id != project.agency_id:
        return []
    label = _("专家抽取") if queries.of_project(session(), project.id) else _("申请抽取专家")
    return [(label, url_for("experts.request_draw", uid=project.uid))]
