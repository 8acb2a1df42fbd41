"""What the centre did in a period, as far as the product knows: notices, openings, draws, records, objections, cases.

Only what was public in the period is counted. Of a negotiation, whose offers stay with those who run it, openings and
what was handed in are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bidding.announcements.models import Announcement, Objection
from bidding.award.models import Award
from bidding.casework.models import Case
from bidding.clarifications.models import Clarification
from bidding.core.clock import SHANGHAI
from bidding.experts.models import Draw, DrawCall
from bidding.lifecycle.models import CourseNotice
from bidding.opening.models import OpenedEnvelope
from bidding.opening.papers.models import OpeningPaper
from bidding.opening.papers.rules import Kind as Paper
from bidding.opening.sitting.models import SpotObjection
from bidding.prequalification.models import Prequalification
from bidding.reporting.rules import Period
from bidding.tenders.models import Project


def instants(period: Period) -> tuple[datetime, datetime]:
    """When a period begins and when it is over, both in Shanghai; the end is no longer part of it."""
    (y1, m1), (y2, m2) = divmod(period.first, 100), divmod(period.last, 100)
    return (
        datetime(y1, m1, 1, tzinfo=SHANGHAI),
        datetime(y2 + m2 // 12, m2 % 12 + 1, 1, tzinfo=SHANGHAI),
    )


def services(session: Session, period: Period) -> dict[str, int]:
    """How often the centre did what, by what it is called; what it never did in the period is 0."""
    first, end = instants(period)

    def within(at: Any, *more: ColumnElement[bool]) -> int:
        statement = select(func.count()).where(at >= first, at < end, *more)
        return session.scalar(statement) or 0

    opened = _openings(session, first, end)
    return {
        "招标（采购、转让）公告": within(Project.published_at, Project.is_round.is_(False)),
        "资格预审公告": within(Prequalification.published_at),
        "采购意向和公示": within(Announcement.published_at),
        "答疑、澄清和更正": within(Clarification.published_at),
        "暂停、恢复、终止和流标公告": within(CourseNotice.published_at),
        "结果公告": within(Award.confirmed_at),
        "开标（开启）场次": len(opened),
        "开启的投标（响应）文件": sum(opened.values()),
        "监督记录": within(
            OpeningPaper.written_at, OpeningPaper.kind.in_((Paper.WITNESS, Paper.PRICE_WITNESS))
        ),
        "专家抽取次数": within(Draw.drawn_at, Draw.cancelled_at.is_(None)),
        "专家应答参加人次": within(DrawCall.called_at, DrawCall.answer == "accept"),
        "开标现场异议": within(SpotObjection.raised_at),
        "公示异议": within(Objection.made_at),
        "公示异议已答复": within(Objection.answered_at),
        "窗口收件": within(Case.filed_at),
        "窗口办结": within(Case.closed_at),
    }


def _openings(session: Session, first: datetime, end: datetime) -> Mapping[tuple[int, int], int]:
    """How many envelopes were opened, by tender and stage; negotiations are not among them."""
    at: InstrumentedAttribute[datetime] = OpenedEnvelope.opened_at
    rows = session.execute(
        select(OpenedEnvelope.project_id, OpenedEnvelope.stage, func.count(OpenedEnvelope.bid_id.distinct()))
        .where(at >= first, at < end)
        .group_by(OpenedEnvelope.project_id, OpenedEnvelope.stage)
    ).all()
    projects = session.scalars(select(Project).where(Project.id.in_({row[0] for row in rows})))
    heard = {project.id for project in projects if not project.is_round and not project.preset.quiet}
    return {(row[0], row[1]): row[2] for row in rows if row[0] in heard}
