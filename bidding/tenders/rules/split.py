"""Purchases split so that none of them reaches the figure for a public tender (化整为零): only ever a warning. Pure.

政府采购法实施条例 28: goods or services of one kind, bought by one buyer in a fiscal year in other ways than by public
tender, together above the figure. Whether it is one budget item, only people can say.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bidding.core.errors import N_, DomainError
from bidding.core.money import wan
from bidding.tenders.methods import Preset
from bidding.tenders.rules.figures import Figure, cite_with_region
from bidding.tenders.rules.timetable import Problem

#: What the article speaks of; works have their own rule (必须招标的工程项目规定 5).
KINDS = frozenset({"goods", "services"})
_LISTED = 10


class SplitPurchases(DomainError):
    """A warning: the year's purchases of a buyer, taken together, ask for a public tender."""

    code = "tenders.split_purchases"
    text = N_(
        "%(owner)s 今年已有 %(count)s 个同类项目没有公开招标，连同本项目合计 %(total)s 万元，超过公开招标数额 "
        "%(threshold)s 万元（%(article)s）。属于同一预算项目的，按化整为零规避公开招标处理（政府采购法实施条例第28条）。请核对：%(projects)s"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class Counted:
    """A purchase that counts: its code and title, and its budget in fen."""

    code: str
    title: str
    owner: str
    fen: int


def same_name(one: str, other: str) -> bool:
    """Whether two names are one buyer's: width and spaces do not tell them apart."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def counts(switches: Preset, subject: str) -> bool:
    """Whether a purchase made in this way counts towards the figure."""
    return switches.entry and not switches.tender and subject in KINDS


def check_split(owner: str, own_fen: int, others: Sequence[Counted], figure: Figure | None) -> list[Problem]:
    """Whether a purchase, with the others of the year, passes the figure; ``others`` are the same buyer's and kind's."""
    total = own_fen + sum(each.fen for each in others)
    if figure is None or not others or total <= figure.value:
        return []
    listed = "；".join(f"{each.code} {each.title}" for each in others[:_LISTED])
    refusal = SplitPurchases(
        owner=owner,
        count=len(others),
        total=wan(total),
        threshold=wan(figure.value),
        article=cite_with_region(figure),
        projects=listed + ("……" if len(others) > _LISTED else ""),
    )
    return [Problem(refusal, blocks=False, figure=figure)]
