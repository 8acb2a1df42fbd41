"""Days on which many openings are held already: the halls, the windows and the trustees are the same few."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar
from bidding.tenders.rules.timetable import Problem

#: How many days on a less crowded one is looked for.
LOOK_AHEAD = 30


class CrowdedDay(DomainError):
    """A warning: the day of an opening has as many openings as the centre wants."""

    code = "tenders.crowded_day"
    text = N_(
        "%(day)s 已经安排了 %(count)s 场开标（已公告的，加上本单位的草稿），本中心设定一天 %(most)s 场。"
        "%(better)s 只有 %(fewer)s 场，可以改到那天。"
    )
    status = 422


class CrowdedMonth(DomainError):
    """The same where the days after it are no better."""

    code = "tenders.crowded_month"
    text = N_(
        "%(day)s 已经安排了 %(count)s 场开标（已公告的，加上本单位的草稿），本中心设定一天 %(most)s 场；"
        "此后 %(ahead)s 天里也没有更空的工作日。"
    )
    status = 422


def check_crowd(day: date, openings: Mapping[date, int], most: int, calendar: Calendar) -> list[Problem]:
    """Whether others fill an opening's day; ``openings`` counts them by day, without the project's own."""
    count = openings.get(day, 0)
    if count < most:
        return []
    told: dict[str, Any] = {"day": day.isoformat(), "count": count, "most": most}
    for step in range(1, LOOK_AHEAD + 1):
        other = day + timedelta(days=step)
        if calendar.works(other).works and openings.get(other, 0) < most:
            better = CrowdedDay(better=other.isoformat(), fewer=openings.get(other, 0), **told)
            return [Problem(better, blocks=False)]
    return [Problem(CrowdedMonth(ahead=LOOK_AHEAD, **told), blocks=False)]
