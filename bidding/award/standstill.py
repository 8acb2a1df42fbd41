"""What the publicity of a lot's candidates lets be decided about it (招标投标法实施条例 53–55; 招标投标法 57). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bidding.announcements.rules import over_at
from bidding.core.errors import N_, DomainError


class NotPublicised(DomainError):
    """A winner of whom nobody was told beforehand."""

    code = "award.not_publicised"
    text = N_(
        "%(what)s %(lot)s 的中标候选人还没有公示。请先公示中标候选人，期满没有异议、或者异议都已答复，再登记中标人（%(article)s）。"
    )


class StillStanding(DomainError):
    """The publicity is not over, or the award is dated within it."""

    code = "award.still_standing"
    text = N_("中标候选人公示到 %(last)s 24:00 为止。期满以后才能确定中标人，通知书的日期也要在这一天之后。")


class Unanswered(DomainError):
    """Somebody objected and waits for an answer."""

    code = "award.objection_unanswered"
    text = N_(
        "有 %(count)s 份对中标候选人的异议还没有答复。作出答复以前要暂停招标投标活动（%(article)s），请先答复。"
    )


class Upheld(DomainError):
    """An objection was right: the list that stands is not the one to award by."""

    code = "award.objection_upheld"
    text = N_("对中标候选人的异议已认定成立。请撤回这份公示，依法重新评审或者另行公示，再登记中标人。")


class NotACandidate(DomainError):
    """The winner named was not recommended."""

    code = "award.not_a_candidate"
    text = N_(
        "%(name)s 不在公示的中标候选人里，不能定为中标人：在候选人以外确定中标人的，中标无效（招标投标法第57条）。"
        "请选公示的候选人。"
    )
    status = 422


class NotFirst(DomainError):
    """Somebody ranks before the winner, and nobody says why they do not win."""

    code = "award.not_first_candidate"
    text = N_(
        "%(name)s 排第 %(rank)s 名。请选排名第一的；第一名放弃中标、因不可抗力不能履行合同、不按要求提交履约保证金，"
        "或者被查实有影响中标结果的违法行为的，请在“原因”里写明，会一并公开（招标投标法实施条例第55条）。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class Standing:
    """A list of candidates that is out: their bids by rank, the last day, and what came of objections."""

    bids: tuple[str, ...]
    last: date
    unanswered: int = 0
    is_upheld: bool = False


def check(
    standing: Standing, bid: str, name: str, day: date, reason: str, now: datetime, *, article: str
) -> str:
    """Why the winner is not who ranks first; empty where they do. ``day`` is that of the notice of award.

    Raises ``StillStanding``, ``Unanswered``, ``Upheld``, ``NotACandidate``, ``NotFirst``.
    """
    last = standing.last.isoformat()
    if standing.unanswered:
        raise Unanswered(count=standing.unanswered, article=article)
    if standing.is_upheld:
        raise Upheld
    if now < over_at(standing.last):
        raise StillStanding(last=last)
    if day.isoformat() <= last:
        raise StillStanding(field="awarded_on", last=last)
    if bid not in standing.bids:
        raise NotACandidate(field="winner", name=name)
    rank = standing.bids.index(bid) + 1
    if rank == 1:
        return ""
    if not reason:
        raise NotFirst(field="reason", name=name, rank=rank)
    return reason
