"""An announcement as the paper that is filed, made of the data in the log alone. Pure.

Sources: the table and sentences of the annex to 财库〔2020〕10号 (采购意向); the 单一来源采购公示 of 财办库〔2020〕50号,
which asks for no less than 财政部令第74号 38; 招标公告和公示信息发布管理办法 6 (中标候选人公示). Papers are Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bidding.announcements.rules import PRESETS, Kind
from bidding.core.clock import SHANGHAI
from bidding.core.money import daxie, wan, yuan
from bidding.tenders.paper_parts import Section, asking, framed, section
from bidding.tenders.rules import UNIT_LABELS, cited

Text = Mapping[str, Any]

_PROOF = "公告数据的 SHA-256，发布时写进%s的日志，任何人现在就可以核对："
_FIRST_STEP = (
    "本次公开的采购意向是本单位政府采购工作的初步安排，具体采购项目情况以相关采购公告和采购文件为准。"
)
_OBJECTING = (
    "任何供应商、单位或者个人对本公示有异议的，可以在公示期内将书面意见反馈给采购人、采购代理机构，并同时抄送财政部门；"
    "已在本平台登记的单位，可以在本公示的网页上提出，异议和答复都在网页上公开。"
)
_OBJECTING_TO_CANDIDATES = (
    "投标人或者其他利害关系人对评标结果有异议的，应当在公示期内提出。可以书面提交，也可以登录本平台在本公示的网页上提出，"
    "异议和答复都在网页上公开。作出答复前，暂停招标投标活动。"
)


def announcement_paper(
    text: Text, *, sha256: str, centre: str, address: str, is_draft: bool = False
) -> dict[str, Any]:
    """The data of the template ``notice``. ``text`` is as ``contents.announcement_text`` makes it; ``address`` that of its page."""
    kind = Kind(text["kind"])
    made = framed(
        {"project": "", **text},
        name=PRESETS[kind].title,
        sections=_SECTIONS[kind](text, address),
        published_at=text["published_at"],
        centre=centre,
        address=address,
        sha256=sha256,
    )
    return made | {
        "is_draft": is_draft,
        "proof": _PROOF % ("项目" if PRESETS[kind].of_lot else "本中心"),
        "about": "扫码或打开下列地址看本公告：其中有写进日志的全文，是否撤回也在那里。",
    }


def _intention(text: Text, address: str) -> list[Section]:
    at = text["published_at"]
    month = f"{datetime.fromtimestamp(at, SHANGHAI):%Y 年 %-m 月}" if at is not None else "　年　月"
    lead = (
        "为便于供应商及时了解政府采购信息，根据《财政部关于开展政府采购意向公开工作的通知》（财库〔2020〕10号）等有关规定，"
        f"现将{text['owner']} {month}采购意向公开如下："
    )
    row = [
        "1",
        text["title"],
        text["summary"],
        wan(text["budget_fen"]) if text["budget_fen"] is not None else "",
        _month(text["expected"]),
        text["note"] or "",
    ]
    columns = ["序号", "采购项目名称", "采购需求概况", "预算金额（万元）", "预计采购时间", "备注"]
    return [
        section("采购意向", lines=[lead], table={"columns": columns, "rows": [row]}),
        section("说明", lines=[_FIRST_STEP, _media(text)]),
        asking(text, "联系方式", address),
    ]


def _single(text: Text, address: str) -> list[Section]:
    opinions = [[each["name"], each["unit"], each["post"], each["words"]] for each in text["opinions"]]
    budget = text["budget_fen"]
    finance = text["finance"]
    who = asking(text, "联系方式", address)
    who["facts"] += [
        [label, value]
        for label, value in (
            ("财政部门", finance["name"]),
            ("财政部门地址", finance["address"]),
            ("财政部门联系方式", finance["contact"]),
        )
        if value
    ]
    return [
        section(
            "项目信息",
            [
                ("采购人", text["owner"]),
                ("项目名称", text["title"]),
                ("拟采购的货物或服务的说明", text["summary"]),
                ("预算金额", f"{yuan(budget)} 元（{daxie(budget)}）" if budget is not None else ""),
                ("采用单一来源采购方式的原因及说明", text["reason"]),
            ],
        ),
        section(
            "拟定供应商信息",
            [("名称", text["supplier"]["name"]), ("地址", text["supplier"]["address"])],
        ),
        section(
            "专业人员论证意见",
            table={"columns": ["姓名", "工作单位", "职称", "论证意见"], "rows": opinions}
            if opinions
            else None,
        ),
        section("公示期限", lines=[_period(text)]),
        section("异议", lines=[_OBJECTING]),
        section("其他需要公示的内容", lines=[text["note"] or "", _media(text)]),
        who,
    ]


def _candidates(text: Text, address: str) -> list[Section]:
    rows = [
        [
            str(each["rank"]),
            f"{each['name']}（{each['uscc']}）",
            f"{yuan(each['price_fen'])} 元" if each["price_fen"] is not None else each["price_text"],
            "" if each["days"] is None else f"{each['days']} 日",
            each["quality"],
            each["lead"],
            each["fit"],
            each["score"],
        ]
        for each in text["candidates"]
    ]
    columns = [
        "排序",
        "中标候选人（统一社会信用代码）",
        "投标报价",
        "工期（交货期）",
        "质量",
        "项目负责人及证书编号",
        "资格能力条件的响应",
        "评审得分",
    ]
    authority = text["authority"]
    return [
        section(
            "招标项目",
            [
                ("招标人", text["owner"]),
                ("项目和标段", text["title"]),
                ("项目编号", f"{text['project']} / {text['lot']}"),
            ],
        ),
        section("中标候选人", table={"columns": columns, "rows": rows} if rows else None),
        section("评标情况", lines=[text["summary"], f"评标报告收到日期：{text['reported_on'] or ''}"]),
        section("公示期限", lines=[_period(text)]),
        section("提出异议的渠道和方式", lines=[_OBJECTING_TO_CANDIDATES, _reply(text)]),
        section(
            "行政监督部门",
            [
                ("名称", authority["name"]),
                ("地址", authority["address"]),
                ("联系方式", authority["contact"]),
            ],
        ),
        section("其他需要公示的内容", lines=[text["note"] or "", _media(text)]),
        asking(text, "联系方式", address),
    ]


_SECTIONS = {Kind.INTENTION: _intention, Kind.SINGLE_SOURCE: _single, Kind.CANDIDATES: _candidates}


def _reply(text: Text) -> str:
    found = text["reply"]
    if not found:
        return ""
    length = f"{found['value']} {UNIT_LABELS[found['unit']]}"
    return f"招标人自收到异议之日起 {length}内答复。依据：{_articles(found)}。"


def _articles(found: Mapping[str, Any]) -> str:
    return "、".join(
        cited(law, article)
        for law, article in zip(found["law"].split("；"), found["article"].split("；"), strict=True)
    )


def _period(text: Text) -> str:
    found, at = text["publicity"], text["published_at"]
    if found is None:
        return ""
    articles = _articles(found)
    length = f"{found['value']} {UNIT_LABELS[found['unit']]}"
    begins = f"自 {datetime.fromtimestamp(at, SHANGHAI):%Y-%m-%d} 起" if at is not None else "自发布之日起"
    return f"{begins} {length}（发布当日不计），至 {found['last']} 24:00。依据：{articles}。"


def _month(text: str | None) -> str:
    if not text:
        return ""
    year, month = text.split("-")
    return f"{year} 年 {int(month)} 月"


def _media(text: Text) -> str:
    return f"本公告同时在 {text['media']} 发布，内容相同。" if text["media"] else ""
