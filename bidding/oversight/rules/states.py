"""What a supervisor has said of a finding, and how that stands once its figures change."""

from __future__ import annotations

from enum import StrEnum

from bidding.core.errors import N_, DomainError

MOST_REASON, MOST_REFERENCE = 1000, 100


class Decision(StrEnum):
    """What a supervisor notes. None of them does anything to anybody."""

    LOOKED = "looked"  # 看过，有正常的解释
    WATCH = "watch"  # 继续留意
    CASE = "case"  # 转为案件，在监督部门自己的程序里办


class State(StrEnum):
    """How a finding stands."""

    OPEN = "open"
    CHANGED = "changed"  # noted once, and its figures are others since
    LOOKED = "looked"
    WATCH = "watch"
    CASE = "case"
    GONE = (
        "gone"  # the formula no longer speaks: a result was corrected, a ledger withdrawn, a measure changed
    )


DECISION_LABELS: dict[Decision, str] = {
    Decision.LOOKED: N_("看过，有正常的解释"),
    Decision.WATCH: N_("继续留意"),
    Decision.CASE: N_("转为案件，另按程序办理"),
}

STATE_LABELS: dict[State, str] = {
    State.OPEN: N_("没有看过"),
    State.CHANGED: N_("看过以后数字变了"),
    State.LOOKED: N_("看过"),
    State.WATCH: N_("留意中"),
    State.CASE: N_("已转案件"),
    State.GONE: N_("不再成立"),
}


class BadFilter(DomainError):
    """An address asks for a flag or a state that there is not."""

    code = "oversight.bad_filter"
    text = N_("没有“%(text)s”这样的提示或状态。请从页面上的选项里选。")
    status = 422


class ReasonMissing(DomainError):
    """A note or a change without a reason."""

    code = "oversight.reason_missing"
    text = N_("请写明理由，最多 %(most)s 字。以后看的人要靠它明白为什么。")
    status = 422


class ReferenceMissing(DomainError):
    """A case without the number under which it is kept."""

    code = "oversight.reference_missing"
    text = N_("转为案件的，请填写案件或线索的编号，最多 %(most)s 字。还没有编号的，先选“继续留意”。")
    status = 422


def check_reason(reason: str) -> str:
    """The reason with its blanks in order. Raises ``ReasonMissing``."""
    words = reason.strip()
    if not 0 < len(words) <= MOST_REASON:
        raise ReasonMissing(field="reason", most=MOST_REASON)
    return words


def check_note(decision: Decision, reason: str, reference: str) -> tuple[str, str]:
    """Reason and reference of a note. Raises ``ReasonMissing``, ``ReferenceMissing``."""
    words, number = check_reason(reason), " ".join(reference.split())
    if len(number) > MOST_REFERENCE or (decision is Decision.CASE and not number):
        raise ReferenceMissing(field="reference", most=MOST_REFERENCE)
    return words, number


def state_of(decision: Decision | None, *, same: bool, gone: bool) -> State:
    """How a finding stands: by its last note, whether its figures are those that the note saw, and whether it still holds."""
    if gone:
        return State.GONE
    if decision is None:
        return State.OPEN
    if decision is Decision.CASE:
        return State.CASE  # whoever keeps the case looks at what changes
    return State(decision.value) if same else State.CHANGED
