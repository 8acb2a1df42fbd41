"""How bids are weighed: the scoring table adds to 100, its price weight lies in the law's band, small firms get theirs. Pure.

Points are whole tenths, so a table adds up exactly and a price weight in ‰ is the sum of its price rows. The bands, and
the articles that set them, are figures of the rulebook. Why a table is data: docs/adr/0046.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bidding.core.errors import N_, DomainError
from bidding.tenders.kinds import Evaluation, Factor, Reserved
from bidding.tenders.methods import Preset
from bidding.tenders.rules.figures import Figure, Figures, cite
from bidding.tenders.rules.timetable import Problem

#: A whole table, in tenths of a point.
WHOLE = 1000
#: More rows than anybody can score.
MAX_ROWS = 60
#: A run of signs this long, found in both, makes two texts speak of the same thing.
_SAME_RUN = 6
_SHORTEST = 3


class EvaluationMissing(DomainError):
    """Nobody can tell who will win."""

    code = "tenders.evaluation_missing"
    text = N_("还没有选评审办法。请到“评审办法和评分表”一步选一种。")
    status = 422


class EvaluationNotOpen(DomainError):
    """A way of weighing bids that this method does not have."""

    code = "tenders.evaluation_not_open"
    text = N_("这种交易方式不能用这个评审办法。请从列出的里选。")
    status = 422


class PointsDoNotAdd(DomainError):
    """A table that does not add to 100."""

    code = "tenders.points_do_not_add"
    text = N_(
        "评分表各行合计 %(total)s 分，应当正好 100 分，还差 %(short)s 分。请到“评审办法和评分表”一步补上。"
    )
    status = 422


class PointsAboveAll(PointsDoNotAdd):
    """A table of more than 100."""

    code = "tenders.points_above_all"
    text = N_(
        "评分表各行合计 %(total)s 分，应当正好 100 分，多了 %(over)s 分。请到“评审办法和评分表”一步减掉。"
    )


class PriceWeightTooLow(DomainError):
    """Price counts for less than the law wants."""

    code = "tenders.price_weight_too_low"
    text = N_(
        "评分表里价格占 %(given)s 分，%(article)s要求至少 %(least)s 分。请到“评审办法和评分表”一步提高价格分。"
    )
    status = 422


class PriceWeightTooHigh(DomainError):
    """Price counts for more than the law lets it."""

    code = "tenders.price_weight_too_high"
    text = N_(
        "评分表里价格占 %(given)s 分，%(article)s规定至多 %(most)s 分。请到“评审办法和评分表”一步降低价格分。"
    )
    status = 422


class PriceJudged(DomainError):
    """Points for the price at somebody's discretion."""

    code = "tenders.price_judged"
    text = N_(
        "价格分“%(item)s”写成了主观打分：%(article)s规定用低价优先法计算。请到“评审办法和评分表”一步改为客观，写明公式。"
    )
    status = 422


class FixedPriceScored(DomainError):
    """Points for a price that is the same for all."""

    code = "tenders.fixed_price_scored"
    text = N_(
        "价格已经固定的项目，价格不列为评审因素（%(article)s）：请删去价格行“%(item)s”，或者取消“价格固定”。"
    )
    status = 422


class ScoresACondition(DomainError):
    """A warning: what everybody must have is scored as well."""

    code = "tenders.scores_a_condition"
    text = N_(
        "评分项“%(item)s”与资格条件“%(condition)s”说的像是同一件事：资格条件不得作为评审因素（%(article)s）。请核对。"
    )
    status = 422


class DeductionMissing(DomainError):
    """Nothing said of what small firms get."""

    code = "tenders.deduction_missing"
    text = N_(
        "还没有写小微企业的价格扣除比例：%(article)s规定 %(least)s%% 到 %(most)s%%。请到“评审办法和评分表”一步填写。"
    )
    status = 422


class DeductionOutside(DomainError):
    """A deduction outside its band."""

    code = "tenders.deduction_outside"
    text = N_(
        "小微企业的价格扣除写的是 %(given)s%%，%(article)s规定 %(least)s%% 到 %(most)s%%。请到“评审办法和评分表”一步改正。"
    )
    status = 422


class DeductionOnReserved(DomainError):
    """A deduction among small firms alone."""

    code = "tenders.deduction_on_reserved"
    text = N_(
        "整个项目专门面向中小企业的，不再给小微企业价格扣除（%(article)s）。请到“评审办法和评分表”一步把扣除比例留空。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """One row of a scoring table: full points in ``tenths``, and how they are given. ``objective``: by fact or formula."""

    factor: Factor
    item: str
    tenths: int
    how: str
    objective: bool = True


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the bids of a project are weighed.

    ``fixed_price``: the price is set, so nobody scores it. ``sme_permille``: what is taken off a small firm's price
    before it is compared, None where that is not said.
    """

    evaluation: Evaluation | None = None
    fixed_price: bool = False
    sme_permille: int | None = None
    rows: tuple[CriterionFacts, ...] = ()

    @property
    def table(self) -> tuple[CriterionFacts, ...]:
        """The rows that count: without a scoring table, none."""
        return self.rows if self.evaluation is Evaluation.COMPREHENSIVE else ()

    @property
    def price_tenths(self) -> int:
        """What the price counts, in tenths; the same number is its weight in ‰."""
        return total(row for row in self.table if row.factor is Factor.PRICE)


def total(rows: Iterable[CriterionFacts]) -> int:
    """The points of rows together, in tenths."""
    return sum(row.tenths for row in rows)


def points(tenths: int) -> str:
    """``30`` or ``27.5``."""
    whole, part = divmod(tenths, 10)
    return f"{whole}.{part}" if part else str(whole)


def weight_band(subject: str, figures: Figures) -> tuple[Figure | None, Figure | None]:
    """The least and the greatest weight of the price for what is bought; None where the law sets none."""
    return figures.get(f"price-weight-{subject}-min"), figures.get(f"price-weight-{subject}-max")


def may_fix_price(subject: str, figures: Figures) -> bool:
    """Whether a price may be fixed, and so not scored: where a least weight stands, its article says so too."""
    return weight_band(subject, figures)[0] is not None


def deduction_band(subject: str, deductions: Figures) -> tuple[Figure, Figure] | None:
    """The least and the greatest deduction for small firms, in ‰ of the price; None where nothing is in force."""
    part = "works-" if subject == "construction" else ""
    least, most = deductions.get(f"sme-{part}min"), deductions.get(f"sme-{part}max")
    return (least, most) if least and most else None


def check_scoring(
    switches: Preset,
    subject: str,
    scoring: Scoring,
    *,
    conditions: Sequence[str],
    reserved: Reserved | None,
    figures: Figures,
    deductions: Figures,
) -> list[Problem]:
    """Everything that stands against weighing bids like that, and every warning.

    ``conditions`` are the texts of what a tenderer must have; ``deductions`` the figures ``procurement.evaluation.*``.
    """
    if not switches.evaluations:
        return []
    if scoring.evaluation is None:
        return [Problem(EvaluationMissing(field="evaluation"))]
    if scoring.evaluation not in switches.evaluations:
        return [Problem(EvaluationNotOpen(field="evaluation"))]
    out = []
    if scoring.evaluation is Evaluation.COMPREHENSIVE:
        out += _check_sum(scoring)
        out += _check_price(subject, scoring, figures)
        out += _check_conditions(subject, scoring, conditions, figures)
    if switches.procures:
        out += _check_deduction(subject, scoring, reserved, deductions)
    return out


def _check_sum(scoring: Scoring) -> list[Problem]:
    found = total(scoring.table)
    if found < WHOLE:
        return [Problem(PointsDoNotAdd(field="rows", total=points(found), short=points(WHOLE - found)))]
    if found > WHOLE:
        return [Problem(PointsAboveAll(field="rows", total=points(found), over=points(found - WHOLE)))]
    return []


def _check_price(subject: str, scoring: Scoring, figures: Figures) -> list[Problem]:
    least, most = weight_band(subject, figures)
    priced = [row for row in scoring.table if row.factor is Factor.PRICE]
    given = points(scoring.price_tenths)
    if scoring.fixed_price and least:
        return [
            Problem(FixedPriceScored(field="rows", item=row.item, article=cite(least)), least.blocks, least)
            for row in priced
        ]
    out = []
    if least and scoring.price_tenths < least.value:
        low = PriceWeightTooLow(field="rows", given=given, least=points(least.value), article=cite(least))
        out.append(Problem(low, least.blocks, least))
    if most and scoring.price_tenths > most.value:
        high = PriceWeightTooHigh(field="rows", given=given, most=points(most.value), article=cite(most))
        out.append(Problem(high, most.blocks, most))
    if least:
        out += [
            Problem(PriceJudged(field="rows", item=row.item, article=cite(least)), least.blocks, least)
            for row in priced
            if not row.objective
        ]
    return out


def _check_conditions(
    subject: str, scoring: Scoring, conditions: Sequence[str], figures: Figures
) -> list[Problem]:
    """By words alone, so only ever a warning: whether the thing is the same, a person has to say."""
    least, _ = weight_band(subject, figures)
    if least is None:
        return []
    return [
        Problem(
            ScoresACondition(field="rows", item=row.item, condition=found[:60], article=cite(least)),
            blocks=False,
            figure=least,
        )
        for row in scoring.table
        if row.factor is not Factor.PRICE
        for found in [next((each for each in conditions if same_words(row.item, each)), None)]
        if found is not None
    ]


def _check_deduction(
    subject: str, scoring: Scoring, reserved: Reserved | None, deductions: Figures
) -> list[Problem]:
    band = deduction_band(subject, deductions)
    if band is None or scoring.fixed_price:
        return []
    least, most = band
    said = {"least": points(least.value), "most": points(most.value), "article": cite(least)}
    given = scoring.sme_permille
    if reserved is Reserved.WHOLE:
        refusal = DeductionOnReserved(field="sme_permille", article=cite(least))
        return [Problem(refusal, least.blocks, least)] if given else []
    if given is None:
        return [Problem(DeductionMissing(field="sme_permille", **said), least.blocks, least)]
    if given < least.value or given > most.value:
        broken = least if given < least.value else most
        outside = DeductionOutside(field="sme_permille", given=points(given), **said)
        return [Problem(outside, broken.blocks, broken)]
    return []


def same_words(item: str, condition: str) -> bool:
    """Whether two texts seem to speak of one thing: one holds the other, or they share a long run of signs."""
    one, other = (re.sub(r"[\W_]+", "", text).casefold() for text in (item, condition))
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST:
        return False
    run = min(_SAME_RUN, len(short))
    return any(short[at : at + run] in long for at in range(len(short) - run + 1))
