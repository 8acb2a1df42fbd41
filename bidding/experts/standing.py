"""What two administrators may decide about somebody in the pool, and what such an act must say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bidding.core.errors import N_, DomainError
from bidding.experts.fitness import ActKind, Finding


class ActReason(DomainError):
    """An act on somebody's standing says why."""

    code = "pool.act_reason"
    text = N_("请写明原因和依据，例如文号。")
    status = 422


class ActDates(DomainError):
    """An end before the beginning, or none where one is needed."""

    code = "pool.act_dates"
    text = N_("截止日期不能早于开始日期；聘期必须写到哪一天。请改正日期。")
    status = 422


class FindingMissing(DomainError):
    """A bad act is one of the list."""

    code = "pool.finding"
    text = N_("请选择是哪一种不良行为；发生（认定）的日期不能晚于今天。")
    status = 422


class NotApplicable(DomainError):
    """Retiring who is retired, lifting what is lifted."""

    code = "pool.not_applicable"
    text = N_(
        "现在不能这样办：这位专家的状态已经变了，或者同样的事项正在等另一位管理员复核。请刷新页面再看。"
    )


class WhyShown(DomainError):
    """Who wants to see a number says what for."""

    code = "pool.why_shown"
    text = N_(
        "请写明为什么要看，例如“通知评审时间”。查看的人、时间、内容和原因都会留下记录，监督人员可以看到。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act as it is proposed; ``lifts`` is the uid of the suspension or finding that it lifts."""

    kind: ActKind
    reason: str
    from_on: date
    until_on: date | None = None
    finding: Finding | None = None
    lifts: str = ""


def check_proposal(proposal: Proposal, today: date) -> None:
    """Refuse an act that does not say what its kind needs."""
    if not proposal.reason.strip():
        raise ActReason(field="reason")
    until = proposal.until_on
    if (until is None and proposal.kind is ActKind.VALIDITY) or (
        until is not None and until < proposal.from_on
    ):
        raise ActDates(field="until_on")
    if proposal.kind is ActKind.FINDING and (proposal.finding is None or proposal.from_on > today):
        raise FindingMissing(field="finding")


#: The columns that are shown masked until somebody presses.
FIELD_WORDS: Mapping[str, str] = {
    "phone": N_("电话"),
    "id_number": N_("身份证号"),
    "email": N_("电子邮箱"),
}
