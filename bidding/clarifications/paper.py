"""A notice of answers or corrections as the paper that is filed, made of the data in the log alone. Pure.

The sections are those of the 更正公告 in 财办库〔2020〕50号, which asks for no less than 招标投标法实施条例 21 and the
domain reference, §6. Papers are Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from bidding.clarifications import announced
from bidding.clarifications.impact import BIDS_WORDS, Bids
from bidding.core.money import daxie, yuan
from bidding.prequalification.paper import IN_CENTRES_LOG
from bidding.tenders.paper_parts import Section, asking, framed, minute, section, words_of

Text = Mapping[str, Any]

#: Facts of a tender notice that are not at its top: where they are.
_WITHIN = {
    "owner_name": ("owner",),
    "agency_address": ("agency", "address"),
    "contact": ("contact", "name"),
    "phone": ("contact", "phone"),
}


def in_force(original: Text, corrections: Iterable[Text]) -> dict[str, Any]:
    """The tender notice's texts as these corrections, in their order, left them; lots, files and dates stay as published."""
    notice = deepcopy(dict(original))
    for item in (item for text in corrections for item in text["items"]):
        if item["lot"] is None and isinstance(item["is"], str):
            *path, last = _WITHIN.get(item["item"], (item["item"],))
            place = notice
            for name in path:
                place = place[name]
            place[last] = item["is"]
    return notice


def correction_paper(
    text: Text, original: Text, *, sha256: str, centre: str, address: str, original_address: str
) -> dict[str, Any]:
    """The data of the template ``notice``. ``text`` is as ``service.notice`` makes it; ``original`` the tender notice's as it stands by then.

    ``sha256`` is of the correction's text; ``address`` that of its page, ``original_address`` of the tender notice's.
    """
    said = words_of(original)
    return _paper(
        text,
        original,
        _Words(said.notice, f"已经签封的{said.bid}", BIDS_WORDS, "截止时间和开标时间不变"),
        sha256=sha256,
        centre=centre,
        address=address,
        original_address=original_address,
    )


def prequalification_correction_paper(
    text: Text, original: Text, *, sha256: str, centre: str, address: str, original_address: str
) -> dict[str, Any]:
    """The same of a prequalification (招标投标法实施条例 21); ``original`` is its notice as it stands by then."""
    made = _paper(
        text,
        original,
        _Words("资格预审公告", "已经递交的申请", announced.WORDS, "申请截止时间不变"),
        sha256=sha256,
        centre=centre,
        address=address,
        original_address=original_address,
    )
    return made | {"proof": IN_CENTRES_LOG}


@dataclass(frozen=True, slots=True)
class _Words:
    """What the corrected notice is called, what was handed in upon it, what becomes of that, what stays."""

    notice: str
    handed_in: str
    bids: Mapping[Bids, tuple[str, str]]
    stays: str


def _paper(
    text: Text,
    original: Text,
    said: _Words,
    *,
    sha256: str,
    centre: str,
    address: str,
    original_address: str,
) -> dict[str, Any]:
    return framed(
        original,
        name=text["kind"],
        sections=[
            _basics(text, said),
            section(
                "答疑", [("问题（提问人匿名）", text["questions"] or ""), ("答复", text["answer"] or "")]
            ),
            _corrected(text, original, said),
            _further(text, original, said),
            asking(original, "联系方式", original_address, contact=text["contact"]),
        ],
        published_at=text["published_at"],
        centre=centre,
        address=address,
        sha256=sha256,
    ) | {"about": "扫码或打开下列地址看本公告：其中有更正前后对照、写进日志的全文和原公告。"}


def _basics(text: Text, said: _Words) -> Section:
    first = text["original"]
    return section(
        "项目基本情况",
        [
            ("原公告的项目编号", text["project"]),
            ("原公告的项目名称", first["title"]),
            ("原公告名称", said.notice),
            ("首次公告日期", minute(first["published_at"])),
            ("原公告的 SHA-256", first["sha256"]),
            ("公告序号", f"本项目第 {text['number']} 号"),
        ],
    )


def _corrected(text: Text, original: Text, said: _Words) -> Section:
    if not text["items"]:
        return section("更正信息", [("更正日期", ""), ("是否更正", "本公告不改变原公告和文件")])
    names = {lot["code"]: f"{lot['code']} {lot['name']} " for lot in original["lots"]}
    rows = [
        [
            str(place),
            f"{names.get(item['lot'], '')}{item['label']}",
            _said(item, "was"),
            _said(item, "is"),
        ]
        for place, item in enumerate(text["items"], 1)
    ]
    return section(
        "更正信息",
        [
            ("更正日期", minute(text["published_at"])),
            ("更正原因", text["reason"] or ""),
            ("是否延期", _postponed(text, said)),
        ],
        table={"columns": ["序号", "更正事项", "原内容", "更正后内容"], "rows": rows},
    )


def _postponed(text: Text, said: _Words) -> str:
    moved = [
        f"{item['label']}改为 {minute(item['is'])}" for item in text["items"] if item["item"].endswith("_at")
    ]
    return f"是，{'；'.join(moved)}" if text["postponed"] else f"否，{said.stays}"


def _said(item: Text, side: str) -> str:
    """One side of a correction, in words that can stand on paper."""
    value = item[side]
    if value is None or value == "":
        return "无"
    if item["item"] == "file":
        return f"{value['name']}（{value['size']:,} 字节，SHA-256 {value['sha256']}）"
    if item["item"].endswith("_at"):
        return minute(value)
    return f"{yuan(value)} 元（{daxie(value)}）" if isinstance(value, int) else str(value)


def _further(text: Text, original: Text, said: _Words) -> Section:
    short, long = said.bids[Bids(text["bids"])]
    why = f"不影响：{text['why_not']}" if text["why_not"] else "可能影响"
    return section(
        "其他补充事宜",
        [
            ("是否可能影响编制", why),
            (said.handed_in, f"{short}。{long}"),
            ("请对照", "；".join(text["because"])),
            ("发布媒介", original.get("media") or ""),
        ],
    )
