"""Whether a procurement's intention was published in good time before its notice (财库〔2020〕10号). Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar
from bidding.tenders.rules.figures import Figures, cite
from bidding.tenders.rules.timetable import Problem, end_of

INTENTION = "intention"


class NoIntention(DomainError):
    """A warning: a procurement without an intention. What nobody could foresee may do without."""

    code = "tenders.no_intention"
    text = N_(
        "这个项目没有关联采购意向公告：按%(article)s，采购开始前至少 %(count)s 日公开采购意向。"
        "已公开的，到“采购意向”关联；不可预见、急需开展的可以不公开，请复核人确认。"
    )
    status = 422


class IntentionTooLate(DomainError):
    """A notice that would follow its intention too soon."""

    code = "tenders.intention_too_late"
    text = N_(
        "采购意向 %(published)s 才公开：按%(article)s，要早于采购开始 %(count)s 日。"
        "这份公告最早 %(earliest)s 可以发布。"
    )
    status = 422


def first_notice(intended_on: date, figures: Figures, calendar: Calendar) -> date | None:
    """The first day on which the notice may follow an intention of ``intended_on``; None where no figure asks for one.

    Calendar days are not rolled: the intention has to lie so many days back, whatever day it is.
    """
    figure = figures.get(INTENTION)
    if figure is None:
        return None
    if figure.unit == "day":
        return intended_on + timedelta(days=figure.value)
    return end_of(figure, intended_on, calendar)


def check_intention(
    intended_on: date | None, today: date, figures: Figures, calendar: Calendar
) -> list[Problem]:
    """Whether the notice may go out ``today``; ``intended_on`` is when its intention was published, None: there is none."""
    figure = figures.get(INTENTION)
    if figure is None:
        return []
    told: dict[str, Any] = {"article": cite(figure), "count": figure.value}
    if intended_on is None:
        return [Problem(NoIntention(**told), blocks=False, figure=figure)]
    earliest = first_notice(intended_on, figures, calendar)
    if earliest is None or today >= earliest:
        return []
    late = IntentionTooLate(published=intended_on.isoformat(), earliest=earliest.isoformat(), **told)
    return [Problem(late, blocks=figure.blocks, figure=figure, earliest=earliest)]
