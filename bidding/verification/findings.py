"""What verifying says, check by check: a stable code, a Chinese sentence, and the technical reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bidding.core.errors import N_


class Mark(StrEnum):
    """How a check ended."""

    HOLDS = "holds"
    NOTE = "note"  # true and worth knowing; nothing is wrong with the record
    REFUSED = "refused"


#: What is right, by the code of its check.
HOLDS: dict[str, str] = {
    "files": N_("文件齐全，没有多余的文件"),
    "bundle": N_("开标记录格式正确"),
    "leaves": N_("%(count)s 条日志记录全部展开，与承诺一致"),
    "events": N_("全部记录的先后顺序、签名和规则都符合；撤回和替换均由原投标密钥签名"),
    "panel": N_("信任锚与公告一致"),
    "pinned": N_("日志和见证的公钥与您提供的一致"),
    "notices": N_("%(count)s 份公告的原文与日志记下的一致"),
    "checkpoints": N_("%(count)s 个检查点的根、日志签名和见证联署都成立"),
    "close": N_("封箱记录经足够的见证联署：截止 %(closes)s，有效投标 %(count)s 份"),
    "times": N_("%(count)s 次递交、撤回和替换都在截止前进入日志，有见证为凭"),
    "lots": N_("投标不足的标段都按规定记为不开标"),
    "dealings": N_("%(count)s 份签封的密钥分发全部可验证"),
    "batches": N_("%(count)s 批受托人份额与日志一致，每一份都成立"),
    "keys": N_("投标人公布的 %(count)s 把密钥与清单一致"),
    "sheets": N_("%(count)s 份开标一览表由份额重新解开，与开标记录一致"),
    "review": N_("第 %(index)s 条记录先写明哪些投标不开第 %(stage)s 阶段的信封，然后才有那一阶段的份额"),
    "sitting": N_(
        "第 %(stage)s 阶段开标会的每一步都合顺序：唱标 %(read)s 家，异议 %(objections)s 件都已答复，%(signed)s 人签字；开标记录的 SHA-256 是 %(record)s"
    ),
    "proof": N_("抽取证明格式正确"),
    "proof.leaves": N_(
        "抽取的 %(count)s 条记录与日志的承诺一致；日志共 %(size)s 条，其余不展开，后来有没有另外的通知以 opening.zip 为准"
    ),
    "draws": N_("%(count)s 次专家抽取重演一致"),
    "names": N_("公布的 %(count)s 位专家与抽取结果一致"),
    "awards": N_("%(count)s 条结果记录都在开标之后"),
    "receipt": N_("回执 %(name)s 成立：第 %(index)s 条记录（%(kind)s），有见证联署"),
    "words": N_("六组数字与纸质记录一致"),
}

#: What is worth knowing.
NOTES: dict[str, str] = {
    "panel.unknown": N_("请把信任锚与公告上印的核对：%(panel)s"),
    "schedule.moved": N_("第 %(n)s 次更正：截止由 %(was)s 延至 %(now)s，监督和代理机构两席签名成立"),
    "schedule.opening-moved": N_(
        "第 %(n)s 次更正：第 %(stage)s 阶段开标由 %(was)s 推迟到 %(now)s，两席签名成立"
    ),
    "notice.absent": N_("包里没有公告原文（旧的开标包都没有），%(count)s 份公告没有核对"),
    "close.voided": N_("第 %(index)s 条封箱记录（截止 %(closes)s）因延期作废"),
    "hold.on": N_("开标仍在暂停"),
    "close.words": N_("没有足够的见证联署；日志记有说明，改以纸质记录上的六组数字为凭"),
    "lot.failed": N_("标段 %(lot)s 投标不足，没有开标"),
    "stage.waiting": N_("第 %(stage)s 阶段还没有开标"),
    "stage.sealed": N_("投标 %(bid)s 没有通过前一阶段的评审，第 %(stage)s 阶段的信封没有开启：%(reason)s"),
    "verdict.tenderer": N_("投标 %(bid)s 打不开，原因在投标人，证据成立"),
    "verdict.trustees": N_("投标 %(bid)s 没有打开：受托人份额不足"),
    "sheet.posted": N_("投标 %(bid)s 开标时份额不足，后以投标人公布的密钥打开"),
    "sheet.late": N_("投标 %(bid)s 开标时份额不足，后以迟到的份额打开"),
    "lot.short": N_("标段 %(lot)s 只有 %(readable)s 家的一览表读得出来，还没有决定怎么处理"),
    "lot.decided-failed": N_("标段 %(lot)s 只有 %(readable)s 家的一览表读得出来，代理机构决定流标"),
    "lot.goes-on": N_("标段 %(lot)s 只有 %(readable)s 家的一览表读得出来，代理机构决定继续评审"),
    "sheet.twice": N_("标段 %(lot)s 里 %(uscc)s 有两份有效投标"),
    "paper.back": N_("纸质投标 %(bag)s 截止前由投标人取回"),
    "paper.double": N_("纸质投标 %(bag)s 没有启封：同一投标人另有电子投标，以电子投标为准"),
    "paper.waiting": N_("纸质投标 %(bag)s 还没有启封录入"),
    "paper.empty": N_("纸质投标 %(bag)s 启封后无效：袋内没有开标一览表"),
    "paper.unsigned": N_("纸质投标 %(bag)s 启封后无效：开标一览表没有盖章或签字"),
    "paper.unreadable": N_("纸质投标 %(bag)s 启封后无效：开标一览表无法辨认"),
    "paper.tampered": N_("纸质投标 %(bag)s 启封后无效：启封前发现密封已经破损"),
    "paper.unseen": N_(
        "%(count)s 份纸质投标：日志能证明窗口在截止前登记了密封的袋、登记的是谁、开标之后录入了什么；袋里原来写的是什么、袋是否完好，日志看不见，请与存档的原件核对"
    ),
    "opening.offline": N_(
        "第 %(stage)s 阶段是在现场离线开启的：%(began)s 至 %(ended)s（以开标电脑的时钟为准），主持人 %(host)s，监督人 %(supervisor)s"
    ),
    "sitting.unfinished": N_(
        "第 %(stage)s 阶段的开标会还没有结束：已唱标 %(read)s 家，还有 %(unanswered)s 件异议没有答复"
    ),
    "extra.withdrawn": N_("第 %(index)s 条记录撤回了签字扫描件或录像登记：%(what)s"),
    "proof.early": N_(
        "开标记录还没有公开：这份证明不带日志，见证联署、谁先谁后和未参加的原因，要等公开以后重新下载再核验"
    ),
    "draw.unfinished": N_("抽取 %(draw)s 还没有结束"),
    "draw.small": N_("抽取 %(draw)s 人数不足，需要另行抽取"),
    "names.waiting": N_("抽取 %(draw)s 的专家名单还没有公布"),
    "receipt.unwitnessed": N_(
        "回执 %(name)s 只有日志自己的签名：第 %(index)s 条记录（%(kind)s）。请换用联署后的回执"
    ),
    "receipt.unplaced": N_("回执 %(name)s 没有同开标包核对；开标后请连同 opening.zip 再核对一次"),
    "receipt.superseded": N_("回执 %(name)s 的投标后来被同一投标人替换"),
    "receipt.withdrawn": N_("回执 %(name)s 的投标后来由投标人撤回"),
    "receipt.back": N_("回执 %(name)s 的纸质投标后来由投标人取回"),
    "receipt.double": N_("回执 %(name)s 的纸质投标没有启封：同一投标人另有电子投标"),
    "receipt.overridden": N_("回执 %(name)s 的投标后来经受托人签名作废"),
}

#: What is wrong, each by its own reason.
REFUSED: dict[str, str] = {
    "files.extra": N_("压缩包里有不该有的文件"),
    "bundle.shape": N_("开标记录格式不对"),
    "leaves.open": N_("有日志记录与它的承诺不符，被改动过"),
    "event.rule": N_("第 %(index)s 条记录（%(kind)s）违反规则"),
    "notice.other": N_("第 %(index)s 条记录的%(kind)s，原文与日志记下的不符，被改动过"),
    "notice.missing": N_("第 %(index)s 条记录的%(kind)s，包里没有原文"),
    "panel.other": N_("信任锚与公告不一致，这不是公告的那次招标"),
    "pinned.other": N_("日志或见证的公钥不是您提供的那些"),
    "checkpoint.form": N_("检查点格式不对"),
    "checkpoint.signature": N_("检查点上的签名或联署不成立"),
    "checkpoint.stranger": N_("检查点上有信任锚以外的签名"),
    "checkpoint.root": N_("检查点与这些记录不符：日志被分叉，或记录有增减改动"),
    "checkpoint.last": N_("最后的检查点没有覆盖全部记录，或缺见证联署"),
    "close.missing": N_("日志没有封箱记录"),
    "close.witness": N_("封箱记录缺少见证联署"),
    "close.early": N_("封箱记录在截止前就被联署，是事先做好的"),
    "time.late": N_("第 %(index)s 条记录（%(kind)s）没有在截止后 60 秒内得到见证，是迟到或补进的"),
    "lot.unfailed": N_("标段 %(lot)s 投标不足，日志却没有记为不开标"),
    "bid.dealing": N_("投标 %(bid)s 的密钥分发不成立，被改动过或不是为本项目做的"),
    "batch.restricted": N_("公开的开标包里混入了附件的份额"),
    "batch.twice": N_("第 %(seat)s 席受托人的份额出现了两次"),
    "batch.unlogged": N_("第 %(seat)s 席受托人的份额与日志所记不是同一份"),
    "batch.missing": N_("日志记有第 %(seat)s 席受托人的份额，包里却没有"),
    "batch.checkpoint": N_("第 %(seat)s 席受托人的份额是为另一份封箱记录做的"),
    "batch.share": N_("第 %(seat)s 席受托人的份额不成立"),
    "key.other": N_("公布的密钥不是投标 %(bid)s 的"),
    "key.unlogged": N_("日志没有记载公布投标 %(bid)s 的这把密钥"),
    "key.missing": N_("日志记有投标 %(bid)s 的公布密钥，包里却没有"),
    "late.missing": N_("投标 %(bid)s 的密钥已经公布，日志却没有补开的记录"),
    "stage.unopened": N_("有投标应当开启，日志却没有开标记录"),
    "sealed.missing": N_("缺少投标 %(bid)s 的密封一览表"),
    "sealed.altered": N_("投标 %(bid)s 的密封一览表与清单不符，被替换或改动过"),
    "sealed.damaged": N_("投标 %(bid)s 的密封一览表读不出来"),
    "sealed.extra": N_("包里有不应开启的投标的密封文件"),
    "sheet.unopenable": N_("投标 %(bid)s 记为已开，用份额却打不开"),
    "sheet.other": N_("投标 %(bid)s 的一览表与开标记录不是同一份"),
    "verdict.platform": N_("投标 %(bid)s 因平台原因没有打开"),
    "verdict.early": N_("投标 %(bid)s 记为受托人份额不足，却没有给够受托人时间，或份数不对"),
    "verdict.unborne": N_("投标 %(bid)s 记为打不开，证据却不支持"),
    "paper.other": N_("纸质投标 %(bag)s 记为同一投标人另有电子投标而没有启封，却没有证明是同一投标人"),
    "proof.shape": N_("抽取证明格式不对"),
    "proof.call": N_("第 %(number)s 次通知不合抽取排序"),
    "draw.event": N_("第 %(index)s 条记录（%(kind)s）与抽取规则或抽取结果不符"),
    "draw.witness": N_("抽取 %(draw)s 在公开随机数之前没有见证联署截止记录"),
    "names.form": N_("专家名单文件格式不对"),
    "names.other": N_("专家名单里有人与抽取时的承诺不符"),
    "names.missing": N_("抽取 %(draw)s 通知过的人没有全部公布"),
    "names.uncalled": N_("专家名单里有没有被抽中通知的人"),
    "award.early": N_("第 %(index)s 条结果记录早于标段 %(lot)s 的开标"),
    "receipt.form": N_("%(name)s 不是可用的回执"),
    "receipt.signature": N_("回执 %(name)s 的签名不成立，或不是这个日志签的"),
    "receipt.panel": N_("回执 %(name)s 是另一次招标的"),
    "receipt.leaf": N_("回执 %(name)s 的记录不在开标包里它应在的位置：记录被删改，或日志被分叉"),
    "receipt.root": N_("回执 %(name)s 的签名是对另一份日志做的：日志被分叉"),
    "receipt.beyond": N_("回执 %(name)s 的检查点比开标包新，请下载最新的开标包再核对"),
    "words.other": N_("六组数字与纸质记录不一致"),
}

_TEXTS = {Mark.HOLDS: HOLDS, Mark.NOTE: NOTES, Mark.REFUSED: REFUSED}

#: Types of events in sentences.
KINDS: dict[str, str] = {
    "panel": N_("开箱组"),
    "schedule": N_("时间安排"),
    "notice": N_("公告"),
    "bid": N_("投标"),
    "withdraw": N_("撤回"),
    "override": N_("作废投标"),
    "paper": N_("纸质投标登记"),
    "paper-back": N_("纸质投标取回"),
    "paper-double": N_("纸质投标不计"),
    "paper-sheet": N_("纸质投标录入"),
    "cover": N_("掩护"),
    "attempt": N_("未接收的上传"),
    "hold": N_("暂停"),
    "close": N_("封箱"),
    "failed": N_("投标不足"),
    "shares": N_("受托人份额"),
    "opened": N_("开标"),
    "objection": N_("异议"),
    "award": N_("结果"),
    "note": N_("说明"),
    "draw-spec": N_("抽取名单"),
    "draw-deal": N_("抽取承诺"),
    "draw-closed": N_("抽取截止"),
    "draw-reveal": N_("抽取公开"),
    "draw-call": N_("专家通知"),
}

#: Kinds of notices in sentences; a kind that is not here is said as the log has it.
NOTICES: dict[str, str] = {
    "tender-notice": N_("公告"),
    "correction": N_("更正公告"),
    "clarification": N_("答疑公告"),
    "suspension": N_("暂停公告"),
    "resumption": N_("恢复公告"),
    "termination": N_("终止公告"),
    "failure": N_("流标公告"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check ended. ``detail`` is the technical reason, in English."""

    mark: Mark
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    detail: str | None = None

    @property
    def text(self) -> str:
        """The Chinese sentence with its places: the catalogue's key."""
        return _TEXTS[self.mark][self.code]

    def to_json(self) -> dict[str, Any]:
        """The finding as ``--json`` prints it."""
        return {
            "mark": self.mark.value,
            "code": self.code,
            "text": self.text % self.params if self.params else self.text,
            "params": dict(self.params),
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet that was decrypted again, in its place of receipt."""

    lot: str
    bid: str
    envelope: str
    tenderer: str
    uscc: str
    fields: Mapping[str, Any]
    sha256: str
    #: Typed from a bag by two persons, not decrypted.
    on_paper: bool = False


@dataclass(slots=True)
class Report:
    """Everything that was found, in the order in which it was checked."""

    findings: list[Finding] = field(default_factory=list)
    sheets: list[ReadSheet] = field(default_factory=list)
    draws: list[Mapping[str, Any]] = field(default_factory=list)
    #: By h, the experts whose names the law has let out.
    names: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    project: str | None = None
    panel: str | None = None
    size: int | None = None
    words: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether nothing was refused."""
        return not self.refusals

    @property
    def refusals(self) -> list[Finding]:
        """What is wrong."""
        return [finding for finding in self.findings if finding.mark is Mark.REFUSED]

    def holds(self, code: str, **params: Any) -> None:
        """Say that a check holds."""
        self.findings.append(Finding(Mark.HOLDS, code, params))

    def note(self, code: str, **params: Any) -> None:
        """Say something worth knowing."""
        self.findings.append(Finding(Mark.NOTE, code, params))

    def refuse(self, code: str, detail: object = None, **params: Any) -> None:
        """Say that a check does not hold, and why."""
        self.findings.append(Finding(Mark.REFUSED, code, params, None if detail is None else str(detail)))

    def to_json(self) -> dict[str, Any]:
        """The report as ``--json`` prints it."""
        return {
            "v": 1,
            "type": "verification",
            "accepted": self.accepted,
            "project": self.project,
            "panel": self.panel,
            "size": self.size,
            "words": self.words,
            "findings": [finding.to_json() for finding in self.findings],
            "sheets": [
                {
                    "lot": sheet.lot,
                    "bid": sheet.bid,
                    "envelope": sheet.envelope,
                    "tenderer": {"name": sheet.tenderer, "uscc": sheet.uscc},
                    "fields": dict(sheet.fields),
                    "sha256": sheet.sha256,
                    "on_paper": sheet.on_paper,
                }
                for sheet in self.sheets
            ],
            "draws": [dict(draw) for draw in self.draws],
            "names": {h: dict(expert) for h, expert in self.names.items()},
        }
