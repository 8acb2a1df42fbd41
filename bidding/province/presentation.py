"""How messages and their fields are shown: names, types in words, what not everybody may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from bidding.core.canonical import loads
from bidding.core.errors import N_
from bidding.province.mapping import DataSet, Field, Plan
from bidding.province.models import ProvinceMessage
from bidding.province.records import Filled, Record

#: Of a number of somebody's papers, so much is shown to those who only read.
_LAST = 4
_OF_PAPERS = ("身份证", "证件号", "账号")

#: Why the product cannot send a set, by what its table calls it.
LACKS: dict[str, str] = {
    "papers": N_("要专家的身份证件号。专家库里的证件号是封存的，本系统读不出来，也不报出去。"),
    "evaluation": N_("在评标环节产生，本系统还没有评标。"),
    "contracts": N_("本系统不记合同。"),
    "machines": N_("要投标人电脑的 CPU、硬盘、网卡号。投标文件在投标人自己的电脑上签封，本系统不采集这些。"),
    "guarantees": N_("本系统不办电子保函。"),
    "supervision": N_("监管事项、报警、投诉、奖惩由监督部门处理，在它们的系统里。"),
    "downloads": N_("招标文件不登录就能下载，谁下载了不登记。"),
    "deposits": N_("保证金由银行或者代理机构收取，本系统不记账。"),
    "recused": N_("抽取时只记要回避的单位名称，没有单位代码和省里的原因代码。"),
    "balls": N_("本系统不摇球。"),
    "rejections": N_("要否决投标的专家的身份证号；否决在评标环节作出，本系统还没有评标。"),
    "candidates": N_("中标候选人在网上公示了，还没有按省里的字段报。"),
    "objections": N_(
        "现有的异议只对单一来源公示和中标候选人公示，还没有按省里的字段报；对招标（采购）文件的异议还没有在网上办。"
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field as it stands in what was sent."""

    field: Field | None
    name: str
    value: str


def type_words(field: Field) -> Markup:
    """A type in words, with the code list that it comes from."""
    kind = field.type
    said = ""
    if kind == "T14":
        said = _("时间，例如 2026-11-23 09:30。")
    elif kind == "T8":
        said = _("日期，例如 2026-11-23。")
    elif kind.startswith("N("):
        whole, part = kind[2:-1].split(",")
        said = _("数字，整数最多 %(whole)s 位、小数最多 %(part)s 位。", whole=whole, part=part)
    elif kind.startswith("="):
        said = _("正好 %(count)s 位。", count=kind[1:])
    elif kind.startswith("<="):
        said = _("最多 %(count)s 个字。", count=kind[2:])
    elif kind.startswith(">="):
        said = _("至少 %(count)s 个字。", count=kind[2:])
    if not field.book:
        return escape(said)
    book = Markup('<span lang="zh-Hans">{}</span>').format(field.book)
    return escape(said) + escape(_("代码见省里的%(book)s。")) % {"book": book}


def wanted(records: Sequence[Record]) -> list[list[Filled]]:
    """Of every record, what a person is to fill in or has; what several records share stands at the first of them."""
    seen: set[tuple[str, str, str]] = set()
    found = []
    for record in records:
        mine = []
        for each in record.filled:
            key = each.field.ask, each.subject, each.field.code
            if (each.problem is not None or each.by_hand) and key not in seen:
                seen.add(key)
                mine.append(each)
        found.append(mine)
    return found


def sent(message: ProvinceMessage, plan: Plan) -> list[list[Line]]:
    """What was sent, record by record, in the table's order."""
    data: Mapping[str, Any] = loads(message.payload or "{}")
    fields = {field.sent_as: field for field in plan.sets[message.data_set].fields}
    order = {name: place for place, name in enumerate(fields)}
    return [
        [
            Line(fields.get(name), fields[name].name if name in fields else name, value)
            for name, value in sorted(record.items(), key=lambda pair: order.get(pair[0], len(order)))
        ]
        for record in data.get("records", ())
    ]


def shown(field: Field | None, value: str, *, whole: bool) -> str:
    """A value as somebody may read it: numbers of people's papers and accounts only their last signs, unless ``whole``."""
    if whole or field is None or not value or not any(word in field.name for word in _OF_PAPERS):
        return value
    return "*" * max(len(value) - _LAST, 0) + value[-_LAST:]


def uncoded(found: DataSet, plan: Plan) -> list[str]:
    """The code lists of a set that have no entry yet: nothing of it can be whole before the centre's file fills them."""
    lists = dict.fromkeys(field.codes for field in found.fields if field.codes and field.required)
    return [name for name in lists if not plan.codes[name]]
