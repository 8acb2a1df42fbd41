"""Thresholds and caps: which method an amount asks for, and what may be demanded of a tenderer."""

from __future__ import annotations

from collections.abc import Mapping

from bidding.core.errors import N_, DomainError
from bidding.core.money import wan, yuan
from bidding.tenders.kinds import Family
from bidding.tenders.methods import Preset
from bidding.tenders.rules.figures import Figure, Figures, cite, cite_with_region
from bidding.tenders.rules.timetable import Problem


class BudgetBelowCeiling(DomainError):
    """A ceiling that the budget cannot pay."""

    code = "tenders.budget_below_ceiling"
    text = N_("最高限价 %(ceiling)s 元超过了预算 %(budget)s 元。请降低最高限价，或先调整预算。")
    status = 422


class CeilingOnASale(DomainError):
    """A highest price where the highest price wins."""

    code = "tenders.ceiling_on_a_sale"
    text = N_("转让、出租的标的只有起始价，没有最高限价：报价高者得。请把最高限价留空。")
    status = 422


class BudgetMissing(DomainError):
    """A lot without money."""

    code = "tenders.budget_missing"
    text = N_("预算要大于零。请填写这个标段（包）的预算，单位是元。")
    status = 422


class StartMissing(BudgetMissing):
    """Something to be sold without a starting price."""

    code = "tenders.start_missing"
    text = N_("起始价要大于零。请填写这个标的的起始价（底价），单位是元。")


class SecurityTooHigh(DomainError):
    """More security than the law lets anybody demand."""

    code = "tenders.security_too_high"
    text = N_(
        "“%(lot)s”的保证金 %(given)s 元超过上限 %(cap)s 元：%(article)s规定不得超过估算价（预算）的 %(share)s。"
        "请到“标段”一步改成 %(cap)s 元以内，或者留空不收。"
    )
    status = 422


class SecurityAboveUsual(DomainError):
    """More security than a text that still has to be checked allows."""

    code = "tenders.security_above_usual"
    text = N_(
        "“%(lot)s”的保证金 %(given)s 元超过 %(cap)s 元：%(article)s另有最高额。请核对，或者到“标段”一步改成 %(cap)s 元以内。"
    )
    status = 422


class MustTender(DomainError):
    """A warning: the amount asks for a public tender."""

    code = "tenders.must_tender"
    text = N_("合计 %(given)s 万元，达到 %(threshold)s 万元（%(article)s），应当公开招标。请核对交易方式。")
    status = 422


class NeedNotTender(DomainError):
    """A remark: the amount would allow a simpler way."""

    code = "tenders.need_not_tender"
    text = N_(
        "合计 %(given)s 万元，未达到 %(threshold)s 万元（%(article)s），不是必须招标；可以继续，也可以改用比选。"
    )
    status = 422


def check_money(budget_fen: int, ceiling_fen: int | None, *, sells: bool = False) -> None:
    """Raise ``BudgetMissing``, ``BudgetBelowCeiling`` or ``CeilingOnASale`` for amounts, in fen, that cannot stand.

    Of what is sold the budget is the starting price, below which nothing is sold; there is no ceiling.
    """
    if budget_fen <= 0:
        raise (StartMissing if sells else BudgetMissing)(field="budget")
    if sells and ceiling_fen is not None:
        raise CeilingOnASale(field="ceiling")
    if ceiling_fen is not None and ceiling_fen > budget_fen:
        raise BudgetBelowCeiling(field="ceiling", ceiling=yuan(ceiling_fen), budget=yuan(budget_fen))


def security_cap(budget_fen: int, figures: Figures) -> int | None:
    """The most fen of security that may be asked, rounded down; None where no figure says."""
    share = figures.get("security-permille")
    return budget_fen * share.value // 1000 if share else None


def check_security(
    lot: str, subject: str, budget_fen: int, security_fen: int, figures: Figures
) -> list[Problem]:
    """What stands against the security demanded for one lot; amounts in fen."""
    out = []
    share, cap = figures.get("security-permille"), security_cap(budget_fen, figures)
    given = yuan(security_fen)
    if share and cap is not None and security_fen > cap:
        refusal = SecurityTooHigh(
            field="security",
            lot=lot,
            given=given,
            cap=yuan(cap),
            article=cite(share),
            share=f"{share.value / 10:g}%",
        )
        out.append(Problem(refusal, share.blocks, share))
    most = figures.get("security-max-services" if subject == "services" else "security-max")
    if most and security_fen > most.value:
        refusal_usual = SecurityAboveUsual(
            field="security", lot=lot, given=given, cap=yuan(most.value), article=cite(most)
        )
        out.append(Problem(refusal_usual, most.blocks, most))
    return out


def check_entry(switches: Preset, subject: str, total_fen: int, entry: Mapping[str, Figure]) -> list[Problem]:
    """Whether the amount, all lots together, fits the method: only ever a warning.

    ``entry`` holds the thresholds by their full codes. Lots that could be bought together count together
    (必须招标的工程项目规定 5).
    """
    if not switches.entry:
        return []
    if switches.family is Family.WORKS or subject == "construction":
        figure = entry.get(f"works.entry.{subject}")
    else:
        figure = entry.get("procurement.entry.open-tender")
    if figure is None or not total_fen:
        return []
    params = {"given": wan(total_fen), "threshold": wan(figure.value), "article": cite_with_region(figure)}
    if not switches.tender and total_fen >= figure.value:
        return [Problem(MustTender(**params), blocks=False, figure=figure)]
    if switches.tender and switches.family is Family.WORKS and total_fen < figure.value:
        return [Problem(NeedNotTender(**params), blocks=False, figure=figure)]
    return []
