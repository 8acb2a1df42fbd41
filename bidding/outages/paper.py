"""A correction notice of dates that moved as the paper that is filed, made of the data in the log alone. Pure.

The sections are those of the 更正公告 in 财办库〔2020〕50号. Papers are Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bidding.tenders.paper_parts import asking, framed, minute, section, words_of

Text = Mapping[str, Any]


def correction_paper(
    text: Text, original: Text, *, sha256: str, centre: str, address: str, original_address: str
) -> dict[str, Any]:
    """The data of the template ``notice``. ``text`` is as ``service.correction`` makes it; ``original`` the tender notice's, as published.

    ``sha256`` is of the first; ``address`` that of its page, ``original_address`` of the tender notice's.
    """
    said = words_of(original)
    dates = [
        (label, text[name])
        for label, name in (
            (f"{said.deadline}时间", "closes_at"),
            (f"{said.opening}时间", "opens_at"),
            ("报价开标时间", "prices_open_at"),
        )
        if name in text and text[name]["was"] != text[name]["is"]
    ]
    rows = [
        [str(place), label, minute(moved["was"]), minute(moved["is"])]
        for place, (label, moved) in enumerate(dates, 1)
    ]
    return framed(
        original,
        name="更正公告",
        sections=[
            section(
                "项目基本情况",
                [
                    ("原公告的项目编号", text["project"]),
                    ("原公告的项目名称", text["title"]),
                    ("原公告名称", said.notice),
                    ("首次公告日期", minute(original["published_at"])),
                ],
            ),
            section(
                "更正信息",
                [
                    ("更正日期", minute(text["published_at"])),
                    ("更正原因", text["reason"]),
                    ("更正序号", f"第 {text['schedule']} 次更正时间"),
                    (
                        "是否延期",
                        "是，见下表" if any("截止" in label for label, _ in dates) else "否，截止时间不变",
                    ),
                ],
                table={"columns": ["序号", "更正事项", "原内容", "更正后内容"], "rows": rows},
            ),
            section(
                "其他补充事宜",
                [
                    (f"已经递交的{said.bid}", "继续有效，不需要重新签封：签封只认开箱组，不认时间。"),
                    ("签名", "代理机构席位和监督席位都用自己的密钥签了这次更正，签名写进了项目日志。"),
                    ("发布媒介", original.get("media") or ""),
                ],
            ),
            asking(original, "联系方式", original_address),
        ],
        published_at=text["published_at"],
        centre=centre,
        address=address,
        sha256=sha256,
    ) | {"about": "扫码或打开下列地址看本公告：其中有写进日志的全文和原公告。"}
