"""What this domain hangs onto a notice: the way to a bid."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.submissions.policy import Permission
from bidding.tenders.models import Project
from bidding.tenders.rules import Phase, phase
from bidding.web.auth import current_actor
from bidding.web.context import now


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for this reader; who is not signed in is sent to sign in first."""
    actor = current_actor()
    if project.paper_bids and actor.may(Permission.PAPER_TAKE):
        return [(_("登记纸质投标"), url_for("submissions.bags", uid=project.uid))]
    if phase(project.facts, now()) is not Phase.OPEN or not (
        actor.account_id is None or actor.may(Permission.BID_SUBMIT)
    ):
        return []
    return [(_("准备投标"), url_for("submissions.ready", uid=project.uid))]
