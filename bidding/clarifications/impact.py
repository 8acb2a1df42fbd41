"""The impact preview of a correction: what changes, which dates move, every article tested, what of sealed bids. Pure.

It says nothing of how many bids there are, and is reckoned without knowing: the same for none, one and ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from bidding.clarifications import rules
from bidding.clarifications.rules import CEILING, FACTS, FILE, File, Proposal, Weight
from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar, next_working_day
from bidding.tenders.kinds import Envelopes, Family, Method
from bidding.tenders.methods import preset
from bidding.tenders.rules import (
    FORWARD,
    LABELS,
    Figure,
    Figures,
    LotFacts,
    NotAWholeMinute,
    OnARestDay,
    Problem,
    ProjectFacts,
    check_content,
    check_dates,
    check_money,
    cite,
    end_of,
    plan,
)
from bidding.tenders.words import words


class NothingToPublish(DomainError):
    """Neither an answer nor a change."""

    code = "clarifications.nothing_to_publish"
    text = N_("还没有答复，也没有任何更正。请先写答复、改内容、换文件或者改截止时间。")
    status = 422


class AffectsUnsaid(DomainError):
    """Nobody has said whether it bears on bids."""

    code = "clarifications.affects_unsaid"
    text = N_("请选“是否可能影响编制”：有没有 15 日这一类期限，取决于这一项。")
    status = 422


class HarmlessUnexplained(DomainError):
    """Said to bear on no bid, without a reason."""

    code = "clarifications.harmless_unexplained"
    text = N_("选了“不影响编制”，请写明理由，最多 %(most)s 个字；理由随公告公开。")
    status = 422


class ReasonMissing(DomainError):
    """A correction without a word why."""

    code = "clarifications.reason_missing"
    text = N_("请写明更正的原因，最多 %(most)s 个字；原因随公告公开。")
    status = 422


class TooLateForThis(DomainError):
    """Too near the deadline for something that bears on bids: the deadline has to move."""

    code = "clarifications.too_late_for_this"
    text = N_(
        "可能影响%(bid)s编制的，%(article)s要求至少在截止前 %(count)s %(unit)s发出，这一截止时间最晚应在 %(last)s 发出。"
        "今天发出的，截止日期要顺延到 %(earliest)s 或以后。"
    )
    status = 422


class TooLateByOwnRule(TooLateForThis):
    """The same by a figure that only advises."""

    code = "clarifications.too_late_by_own_rule"
    text = N_(
        "可能影响%(bid)s编制的，按%(article)s最好在截止前 %(count)s %(unit)s发出，这一截止时间最晚应在 %(last)s 发出。"
        "这一条只提醒；时间允许的，请把截止日期顺延到 %(earliest)s 或以后。"
    )


class DeadlineEarlier(DomainError):
    """The deadline would move earlier, or not at all."""

    code = "clarifications.deadline_earlier"
    text = N_("截止时间只能延后：新的截止时间要晚于现在的 %(closes)s。不改时间的，请留空。")
    status = 422


class LooksHeavy(DomainError):
    """A warning: said to bear on no bid, and looks as if it did."""

    code = "clarifications.looks_heavy"
    text = N_("“%(what)s”的更正通常会影响编制。起草人选了“不影响”，请复核人对照理由再看一次。")
    status = 422


class Clashes(DomainError):
    """A warning: a booked room is not free at the new hour."""

    code = "clarifications.clashes"
    text = N_("新的开标时间与场地预定冲突：%(what)s。发布后请改订场地。")
    status = 422


@dataclass(frozen=True, slots=True)
class Standing:
    """What is published and in force. ``files`` are those not replaced; ``published_on`` is the day of the notice."""

    facts: ProjectFacts
    lots: Mapping[str, LotFacts]
    files: tuple[File, ...]
    published_on: date
    closes_at: datetime
    opens_at: datetime
    prices_open_at: datetime | None = None

    @property
    def says(self) -> dict[str, str]:
        """What can be corrected, as it stands."""
        return {name: getattr(self.facts, name) for name in FACTS}

    @property
    def family(self) -> Family:
        return self.facts.family

    @property
    def method(self) -> Method:
        return self.facts.method

    @property
    def envelopes(self) -> Envelopes:
        return self.facts.envelopes


@dataclass(frozen=True, slots=True)
class Change:
    """One thing before and after: a text, an amount in fen, a file, an instant, or nothing at all."""

    item: str
    label: str
    was: Any
    now: Any
    weight: Weight
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A date that moves with the deadline: an instant, or a whole day. ``figure`` is what reckons it."""

    label: str
    was: date
    now: date
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """One rule asked of the correction: what about, by which article; without a problem it holds."""

    what: str
    source: str
    problem: Problem | None = None


class Bids(Enum):
    """What it means for whoever has sealed a bid."""

    STAND = "stand"
    COMPARE = "compare"


#: Seals are to the panel, not to the text: whatever is let through here leaves them valid.
BIDS_WORDS: dict[Bids, tuple[str, str]] = {
    Bids.STAND: (
        N_("已经签封的继续有效，不用重新签封"),
        N_("签封只认开箱组，不认公告的文字和时间；这次更正不涉及要递交的内容。"),
    ),
    Bids.COMPARE: (
        N_("已经签封的继续有效；内容是否还合适，请各家自己对照"),
        N_("封条不会因更正失效。内容受影响的，可以在截止前替换（重新签封）或者撤回；不替换的，按原样打开。"),
    ),
}


@dataclass(frozen=True, slots=True)
class Impact:
    """The whole preview."""

    changes: tuple[Change, ...]
    moves: tuple[Move, ...]
    tests: tuple[Tested, ...]
    bids: Bids
    #: Why bids should be looked at again; empty where they simply stand.
    because: tuple[str, ...] = ()

    @property
    def problems(self) -> list[Problem]:
        """Everything that stands against it, and every warning."""
        return [tested.problem for tested in self.tests if tested.problem is not None]

    @property
    def refusals(self) -> list[Problem]:
        """What makes it infeasible."""
        return [problem for problem in self.problems if problem.blocks]


def preview(
    standing: Standing,
    proposal: Proposal,
    *,
    figures: Figures,
    calendar: Calendar,
    now: datetime,
    clashes: Sequence[str] = (),
) -> Impact:
    """What would follow if it came into force at ``now``. ``clashes`` are bookings in words."""
    found = changes(standing, proposal)
    tests = tuple(_tests(standing, proposal, found, figures, calendar, now, clashes))
    bids, because = _bids(found, proposal)
    return Impact(found, moves(standing, proposal, figures, calendar), tests, bids, because)


def shift(standing: Standing, closes_at: datetime | None) -> tuple[datetime, datetime, datetime | None]:
    """Deadline, opening and price opening; the openings move with the deadline, by as much (招标投标法 34)."""
    if closes_at is None:
        return standing.closes_at, standing.opens_at, standing.prices_open_at
    by = closes_at - standing.closes_at
    return closes_at, standing.opens_at + by, standing.prices_open_at and standing.prices_open_at + by


# What changes ---------------------------------------------------------------------------------------------------


def changes(standing: Standing, proposal: Proposal) -> tuple[Change, ...]:
    """Everything that differs, in the order of the notice."""
    return tuple(_changes(standing, proposal))


def _changes(standing: Standing, proposal: Proposal) -> Iterator[Change]:
    for name, item in FACTS.items():
        if name in proposal.facts:
            yield Change(name, item.label, getattr(standing.facts, name), proposal.facts[name], item.weight)
    for code, lot in standing.lots.items():
        if code in proposal.ceilings and proposal.ceilings[code] != lot.ceiling_fen:
            yield Change(
                "ceiling", CEILING.label, lot.ceiling_fen, proposal.ceilings[code], CEILING.weight, code
            )
    by_digest = {file.sha256: file for file in standing.files}
    for file in proposal.files:
        yield Change("file", FILE.label, by_digest.get(file.replaces or ""), file, FILE.weight)
    before = (standing.closes_at, standing.opens_at, standing.prices_open_at)
    for (name, label), was, then in zip(_DATES, before, shift(standing, proposal.closes_at), strict=True):
        if was != then:
            yield Change(name, label, was, then, Weight.SLIGHT)


_DATES = (
    ("closes_at", rules.DEADLINE_LABEL),
    ("opens_at", rules.OPENING_LABEL),
    ("prices_open_at", rules.PRICES_LABEL),
)


def moves(standing: Standing, proposal: Proposal, figures: Figures, calendar: Calendar) -> tuple[Move, ...]:
    """Every date that moves with the deadline, and what is reckoned back from it."""
    found = [
        Move(change.label, change.was, change.now)
        for change in changes(standing, proposal)
        if change.item.endswith("_at")
    ]
    if not found or proposal.closes_at is None:
        return tuple(found)
    plans = [
        plan(standing.family, standing.method, standing.published_on, figures, calendar, day_of(instant))
        for instant in (standing.closes_at, proposal.closes_at)
    ]
    for was, then in zip(*(each.periods for each in plans), strict=True):
        if was.last is not None and then.last is not None and was.last != then.last:
            found.append(Move(LABELS[was.name], was.last, then.last, was.figure))
    return tuple(found)


# What is tested -------------------------------------------------------------------------------------------------


def _tests(
    standing: Standing,
    proposal: Proposal,
    found: tuple[Change, ...],
    figures: Figures,
    calendar: Calendar,
    now: datetime,
    clashes: Sequence[str],
) -> Iterator[Tested]:
    yield tested(N_("项目还在公告中"), "", [Problem(rules.NotOpen())] if now >= standing.closes_at else [])
    empty = not found and not proposal.answer.strip()
    yield tested(N_("有答复或者有更正"), "", [Problem(NothingToPublish())] if empty else [])
    subject = [Problem(each) for each in rules.check_subject(standing.family, proposal.facts)]
    if standing.family is Family.PROCUREMENT:
        yield tested(N_("不改变采购标的和资格条件"), rules.SUBJECT_ARTICLE, subject)
    yield from _contents(standing, proposal)
    yield from sayings(proposal, found)
    yield from _clarification(standing, proposal, figures, calendar, now)
    if proposal.closes_at is not None:
        yield from _dates(standing, proposal.closes_at, figures, calendar, now)
    for clash in clashes:
        yield Tested(N_("场地预定"), "", Problem(Clashes(what=clash), blocks=False))


def tested(what: str, source: str, problems: Sequence[Problem]) -> Tested:
    """One test. The first problem tells; a test has one answer."""
    return Tested(what, source, problems[0] if problems else None)


#: What a notice has to say: 招标公告和公示信息发布管理办法 5 (works), 财政部令第87号 13 (procurement).
_COMPLETE = {
    Family.WORKS: "招标公告和公示信息发布管理办法第5条",
    Family.PROCUREMENT: "财政部令第87号第13条",
}


def _contents(standing: Standing, proposal: Proposal) -> Iterator[Tested]:
    changed: dict[str, Any] = dict(proposal.facts)
    facts = replace(standing.facts, **changed)
    lots = {
        code: replace(lot, ceiling_fen=proposal.ceilings.get(code, lot.ceiling_fen))
        for code, lot in standing.lots.items()
    }
    whole = check_content(facts, list(lots.values()), len(standing.files) + len(proposal.files))
    yield tested(
        N_("更正后公告仍然完整"),
        _COMPLETE.get(standing.family, ""),
        [problem for problem in whole if problem.blocks],
    )
    if proposal.ceilings:
        yield tested(N_("最高限价不超过预算"), "", [*_refused(check_money, lots.values())])


def _refused(check: Callable[[int, int | None], None], lots: Any) -> Iterator[Problem]:
    for lot in lots:
        try:
            check(lot.budget_fen, lot.ceiling_fen)
        except DomainError as error:
            yield Problem(error)


def sayings(proposal: Proposal, found: tuple[Change, ...]) -> Iterator[Tested]:
    """What the agency has to say for itself, and what the second person should look at twice."""
    if found and not proposal.reason.strip():
        yield Tested(N_("写明更正的原因"), "", Problem(ReasonMissing(field="reason", most=rules.MAX_REASON)))
    if proposal.affects is None:
        yield Tested(N_("说明是否影响编制"), "", Problem(AffectsUnsaid(field="affects")))
    elif not proposal.affects and not proposal.harmless_because.strip():
        missing = HarmlessUnexplained(field="harmless_because", most=rules.MAX_REASON)
        yield Tested(N_("说明是否影响编制"), "", Problem(missing))
    heavy = [change.label for change in found if change.weight is Weight.HEAVY]
    if heavy and proposal.affects is False:
        yield Tested(N_("“不影响编制”的理由"), "", Problem(LooksHeavy(what=heavy[0]), blocks=False))


def _clarification(
    standing: Standing, proposal: Proposal, figures: Figures, calendar: Calendar, now: datetime
) -> Iterator[Tested]:
    """What bears on bids must be out so long before the deadline, or the deadline moves (招标投标法 23, 条例 21)."""
    figure = figures.get("clarification")
    if figure is not None and proposal.affects:
        kind = TooLateForThis if figure.blocks else TooLateByOwnRule
        closes_at = proposal.closes_at or standing.closes_at
        bid = words(standing.family, standing.method).bid
        yield in_time(LABELS["clarification"], figure, kind, closes_at, calendar, now, bid=bid)


def in_time(
    label: str,
    figure: Figure,
    kind: type[DomainError],
    closes_at: datetime,
    calendar: Calendar,
    now: datetime,
    **said: str,
) -> Tested:
    """Whether what goes out today is the figure's days before the deadline; ``kind`` is the refusal of what is not.

    ``said`` are further words of that refusal.
    """
    today, last = day_of(now), rules.backward(day_of(closes_at), figure, calendar)
    problems = []
    if today > last:
        earliest = earliest_deadline(today, figure, calendar)
        refusal = kind(
            field="closes_at",
            article=cite(figure),
            count=figure.value,
            unit=rules.UNITS[figure.unit],
            last=last.isoformat(),
            earliest=earliest.isoformat(),
            **said,
        )
        problems = [Problem(refusal, figure.blocks, figure, earliest)]
    return tested(label, cite(figure), problems)


def earliest_deadline(today: date, figure: Figure, calendar: Calendar) -> date:
    """The first working day that lies the figure's days after ``today``."""
    if figure.unit == "working-day":
        return end_of(figure, today, calendar)
    return next_working_day(today + timedelta(days=figure.value), calendar)


def _dates(
    standing: Standing, closes_at: datetime, figures: Figures, calendar: Calendar, now: datetime
) -> Iterator[Tested]:
    """The later deadline, as strictly as the first one was tested."""
    yield from later_only(standing.closes_at, closes_at, calendar)
    _, opens_at, prices_open_at = shift(standing, closes_at)
    switches = preset(standing.family, standing.method)
    problems = check_dates(
        switches,
        standing.published_on,
        figures,
        calendar,
        closes_at=closes_at,
        opens_at=opens_at,
        now=now,
        envelopes=standing.envelopes,
        prices_open_at=prices_open_at,
    )
    together = switches.together
    apart = [each for each in problems if each.blocks and each.figure is None]
    yield tested(N_("开标与截止一起推后"), together, apart)
    for name in FORWARD:
        if name in figures:
            own = [each for each in problems if each.figure is figures[name]]
            yield tested(LABELS[name], cite(figures[name]), own)
    for problem in problems:
        if not problem.blocks and problem.figure is None and not isinstance(problem.refusal, OnARestDay):
            yield Tested(N_("截止时间"), "", problem)


def later_only(was: datetime, closes_at: datetime, calendar: Calendar) -> Iterator[Tested]:
    """A deadline moves later, to a whole minute of a working day."""
    later = []
    if closes_at.second or closes_at.microsecond:
        later.append(Problem(NotAWholeMinute(field="closes_at")))
    if closes_at <= was:
        closes = was.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        later.append(Problem(DeadlineEarlier(field="closes_at", closes=closes)))
    yield tested(N_("截止时间只延后不提前"), "", later)
    day = day_of(closes_at)
    rest = []
    if not calendar.works(day).works:
        better = next_working_day(day, calendar).isoformat()
        rest.append(Problem(OnARestDay(field="closes_at", given=day.isoformat(), better=better)))
    yield tested(N_("截止当天是工作日"), "", rest)


def day_of(instant: datetime) -> date:
    """The Shanghai day."""
    return instant.astimezone(SHANGHAI).date()


# What of sealed bids --------------------------------------------------------------------------------------------


def _bids(found: tuple[Change, ...], proposal: Proposal) -> tuple[Bids, tuple[str, ...]]:
    """Only by what changes; who has bid is not asked."""
    because = []
    for change in found:
        if (
            change.item == "ceiling"
            and change.now is not None
            and (change.was is None or change.now < change.was)
        ):
            because.append(N_("最高限价降低：报价高于新限价的，评审时会被否决。"))
        elif change.weight is Weight.HEAVY and proposal.affects:
            because.append(change.label)
    if proposal.affects and not because:
        because.append(N_("答复可能影响递交文件的编制"))
    return (Bids.COMPARE if because else Bids.STAND), tuple(dict.fromkeys(because))
