"""What stands against publishing an announcement, told at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bidding.announcements.rules.kinds import (
    MOST_CANDIDATES,
    PRESETS,
    STANDSTILL_START,
    Kind,
    Opinion,
    Said,
    label,
)
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar
from bidding.tenders.rules import (
    INTENTION,
    UNIT_LABELS,
    Figures,
    Problem,
    cite,
    end_of,
    first_notice,
)


class PartMissing(DomainError):
    """Something that the announcement has to say and does not."""

    code = "announcements.part_missing"
    text = N_("请填写“%(what)s”：%(source)s要求写明。")
    status = 422


class OpinionIncomplete(DomainError):
    """An expert's opinion that lacks a part."""

    code = "announcements.opinion_incomplete"
    text = N_("论证意见第 %(place)s 行不完整：姓名、工作单位、职称、具体意见都要写明（%(source)s）。")
    status = 422


class MonthPassed(DomainError):
    """A procurement that was to begin before now."""

    code = "announcements.month_passed"
    text = N_("预计采购时间 %(month)s 已经过去。请改成本月或以后的月份。")
    status = 422


class MonthTooSoon(DomainError):
    """A warning: the month is over before the procurement may begin."""

    code = "announcements.month_too_soon"
    text = N_("今天公开，采购公告最早 %(earliest)s 才能发布（%(article)s），晚于预计采购时间 %(month)s。")
    status = 422


class PublicityTooShort(DomainError):
    """Fewer working days than the law wants."""

    code = "announcements.publicity_too_short"
    text = N_("公示期限是 %(given)s %(unit)s，%(article)s要求不少于 %(count)s %(unit)s。请改成这个数或以上。")
    status = 422


class TooManyCandidates(DomainError):
    """More recommended than the law lets be."""

    code = "announcements.too_many_candidates"
    text = N_("中标候选人有 %(given)s 名，%(article)s规定不超过 %(count)s 名。请去掉多出的。")
    status = 422


class FitMissing(DomainError):
    """A candidate of whom nothing is said on the qualifications asked for."""

    code = "announcements.fit_missing"
    text = N_("第 %(rank)s 名候选人 %(name)s 没有写明怎样响应招标文件要求的资格能力条件（%(source)s）。")
    status = 422


class ReportImpossible(DomainError):
    """A report of a day that cannot be."""

    code = "announcements.report_impossible"
    text = N_("收到评标报告的日期 %(day)s 不对：不能早于开标那一天 %(opened)s，也不能晚于今天。")
    status = 422


class StartedLate(DomainError):
    """A warning: the days within which publicity has to begin are over."""

    code = "announcements.started_late"
    text = N_("评标报告是 %(day)s 收到的，%(article)s要求在 %(last)s 以前开始公示，已经晚了。请尽快公示。")
    status = 422


def check(
    kind: Kind,
    said: Said,
    today: date,
    figures: Figures,
    calendar: Calendar,
    *,
    opened_on: date | None = None,
) -> list[Problem]:
    """Everything that stands against publishing on ``today``, and every warning: told at once.

    ``figures`` are those of the kind's method (``PRESETS``), or of the lot's project, which was opened on ``opened_on``.
    """
    preset = PRESETS[kind]
    out = [
        Problem(PartMissing(field=name, what=label(kind, name), source=preset.source))
        for name in preset.asked
        if not getattr(said, name)
    ]
    out += [
        Problem(OpinionIncomplete(field="opinions", place=place, source=preset.source))
        for place, opinion in enumerate(said.opinions, 1)
        if not opinion.is_whole
    ]
    if said.expected_on is not None:
        out += _month(said.expected_on, today, figures, calendar)
    out += _candidates(said, today, figures, calendar, opened_on)
    floor = figures.get(preset.period)
    if said.days and floor is not None and said.days < floor.value:
        short = PublicityTooShort(
            field="days",
            given=said.days,
            article=cite(floor),
            count=floor.value,
            unit=UNIT_LABELS[floor.unit],
        )
        out.append(Problem(short, blocks=floor.blocks, figure=floor))
    return out


def _candidates(
    said: Said, today: date, figures: Figures, calendar: Calendar, opened_on: date | None
) -> list[Problem]:
    source = PRESETS[Kind.CANDIDATES].source
    out = [
        Problem(FitMissing(field="candidates", rank=rank, name=each.name, source=source))
        for rank, each in enumerate(said.candidates, 1)
        if not each.fit
    ]
    most = figures.get(MOST_CANDIDATES)
    if most is not None and len(said.candidates) > most.value:
        many = TooManyCandidates(
            field="candidates", given=len(said.candidates), article=cite(most), count=most.value
        )
        out.append(Problem(many, blocks=most.blocks, figure=most))
    if said.reported_on is None:
        return out
    if said.reported_on > today or (opened_on is not None and said.reported_on < opened_on):
        opened = "" if opened_on is None else opened_on.isoformat()
        wrong = ReportImpossible(field="reported_on", day=said.reported_on.isoformat(), opened=opened)
        return [*out, Problem(wrong)]
    start = figures.get(STANDSTILL_START)
    if start is not None and today > (last := end_of(start, said.reported_on, calendar)):
        late = StartedLate(
            field="reported_on",
            day=said.reported_on.isoformat(),
            last=last.isoformat(),
            article=cite(start),
        )
        out.append(Problem(late, blocks=False, figure=start))
    return out


def _month(expected_on: date, today: date, figures: Figures, calendar: Calendar) -> list[Problem]:
    month = f"{expected_on:%Y-%m}"
    last = (expected_on.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if last < today:
        return [Problem(MonthPassed(field="expected_on", month=month))]
    earliest = first_notice(today, figures, calendar)
    if earliest is None or last >= earliest:
        return []
    figure = figures[INTENTION]
    late = MonthTooSoon(field="expected_on", earliest=earliest.isoformat(), article=cite(figure), month=month)
    return [Problem(late, blocks=False, figure=figure)]


def whole(opinions: Sequence[Opinion]) -> tuple[Opinion, ...]:
    """The opinions of which anything was written."""
    return tuple(each for each in opinions if each.name or each.unit or each.post or each.words)
