"""What this domain hangs onto a negotiation: its rounds for those who run it, the offer for whoever was invited."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.core.errors import NotFound
from bidding.negotiation import policy, queries
from bidding.negotiation.policy import Permission
from bidding.tenders.models import Project
from bidding.tenders.queries import PUBLISHED
from bidding.web.auth import current_actor
from bidding.web.context import now, session


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader. Before the deadline there is nothing to do, and nothing is looked at."""
    begun = project.closes_at is not None and now() >= project.closes_at
    if not project.preset.rounds or project.stage not in PUBLISHED or not begun:
        return []
    actor = current_actor()
    if actor.may(Permission.NEGOTIATION_READ):
        try:
            policy.require(actor, Permission.NEGOTIATION_READ, agency_id=project.agency_id)
        except NotFound:
            return []
        return [(_("谈判和报价轮次"), url_for("negotiation.desk", uid=project.uid))]
    if actor.may(Permission.ROUND_ENTER) and queries.own_response(session(), actor, project.id) is not None:
        return [(_("本单位的报价轮次"), url_for("negotiation.own", uid=project.uid))]
    return []
