"""The opening's refusals, what its verdicts are called, and when keys are tried before it. Pure (protocol §2, §6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.core.money import yuan
from bidding.core.workdays import Calendar, working_days_before

#: The stage that is opened first; with one envelope the only one.
FIRST = 1
#: How long the reason may be why a bid stays sealed.
MOST_REASON = 500

#: How far ahead the board of keys looks.
KEYS_AHEAD = timedelta(days=14)
#: When people are asked on the eve to try their keys, after midnight in Shanghai.
MORNING = timedelta(hours=8)


def eve(opens_at: datetime, calendar: Calendar) -> datetime:
    """From when on a key drill says that the key works for this opening: the working day before its day."""
    day = working_days_before(opens_at.astimezone(SHANGHAI).date(), 1, calendar)
    return datetime.combine(day, time(), SHANGHAI)


class NotClosed(DomainError):
    """The gate has not closed."""

    code = "opening.not_closed"
    text = N_("还没有截止。截止后系统自动封箱，几秒钟后再来。")


class Terminated(DomainError):
    """The tender was terminated: what was handed in stays sealed for ever."""

    code = "opening.terminated"
    text = N_("本项目已经终止，不开启；已递交的永远不打开。请看终止公告。")


class OnHold(DomainError):
    """An outage, the clock or a notice has put the opening on hold."""

    code = "opening.on_hold"
    text = N_(
        "开标已暂停：平台发生过故障、时钟不准，或者项目按公告暂停。标箱仍然封着，开标包不能离开，份额也不收。请代理机构和监督部门在“截止时间”页延期，或者共同解除暂停。"
    )


class TooEarly(DomainError):
    """The opening's instant has not come; a package would tell who bid."""

    code = "opening.too_early"
    text = N_("开标时间是 %(opens)s，在此之前开标包不能离开服务器，以免泄露谁递交了。")


class NotWitnessed(DomainError):
    """No quorum of witnesses has cosigned the whole log at or after the opening's instant."""

    code = "opening.not_witnessed"
    text = N_(
        "见证还没有联署开标时刻的日志，受托人不会在没有见证的日志上用密钥。请监督部门启动见证，再下载开标包；见证都连不上的，由监督人员在大厅改用纸质记录。"
    )


class NothingToOpen(DomainError):
    """Every lot failed."""

    code = "opening.nothing"
    text = N_("都没有达到 %(least)s 家，依法不开启；已收到的保持密封。")


class NotReviewed(DomainError):
    """The price envelopes before anybody has said who passed the technical review."""

    code = "opening.not_reviewed"
    text = N_(
        "报价信封还不能开：要先评审技术文件，由代理机构在大厅登记哪些没有通过。登记写进日志以后，才能下载报价的开标包。"
    )


class NobodyPassed(DomainError):
    """Every bid stays sealed."""

    code = "opening.nobody_passed"
    text = N_("没有一家通过技术评审，报价信封都不开启。请按规定宣布结果，重新组织。")


class NoReviewNow(DomainError):
    """Nothing is open yet, or the prices' shares have begun."""

    code = "opening.no_review_now"
    text = N_("现在不能登记技术评审结果：要在技术开标之后，公布评审结果、递交第一份报价份额之前。")


class ReviewIncomplete(DomainError):
    """A bid that stays sealed without a reason."""

    code = "opening.review_incomplete"
    text = N_("没有通过的每一份都要写明原因，最多 %(most)s 个字。请补全。")
    status = 422


class OtherProject(DomainError):
    """A batch for another panel."""

    code = "opening.other_project"
    text = N_("这份份额是为另一个项目做的，没有收下。请用本项目的开标包重新生成。")
    status = 422


class OtherCheckpoint(DomainError):
    """A batch for another close."""

    code = "opening.other_checkpoint"
    text = N_(
        "这份份额对应的封箱记录是 %(theirs)s，本次封箱记录是 %(ours)s，没有收下。请重新下载开标包，再生成一次份额。"
    )
    status = 422


class BadBatch(DomainError):
    """A batch that is not whole; one bad share refuses all of it."""

    code = "opening.bad_batch"
    text = N_("份额文件没有收下，已收下的份额不受影响：%(reason)s。请受托人重新生成整个文件。")
    status = 422


class SeatTaken(DomainError):
    """The seat has handed in other shares."""

    code = "opening.seat_taken"
    text = N_("第 %(seat)s 席受托人已经递交过这一批份额，不需要再次递交。")


class OneStageOffline(DomainError):
    """A tender in two envelopes, and a hall without the server."""

    code = "opening.one_stage_offline"
    text = N_(
        "先开技术、后开报价的项目不能离线开标：评审结果要先写进日志，报价才能开，现场的电脑写不了日志。请在连得上平台的地方开标；连不上的，等恢复以后再开，不用延期。"
    )


class BadResult(DomainError):
    """A result file that is not whole, or whose hours cannot be."""

    code = "opening.bad_result"
    text = N_("离线开标结果没有收下，日志没有变动：%(reason)s。请换用开标电脑生成的结果文件。")
    status = 422


class LaptopAhead(DomainError):
    """A result that ends later than now: the laptop's clock was fast."""

    code = "opening.laptop_ahead"
    text = N_(
        "离线开标结果没有收下，日志没有变动：按开标电脑的时钟，开标在 %(ended)s 结束，现在才 %(now)s，那台电脑的时钟快了。过了那个时间可以再导入；等不及的，改把受托人的份额文件在开标大厅上传，一样开启，起止时间写在纸质记录上。"
    )
    status = 422


class OpenBefore(DomainError):
    """A result of a stage whose sheets were open here before the hall began."""

    code = "opening.open_before"
    text = N_(
        "离线开标结果没有收下：一览表在 %(opened)s 已经由平台开启，结果文件写的是 %(began)s 才开始。平台上的记录有效，不需要导入；现场情况写在纸质记录上。"
    )


class ResultDiffers(DomainError):
    """The server opens the same envelopes and finds something else."""

    code = "opening.result_differs"
    text = N_(
        "离线开标结果没有收下，日志没有变动：平台用同一批份额重新开启，结果与文件不一致（%(reason)s）。请保留开标电脑和文件，报监督部门查明。"
    )
    status = 422


class OtherResult(DomainError):
    """Another result of the same stage was brought in before."""

    code = "opening.other_result"
    text = N_("本项目已经导入过另一份离线开标结果，不能再导入。请核对文件的 SHA-256：已导入的是 %(sha256)s。")


class NotOpened(DomainError):
    """The sheets are not open yet, or not yet witnessed."""

    code = "opening.not_opened"
    text = N_("还没有开标，或者见证还没有联署开标结果。联署后这里就能下载完整的开标包。")


class FilesSealed(DomainError):
    """The attachment cannot be read yet."""

    code = "opening.files_sealed"
    text = N_("附件还没有解封：还差 %(missing)s 位受托人的附件份额。")


class KeyNotWanted(DomainError):
    """The bid was opened, or may yet be by the trustees."""

    code = "opening.key_not_wanted"
    text = N_("这一份不需要密钥文件：它已经打开，或者受托人的时限还没有过。请回到大厅看它的状态。")


class KeyRefused(DomainError):
    """A posting that is not the bid's own key."""

    code = "opening.key_refused"
    text = N_("密钥没有收下：%(reason)s。请确认选的是递交这一份时写出的密钥文件，再试一次。")
    status = 422


class EnvelopeNotWanted(DomainError):
    """A key that nobody has asked for would open what must stay shut."""

    code = "opening.envelope_not_wanted"
    text = N_("“%(envelope)s”现在不该打开，密钥没有收下，也没有保存。请只提交页面上列出的几项。")
    status = 422


class LotDecided(DomainError):
    """What becomes of the lot was said already."""

    code = "opening.lot_decided"
    text = N_("%(what)s %(lot)s 已经有了处理决定或结果，没有打开的不能再打开。有异议的，请向代理机构提出。")


#: Verdicts on envelopes that could not be opened (protocol §6.4).
#: What an opened price is, where something is sold and it does not reach the starting price.
BELOW_FLOOR = N_("低于起始价，报价无效")
VERDICT_WORDS: dict[str, str] = {
    "platform": N_("平台原因：密文缺失或被改动，已停止开启并作为事故处理"),
    "tenderer": N_("递交单位的原因：签封内容与清单不符，无效，证据可查"),
    "trustees": N_("受托人原因：时限内份额不足，没有打开"),
    "paper": N_("纸质的启封后无效"),
}


def shown(value: Any, kind: str) -> str:
    """A field of a sheet as it is read out: amounts in yuan, rates in per cent."""
    if value is None or value == "":
        return ""
    if kind == "fen" and isinstance(value, int):
        return yuan(value)
    if kind == "ppm" and isinstance(value, int):
        return f"{value // 10_000}.{value % 10_000:04d}".rstrip("0").rstrip(".") + "%"
    return str(value)


#: What bears a verdict out, by verdict and reason of its evidence.
EVIDENCE_WORDS: dict[tuple[str, str], str] = {
    ("platform", "missing"): N_("服务器上没有 SHA-256 为 %(sha256)s 的密文。"),
    ("platform", "altered"): N_("服务器上的密文与清单列的 SHA-256 %(sha256)s 不符。"),
    ("tenderer", "recipient"): N_("份额合成的密钥对应 %(recipient)s，不是签封清单写的收件人。"),
    ("tenderer", "sheet"): N_("解出的文件不是本项目这一部分的一览表：%(detail)s。"),
    ("trustees", "shares"): N_("时限 %(minutes)s 分钟，只到了 %(shares)s 份份额。"),
}


def evidence_of(verdict: str, evidence: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """The sentence for a verdict's evidence, as a key of the catalogue, and what fills it; None for another form."""
    text = EVIDENCE_WORDS.get((verdict, str(evidence.get("reason"))))
    if text is None:
        return None
    return text, {**evidence, "minutes": int(evidence.get("seconds", 0)) // 60}
