"""From which pool a project's experts may come: a county's own is for what is below the limits. Pure.

招标投标法 37, 招标投标法实施条例 45 (the comprehensive pools are the provinces' and the ministries'); 政府采购法实施条例 39, 62 (the pool
of government procurement is the provincial finance department's). A comparison (比选) is under no such rule.
"""

from __future__ import annotations

from collections.abc import Mapping

from bidding.core.errors import N_, DomainError
from bidding.core.money import wan
from bidding.tenders.kinds import Family
from bidding.tenders.rules import Figure, Problem, cite, cite_with_region


class OwnPool(DomainError):
    """The centre's own pool is asked for what has to be drawn from the province's."""

    code = "draw.own_pool"
    text = N_(
        "项目合计 %(given)s 万元，达到 %(threshold)s 万元（%(limit)s），评审专家应当从省级专家库抽取（%(source)s）；"
        "本中心自己的专家库用于限额以下和比选的项目。请核对。"
    )
    status = 409


def own_pool(
    family: Family,
    subject: str,
    total_fen: int,
    entry: Mapping[str, Figure],
    figure: Figure | None,
) -> Problem | None:
    """What stands against drawing from the centre's own pool; by the figure's mark it blocks or is a warning.

    ``entry`` are the thresholds by their full codes, ``figure`` the family's ``experts.provincial-pool``: 1 for yes.
    """
    if figure is None or not figure.value:
        return None
    if family is Family.WORKS:
        limit = entry.get(f"works.entry.{subject}")
    else:
        name = "works" if subject == "construction" else "goods-services"
        limit = entry.get(f"procurement.entry.{name}")
    if limit is None or total_fen < limit.value:
        return None
    refusal = OwnPool(
        given=wan(total_fen), threshold=wan(limit.value), limit=cite_with_region(limit), source=cite(figure)
    )
    return Problem(refusal, figure.blocks, figure)
