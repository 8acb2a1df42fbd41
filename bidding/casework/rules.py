"""How a case goes on, and by when: moves, limits, and what a window may send back. Pure.

Each step has two limits (法定时限、承诺时限), counted in working days from the day after it began; the promised one
never passes the other. What moves a limit moves the promised one only: an extension as far as the statutory limit,
the fast track the other way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError, WrongState
from bidding.core.workdays import Calendar, add_working_days


class State(Enum):
    """Where a case stands by what people decided."""

    PREPARING = "preparing"  # the applicant gathers materials
    FILED = "filed"  # 申请, at the window
    RETURNED = "returned"  # 退回补正
    ACCEPTED = "accepted"  # 受理, under examination
    EXAMINED = "examined"  # 审查 done, under review
    REVIEWED = "reviewed"  # 审核 done, to be closed
    CLOSED = "closed"  # 办结
    WITHDRAWN = "withdrawn"


class Step(Enum):
    """The window's steps (受理—审查—审核—办结)."""

    ACCEPTANCE = "acceptance"
    EXAMINATION = "examination"
    REVIEW = "review"
    CLOSING = "closing"


class Act(Enum):
    """What somebody does to a case that changes its state."""

    FILE = "file"
    RETURN = "return"
    ACCEPT = "accept"
    EXAMINE = "examine"
    REVIEW = "review"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class Outcome(Enum):
    """What a case came to."""

    GRANTED = "granted"
    REFUSED = "refused"


class Opinion(Enum):
    """What a department says of a case that was copied to it (会签)."""

    AGREE = "agree"
    OBJECT = "object"
    NONE = "none"  # 无意见: it was read, and nothing is said for or against


class How(Enum):
    """How a line of the checklist is answered."""

    FILE = "file"
    PAPER = "paper"  # the original is handed in at the window
    NONE = "none"  # the project has none of it, for a reason
    DECLARED = "declared"  # 告知承诺: the applicant declares that it has it, and shows it on demand


STATE_WORDS = {
    State.PREPARING: N_("准备材料"),
    State.FILED: N_("已申请，等窗口受理"),
    State.RETURNED: N_("已退回，等补正"),
    State.ACCEPTED: N_("已受理，正在审查"),
    State.EXAMINED: N_("已审查，等审核"),
    State.REVIEWED: N_("已审核，等办结"),
    State.CLOSED: N_("已办结"),
    State.WITHDRAWN: N_("已撤回"),
}
STEP_WORDS = {
    Step.ACCEPTANCE: N_("受理"),
    Step.EXAMINATION: N_("审查"),
    Step.REVIEW: N_("审核"),
    Step.CLOSING: N_("办结"),
}
OUTCOME_WORDS = {Outcome.GRANTED: N_("同意进场交易"), Outcome.REFUSED: N_("不予同意")}
OPINION_WORDS = {Opinion.AGREE: N_("同意"), Opinion.OBJECT: N_("不同意"), Opinion.NONE: N_("无意见")}
HOW_WORDS = {
    How.FILE: N_("上传文件"),
    How.PAPER: N_("原件交窗口"),
    How.NONE: N_("本项目没有"),
    How.DECLARED: N_("告知承诺（本单位已有，随时出示）"),
}
#: What an applicant says by a declaration: on the record of the case, and in the statement that the log has the digest of.
DECLARATION = N_(
    "申请单位承诺：标明“告知承诺”的材料本单位已经取得，真实有效，窗口或者监督部门要看时随时出示；承诺不实的，由本单位承担责任。"
)

_MOVES: dict[tuple[State, Act], State] = {
    (State.PREPARING, Act.FILE): State.FILED,
    (State.RETURNED, Act.FILE): State.FILED,
    (State.FILED, Act.RETURN): State.RETURNED,
    (State.FILED, Act.ACCEPT): State.ACCEPTED,
    (State.ACCEPTED, Act.EXAMINE): State.EXAMINED,
    (State.EXAMINED, Act.REVIEW): State.REVIEWED,
    (State.REVIEWED, Act.CLOSE): State.CLOSED,
    **{
        (state, Act.WITHDRAW): State.WITHDRAWN
        for state in (State.PREPARING, State.FILED, State.RETURNED, State.ACCEPTED, State.EXAMINED)
    },
}
#: Which step the window is at.
STEP_OF: dict[State, Step] = {
    State.FILED: Step.ACCEPTANCE,
    State.ACCEPTED: Step.EXAMINATION,
    State.EXAMINED: Step.REVIEW,
    State.REVIEWED: Step.CLOSING,
}
#: States in which a subject has its one live case.
LIVE = frozenset(State) - {State.CLOSED, State.WITHDRAWN}
#: States in which the applicant changes the materials.
EDITABLE = frozenset({State.PREPARING, State.RETURNED})


class MaterialsMissing(DomainError):
    """A filing that leaves lines of the checklist unanswered; all of them are named at once."""

    code = "casework.materials_missing"
    text = N_("还有 %(count)s 项没有交：%(lines)s。逐项上传、勾选“原件交窗口”，或者写明本项目没有的理由。")
    status = 422


class DefectsMissing(DomainError):
    """A return that names nothing to mend."""

    code = "casework.defects_missing"
    text = N_("请写明要补正什么。一次性告知：所有问题一次说全。")
    status = 422


class ToldLate(DomainError):
    """A further return about what lay at the window the first time."""

    code = "casework.told_late"
    text = N_(
        "%(lines)s：上一次退回时就在窗口，却没有告知。一次性告知只能一次；确实要再退的，请写明原因，会作为程序事项记给监督部门。"
    )
    status = 422


class OpinionsOutstanding(DomainError):
    """An examination that would end before the departments' limit."""

    code = "casework.opinions_outstanding"
    text = N_("还有 %(count)s 个部门没有回复，时限到 %(due)s。都回复了，或者过了这一天，才能审查完毕。")


class BeyondStatutory(DomainError):
    """An extension past the statutory limit."""

    code = "casework.beyond_statutory"
    text = N_("承诺时限最多延到法定时限：还能延 %(most)s 个工作日。法定时限不能由窗口延长。")
    status = 422


class ReasonMissing(DomainError):
    """An act that needs its reason written down."""

    code = "casework.reason_missing"
    text = N_("请写明理由，申请人和监督部门会看到。")
    status = 422


def after(state: State, act: Act, *, instant: bool = False) -> State:
    """The state that an act leads to; what is done at once is closed by being accepted. Raises ``WrongState``."""
    if instant and (state, act) == (State.FILED, Act.ACCEPT):
        return State.CLOSED
    found = _MOVES.get((state, act))
    if found is None:
        raise WrongState
    return found


# Limits ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limit:
    """Both limits of a step, in working days."""

    statutory: int
    promised: int

    @classmethod
    def of(cls, statutory: int, promised: int) -> Limit:
        """The two figures of the rulebook; a promise beyond the law is cut to it."""
        return cls(statutory, min(max(promised, 1), statutory))

    def faster(self, permille: int) -> Limit:
        """On the fast track: the promise alone shrinks, to a whole day and to one at least."""
        promised = max(1, -(-self.promised * permille // 1000))
        return Limit(self.statutory, min(promised, self.promised))

    def later(self, days: int) -> Limit:
        """With the promise put off. Raises ``BeyondStatutory``."""
        most = self.statutory - self.promised
        if not 0 < days <= most:
            raise BeyondStatutory(field="days", most=most)
        return Limit(self.statutory, self.promised + days)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the centre works by today: limits of the steps, of countersigning, and what speed and silence mean."""

    limits: dict[Step, Limit]
    countersign_days: int
    fast_permille: int
    silence_agrees: bool
    calendar: Calendar

    def limit(self, step: Step, *, fast: bool) -> Limit:
        """The limits of a step that begins now."""
        found = self.limits[step]
        return found.faster(self.fast_permille) if fast else found


@dataclass(frozen=True, slots=True)
class Due:
    """By when a step is due, and how it stands: what lights are drawn from.

    ``left``: working days until the promised day, negative once it has passed; of a finished step, as it was then.
    """

    promised_on: date
    statutory_on: date
    left: int
    overdue: bool
    beyond_law: bool


def day_of(instant: datetime) -> date:
    """The day in Shanghai, where periods are counted."""
    return instant.astimezone(SHANGHAI).date()


def due(limit: Limit, begun_at: datetime, calendar: Calendar, *, at: datetime) -> Due:
    """How a step that began then stands at an instant: now, or when it was done. The day it began is not counted."""
    begun_on, on = day_of(begun_at), day_of(at)
    promised = add_working_days(begun_on, limit.promised, calendar)
    statutory = add_working_days(begun_on, limit.statutory, calendar)
    return Due(promised, statutory, days_left(on, promised, calendar), on > promised, on > statutory)


def days_left(on: date, until: date, calendar: Calendar) -> int:
    """Working days from a day to another, which is counted; below zero once it has passed."""
    if on <= until:
        return _worked(on, until, calendar)
    return -_worked(until, on, calendar)


def _worked(first: date, last: date, calendar: Calendar) -> int:
    return sum(calendar.works(first + timedelta(days=n)).works for n in range(1, (last - first).days + 1))


# Countersigning --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A department that the case was copied to: what it said, and by when it had to."""

    opinion: Opinion | None
    due_on: date

    def silent(self, on: date) -> bool:
        """Whether its time is over and it has said nothing."""
        return self.opinion is None and on > self.due_on


def check_opinions(asked: Collection[Asked], on: date) -> None:
    """Refuse to end an examination while departments may still answer. Raises ``OpinionsOutstanding``."""
    waiting = [each for each in asked if each.opinion is None and not each.silent(on)]
    if waiting:
        raise OpinionsOutstanding(count=len(waiting), due=max(each.due_on for each in waiting).isoformat())


# Returning -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing to mend; ``line`` is a code of the checklist, empty for what belongs to none."""

    line: str
    text: str


def told_late(
    defects: Sequence[Defect], before: Sequence[Sequence[Defect]], brought: Collection[str]
) -> list[Defect]:
    """Those of a return's defects that should have stood in an earlier one.

    ``before`` are the earlier returns, ``brought`` the lines that the supplement changed. What was named before and is
    still wrong may be named again; what the supplement itself brought is new.
    """
    if not before:
        return []
    named = {defect.line for each in before for defect in each if defect.line}
    return [defect for defect in defects if defect.line not in named | set(brought)]
