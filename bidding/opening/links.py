"""What this domain hangs onto a notice: the way to the hall."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for everybody, from publication on."""
    if project.stage not in (Stage.PUBLISHED, Stage.SUSPENDED):
        return []
    return [(hall_name(project), url_for("opening.hall", uid=project.uid))]


def hall_name(project: Project) -> str:
    """What the page of its opening is called: of a round, offers are opened; where nothing is read out, no hall meets."""
    if not project.preset.quiet:
        return str(_("开标大厅"))
    return str(_("报价开启") if project.is_round else _(project.words.opening))
