"""What this domain hangs onto a notice: the way to a bid."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.prequalification import queries as prequalification
from bidding.submissions.policy import Permission
from bidding.tenders.models import Project, Stage
from bidding.tenders.words import words
from bidding.web.auth import current_actor
from bidding.web.context import now, session


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader; who is not signed in is sent to sign in first."""
    actor = current_actor()
    if project.paper_bids and actor.may(Permission.PAPER_TAKE):
        return [
            (
                _("登记纸质投标")
                if project.words.tenders
                else _("登记纸质的%(bid)s", bid=_(project.words.bid)),
                url_for("submissions.bags", uid=project.uid),
            )
        ]
    takes = project.stage in (Stage.PUBLISHED, Stage.SUSPENDED)  # bids come and go while it is suspended
    if not takes or project.closes_at is None or now() >= project.closes_at:
        return []
    if actor.account_id is not None and not actor.may(Permission.BID_SUBMIT):
        return []
    if project.qualified_as is not None and not prequalification.has_passed(
        session(), actor.organisation_id, project.id
    ):
        return []
    return [(_(words(project.family, project.method).ready), url_for("submissions.ready", uid=project.uid))]
