"""What has to be handed in for each kind of transaction: the one-time notice (一次性告知单) as data. Pure.

A list is found by ``family.method``, and where a method has none of its own by its family. Sources are pairs of law
and article; a line without one is the centre's own wish.
"""

from __future__ import annotations

from dataclasses import dataclass

from bidding.core.errors import N_, NotFound


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to hand in. ``required`` lines that a project has none of are answered with the reason."""

    code: str
    title: str
    hint: str
    required: bool = True
    sources: tuple[tuple[str, str], ...] = ()
    #: The files that the draft already has count, and need not be uploaded twice.
    from_subject: bool = False


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines of one kind of transaction; ``instant``: accepted and closed in one act at the window (即办件)."""

    key: str
    lines: tuple[Line, ...]
    instant: bool = False

    def line(self, code: str) -> Line:
        """The line of that code. Raises ``NotFound``."""
        found = next((line for line in self.lines if line.code == code), None)
        if found is None:
            raise NotFound
        return found

    @property
    def declarable(self) -> tuple[Line, ...]:
        """What the applicant may declare to have instead of handing it in (告知承诺): of what is done at once alone.

        By analogy with 国办发〔2020〕42号, which binds administrations and no trading centre: local, see ``DECLARING``.
        """
        return tuple(line for line in self.lines if self.instant and line.required and not line.from_subject)


#: Where a declaration instead of papers comes from, and how far that binds a trading centre.
DECLARING = N_("参照国办发〔2020〕42号；该文件针对行政机关，本中心参照执行，属本地做法")

_TENDER_LAW = "招标投标法"
_TENDER_RULES = "招标投标法实施条例"
_BUYING_LAW = "政府采购法"
_BUYING_RULES = "政府采购法实施条例"
_STATE_ASSETS = "企业国有资产法"
_PUBLIC_ASSETS = "行政事业性国有资产管理条例"

_MANDATE = N_("委托代理的书面合同，写明范围、权限和期限。自己办理的，说明“自行办理”。")
_TRUTH = Line(
    "promise",
    N_("材料真实承诺书"),
    N_("盖章，写明所交材料真实、完整，与批准的内容一致。"),
)

_WORKS = (
    Line(
        "approval",
        N_("项目审批、核准或备案文件"),
        N_("批复或备案的全文，文号与公告里写的一致。"),
        sources=((_TENDER_LAW, "9"),),
    ),
    Line(
        "plan",
        N_("招标范围、招标方式、招标组织形式的核准意见"),
        N_("依法须经审批、核准的项目才有；没有的写明理由。"),
        sources=((_TENDER_RULES, "7"),),
    ),
    Line(
        "funds",
        N_("资金或资金来源已经落实的证明"),
        N_("预算批复、资金下达文件、贷款或自筹资金证明之一。"),
        sources=((_TENDER_LAW, "9"),),
    ),
    Line("mandate", N_("招标代理委托合同"), _MANDATE, sources=((_TENDER_RULES, "14"),)),
    Line(
        "design",
        N_("设计文件及有关技术资料"),
        N_("招标所需的图纸和技术资料已经具备；货物、服务项目没有的写明理由。"),
        required=False,
    ),
    Line(
        "documents",
        N_("招标文件"),
        N_("含评标办法和拟签订合同的主要条款。"),
        sources=((_TENDER_LAW, "19"), (_TENDER_RULES, "15")),
        from_subject=True,
    ),
    _TRUTH,
)

_PROCUREMENT = (
    Line(
        "plan",
        N_("政府采购实施计划备案"),
        N_("已报本级财政部门备案的计划编号或备案表。"),
        sources=((_BUYING_RULES, "29"),),
    ),
    Line(
        "funds",
        N_("采购预算批复"),
        N_("本年度部门预算中的采购项目和资金。"),
        sources=((_BUYING_LAW, "33"),),
    ),
    Line(
        "mandate",
        N_("委托代理协议"),
        _MANDATE,
        sources=((_BUYING_LAW, "20"), (_BUYING_RULES, "16")),
    ),
    Line(
        "needs",
        N_("采购需求和论证、征求意见的材料"),
        N_("按规定须论证或征求意见的才有。"),
        required=False,
        sources=((_BUYING_RULES, "15"),),
    ),
    Line(
        "documents",
        N_("采购文件"),
        N_("按采购政策、预算和需求编制，写明预算金额。"),
        sources=((_BUYING_RULES, "15"), (_BUYING_RULES, "30")),
        from_subject=True,
    ),
    _TRUTH,
)

_PROPERTY = (
    Line(
        "decision",
        N_("转让（出租）的批准文件"),
        N_("有权机构的决定或批复。"),
        sources=((_STATE_ASSETS, "53"), (_PUBLIC_ASSETS, "19")),
    ),
    Line(
        "valuation",
        N_("资产评估报告及核准、备案文件"),
        N_("低价的依据；按规定可以不评估的，写明依据。"),
        sources=((_STATE_ASSETS, "55"), (_PUBLIC_ASSETS, "36")),
    ),
    Line("title", N_("权属证明"), N_("不动产权证、出资证明或登记资料，以及抵押、查封情况。")),
    Line("mandate", N_("委托代理协议"), _MANDATE, required=False),
    Line("documents", N_("转让（出租）文件"), N_("含合同样本和受让条件。"), from_subject=True),
    _TRUTH,
)

_LOCAL = (
    Line("basis", N_("立项或采购的内部决定"), N_("会议纪要、请示批复之一，写明金额和方式。")),
    Line("funds", N_("资金来源说明"), N_("预算科目或自筹说明。")),
    Line("documents", N_("比选文件"), N_("发给比选申请人的全部文件。"), from_subject=True),
)

_OF_FAMILY: dict[str, tuple[tuple[Line, ...], bool]] = {
    "works": (_WORKS, False),
    "procurement": (_PROCUREMENT, False),
    "property": (_PROPERTY, False),
    "local": (_LOCAL, True),
}


def checklist(key: str) -> Checklist:
    """The list of a ``family.method``. Raises ``NotFound`` for a family there is none of."""
    family, _, method = key.partition(".")
    if family not in _OF_FAMILY or not method:
        raise NotFound
    lines, instant = _OF_FAMILY[family]
    return Checklist(key, lines, instant)
