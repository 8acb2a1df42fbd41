"""What stands over a project's pages: that its notice was corrected, and where to read how."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.clarifications import queries
from bidding.tenders.models import Project
from bidding.web.banner import Banner
from bidding.web.context import session
from bidding.web.filters import instant


def banners(project: Project) -> list[Banner]:
    """One, for the newest that changed anything; the others are listed in the notice."""
    corrections = [each for each in queries.published(session(), project.id) if each.text["items"]]
    if not corrections:
        return []
    newest = corrections[-1]
    assert newest.published_at is not None  # noqa: S101 — the query asked for those
    moved = next((item for item in newest.text["items"] if item["item"] == "closes_at"), None)
    words = _("%(at)s 发布。本页已是更正后的内容，改了什么请对照着看。", at=instant(newest.published_at))
    if moved is not None and project.closes_at is not None:
        words += " " + _("截止时间延至 %(now)s。", now=instant(project.closes_at))
    return [
        Banner(
            "soon",
            _("本公告有更正：第 %(number)s 号", number=newest.number),
            words,
            url_for("clarifications.notice", uid=project.uid, number=newest.number),
            _("看更正前后对照"),
        )
    ]
