"""What stands over a tender's pages: its notices of suspension, termination and failure, and the tender before or after it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.lifecycle import queries, rules
from bidding.lifecycle.models import CourseNotice
from bidding.lifecycle.rules import Kind
from bidding.tenders.models import Project
from bidding.tenders.queries import PUBLISHED
from bidding.web.banner import Banner
from bidding.web.context import session

#: How a notice's banner looks.
_LOOKS = {
    Kind.SUSPENSION: "over",
    Kind.RESUMPTION: "info",
    Kind.TERMINATION: "over",
    Kind.FAILURE: "soon",
}


def banners(project: Project) -> list[Banner]:
    """The newest notice first; then where the tender came from and went to."""
    found = [_of_notice(project, row) for row in reversed(queries.published(session(), project.id))]
    row = queries.successor_row(session(), project.id)
    if row is not None and row.successor.stage in PUBLISHED:
        found.insert(0, _way("info", _("已有接续的项目"), row.successor))
    before = queries.predecessor(session(), project.id)
    if before is not None:
        found.append(_way("info", _("这是再次公告的项目"), before))
    return found


def _of_notice(project: Project, row: CourseNotice) -> Banner:
    return Banner(
        _LOOKS[row.kind],
        _(rules.title(row.kind, project.family, project.method)),
        row.reason,
        url_for("lifecycle.notice", uid=project.uid, n=row.n),
        _("看公告全文"),
    )


def _way(kind: str, title: str, project: Project) -> Banner:
    return Banner(kind, title, project.title, url_for("tenders.notice", uid=project.uid), _("看这个项目"))
