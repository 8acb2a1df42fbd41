"""Who may take part, what is kept for small firms, and how many lots one tenderer may win. Pure.

Sources: 招标投标法 31 and 政府采购法 24 (consortia); 财库〔2020〕46号 (small firms); 政府采购法实施条例 33 (security).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bidding.core.errors import N_, DomainError
from bidding.core.money import yuan
from bidding.tenders.kinds import Examination, Reserved, SecurityForm
from bidding.tenders.methods import Preset
from bidding.tenders.rules.criteria import points
from bidding.tenders.rules.figures import Figures, cite
from bidding.tenders.rules.timetable import Problem

#: A consortium of one is none.
LEAST_MEMBERS, MOST_MEMBERS = 2, 20
#: The whole, in ‰.
ALL = 1000


class ReservedUnsaid(DomainError):
    """A warning: nothing said of small and medium enterprises."""

    code = "tenders.reserved_unsaid"
    text = N_(
        "还没有写是不是专门面向中小企业（财库〔2020〕46号第6条要求预留采购份额）。请到“资格要求”一步选一项。"
    )
    status = 422


class ReasonUnsaid(DomainError):
    """A warning: nothing is reserved, and not said why."""

    code = "tenders.reserve_reason_unsaid"
    text = N_("不预留份额的，应当有财库〔2020〕46号第6条所列的理由。请到“资格要求”一步写明是哪一种。")
    status = 422


class ShareBelowUsual(DomainError):
    """A warning: less is reserved than the rule for a buyer's whole budget says."""

    code = "tenders.reserved_below_usual"
    text = N_(
        "预留给中小企业的份额是 %(given)s%%，低于 %(least)s%%（%(article)s）。请核对，或者到“资格要求”一步提高。"
    )
    status = 422


class WinMaxTooHigh(DomainError):
    """A limit on lots that limits nothing."""

    code = "tenders.win_max_too_high"
    text = N_(
        "最多中 %(given)s 个，可是一共只有 %(count)s 个标段（包）。请到“标段”一步改小，或者留空表示不限。"
    )
    status = 422


class SecurityFormsMissing(DomainError):
    """Security asked for, and nothing said of how to give it."""

    code = "tenders.security_forms_missing"
    text = N_("收保证金的，要写明可以用什么形式交。请到“标段”一步至少选一种。")
    status = 422


class CashForbidden(DomainError):
    """Cash where the law wants none."""

    code = "tenders.cash_forbidden"
    text = N_(
        "政府采购的保证金应当用支票、汇票、本票或者保函等非现金形式（%(article)s）。请到“标段”一步取消“现金”。"
    )
    status = 422


class SecuritySumAboveUsual(DomainError):
    """A warning: every lot's security is within the cap, all of them together are not."""

    code = "tenders.security_sum_above_usual"
    text = N_(
        "各标段（包）保证金合计 %(given)s 元，超过 %(cap)s 元：%(article)s的最高额是按标段还是按整个项目计算，有待核对。"
        "请核对，或者到“标段”一步把合计降到 %(cap)s 元以内。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class RequirementFacts:
    """One condition: ``what`` a tenderer must have, its ``proof``, and the code of its ``lot``; empty, all lots."""

    what: str
    proof: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Qualification:
    """Who may take part, and when that is examined. ``reserved_permille`` is the share of a part."""

    requirements: tuple[RequirementFacts, ...] = ()
    consortium_max: int | None = None
    consortium_lead: str = ""
    reserved: Reserved | None = None
    reserved_permille: int | None = None
    reserved_reason: str = ""
    examination: Examination = Examination.AFTER


@dataclass(frozen=True, slots=True)
class LotTerms:
    """What holds for all lots together. ``win_max``: how many one tenderer may win, None for any number."""

    win_max: int | None = None
    security_forms: tuple[SecurityForm, ...] = ()


def check_reserve(switches: Preset, found: Qualification, deductions: Figures) -> list[Problem]:
    """What is not said of small firms where public procurement asks for it: only ever warnings."""
    if not switches.procures:
        return []
    if found.reserved is None:
        return [Problem(ReservedUnsaid(field="reserved"), blocks=False)]
    if found.reserved is Reserved.NO and not found.reserved_reason.strip():
        return [Problem(ReasonUnsaid(field="reserved_reason"), blocks=False)]
    least = deductions.get("reserved-permille")
    if found.reserved_permille is not None and least and found.reserved_permille < least.value:
        refusal = ShareBelowUsual(
            field="reserved_permille",
            given=points(found.reserved_permille),
            least=points(least.value),
            article=cite(least),
        )
        return [Problem(refusal, least.blocks, least)]
    return []


def check_lot_terms(
    switches: Preset, subject: str, terms: LotTerms, securities: Sequence[int], figures: Figures
) -> list[Problem]:
    """What stands against the terms of the lots; ``securities`` is each lot's in fen, 0 where none is asked for."""
    out = []
    count = len(securities)
    if terms.win_max is not None and count and terms.win_max >= count:
        out.append(Problem(WinMaxTooHigh(field="win_max", given=terms.win_max, count=count)))
    if not any(securities):
        return out
    if not terms.security_forms:
        out.append(Problem(SecurityFormsMissing(field="security_forms")))
    cap = figures.get("security-permille")
    if switches.procures and SecurityForm.CASH in terms.security_forms and cap:
        out.append(Problem(CashForbidden(field="security_forms", article=cite(cap)), cap.blocks, cap))
    most = figures.get("security-max-services" if subject == "services" else "security-max")
    whole = sum(securities)
    if most and whole > most.value >= max(securities):
        refusal = SecuritySumAboveUsual(
            field="security", given=yuan(whole), cap=yuan(most.value), article=cite(most)
        )
        out.append(Problem(refusal, False, most))
    return out
