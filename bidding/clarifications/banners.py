"""What stands over a project's pages: that its notice was corrected, and where to read how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from bidding.clarifications import presentation, queries
from bidding.clarifications.models import Clarification
from bidding.clarifications.rules import About
from bidding.core.errors import N_
from bidding.tenders.models import Project
from bidding.web.banner import Banner
from bidding.web.context import session
from bidding.web.filters import instant


def banners(project: Project) -> list[Banner]:
    """One, for the newest that changed anything; the others are listed in the notice."""
    found = queries.published(session(), project.id)
    return _newest(found, N_("截止时间延至 %(now)s。"), project.closes_at)


def of_prequalification(project: Project) -> list[Banner]:
    """The same over the pages of its prequalification."""
    found = queries.published(session(), project.id, About.PREQUALIFICATION)
    if not found:
        return []
    closes_at = queries.prequalification_of(session(), project).closes_at
    return _newest(found, N_("申请截止延至 %(now)s。"), closes_at)


def _newest(found: Sequence[Clarification], moved: str, closes_at: datetime | None) -> list[Banner]:
    corrections = [each for each in found if each.text["items"]]
    if not corrections:
        return []
    newest = corrections[-1]
    assert newest.published_at is not None  # noqa: S101 — the query asked for those
    words = _("%(at)s 发布。本页已是更正后的内容，改了什么请对照着看。", at=instant(newest.published_at))
    if closes_at is not None and any(item["item"] == "closes_at" for item in newest.text["items"]):
        words += " " + _(moved, now=instant(closes_at))
    return [
        Banner(
            "soon",
            _("本公告有更正：第 %(number)s 号", number=newest.number),
            words,
            presentation.address(newest),
            _("看更正前后对照"),
        )
    ]
