"""The papers of the demonstration's people: tender documents and a licence, short but as they look in earnest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bidding.core.money import daxie, yuan
from bidding.documents import pdf
from bidding.tenders.kinds import Family
from bidding.tenders.methods import preset
from bidding.tenders.rules import LABELLED, LotFacts, ProjectFacts, file_slots
from bidding.tenders.words import words

#: What is weighed in the evaluation; adds up to 100.
_WORKS_SCORES = (
    "投标报价 60 分：有效报价的平均值为基准价，每高 1% 扣 1 分，每低 1% 扣 0.5 分，扣完为止。",
    "施工组织设计 25 分：总体安排 8 分，质量与安全措施 9 分，进度计划 8 分。",
    "项目负责人与类似业绩 10 分：近三年类似业绩每项 2 分，最多 10 分。",
    "售后与保修承诺 5 分。",
)
_LOCAL_SCORES = (
    "报价 50 分：最低报价得满分，其他按最低报价与本报价的比值计算。",
    "服务方案 35 分：菜谱与营养 15 分，食材来源与留样 10 分，配送时间保证 10 分。",
    "同类业绩 15 分：近三年每项 5 分，最多 15 分。",
)


def document_name(facts: ProjectFacts) -> str:
    """What the tender document is called as a file: ``招标文件.pdf``."""
    return f"{words(facts.family, facts.method).documents}.pdf"


def tender_document(facts: ProjectFacts, lot: LotFacts, *, centre: str, issued_at: datetime) -> bytes:
    """The tender document of a project with one lot, as PDF."""
    terms = words(facts.family, facts.method)
    slots = file_slots(facts.family, facts.method, consortium=facts.consortium)
    wanted = "、".join(slot["label"] for slot in slots if slot["required"])
    chapters = [
        (f"第一章　{terms.tenderer}须知", _instructions(facts, lot, wanted)),
        (
            "第二章　范围和要求",
            [facts.summary, f"地点：{facts.place}。期限：{facts.term or '见合同'}。", *_quality(facts)],
        ),
        _chosen(facts),
        ("第四章　合同主要条款", _contract(facts)),
    ]
    return _paper(
        terms.documents,
        "Tender Document",
        facts.title,
        facts=[(label, getattr(facts, name)) for name, label in LABELLED if getattr(facts, name)],
        chapters=chapters,
        centre=centre,
        signed=facts.owner_name,
        issued_at=issued_at,
    )


def _chosen(facts: ProjectFacts) -> tuple[str, Sequence[str]]:
    """How the winner is found."""
    if preset(facts.family, facts.method).sells:
        return "第三章　成交办法", [
            "不低于起始价的最高报价成交；报价相同的，先递交的成交。",
            "只报一次，密封递交，开标时当众公布。",
        ]
    return "第三章　评审标准", _WORKS_SCORES if facts.family is Family.WORKS else _LOCAL_SCORES


def _instructions(facts: ProjectFacts, lot: LotFacts, wanted: str) -> list[str]:
    terms = words(facts.family, facts.method)
    sells = preset(facts.family, facts.method).sells
    told = [
        f"资格要求：{facts.qualification or '不设资格条件。'}",
        f"{terms.bid}分为：{wanted}，各存为 PDF 文件，在网上签封递交。不收纸质文件。",
        f"{terms.bid}有效期：自截止之日起 90 日历天。",
    ]
    if lot.ceiling_fen is not None:
        told.append(
            f"{terms.ceiling}：{yuan(lot.ceiling_fen)} 元（{daxie(lot.ceiling_fen)}），超过的报价无效。"
        )
    if sells:
        told.append(
            f"{terms.budget}：{yuan(lot.budget_fen)} 元（{daxie(lot.budget_fen)}），低于它的报价无效。"
        )
    if lot.security_fen:
        told.append(
            f"{terms.security}：{yuan(lot.security_fen)} 元，可以用电子保函、银行转账或保证保险，截止前交到。"
        )
    told.append(f"截止和开标时间以网上公告为准。联系：{facts.contact}，{facts.phone}。")
    return told


def _quality(facts: ProjectFacts) -> list[str]:
    if facts.family is Family.WORKS:
        return [
            "质量标准：合格。执行现行国家标准和行业标准。",
            "安全文明施工按现行标准，费用单列，不参与竞价。",
        ]
    if preset(facts.family, facts.method).sells:
        return ["标的按现状转让，公告期内可以看样，联系人见公告。"]
    return ["质量标准：符合食品安全国家标准，每餐留样 48 小时。"]


def _contract(facts: ProjectFacts) -> list[str]:
    if facts.family is Family.WORKS:
        return [
            "按月计量，支付当月完成产值的 80%；竣工验收合格付至 90%，结算审定后付至 97%，余款为质量保证金。",
            "缺陷责任期 24 个月。逾期竣工，每日按合同价的万分之三支付违约金。",
        ]
    if preset(facts.family, facts.method).sells:
        return [
            "合同生效之日起五个工作日内一次付清价款，付清后交付。",
            "交易保证金抵作价款，其余各方的在五个工作日内退还。",
        ]
    return ["按月结算，次月十日前支付。", "连续两次检查不合格的，可以解除合同。"]


def licence(*, centre: str, issued_at: datetime) -> bytes:
    """A licence for the window to look at, as PDF: one sample for every tenderer of the cast, and it says so."""
    return _paper(
        "营业执照（样张）",
        "Business Licence, a Sample",
        "演示中心",
        facts=[("名称", "与登记的单位名称一致"), ("类型", "有限责任公司"), ("登记状态", "存续")],
        chapters=[("说明", ["演示用的样张，没有法律效力。"])],
        centre=centre,
        signed="",
        issued_at=issued_at,
    )


def _paper(
    name: str,
    english: str,
    subject: str,
    *,
    facts: Sequence[tuple[str, str]],
    chapters: Sequence[tuple[str, Sequence[str]]],
    centre: str,
    signed: str,
    issued_at: datetime,
) -> bytes:
    told = [{"title": title, "clauses": list(clauses)} for title, clauses in chapters]
    data = {
        "centre": centre,
        "name": name,
        "english": english,
        "subject": subject,
        "facts": facts,
        "chapters": told,
        "signed": signed,
        "issued_at": issued_at,
    }
    return pdf.render("chapters", data)
