"""A notice about a tender's course as the paper that is filed, made of the data in the log alone. Pure.

The sections are those of the 终止公告 in 财办库〔2020〕50号, for suspensions, resumptions and failures alike; what each
must say: 招标投标法实施条例 31, 财政部令第87号 29, 政府采购法 36 (domain reference, §6). Papers are Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bidding.lifecycle.rules import Kind, title
from bidding.tenders.kinds import Family, Method
from bidding.tenders.paper_parts import Section, asking, framed, minute, section, words_of
from bidding.tenders.rules import cited

Text = Mapping[str, Any]

#: A terminated tender's own log may never become public: the centre's has its hash as well.
_IN_CENTRES_LOG = "公告数据的 SHA-256，发布时写进本项目的日志，也写进中心的日志（tender-terminated），任何人现在就可以核对："


def course_paper(
    text: Text, original: Text, *, sha256: str, centre: str, address: str, original_address: str
) -> dict[str, Any]:
    """The data of the template ``notice``. ``text`` is as ``service.notice_text`` makes it; ``original`` the tender notice's as it stands by then.

    ``sha256`` is of the first; ``address`` that of its page, ``original_address`` of the tender notice's.
    """
    kind = Kind(text["kind"])
    name = title(kind, Family(original["family"]), Method(original["method"]))
    proof = {"proof": _IN_CENTRES_LOG} if kind is Kind.TERMINATION else {}
    return (
        framed(
            original,
            name=name,
            sections=[
                _basics(text, original),
                _why(text, name),
                section("退款", lines=[text["refunds"] or ""]),
                section("其他补充事宜", [("下一步", text["next_step"] or ""), *_bids(text, original, kind)]),
                asking(original, "联系方式", original_address, contact=text["contact"]),
            ],
            published_at=text["announced_at"],
            centre=centre,
            address=address,
            sha256=sha256,
        )
        | {"about": "扫码或打开下列地址看本公告：其中有写进日志的全文和原公告。"}
        | proof
    )


def _basics(text: Text, original: Text) -> Section:
    said = words_of(original)
    named = {lot["code"]: f"{lot['number']} {lot['name']}" for lot in original["lots"]}
    return section(
        "项目基本情况",
        [
            ("项目编号", text["project"]),
            ("项目名称", text["title"]),
            ("原公告名称", said.notice),
            ("首次公告日期", minute(original["published_at"])),
            ("原公告的 SHA-256", text["of"]),
            (f"{said.deadline}时间", minute(text["closes_at"]) if text["closes_at"] else ""),
            (f"涉及的{said.lot}", "；".join(named[code] for code in text["lots"])),
        ],
    )


def _why(text: Text, name: str) -> Section:
    law, what = text["law"] or "", name.removesuffix("公告")
    return section(
        f"{what}的原因",
        [
            (f"{what}日期", minute(text["announced_at"]) if text["announced_at"] else ""),
            ("依据", cited(law, text["article"]) if text["article"] else law),
        ],
        [text["reason"]],
    )


def _bids(text: Text, original: Text, kind: Kind) -> list[tuple[str, str]]:
    """What becomes of what was handed in; never how much that is."""
    said = words_of(original)
    if kind is Kind.TERMINATION:
        return [(f"已递交的{said.bid}", "永远密封，不打开。")]
    if kind is Kind.SUSPENSION:
        return [
            (
                f"已递交的{said.bid}",
                "仍然密封有效，不用重新签封。暂停期间截止时间到了的，恢复时另定新的截止时间。",
            )
        ]
    if kind is Kind.FAILURE:  # 政府采购法 36: whoever tendered is told why
        return [("通知", f"本公告发布的同时，平台把原因通知了递交{said.bid}的各家。")]
    if text["closes_at"]:  # it resumes
        return [(f"{said.deadline}时间", f"不变：{minute(text['closes_at'])}")]
    return []
