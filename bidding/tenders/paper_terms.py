"""What the paper of a notice says of who may bid, how bids are weighed and of all lots together. Pure; of the notice's data alone.

Notices from before a fact was there say nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bidding.tenders.kinds import (
    EVALUATION_LABELS,
    FACTOR_LABELS,
    RESERVED_LABELS,
    SECURITY_FORM_LABELS,
    Evaluation,
    Factor,
    Family,
    Method,
    Reserved,
    SecurityForm,
)
from bidding.tenders.rules import points
from bidding.tenders.words import evaluation_name

Notice = Mapping[str, Any]
Table = dict[str, Any]


def way_lines(notice: Notice) -> list[str]:
    """The way of weighing bids, what small firms get, and what the agency adds."""
    said = notice.get("evaluation")
    if not said:
        return [notice["award_method"]]
    way = Evaluation(said["way"])
    name = evaluation_name(Family(notice["family"]), Method(notice["method"]), way)
    share = said["sme_permille"]
    return [
        f"{name}：{EVALUATION_LABELS[way]}",
        "价格固定，不列为评审因素。" if said["fixed_price"] else "",
        f"小微企业的报价扣除 {points(share)}% 后参加评审；合同价不变。" if share else "",
        notice["award_method"],
    ]


def scoring_table(notice: Notice) -> Table | None:
    """The scoring table with its sum; None where bids are not scored."""
    rows = (notice.get("evaluation") or {}).get("rows")
    if not rows:
        return None
    told = [
        [
            FACTOR_LABELS[Factor(row["factor"])],
            row["item"],
            points(row["tenths"]),
            row["how"],
            "客观分" if row["objective"] else "评委评分",
        ]
        for row in rows
    ]
    whole = points(sum(row["tenths"] for row in rows))
    return {
        "columns": ["类别", "评审因素", "满分", "怎样打分", "性质"],
        "rows": [*told, ["合计", "", whole, "", ""]],
    }


def conditions_table(notice: Notice) -> Table | None:
    """Each condition with its proof and its lot; None where they stand in words alone."""
    rows = notice.get("requirements")
    if not rows:
        return None
    return {
        "columns": ["资格条件", "证明材料", "适用于"],
        "rows": [[row["what"], row["proof"] or "—", row["lot"] or "全部"] for row in rows],
    }


def who_lines(notice: Notice, consortium: str) -> list[str]:
    """Consortia and their bounds, when qualification is judged, and what is kept for small firms."""
    bounds = notice.get("consortium_terms") or {}
    kept = notice.get("reserved")
    return [
        consortium
        + (f"成员最多 {bounds['max']} 家。" if bounds.get("max") else "")
        + (f"牵头人：{bounds['lead']}" if bounds.get("lead") else ""),
        _examined(notice),
        _kept(kept) if kept else "",
    ]


def _examined(notice: Notice) -> str:
    """资格预审 or 资格后审; nothing of notices from before there was a choice."""
    if notice.get("examination") == "before":
        return "资格预审：已经审查，只有收到通过资格预审通知书的申请人可以投标。"
    return "资格后审：开启以后由评审的人审查。" if notice.get("evaluation") else ""


def _kept(kept: Mapping[str, Any]) -> str:
    """专门面向中小企业: whole, a part with its share, or not, and why."""
    share = f"，份额 {points(kept['permille'])}%" if kept["permille"] else ""
    reason = f"：{kept['reason']}" if kept["reason"] else ""
    return f"中小企业：{RESERVED_LABELS[Reserved(kept['kind'])]}{share}{reason}。"


def lot_facts(notice: Notice, security: str) -> list[tuple[str, str]]:
    """How many lots one may win, and in what form ``security`` is given; empty texts where nothing was said."""
    most, forms = notice.get("win_max"), notice.get("security_forms", [])
    limit = f"可以投多个，最多中 {most} 个，按编号顺序确定" if most else ""
    several = len(notice["lots"]) > 1 and notice.get("evaluation")
    return [
        ("中标数量", limit or ("兼投兼中，不限" if several else "")),
        (f"{security}形式", "、".join(SECURITY_FORM_LABELS[SecurityForm(form)] for form in forms)),
    ]
