"""What a notice about a tender's course must say, and the articles it may rest on. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bidding.core.errors import N_
from bidding.lifecycle.rules import (
    CONSULTING,
    MOST_WORDS,
    NEGOTIATING,
    PROCURING,
    PROCURING_BY_TENDER,
    RULES,
    TENDERING,
    Kind,
    NoSuchBasis,
    WordsMissing,
)
from bidding.tenders.kinds import Family, Method


@dataclass(frozen=True, slots=True)
class Basis:
    """An article that lets a move happen, and when it does. ``law`` stays Chinese, as papers cite it."""

    code: str
    law: str
    article: str
    words: str


#: Whoever sells or lets goes by what it announced.
_SALE = Basis("own", "公告和转让（出租）文件", "", N_("公告和转让（出租）文件约定的情形"))
_OWN = Basis("own", "公告和比选文件", "", N_("公告和比选文件约定的情形"))

#: By law and kind; what a family has no line for goes by its own documents.
BASES: dict[tuple[Family, Kind], tuple[Basis, ...]] = {
    (Family.WORKS, Kind.SUSPENSION): (
        Basis("objection", RULES, "22", N_("对招标文件的异议还没有答复")),
        Basis("complaint", RULES, "62", N_("行政监督部门处理投诉，责令暂停")),
    ),
    (Family.PROCUREMENT, Kind.SUSPENSION): (
        Basis("complaint", PROCURING, "57", N_("财政部门处理投诉，书面通知暂停，最长三十日")),
    ),
    (Family.WORKS, Kind.TERMINATION): (Basis("owner", RULES, "31", N_("招标人终止招标")),),
    (Family.PROCUREMENT, Kind.TERMINATION): (
        Basis("cancelled", PROCURING_BY_TENDER, "29", N_("因重大变故，采购任务取消")),
    ),
    (Family.PROPERTY, Kind.SUSPENSION): (_SALE,),
    (Family.PROPERTY, Kind.TERMINATION): (_SALE,),
    (Family.PROPERTY, Kind.FAILURE): (_SALE,),
    (Family.WORKS, Kind.FAILURE): (
        Basis("few", TENDERING, "28", N_("投标人少于三个")),
        Basis("rejected", TENDERING, "42", N_("所有投标被否决")),
    ),
    (Family.PROCUREMENT, Kind.FAILURE): (
        Basis("few", PROCURING, "36(1)", N_("符合条件的供应商不足三家")),
        Basis("unlawful", PROCURING, "36(2)", N_("出现影响采购公正的违法、违规行为")),
        Basis("budget", PROCURING, "36(3)", N_("报价都超过采购预算，不能支付")),
        Basis("cancelled", PROCURING, "36(4)", N_("因重大变故，采购任务取消")),
    ),
}


def _terminated(law: str, ends: str, cancelled: str) -> dict[Kind, tuple[Basis, ...]]:
    """What ends a purchase that goes on in rounds: before the opening the task is cancelled, afterwards one of four."""
    task = Basis("cancelled", law, cancelled, N_("因重大变故，采购任务取消"))
    return {
        Kind.TERMINATION: (task,),
        Kind.FAILURE: (
            Basis("few", law, f"{ends}(3)", N_("符合要求的供应商，或者报价未超过预算的供应商不足三家")),
            Basis("unlawful", law, f"{ends}(2)", N_("出现影响采购公正的违法、违规行为")),
            Basis("changed", law, f"{ends}(1)", N_("因情况变化，不再符合这种采购方式的适用情形")),
            task,
        ),
    }


#: By method, where it has articles of its own.
_OF_METHOD: dict[Method, dict[Kind, tuple[Basis, ...]]] = {
    Method.NEGOTIATION: _terminated(NEGOTIATING, "37", "23"),
    Method.CONSULTATION: _terminated(CONSULTING, "34", "35"),
}


def bases(family: Family, kind: Kind, method: Method | None = None) -> tuple[Basis, ...]:
    """The articles to choose from; a resumption needs none."""
    if kind is Kind.RESUMPTION:
        return ()
    own = _OF_METHOD.get(method, {}) if method is not None else {}
    if kind in own:
        return own[kind]
    return BASES.get((family, kind), (_OWN,))


@dataclass(frozen=True, slots=True)
class Words:
    """What an agency writes into a notice. ``refunds`` only of a termination, ``next_step`` of all but a resumption."""

    reason: str
    basis: str = ""
    refunds: str = ""
    next_step: str = ""
    contact: str = ""
    phone: str = ""


#: What each notice must say besides its tender, its date and its article (domain reference §6).
ASKED: dict[Kind, tuple[str, ...]] = {
    Kind.SUSPENSION: ("reason", "next_step", "contact", "phone"),
    Kind.RESUMPTION: ("reason", "contact", "phone"),
    Kind.TERMINATION: ("reason", "refunds", "next_step", "contact", "phone"),
    Kind.FAILURE: ("reason", "next_step", "contact", "phone"),
}


def check_words(kind: Kind, family: Family, words: Words, method: Method | None = None) -> Basis | None:
    """The chosen article. Raises ``WordsMissing`` at the first field that lacks its words, ``NoSuchBasis``."""
    for name in ASKED[kind]:
        if not 0 < len(getattr(words, name).strip()) <= MOST_WORDS:
            raise WordsMissing(field=name, most=MOST_WORDS)
    known = bases(family, kind, method)
    found = next((basis for basis in known if basis.code == words.basis), None)
    if known and found is None:
        raise NoSuchBasis(field="basis")
    return found
