"""What the pages of a project show, made ready to print. Pure; texts are keys of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_
from bidding.core.workdays import Calendar
from bidding.tenders.kinds import Evaluation
from bidding.tenders.methods import Preset
from bidding.tenders.models import Project
from bidding.tenders.rules import FORWARD, LABELS, Figure, Period, Plan, Problem
from bidding.tenders.words import CLOSING

#: The steps of drafting, in order: name, words, what it is about.
STEPS = (
    ("facts", N_("基本情况"), N_("名称、单位、范围、资金、联系方式")),
    ("lots", N_("标段（包）和报价"), N_("金额、保证金、报价形式")),
    ("qualification", N_("资格要求"), N_("资格条件、联合体、面向中小企业")),
    ("scoring", N_("评审办法和评分表"), N_("评审办法、评分表、价格扣除")),
    ("files", N_("文件"), N_("要发布的文件和附件")),
    ("dates", N_("时间"), N_("截止和开标；页面给出最早合法日期和依据")),
)
#: Which step a problem is mended in; what is not here, in the last.
_MENDED_IN = {
    "tenders.missing": "facts",
    "tenders.one_envelope_only": "facts",
    "tenders.still_a_copy": "facts",
    "tenders.title_twice": "facts",
    "tenders.no_intention": "facts",
    "tenders.intention_too_late": "facts",
    "tenders.no_lots": "lots",
    "tenders.security_too_high": "lots",
    "tenders.security_above_usual": "lots",
    "tenders.must_tender": "lots",
    "tenders.need_not_tender": "lots",
    "tenders.split_purchases": "lots",
    "tenders.win_max_too_high": "lots",
    "tenders.security_forms_missing": "lots",
    "tenders.cash_forbidden": "lots",
    "tenders.security_sum_above_usual": "lots",
    "tenders.reserved_unsaid": "qualification",
    "tenders.reserve_reason_unsaid": "qualification",
    "tenders.reserved_below_usual": "qualification",
    "tenders.examined_by_lot": "qualification",
    "tenders.not_prequalified": "qualification",
    "tenders.changed_since_prequalified": "qualification",
    "tenders.paper_with_examination": "facts",
    "tenders.evaluation_missing": "scoring",
    "tenders.evaluation_not_open": "scoring",
    "tenders.points_do_not_add": "scoring",
    "tenders.points_above_all": "scoring",
    "tenders.price_weight_too_low": "scoring",
    "tenders.price_weight_too_high": "scoring",
    "tenders.price_judged": "scoring",
    "tenders.fixed_price_scored": "scoring",
    "tenders.scores_a_condition": "scoring",
    "tenders.deduction_missing": "scoring",
    "tenders.deduction_outside": "scoring",
    "tenders.deduction_on_reserved": "scoring",
    "tenders.no_documents": "files",
    "tenders.document_outdated": "files",
}


#: When a deadline is proposed: in the centre's hours, with the morning left for questions.
_PROPOSED = time(14, 30)


def proposed_close(plan: Plan) -> datetime:
    """The earliest deadline that the rules let one have without a word, at an hour when people work."""
    return datetime.combine(plan.earliest_close, _PROPOSED, SHANGHAI)


def bound(plan: Plan) -> Period | None:
    """The period that decides which deadline is the earliest."""
    forward = [period for period in plan.periods if period.name in FORWARD and period.last is not None]
    return max(forward, key=lambda period: period.last or date.min, default=None)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of drafting, and what still stands against it."""

    name: str
    title: str
    hint: str
    missing: int
    warnings: int


def steps(problems: Sequence[Problem], switches: Preset) -> list[Step]:
    """The steps of a method with their problems counted; where nothing is left to choose, no step asks how bids are weighed."""
    counted: dict[str, list[int]] = {name: [0, 0] for name, _, _ in STEPS}
    for problem in problems:
        counted[_MENDED_IN.get(problem.refusal.code, "dates")][0 if problem.blocks else 1] += 1
    asked = Evaluation.COMPREHENSIVE in switches.evaluations or len(switches.evaluations) > 1
    return [
        Step(name, title, hint, *counted[name]) for name, title, hint in STEPS if asked or name != "scoring"
    ]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable. ``at`` is an instant or, where a whole day counts, a day; None: not known yet.

    ``least`` says that the figure is a bound, and not the length of the period.
    """

    title: str
    at: date | None
    figure: Figure | None = None
    rolled: bool = False
    provisional: bool = False
    least: bool = False
    state: str = ""

    @property
    def over_at(self) -> datetime:
        """When it lies in the past: a day at its end (民法典 203); what is not known yet, last of all."""
        if isinstance(self.at, datetime):
            return self.at
        if self.at is None:
            return datetime.max.replace(tzinfo=UTC)
        return datetime.combine(self.at + timedelta(days=1), time(), SHANGHAI)


def timetable(project: Project, plan: Plan, now: datetime) -> list[Entry]:
    """Every instant and legal period of a project in order of time; of a published one, what is past and what is next."""
    entries = [
        *_instants(project, plan),
        *(_period(project, period) for period in plan.periods if _alone(period)),
    ]
    entries.sort(key=lambda entry: entry.over_at)
    if project.published_at is None:
        return entries
    coming = next((entry for entry in entries if entry.over_at > now and entry.at is not None), None)
    return [replace(entry, state=_state(entry, coming, now)) for entry in entries]


def _state(entry: Entry, coming: Entry | None, now: datetime) -> str:
    if entry is coming:
        return "now"
    return "done" if entry.over_at <= now else ""


#: What periods are called where nobody wins a tender: a supplier is chosen.
_UNDER_ROUNDS = {"contract": N_("自成交通知书发出起签订合同")}


def _alone(period: Period) -> bool:
    """The time for preparing a bid is told with the deadline that it bounds."""
    return period.name != "preparation"


def _period(project: Project, period: Period) -> Entry:
    label = LABELS[period.name]
    if project.preset.quiet:
        label = _UNDER_ROUNDS.get(period.name, label)
    return Entry(label, period.last, period.figure, period.rolled, period.provisional)


def _instants(project: Project, plan: Plan) -> list[Entry]:
    found = []
    if project.published_at is not None:
        found.append(Entry(N_("公告发布，文件开始提供"), project.published_at))
    bound = plan.period("preparation")
    figure = bound.figure if bound else None
    together = project.opens_at in (None, project.closes_at)
    if project.closes_at is None:
        earliest, guessed = plan.earliest_close, plan.provisional
        found.append(Entry(N_("最早合法截止日期"), earliest, figure, provisional=guessed, least=True))
        return found
    at_once, later = CLOSING[bool(project.preset.quiet)]
    closing = at_once if together else N_("截止")
    found.append(Entry(closing, project.closes_at, figure, least=True))
    if not together:
        found.append(Entry(later, project.opens_at))
    if project.prices_open_at is not None:
        found.append(Entry(N_("报价开标（技术评审登记后，不早于）"), project.prices_open_at))
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row that are not what their weekdays say."""

    first: date
    last: date
    works: bool
    provisional: bool


def exceptions(year: int, calendar: Calendar) -> list[Span]:
    """The holidays that fall on weekdays and the weekends that are worked, runs taken together."""
    found: list[Span] = []
    day = date(year, 1, 1)
    while day.year == year:
        kind = calendar.works(day)
        if kind.works != (day.weekday() < 5):
            previous = found[-1] if found else None
            if previous and _joins(previous, day, kind.works, kind.provisional):
                found[-1] = Span(previous.first, day, kind.works, kind.provisional)
            else:
                found.append(Span(day, day, kind.works, kind.provisional))
        day += timedelta(days=1)
    return found


def _joins(span: Span, day: date, works: bool, provisional: bool) -> bool:
    return (span.last + timedelta(days=1), span.works, span.provisional) == (day, works, provisional)


def grouped(digest: str) -> str:
    """A digest as people compare it: groups of eight hex digits, as the sealing client prints it."""
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))
