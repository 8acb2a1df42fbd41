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
    return [(_("开标大厅"), url_for("opening.hall", uid=project.uid))]
