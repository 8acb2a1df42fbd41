"""What the pages of a case show, made ready to print. Pure; texts are keys of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bidding.casework.checklists import Line, checklist
from bidding.casework.models import Case, CaseMaterial, CaseMove, CaseOpinion, CaseStep, Move
from bidding.casework.rules import (
    OPINION_WORDS,
    STEP_OF,
    STEP_WORDS,
    Due,
    Limit,
    Opinion,
    Outcome,
    State,
    Step,
    Terms,
    day_of,
    due,
)
from bidding.core.errors import N_
from bidding.core.workdays import Calendar

MOVE_WORDS: dict[Move, str] = {
    Move.OPENED: N_("开始准备材料"),
    Move.FILED: N_("提出申请"),
    Move.SUPPLEMENTED: N_("补正后重新送窗口"),
    Move.RETURNED: N_("退回补正"),
    Move.ACCEPTED: N_("受理"),
    Move.COPIED: N_("抄告部门会签"),
    Move.OPINED: N_("部门回复"),
    Move.EXTENDED: N_("延长承诺时限"),
    Move.EXAMINED: N_("审查完毕"),
    Move.REVIEWED: N_("审核决定"),
    Move.CLOSED: N_("办结"),
    Move.WITHDRAWN: N_("撤回申请"),
    Move.SPEED_ASKED: N_("提出绿色通道"),
    Move.SPED_UP: N_("批准绿色通道"),
    Move.MANAGED: N_("指定专人"),
    Move.LOGGED: N_("记代办日志"),
}
#: Silence past the limit, by whether the centre's setting lets it count as agreeing.
SILENCE = {False: N_("逾期未回复，不算同意"), True: N_("逾期未回复，按本中心设定视为同意")}
WAITING = N_("等回复")
#: The lamp of a whole case.
LAMPS = {
    State.PREPARING: "idle",
    State.FILED: "now",
    State.RETURNED: "soon",
    State.ACCEPTED: "now",
    State.EXAMINED: "now",
    State.REVIEWED: "now",
    State.CLOSED: "done",
    State.WITHDRAWN: "stop",
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step with both its limits, and how it stands; ``due`` is missing before it has begun."""

    title: str
    state: str  # done, now or empty
    begun_at: datetime | None = None
    done_at: datetime | None = None
    by: str = ""
    words: str = ""
    limit: Limit | None = None
    due: Due | None = None


def steps(case: Case, calendar: Calendar, now: datetime) -> list[StepRow]:
    """Every step begun, rounds of acceptance one by one, and after them what is to come."""
    rows = [_row(step, calendar, now) for step in case.steps]
    begun = {step.step for step in case.steps}
    order = [Step.ACCEPTANCE] if case.instant else list(Step)
    over = case.state in (State.CLOSED, State.WITHDRAWN)
    return rows + [StepRow(STEP_WORDS[step], "") for step in order if step not in begun and not over]


def _row(step: CaseStep, calendar: Calendar, now: datetime) -> StepRow:
    stands = due(step.limit, step.begun_at, calendar, at=step.done_at or now)
    return StepRow(
        STEP_WORDS[step.step],
        "done" if step.done_at else "now",
        step.begun_at,
        step.done_at,
        step.done_by.name if step.done_by else "",
        step.words,
        step.limit,
        stands,
    )


def line(case: Case) -> list[tuple[str, str]]:
    """(state, title) of the whole way, from the filing on."""
    at = STEP_OF.get(case.state)
    order = [Step.ACCEPTANCE, Step.CLOSING] if case.instant else list(Step)
    closed = case.state is State.CLOSED
    found = [("done" if case.filed_at and case.state is not State.RETURNED else "now", N_("提出申请"))]
    reached = order.index(at) if at in order else (len(order) if closed else -1)
    for place, step in enumerate(order):
        state = "done" if place < reached else "now" if place == reached else ""
        found.append((state, STEP_WORDS[step]))
    return found


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the checklist and what was handed in for it."""

    line: Line
    materials: Sequence[CaseMaterial]
    defect: str = ""


def lines(case: Case) -> list[LineRow]:
    """The whole checklist; what the last return said stands beside its line until it is answered."""
    waiting = next((each for each in case.returns if each.answered_at is None), None)
    told = {defect.line: defect.text for defect in waiting.told} if waiting else {}
    return [
        LineRow(each, [m for m in case.materials if m.line == each.code], told.get(each.code, ""))
        for each in checklist(case.checklist).lines
    ]


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """What a department said, or that it is silent."""

    department: str
    lamp: str
    words: str
    reason: str
    by: str
    given_at: datetime | None
    due_on: date
    late: bool


def opinions(case: Case, terms: Terms, now: datetime) -> list[OpinionRow]:
    """The departments in the order in which they were asked."""
    return [_opinion(row, terms, now) for row in case.opinions]


def _opinion(row: CaseOpinion, terms: Terms, now: datetime) -> OpinionRow:
    if row.opinion is not None:
        words = OPINION_WORDS[row.opinion]
        lamp = "over" if row.opinion is Opinion.OBJECT else "done"
    elif row.asked.silent(day_of(now)):
        words, lamp = SILENCE[terms.silence_agrees], "over"
    else:
        words, lamp = WAITING, "now"
    late = row.given_at is not None and day_of(row.given_at) > row.due_on
    by = row.given_by.name if row.given_by else ""
    return OpinionRow(row.organisation.name, lamp, words, row.reason, by, row.given_at, row.due_on, late)


def history(case: Case) -> list[tuple[CaseMove, str]]:
    """Every move and its words, the newest first."""
    return [(move, MOVE_WORDS[Move(move.move)]) for move in reversed(case.moves)]


def lamp(case: Case) -> str:
    """The lamp of where it stands."""
    return "stop" if case.outcome is Outcome.REFUSED else LAMPS[case.state]
