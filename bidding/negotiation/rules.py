"""What has to be right about a round. Pure.

Sources: 政府采购法 38; 财政部令第74号 30 (response check), 33 (last offers, at least three), 34 (leaving);
财库〔2014〕214号 21, 22 for consultations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bidding.core.errors import N_, DomainError

MOST_REASON = 500
#: Kinds of notes: in the negotiation's log about a round, and about who left.
ROUND_NOTE, EXIT_NOTE = "round", "round-exit"
#: What the ``notice`` leaf of a round's log speaks of.
CALL_KIND = "round-call"
#: The first sign of a round's uid, which no other uid has: what is a round is known without asking.
MARK = "o"


class NoRounds(DomainError):
    """The method has none."""

    code = "negotiation.no_rounds"
    text = N_("这个项目的采购方式没有报价轮次。")


class NotYet(DomainError):
    """The responses are not open yet."""

    code = "negotiation.not_yet"
    text = N_("响应文件还没有开启，不能邀请报价。请等截止、受托人开箱以后再办。")


class RoundUnderWay(DomainError):
    """A round that is not opened yet, or waits for its second person."""

    code = "negotiation.round_under_way"
    text = N_("第 %(n)s 轮还没有办完：在等复核、在收报价，或者还没有开启。请先办完这一轮。")


class Over(DomainError):
    """The last offers were asked for: there is no further round."""

    code = "negotiation.over"
    text = N_("最后报价已经收过，不能再开新的一轮。请登记结果；最后报价不足法定家数的，按废标办理。")


class FindingsMissing(DomainError):
    """The check does not name everybody, or names somebody else."""

    code = "negotiation.findings_missing"
    text = N_("请给每一家响应的供应商登记结果：邀请，或者写明不邀请的原因。")
    status = 422


class ReasonMissing(DomainError):
    """Left out without a reason."""

    code = "negotiation.reason_missing"
    text = N_("不邀请这一家，请写明原因，最多 %(most)s 个字；它会写进日志。")
    status = 422


class TooFew(DomainError):
    """Fewer than the law wants."""

    code = "negotiation.too_few"
    text = N_(
        "只邀请了 %(count)s 家，至少要 %(least)s 家（%(by)s）。不足的，请在“登记结果”里写明没有成交供应商和原因，按废标办理。"
    )
    status = 422


class GroundMissing(DomainError):
    """Two suffice only in the cases that the law names."""

    code = "negotiation.ground_missing"
    text = N_("两家也可以继续，只限法律写明的情形。请写明是哪一种、依据或者批准文号，最多 %(most)s 个字。")
    status = 422


class TooSoon(DomainError):
    """Less time than the centre gives for an offer."""

    code = "negotiation.too_soon"
    text = N_("从发出邀请到报价截止至少 %(minutes)s 分钟（%(by)s），最早 %(earliest)s。请把截止时间往后定。")
    status = 422


class HandedIn(DomainError):
    """Somebody leaves whose offer of the running round is in."""

    code = "negotiation.handed_in"
    text = N_(
        "本单位这一轮的报价已经递交。要退出，请先用密钥文件撤回报价，再办退出；最后报价截止以后不能退出。"
    )


class TooLateToLeave(DomainError):
    """The last offers are closed."""

    code = "negotiation.too_late_to_leave"
    text = N_("最后报价已经截止，不能再退出。")


def check_findings(
    named: Collection[str], findings: Mapping[str, str], *, least: int, by: str, few: int | None, ground: str
) -> None:
    """``findings`` has for each response ``named``, by its uid, why it is left out; nothing where it is invited.

    ``least`` are wanted, or with a ``ground`` ``few``, which is None where the law knows no such case. Raises
    ``FindingsMissing``, ``ReasonMissing``, ``GroundMissing``, ``TooFew``.
    """
    if set(named) != set(findings):
        raise FindingsMissing
    for reason in findings.values():
        if len(reason) > MOST_REASON:
            raise ReasonMissing(field="findings", most=MOST_REASON)
    if len(ground) > MOST_REASON:
        raise GroundMissing(field="ground", most=MOST_REASON)
    count = sum(1 for reason in findings.values() if not reason)
    wanted = few if ground and few is not None else least
    if count < wanted:
        raise TooFew(count=count, least=wanted, by=by)


def check_deadline(now: datetime, closes_at: datetime, *, minutes: int, by: str) -> None:
    """Whether a round called at ``now`` gives enough time. Raises ``TooSoon``."""
    earliest = now + timedelta(minutes=minutes)
    if closes_at < earliest:
        raise TooSoon(field="closes_at", minutes=minutes, by=by, earliest=earliest)


def round_code(code: str, n: int) -> str:
    """PROJECT of a round, by the negotiation's."""
    return f"{code}-R{n}"
