"""What stands over a project's pages: that its opening is on hold, and how its deadline was corrected."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from bidding.outages import queries
from bidding.outages.models import Extension
from bidding.outages.rules import Cause
from bidding.tenders.models import Project
from bidding.web.banner import Banner
from bidding.web.context import session
from bidding.web.filters import instant


def banners(project: Project) -> list[Banner]:
    """The hold first; corrections the newest first."""
    found = []
    hold = queries.hold_of(session(), project.id)
    if hold is not None and hold.cause is not Cause.SUSPENSION:
        found.append(
            Banner(
                "over",
                _("开标暂停"),
                _(
                    "截止前平台发生故障或时钟不准。已递交的仍然密封有效，不需要重新签封。"
                    "代理机构和监督部门将决定是否延期，结果在本页公告。"
                ),
                url_for("outages.status"),
                _("看平台运行状态"),
            )
        )
    return found + [
        _correction(project, each)
        for each in reversed(queries.corrections(session(), project.id))
        if each.part_of is None  # else the correction hangs its own
    ]


def _correction(project: Project, extension: Extension) -> Banner:
    if not extension.moves_deadline:
        return _prices(project, extension)
    return Banner(
        "soon",
        _("更正公告：截止时间延期"),
        _(
            "由 %(was)s 延至 %(now)s。已递交的继续有效，也可以在新的截止时间前替换、撤回。",
            was=instant(extension.was_closes_at),
            now=instant(extension.closes_at),
        ),
        url_for("outages.correction", uid=project.uid, n=extension.n),
        _("看更正公告"),
    )


def _prices(project: Project, extension: Extension) -> Banner:
    assert extension.was_prices_open_at and extension.prices_open_at  # noqa: S101, PT018 — nothing else moves
    return Banner(
        "soon",
        _("更正公告：报价开标时间推迟"),
        _(
            "由 %(was)s 推迟到 %(now)s。截止时间和已递交的不受影响。",
            was=instant(extension.was_prices_open_at),
            now=instant(extension.prices_open_at),
        ),
        url_for("outages.correction", uid=project.uid, n=extension.n),
        _("看更正公告"),
    )
