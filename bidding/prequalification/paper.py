"""资格预审公告 and 资格预审结果通知书 as the papers that are filed. Pure; papers are Chinese.

Sources: 招标公告和公示信息发布管理办法 5; 财政部令第87号 15; 招标投标法实施条例 19.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bidding.core.clock import SHANGHAI
from bidding.core.money import daxie, yuan
from bidding.tenders.kinds import METHOD_LABELS, SUBJECTS, Family, Method
from bidding.tenders.paper_terms import conditions_table, who_lines
from bidding.tenders.rules import UNIT_LABELS
from bidding.tenders.words import words

_NUMERALS = "一二三四五六七八九十"
#: The project has no log yet: what is published stands in the centre's, which everybody may read from the first day.
IN_CENTRES_LOG = "公告数据的 SHA-256，发布时写进中心的公开日志，任何人现在就可以核对："


def notice_paper(
    notice: Mapping[str, Any], *, sha256: str, centre: str, address: str, limit: str, is_draft: bool = False
) -> dict[str, Any]:
    """The data of the template ``notice`` (``documents.pdf``); ``limit``: how large one file may be."""
    family, method = Family(notice["family"]), Method(notice["method"])
    said = words(family, method)
    sections = [
        _project(notice, family, METHOD_LABELS[method], said.lot),
        _who(notice),
        _way(notice),
        _getting(notice, address),
        _handing_in(notice, address, limit),
        _asking(notice, said.owner, said.agency, address),
    ]
    for place, section in enumerate(sections):
        section["title"] = f"{_NUMERALS[place]}、{section['title']}"
    published = notice["published_at"]
    return {
        "centre": centre,
        "name": "资格预审公告",
        "title": notice["title"],
        "code": notice["project"],
        "lead": "",
        "sections": sections,
        "signed_by": list(dict.fromkeys((notice["owner"], notice["agency"]["name"]))),
        "issued_at": None if published is None else datetime.fromtimestamp(published, UTC),
        "sha256": sha256,
        "address": address,
        "is_draft": is_draft,
        "proof": IN_CENTRES_LOG,
        "terms": {"owner": said.owner, "agency": said.agency},
    }


def _project(notice: Mapping[str, Any], family: Family, method: str, lot: str) -> dict[str, Any]:
    budget = sum(each["budget_fen"] for each in notice["lots"])
    return _section(
        "项目概况",
        [
            ("项目编号", notice["project"]),
            ("方式", method),
            ("批准文件", notice["approval"]),
            ("投资项目统一代码", notice.get("approval_code", "")),
            ("内容", SUBJECTS[family].get(notice["subject"], "")),
            ("范围、规模和需求", notice["summary"]),
            ("地点", notice["place"]),
            ("工期或履行期限", notice["term"]),
            ("资金来源", notice["funding"]),
            ("预算或估算", f"{yuan(budget)} 元（{daxie(budget)}）"),
            ("落实的政策", notice["policies"] if family is Family.PROCUREMENT else ""),
        ],
        table={
            "columns": [f"{lot}编号", "名称", "预算或估算（元）", "最高限价（元）"],
            "rows": [
                [
                    each["number"],
                    each["name"],
                    yuan(each["budget_fen"]),
                    "不设" if each["ceiling_fen"] is None else yuan(each["ceiling_fen"]),
                ]
                for each in notice["lots"]
            ],
        },
    )


def _who(notice: Mapping[str, Any]) -> dict[str, Any]:
    consortium = (
        "接受联合体申请；联合体应当在提交申请文件前组成，通过以后成员不得增减、更换。"
        if notice["consortium"]
        else "不接受联合体申请。"
    )
    return _section(
        "申请人资格要求",
        [("资格能力要求", notice["qualification"])],
        who_lines(notice, consortium),
        conditions_table(notice),
    )


def _way(notice: Mapping[str, Any]) -> dict[str, Any]:
    least = notice["periods"].get("prequalification-min")
    return _section(
        "资格预审方法",
        [("资格预审日期", notice["examined_on"] or ""), ("说明", notice["note"])],
        [
            "合格制：逐项审查，全部资格条件都符合的通过。",
            f"通过的申请人少于 {least['value']} 个的，重新招标（{least['source']}）。" if least else "",
            "审查结果用资格预审结果通知书告知每个申请人，没有通过的告知理由；没有通过的不具有投标资格。",
        ],
    )


def _getting(notice: Mapping[str, Any], address: str) -> dict[str, Any]:
    published = "公告发布" if notice["published_at"] is None else _minute(notice["published_at"])
    return _section(
        "获取资格预审文件",
        [
            ("时间", f"{published}至 {notice['available_until_on'] or '—'}"),
            ("地点", address),
            ("方式", "网上自行下载，不用登记、不用数字证书"),
            ("售价", "免费"),
        ],
        table={
            "columns": ["文件", "字节", "SHA-256"],
            "rows": [[each["name"], f"{each['size']:,}", each["sha256"]] for each in notice["documents"]],
        },
    )


def _handing_in(notice: Mapping[str, Any], address: str, limit: str) -> dict[str, Any]:
    periods = notice["periods"]
    objection, change = (
        periods.get("prequalification-objection"),
        periods.get("prequalification-clarification"),
    )
    closes = notice["closes_at"]
    return _section(
        "提交资格预审申请文件",
        [
            ("截止时间", "—" if closes is None else _minute(closes)),
            ("地点", address),
            ("方式", "网上递交，收到回执即为递交；截止前可以替换、撤回，逾期不予接收"),
            ("大小限制", f"每个文件不超过 {limit}"),
            ("公告期限", _length(periods.get("prequalification-notice"))),
        ],
        [
            f"对资格预审文件有异议的，最迟在 {objection['last']} 提出。"
            if objection and objection["last"]
            else "",
            f"可能影响申请文件编制的澄清或者修改，最迟在 {change['last']} 发布。"
            if change and change["last"]
            else "",
            f"本公告在 {notice['media']} 发布，内容相同。" if notice["media"] else "",
        ],
    )


def _length(period: Mapping[str, Any] | None) -> str:
    return f"自发布之日起 {period['value']} {UNIT_LABELS[period['unit']]}" if period else ""


def _asking(notice: Mapping[str, Any], owner: str, agency: str, address: str) -> dict[str, Any]:
    by_itself = notice["agency"]["name"] == notice["owner"]
    return _section(
        "联系方式",
        [
            (owner, notice["owner"]),
            (f"{owner}地址", notice["owner_address"]),
            (f"{owner}联系方式", notice["owner_contact"]),
            (agency, "" if by_itself else f"{notice['agency']['name']}（{notice['agency']['uscc']}）"),
            (f"{agency}地址", "" if by_itself else str(notice["agency"].get("address") or "")),
            ("项目联系人", notice["contact"]["name"]),
            ("联系电话", notice["contact"]["phone"]),
            ("电子平台", address),
        ],
    )


def receipt_paper(
    application: Mapping[str, Any], *, title: str, digest: str, received_at: datetime, centre: str
) -> dict[str, Any]:
    """The receipt of an application, for the template ``chapters``; ``application`` is what its digest is made of."""
    files = [
        f"{each['name']}，{each['size']:,} 字节，SHA-256 {each['sha256']}" for each in application["files"]
    ]
    return {
        "centre": centre,
        "name": "资格预审申请回执",
        "english": "Receipt",
        "subject": title,
        "facts": [
            ["回执编号", application["reference"]],
            ["项目", f"{title}（{application['project']}）"],
            ["申请人", f"{application['applicant']['name']}（{application['applicant']['uscc']}）"],
            ["收到时间", f"{_exact(received_at)}（北京时间，服务器时钟）"],
            ["申请摘要 SHA-256", digest],
            ["盐", str(application["salt"])],
        ],
        "chapters": [{"title": "收到的文件", "clauses": files}]
        + (
            [{"title": "联合体其他成员", "clauses": application["members"]}] if application["members"] else []
        ),
        "signed": centre,
        "issued_at": received_at,
    }


def result_paper(
    *,
    project: str,
    title: str,
    applicant: str,
    uscc: str,
    reference: str,
    passed: bool,
    reasons: Sequence[str],
    goes_on: bool,
    agency: str,
    centre: str,
    decided_at: datetime,
    article: str,
) -> dict[str, Any]:
    """资格预审结果通知书 of one applicant, for the template ``chapters``; ``goes_on``: enough have passed, ``article``:
    what says so of those who have not, or empty.
    """
    outcome = "通过" if passed else "没有通过"
    clauses = [f"贵单位提交的资格预审申请文件（{reference}）已经审查，结论：{outcome}。"]
    if passed and goes_on:
        clauses.append(
            "投标邀请书发出以后，请在平台上获取招标文件，准备并递交投标文件。只有通过资格预审的单位可以投标。"
        )
    if not passed:
        clauses.append(f"没有通过资格预审的申请人不具有投标资格{f'（{article}）' if article else ''}。")
    if not goes_on:
        clauses.append("通过资格预审的申请人少于法定家数，本项目重新招标，请留意新的公告。")
    chapters = [{"title": "审查结果", "clauses": clauses}]
    if reasons:
        chapters.append({"title": "没有通过的理由", "clauses": list(reasons)})
    return {
        "centre": centre,
        "name": "资格预审结果通知书",
        "english": "Prequalification result",
        "subject": title,
        "facts": [["项目", f"{title}（{project}）"], ["致", f"{applicant}（{uscc}）"]],
        "chapters": chapters,
        "signed": agency,
        "issued_at": decided_at,
    }


def _section(
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    lines: Sequence[str] = (),
    table: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "title": title,
        "facts": [[label, value] for label, value in facts if value],
        "lines": [line for line in lines if line],
        "table": table,
    }


def _minute(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, SHANGHAI):%Y-%m-%d %H:%M}（北京时间）"


def _exact(instant: datetime) -> str:
    local = instant.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"
