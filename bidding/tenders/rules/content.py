"""What a notice must say before anybody may publish it: all that is missing, told at once (一次性告知).

Sources: 招标公告和公示信息发布管理办法 5 (works); 财政部令87号 13 (procurement). A local comparison
asks for less, and so does a sale (the preset's ``light``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bidding.core.errors import N_, DomainError
from bidding.tenders.kinds import Envelopes, Family, Method, PriceForm
from bidding.tenders.methods import preset
from bidding.tenders.rules.figures import Figures
from bidding.tenders.rules.timetable import Problem


class Missing(DomainError):
    """One thing the notice has to say and does not."""

    code = "tenders.missing"
    text = N_("还没有填写“%(what)s”。请到“基本情况”一步补上。")
    status = 422


class NoLots(DomainError):
    """Nothing to bid for."""

    code = "tenders.no_lots"
    text = N_("还没有标段（包）。请到“标段”一步至少添加一个。")
    status = 422


class NoDocuments(DomainError):
    """Nothing to read."""

    code = "tenders.no_documents"
    text = N_("还没有招标（采购、比选）文件。请到“文件”一步至少上传一个。")
    status = 422


class DocumentOutdated(DomainError):
    """A document made of what the draft said before, and says no more: it would contradict the notice."""

    code = "tenders.document_outdated"
    text = N_(
        "“%(name)s”是系统按以前填的内容生成的，内容后来改了。请到“文件”一步重新生成，或者移除后上传自己的。"
    )
    status = 422


class Defects(DomainError):
    """The whole list of what stands against the next step."""

    code = "tenders.defects"
    text = N_("还有 %(count)s 处不符合要求，已全部列在“核对”里。请逐条改正后再办。")
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(count=len(self.problems))


class PaperNotAllowed(DomainError):
    """Bids on paper where the rulebook does not let them in."""

    code = "tenders.paper_not_allowed"
    text = N_("这一类项目不能接受纸质投标。请在“基本情况”一步取消“接受纸质投标”。")
    status = 422


class PaperInOneEnvelope(DomainError):
    """Bids on paper in two envelopes: a bag is opened whole, and the price in it would be read before the review."""

    code = "tenders.paper_in_one_envelope"
    text = N_(
        "先开技术、后开报价的项目不能接受纸质投标：纸质投标袋开标时整袋启封，报价会在技术评审以前公开。请取消“接受纸质投标”，或者改为一个信封。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What the agency writes about a project. ``subject`` and ``trade`` are codes of ``kinds``."""

    title: str
    family: Family
    method: Method
    subject: str
    owner_name: str
    owner_address: str = ""
    owner_contact: str = ""
    agency_address: str = ""
    trade: str = ""
    summary: str = ""
    contact: str = ""
    phone: str = ""
    place: str = ""
    approval: str = ""
    funding: str = ""
    policies: str = ""
    media: str = ""
    term: str = ""
    consortium: bool = False
    paper_bids: bool = False
    qualification: str = ""
    award_method: str = ""
    envelopes: Envelopes = Envelopes.ONE
    approval_code: str = ""


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What the agency writes about a lot; money in fen."""

    name: str
    budget_fen: int
    price_form: PriceForm = PriceForm.AMOUNT
    ceiling_fen: int | None = None
    security_fen: int = 0


#: Facts a notice may not lack, and how a form calls them.
LABELLED: tuple[tuple[str, str], ...] = (
    ("title", N_("项目名称")),
    ("owner_name", N_("招标人（采购人、比选人）")),
    ("summary", N_("内容、范围和规模")),
    ("funding", N_("资金来源")),
    ("term", N_("工期或履行期限")),
    ("place", N_("地点")),
    ("qualification", N_("资格要求")),
    ("policies", N_("落实的政府采购政策")),
    ("owner_address", N_("招标人（采购人）地址")),
    ("owner_contact", N_("招标人（采购人）联系人和电话")),
    ("agency_address", N_("代理机构地址")),
    ("contact", N_("联系人")),
    ("phone", N_("联系电话")),
    ("media", N_("发布公告的媒介")),
)


def check_paper(facts: ProjectFacts, figures: Figures) -> list[Problem]:
    """Whether the rulebook lets this family and method take bids on paper, where the agency wants to, and in one envelope."""
    allowed = figures.get("paper")
    if facts.paper_bids and (allowed is None or allowed.value == 0):
        return [Problem(PaperNotAllowed(field="paper_bids"))]
    if facts.paper_bids and facts.envelopes is not Envelopes.ONE:
        return [Problem(PaperInOneEnvelope(field="paper_bids"))]
    return []


def check_content(facts: ProjectFacts, lots: Sequence[LotFacts], documents: int) -> list[Problem]:
    """Everything that is missing, in the order of the form."""
    light = preset(facts.family, facts.method).light
    out = [
        Problem(Missing(field=name, what=label))
        for name, label in LABELLED
        if not getattr(facts, name).strip() and name not in light
    ]
    if not lots:
        out.append(Problem(NoLots()))
    if not documents:
        out.append(Problem(NoDocuments()))
    return out
