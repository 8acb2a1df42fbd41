"""A notice as the paper that is filed: its sections in the order that each law's form has them. Pure.

It is made of the notice's data alone, as they were hashed into the log (``service.notice_text``), so paper and log cannot
differ. Sources: 招标公告和公示信息发布管理办法 5 and 标准施工招标文件 (works); 财政部令第87号 13 and
财办库〔2020〕50号 (procurement); everything else has the sections of a small comparison. Papers are Chinese.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bidding.core.money import daxie, yuan
from bidding.tenders.kinds import METHOD_LABELS, PRICE_FORM_LABELS, SUBJECTS, Family, Method, PriceForm
from bidding.tenders.methods import Preset, preset
from bidding.tenders.paper_parts import Section, asking, framed, is_invitation, words_of
from bidding.tenders.paper_parts import minute as _minute
from bidding.tenders.paper_parts import section as _section
from bidding.tenders.paper_terms import conditions_table, lot_facts, scoring_table, way_lines, who_lines
from bidding.tenders.rules import UNIT_LABELS
from bidding.tenders.words import Words

_NO_PRICE = "免费"


def notice_paper(
    notice: Mapping[str, Any],
    *,
    sha256: str,
    centre: str,
    address: str,
    limits: tuple[str, str],
    is_draft: bool = False,
) -> dict[str, Any]:
    """The data of the template ``notice`` (``documents.pdf``).

    ``sha256`` is of the notice's text, hex; ``address`` that of its page; ``limits``: how large one file may be, and all of a bid.
    """
    family, method = Family(notice["family"]), Method(notice["method"])
    said = words_of(notice)
    form: Callable[[_Told], list[Section]] = _FORMS.get(family, _plain)
    told = _Told(notice, said, METHOD_LABELS[method], address, limits)
    return framed(
        notice,
        name=said.notice,
        sections=form(told),
        published_at=notice["published_at"],
        centre=centre,
        address=address,
        sha256=sha256,
    ) | {"lead": _lead(told, family), "is_draft": is_draft}


class _Told:
    """What a notice says, in words that can stand on paper."""

    def __init__(
        self, notice: Mapping[str, Any], said: Words, method: str, address: str, limits: tuple[str, str]
    ) -> None:
        self.notice, self.said, self.method, self.address, self.limits = notice, said, method, address, limits

    def __getitem__(self, name: str) -> str:
        """A text of the notice; empty where it has none, as notices from before the field was there."""
        return str(self.notice.get(name) or "")

    @property
    def preset(self) -> Preset:
        """The method's switches."""
        return preset(Family(self.notice["family"]), Method(self.notice["method"]))

    @property
    def invites(self) -> bool:
        """Whether it goes to those who passed a prequalification."""
        return is_invitation(self.notice)

    @property
    def subject(self) -> str:
        """What is bought, by the law's classes."""
        return SUBJECTS[Family(self.notice["family"])].get(self["subject"], "")

    def at(self, name: str) -> str:
        """An instant to the minute, or a dash."""
        seconds = self.notice.get(name)
        return "—" if seconds is None else _minute(seconds)

    def period(self, name: str) -> Mapping[str, Any] | None:
        """A legal period as it was reckoned at publication: ``value unit last``."""
        found: Mapping[str, Any] | None = self.notice.get("periods", {}).get(name)
        return found

    def length(self, name: str) -> str:
        """``5 个工作日``; empty where this law has no such period."""
        found = self.period(name)
        return f"{found['value']} {UNIT_LABELS[found['unit']]}" if found else ""

    def place(self, name: str) -> str:
        """The room of an opening, and where it is; empty for one that is held on line alone."""
        room = self.notice.get(name)
        return " ".join(part for part in (room["name"], room["place"]) if part) if room else ""

    def money(self, name: str) -> str:
        """The sum over all lots in figures and capitals; empty where a lot has none."""
        each = [lot[name] for lot in self.notice["lots"]]
        return f"{yuan(sum(each))} 元（{daxie(sum(each))}）" if each and None not in each else ""


def _lots(told: _Told) -> dict[str, Any]:
    """Every lot with its amounts; the number is the one of the province's platform. What is sold has no ceiling."""
    said, sells = told.said, told.preset.sells
    columns = [f"{said.lot}编号", "名称", f"{said.budget}（元）"]
    columns += [] if sells else [f"{said.ceiling}（元）"]
    return {
        "columns": [*columns, f"{said.security}（元）", "报价形式"],
        "rows": [
            [
                lot["number"],
                lot["name"],
                yuan(lot.get("start_fen") or lot["budget_fen"]),
                *([] if sells else ["不设" if lot["ceiling_fen"] is None else yuan(lot["ceiling_fen"])]),
                yuan(lot["security_fen"]) if lot["security_fen"] else "不收",
                PRICE_FORM_LABELS[PriceForm(lot["price_form"])],
            ]
            for lot in told.notice["lots"]
        ],
    }


def _files(told: _Told) -> dict[str, Any]:
    return {
        "columns": ["文件", "字节", "SHA-256"],
        "rows": [[each["name"], f"{each['size']:,}", each["sha256"]] for each in told.notice["documents"]],
    }


def _consortium(told: _Told) -> str:
    return "接受联合体参加。" if told.notice.get("consortium") else "不接受联合体参加。"


def _getting(told: _Told) -> Section:
    """获取文件: when, where, how, at what price."""
    until = told.period("document-available")
    least = f"；法定提供期限至 {until['last']}" if until else ""
    return _section(
        f"获取{told.said.documents}",
        [
            ("时间", f"{told.at('published_at')}至 {told.at('closes_at')}{least}"),
            ("地点", told.address),
            (
                "方式",
                "网上登录以后下载，截止前只向通过资格预审的单位提供"
                if told.invites
                else "网上自行下载，不用登记、不用数字证书",
            ),
            ("售价", _NO_PRICE),
        ],
        table=_files(told),
    )


def _handing_in(told: _Told, title: str) -> Section:
    """递交: deadline, way, and what comes after it."""
    said = told.said
    return _section(
        title,
        [
            (f"{said.deadline}时间", told.at("closes_at")),
            ("递交方式", "网上递交：在公告页签封并上传，收到回执即为递交"),
            ("大小限制", f"每个文件不超过 {told.limits[0]}，一共不超过 {told.limits[1]}"),
            ("纸质递交", "接受：密封后于截止前送到交易中心窗口" if told.notice.get("paper_bids") else ""),
            ("开启时间", told.at("opens_at")),
            ("报价开启时间", told.at("prices_open_at") if told.notice.get("prices_open_at") else ""),
            ("开启地点", told.place("opening_room")),
            ("报价开启地点", told.place("prices_room") if told.notice.get("prices_room") else ""),
            ("网上开标大厅", f"任何人都可以观看：{told.address}"),
        ],
        [_sealed(said)],
    )


def _sealed(said: Words) -> str:
    return (
        f"{said.bid}在{said.tenderer}自己的电脑上签封，开启前任何一方都不能单独读到内容；"
        f"逾期的{said.bid}不予接收。"
    )


def _asking(told: _Told, title: str) -> Section:
    return asking(told.notice, title, told.address)


def _works(told: _Told) -> list[Section]:
    """The sections of 标准施工招标文件."""
    approved = f"已由 {told['approval']} 批准建设，" if told["approval"] else ""
    ready = (
        f"本招标项目 {told['title']} {approved}招标人为 {told['owner']}，资金来自 {told['funding']}。"
        f"项目已具备招标条件，{_calls(told)}。"
    )
    objection = told.period("objection")
    return [
        _section("招标条件", lines=[ready]),
        _section(
            "项目概况与招标范围",
            [
                ("项目编号", told["project"]),
                ("投资项目统一代码", told["approval_code"]),
                ("招标内容", told.subject),
                ("建设地点", told["place"]),
                ("内容、范围和规模", told["summary"]),
                ("工期", told["term"]),
                *lot_facts(told.notice, told.said.security),
            ],
            table=_lots(told),
        ),
        _section(
            "投标人资格要求",
            [("资格能力要求", told["qualification"])],
            who_lines(told.notice, _consortium(told)),
            conditions_table(told.notice),
        ),
        _getting(told),
        _handing_in(told, "投标文件的递交与开标"),
        _section("评标办法", lines=way_lines(told.notice), table=scoring_table(told.notice)),
        _section(
            "发布公告的媒介", lines=[f"本公告在 {told['media']} 发布，内容相同。" if told["media"] else ""]
        ),
        _section(
            "异议",
            lines=[
                f"对招标文件有异议的，应当在 {objection['last']} 前提出（截止前 {told.length('objection')}）。"
                if objection and objection["last"]
                else ""
            ],
        ),
        _asking(told, "联系方式"),
    ]


def _calls(told: _Told) -> str:
    """To whom it turns: 标准施工招标文件, 招标公告 or 投标邀请书."""
    if told.invites:
        return f"资格预审已经结束，现邀请通过资格预审的单位按{told.said.documents}规定的内容参加投标"
    return f"现对该项目进行{told.method}"


def _procurement(told: _Told) -> list[Section]:
    """The sections of the notices of 财办库〔2020〕50号: of a public tender, or of a negotiation or consultation."""
    responds = told.preset.sheet == "response"
    notice_period, challenge = told.period("notice-period"), told.length("challenge")
    ceiling = told.money("ceiling_fen")
    return [
        _section(
            "项目基本情况",
            [
                ("项目编号", told["project"]),
                ("项目名称", told["title"]),
                ("采购方式", told.method),
                ("预算金额", told.money("budget_fen")),
                ("最高限价", ceiling or "见各采购包"),
                ("采购需求", told["summary"]),
                ("履行地点", told["place"]),
                ("合同履行期限", told["term"]),
                ("资金来源", told["funding"]),
                ("采购意向", _intended(told)),
                *lot_facts(told.notice, told.said.security),
            ],
            table=_lots(told),
        ),
        _section(
            "申请人的资格要求",
            [
                ("一般资格", "满足《中华人民共和国政府采购法》第二十二条规定"),
                ("落实政府采购政策", told["policies"]),
                ("特定资格要求", told["qualification"]),
            ],
            who_lines(told.notice, _together(told)),
            conditions_table(told.notice),
        ),
        _getting(told),
        *(_responding(told) if responds else [_handing_in(told, "提交投标文件截止时间、开标时间和地点")]),
        _section(
            "公告期限",
            lines=[
                f"自本公告发布之日起 {told.length('notice-period')}，至 {notice_period['last']}。"
                if notice_period
                else ""
            ],
        ),
        _section(
            "其他补充事宜",
            [
                ("评审办法", " ".join(line for line in way_lines(told.notice) if line)),
                ("质疑", f"对采购文件的质疑，自公告期限届满之日起 {challenge}内提出" if challenge else ""),
                ("发布媒介", told["media"]),
            ],
            table=scoring_table(told.notice),
        ),
        _asking(told, f"对本次{'采购' if responds else '招标'}提出询问，请按以下方式联系"),
    ]


def _together(told: _Told) -> str:
    takes = "接受" if told.notice.get("consortium") else "不接受"
    return f"本项目{takes}联合体{'参加' if told.preset.sheet == 'response' else '投标'}。"


def _responding(told: _Told) -> list[Section]:
    """响应文件提交 and 开启: nobody watches an opening in which nothing is read out; then the rounds that follow."""
    said, quiet = told.said, told.preset.quiet
    silent = f"不公开唱标：结果公布以前，供应商的名称、家数和报价都不公开（{quiet}）；结果公布以后，全部开启记录公开。"
    rounds = (
        "响应文件开启以后，符合要求的供应商按邀请在网上密封递交报价，最后报价是响应文件的组成部分；"
        "每一轮到截止全部同时开启，之前任何人都看不到谁报了、报了多少。"
    )
    return [
        _section(
            f"{said.bid}提交",
            [
                (f"{said.deadline}时间", told.at("closes_at")),
                ("地点", f"网上：{told.address}"),
                ("方式", "在公告页签封并上传，收到回执即为递交"),
                ("大小限制", f"每个文件不超过 {told.limits[0]}，一共不超过 {told.limits[1]}"),
            ],
            [_sealed(said)],
        ),
        _section(
            "开启",
            [
                ("时间", told.at("opens_at")),
                ("地点", told.place("opening_room") or "网上，由受托人到齐开启"),
                ("公开", silent if quiet else ""),
                ("报价轮次", rounds if told.preset.rounds else ""),
            ],
        ),
    ]


def _intended(told: _Told) -> str:
    """When the intention of this procurement was published; empty where there was none."""
    found = told.notice.get("intention")
    return f"《{found['title']}》，{_minute(found['published_at'])}公开" if found else ""


def _plain(told: _Told) -> list[Section]:
    """What a small comparison says, and whatever has no form of its own."""
    return [
        _section(
            "项目情况",
            [
                ("项目编号", told["project"]),
                ("方式", told.method),
                ("内容、范围和规模", told["summary"]),
                ("地点", told["place"]),
                ("期限", told["term"]),
                ("资金来源", told["funding"]),
                *lot_facts(told.notice, told.said.security),
            ],
            table=_lots(told),
        ),
        _section(
            f"{told.said.tenderer}资格",
            [("资格要求", told["qualification"])],
            who_lines(told.notice, _consortium(told)),
            conditions_table(told.notice),
        ),
        _getting(told),
        _handing_in(told, "递交与开启"),
        _section(
            "成交办法" if told.preset.sells else "评审办法",
            lines=way_lines(told.notice),
            table=scoring_table(told.notice),
        ),
        _asking(told, "联系方式"),
    ]


def _lead(told: _Told, family: Family) -> str:
    """项目概况, the box at the head of the procurement form; of an invitation, whom it invites: by no name, since nobody
    may learn who has passed before bids are opened (招标投标法 22).
    """
    if told.invites:
        return (
            f"致通过资格预审的申请人：你单位已通过 {told['title']} 的资格预审，现邀请你单位投标。"
            f"请在 {told.address} 获取{told.said.documents}，并于 {told.at('closes_at')}前递交{told.said.bid}。"
        )
    if family is not Family.PROCUREMENT:
        return ""
    return (
        f"{told['title']} 的潜在{told.said.tenderer}应在 {told.address} 获取{told.said.documents}，"
        f"并于 {told.at('closes_at')}前递交{told.said.bid}。"
    )


_FORMS: dict[Family, Callable[[_Told], list[Section]]] = {
    Family.WORKS: _works,
    Family.PROCUREMENT: _procurement,
}
