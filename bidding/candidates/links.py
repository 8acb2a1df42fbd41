"""What this domain hangs onto a notice: the lists of candidates that are out."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.announcements import queries as announced
from bidding.announcements.rules import State
from bidding.tenders.models import Project
from bidding.tenders.queries import PUBLISHED
from bidding.web.context import session


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for everybody, of every lot whose candidates stand published."""
    if project.stage not in PUBLISHED:
        return []
    several = len(project.lots) > 1
    return [
        (
            _("中标候选人公示") + (f" {row.lot.code}" if several and row.lot else ""),
            url_for("announcements.announcement", uid=row.uid),
        )
        for row in announced.candidates_told(session(), project.id)
        if row.state is State.PUBLISHED
    ]
