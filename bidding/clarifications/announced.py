"""The impact preview of a correction of a prequalification (资格预审公告和文件): what changes, what is tested. Pure.

The same preview as a tender's (``impact``), asked of other figures: 招标投标法实施条例 16, 17, 21; 财政部令第87号 16, 21, 27;
政府采购法实施条例 21. It says nothing of applications and is reckoned without knowing whether there are any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bidding.clarifications import rules
from bidding.clarifications.impact import (
    Bids,
    Change,
    Impact,
    Move,
    NothingToPublish,
    Tested,
    day_of,
    in_time,
    later_only,
    sayings,
    tested,
)
from bidding.clarifications.rules import FACTS, FILE, File, Item, Proposal, Weight
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar
from bidding.prequalification import rules as prequalification
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import preset
from bidding.tenders.rules import (
    LABELS,
    MAX_ROWS,
    Figures,
    LotFacts,
    Problem,
    ProjectFacts,
    RequirementFacts,
    check_content,
    cite,
    end_of,
)
from bidding.tenders.rules.timetable import FORWARD

#: Of its own: days are ISO texts, as they stand in the form and in the notice.
OFFERED, EXAMINED, NOTE = "available_until_on", "examined_on", "note"
#: The conditions that applicants are judged by, one a line, its proof behind a stroke.
CONDITIONS = "requirements"
ANNOUNCED: dict[str, Item] = {
    **{name: item for name, item in FACTS.items() if name != "award_method"},
    CONDITIONS: Item(N_("资格条件和证明材料"), Weight.HEAVY),
    NOTE: Item(N_("申请须知"), Weight.HEAVY),
    OFFERED: Item(N_("资格预审文件提供到"), Weight.SLIGHT),
    EXAMINED: Item(N_("资格预审日期"), Weight.SLIGHT),
}
CLOSES = N_("申请截止")
#: Applications are judged as they stand at the deadline: whatever is let through here leaves them valid.
WORDS: dict[Bids, tuple[str, str]] = {
    Bids.STAND: (
        N_("已经递交的申请继续有效，不用重新递交"),
        N_("这次更正不涉及要递交的内容；申请按截止时递交的审查。"),
    ),
    Bids.COMPARE: (
        N_("已经递交的申请继续有效；内容是否还符合，请各申请人自己对照"),
        N_("申请不会因更正失效。内容受影响的，可以在截止前替换或者撤回；不替换的，按已经递交的审查。"),
    ),
}
#: How long a condition and its proof may be: as in the project's own form.
_LONG = 500
_ANSWERED = N_("答复可能影响申请文件编制")


class TooLateForApplications(DomainError):
    """Too near the deadline for something that bears on applications: the deadline has to move."""

    code = "clarifications.too_late_for_applications"
    text = N_(
        "可能影响申请文件编制的，%(article)s要求至少在截止前 %(count)s %(unit)s发出，这一截止时间最晚应在 %(last)s 发出。"
        "今天发出的，申请截止要顺延到 %(earliest)s 或以后。"
    )
    status = 422


class OfferEarlier(DomainError):
    """Documents on offer for a shorter time than was announced."""

    code = "clarifications.offer_earlier"
    text = N_("文件提供期限只能延长：公告里提供到 %(was)s。请填这一天或以后，不改的照原样留着。")
    status = 422


class NotADay(DomainError):
    """No day where one is wanted."""

    code = "clarifications.not_a_day"
    text = N_("“%(what)s”要写成 2026-12-01 这样的日期。")
    status = 422


class ConditionsUnreadable(DomainError):
    """Conditions that are none, too many, or too long."""

    code = "clarifications.conditions_unreadable"
    text = N_(
        "资格条件请一行写一条，证明材料写在竖线“|”后面；至少一条，最多 %(most)s 条，每条和它的证明材料各不超过 %(long)s 个字。"
    )
    status = 422


class TenderTooSoon(DomainError):
    """The tender's planned deadline leaves less than the law wants after the later one for applications."""

    code = "clarifications.tender_too_soon"
    text = N_(
        "计划的投标截止 %(given)s 放不下了：招标文件最早在申请截止那天（%(since)s）发出，%(article)s要求此后至少 %(count)s %(unit)s，"
        "最早合法日期是 %(earliest)s。请先在项目的“时间”一步改到这一天或以后。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class Announced:
    """What is announced and in force. ``published_on`` is the day of the notice, ``tender_closes_at`` what is planned."""

    facts: ProjectFacts
    lots: Mapping[str, LotFacts]
    files: tuple[File, ...]
    published_on: date
    available_until_on: date
    closes_at: datetime
    examined_on: date | None = None
    note: str = ""
    conditions: tuple[RequirementFacts, ...] = ()
    tender_closes_at: datetime | None = None

    @property
    def says(self) -> dict[str, str]:
        """What can be corrected, as it stands."""
        own = {NOTE: self.note, OFFERED: self.available_until_on.isoformat()}
        own[CONDITIONS] = condition_lines(self.conditions)
        own[EXAMINED] = self.examined_on.isoformat() if self.examined_on else ""
        return {name: own[name] if name in own else getattr(self.facts, name) for name in ANNOUNCED}

    @property
    def family(self) -> Family:
        return self.facts.family

    @property
    def method(self) -> Method:
        return self.facts.method


def condition_lines(found: Sequence[RequirementFacts]) -> str:
    """Conditions as they stand in the form and in the notice."""
    lines = (" ".join(each.what.split()) + (f" | {each.proof}" if each.proof else "") for each in found)
    return "\n".join(" ".join(line.split()) for line in lines)


def conditions(text: str) -> tuple[RequirementFacts, ...]:
    """The conditions that were written, for all lots. Raises ``ConditionsUnreadable``."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        what, _stroke, proof = line.replace("｜", "|").partition("|")
        found.append(RequirementFacts(what.strip(), proof.strip()))
    bad = any(not each.what or max(len(each.what), len(each.proof)) > _LONG for each in found)
    if bad or not 0 < len(found) <= MAX_ROWS:
        raise ConditionsUnreadable(field=CONDITIONS, most=MAX_ROWS, long=_LONG)
    return tuple(found)


def day(facts: Mapping[str, str], name: str) -> date | None:
    """A day among corrected facts; None where there is none. Raises ``NotADay``."""
    text = facts.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotADay(field=name, what=ANNOUNCED[name].label) from None


def check_written(facts: Mapping[str, str]) -> None:
    """Raise ``NotADay`` where a corrected day is none: a day that was announced is moved and not taken back.

    Raises ``ConditionsUnreadable`` where corrected conditions are none.
    """
    if CONDITIONS in facts:
        conditions(facts[CONDITIONS])
    for name in (OFFERED, EXAMINED):
        if name in facts and day(facts, name) is None:
            raise NotADay(field=name, what=ANNOUNCED[name].label)


def preview(
    standing: Announced, proposal: Proposal, *, figures: Figures, calendar: Calendar, now: datetime
) -> Impact:
    """What would follow if it came into force at ``now``. The days of ``proposal`` were checked (``check_written``)."""
    found = tuple(_changes(standing, proposal))
    bids, because = _applications(found, proposal)
    tests = tuple(_tests(standing, proposal, found, figures, calendar, now))
    return Impact(found, _moves(standing, proposal, figures, calendar), tests, bids, because)


def _changes(standing: Announced, proposal: Proposal) -> Iterator[Change]:
    says = standing.says
    for name, item in ANNOUNCED.items():
        if name in proposal.facts:
            yield Change(name, item.label, says[name], proposal.facts[name], item.weight)
    by_digest = {file.sha256: file for file in standing.files}
    for file in proposal.files:
        yield Change("file", FILE.label, by_digest.get(file.replaces or ""), file, FILE.weight)
    if proposal.closes_at is not None and proposal.closes_at != standing.closes_at:
        yield Change("closes_at", CLOSES, standing.closes_at, proposal.closes_at, Weight.SLIGHT)


def _moves(standing: Announced, proposal: Proposal, figures: Figures, calendar: Calendar) -> tuple[Move, ...]:
    then = proposal.closes_at
    if then is None or then == standing.closes_at:
        return ()
    before, after = (prequalification.last_days(figures, at, calendar) for at in (standing.closes_at, then))
    return (
        Move(CLOSES, standing.closes_at, then),
        *(Move(LABELS[name], before[name], after[name], figures[name]) for name in before),
    )


def _tests(
    standing: Announced,
    proposal: Proposal,
    found: Sequence[Change],
    figures: Figures,
    calendar: Calendar,
    now: datetime,
) -> Iterator[Tested]:
    over = [Problem(rules.NotOpen())] if now >= standing.closes_at else []
    yield tested(N_("还在接收申请"), "", over)
    empty = not found and not proposal.answer.strip()
    yield tested(N_("有答复或者有更正"), "", [Problem(NothingToPublish())] if empty else [])
    if standing.family is Family.PROCUREMENT:
        fixed = [Problem(each) for each in rules.check_subject(standing.family, proposal.facts, ANNOUNCED)]
        yield tested(N_("不改变采购标的和资格条件"), rules.SUBJECT_ARTICLE, fixed)
    changed: dict[str, Any] = {name: text for name, text in proposal.facts.items() if name in FACTS}
    whole = check_content(replace(standing.facts, **changed), list(standing.lots.values()), documents=1)
    yield tested(N_("更正后公告仍然完整"), "", [each for each in whole if each.blocks])
    yield from sayings(proposal, tuple(found))
    figure = figures.get(prequalification.CLARIFICATION)
    closes_at = proposal.closes_at or standing.closes_at
    if figure is not None and proposal.affects:
        yield in_time(
            LABELS[prequalification.CLARIFICATION], figure, TooLateForApplications, closes_at, calendar, now
        )
    if proposal.closes_at is not None:
        yield from later_only(standing.closes_at, closes_at, calendar)
    if proposal.closes_at is not None or OFFERED in proposal.facts:
        yield from _dates(standing, proposal, figures, calendar, now)
    if proposal.closes_at is not None and standing.tender_closes_at is not None:
        yield from _tender(standing.tender_closes_at, closes_at, figures, calendar)


def _dates(
    standing: Announced, proposal: Proposal, figures: Figures, calendar: Calendar, now: datetime
) -> Iterator[Tested]:
    """The later dates, as strictly as the first ones were tested."""
    offered = day(proposal.facts, OFFERED) or standing.available_until_on
    earlier = OfferEarlier(field=OFFERED, was=standing.available_until_on.isoformat())
    yield tested(
        N_("文件提供期限只延长"), "", [Problem(earlier)] if offered < standing.available_until_on else []
    )
    problems = prequalification.check_dates(
        figures,
        standing.published_on,
        calendar,
        after_offer=preset(standing.family, standing.method).after_offer,
        available_until_on=offered,
        closes_at=proposal.closes_at or standing.closes_at,
        now=now,
    )
    for name in (prequalification.AVAILABLE, prequalification.APPLICATION, prequalification.NOTICE):
        if name in figures:
            own = [each for each in problems if each.figure is figures[name]]
            yield tested(LABELS[name], cite(figures[name]), own)
    apart = [each for each in problems if isinstance(each.refusal, prequalification.OfferAfterDeadline)]
    yield tested(N_("文件提供到申请截止以前"), "", apart)


def _tender(planned: datetime, closes_at: datetime, figures: Figures, calendar: Calendar) -> Iterator[Tested]:
    """The tender's documents go out when applications are in at the earliest; its periods begin then."""
    since, given = day_of(closes_at), day_of(planned)
    for name in FORWARD:
        figure = figures.get(name)
        if figure is None:
            continue
        first = end_of(figure, since, calendar)
        problems = []
        if given < first:
            refusal = TenderTooSoon(
                field="closes_at",
                given=given.isoformat(),
                since=since.isoformat(),
                article=cite(figure),
                count=figure.value,
                unit=rules.UNITS[figure.unit],
                earliest=first.isoformat(),
            )
            problems = [Problem(refusal, figure.blocks, figure, first)]
        yield tested(LABELS[name], cite(figure), problems)


def _applications(found: Sequence[Change], proposal: Proposal) -> tuple[Bids, tuple[str, ...]]:
    """Only by what changes; who has applied is not asked."""
    if not proposal.affects:
        return Bids.STAND, ()
    heavy = [change.label for change in found if change.weight is Weight.HEAVY]
    return Bids.COMPARE, tuple(dict.fromkeys(heavy or [_ANSWERED]))
