"""What this domain hangs onto a notice: the way to the hall."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.words import words


def links(project: Project) -> list[tuple[str, str]]:
    """(label, address) for everybody, from publication on."""
    if project.stage not in (Stage.PUBLISHED, Stage.SUSPENDED):
        return []
    quiet, said = project.preset.quiet, words(project.family, project.method)
    return [(_(said.opening) if quiet else _("开标大厅"), url_for("opening.hall", uid=project.uid))]
