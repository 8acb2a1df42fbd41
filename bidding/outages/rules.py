"""What holds an opening, and what an extension may not be. Pure (protocol §2, §5)."""

from __future__ import annotations

from enum import Enum

from bidding.core.errors import N_, DomainError

#: An offset of the wall clock beyond this puts closings on hold (protocol §5, Clock), in microseconds.
MOST_OFFSET_US = 1_000_000


class Cause(Enum):
    """Why an opening is on hold."""

    OUTAGE = "outage"
    CLOCK = "clock"
    #: Not by what time alone shows: two people suspended the tender by a notice (``lifecycle``).
    SUSPENSION = "suspension"


CAUSE_WORDS: dict[Cause, str] = {
    Cause.OUTAGE: N_("截止前平台发生故障"),
    Cause.CLOCK: N_("服务器时钟不准"),
    Cause.SUSPENSION: N_("按公告暂停"),
}
#: What the log says of a hold; ASCII, for every reader of the bundle.
CAUSE_REASONS = {
    Cause.OUTAGE: "outage before the deadline",
    Cause.CLOCK: "clock not accurate",
    Cause.SUSPENSION: "suspended by a notice",
}


class ReasonMissing(DomainError):
    """An extension or a lifted hold without a reason."""

    code = "outages.reason_missing"
    text = N_("请写明原因，它会写进公告和日志，最多 %(most)s 个字。")
    status = 422


class NotLater(DomainError):
    """A deadline that does not move, or moves earlier."""

    code = "outages.not_later"
    text = N_("新的截止时间要晚于现在的截止时间 %(closes)s：截止时间只能延后，不能提前。")
    status = 422


class PricesNotLater(DomainError):
    """An opening of the prices that does not move, or moves earlier."""

    code = "outages.prices_not_later"
    text = N_("新的报价开标时间要晚于现在的 %(opens)s：开标时间只能推后，不能提前。")
    status = 422


class PricesFixed(DomainError):
    """The opening of the prices has begun."""

    code = "outages.prices_fixed"
    text = N_(
        "报价开标已经开始：评审结果已经公布，或者已有报价份额，时间不能再动。要中止的，在开标大厅提出暂停。"
    )


class AlreadyPast(DomainError):
    """A deadline that is over already."""

    code = "outages.already_past"
    text = N_("您选的 %(given)s 已经过去，现在是 %(now)s。请选将来的时间。")
    status = 422


class BeforeOwed(DomainError):
    """Earlier than what the table owes the tenderers."""

    code = "outages.before_owed"
    text = N_("按故障延期规则，新的截止时间不得早于 %(owed)s；可以更晚，不能更早。")
    status = 422


class NotAWorkingDay(DomainError):
    """A deadline on a rest day."""

    code = "outages.not_a_working_day"
    text = N_("%(given)s 不是工作日，来办事的找不到人。请改在工作日，例如 %(better)s。")
    status = 422


class NotAMinute(DomainError):
    """Seconds in a deadline."""

    code = "outages.not_a_minute"
    text = N_("截止时间请写到整分，不要带秒。")
    status = 422


class StillDown(DomainError):
    """The outage has not ended: nobody knows yet what is owed."""

    code = "outages.still_down"
    text = N_("故障还没有恢复，现在算不出应当延长多少。恢复后本页给出建议的时间，再来办理。")


class AnotherWaits(DomainError):
    """A correction that moves the dates, while other dates wait for their signatures."""

    code = "outages.another_waits"
    text = N_(
        "已有一份时间更正等两席签名，一次只办一件。请等它签完，或者在“截止时间、延期”页撤回，再来办理。"
    )


class NotASignature(DomainError):
    """Not what the trustee kit and ``bidding trustee schedule`` write."""

    code = "outages.not_a_signature"
    text = N_("这不是延期签名文件：%(reason)s。请上传受托人工具写出的签名文件（…-signature.json）。")
    status = 422


class OtherProject(DomainError):
    """A signature for another panel."""

    code = "outages.other_project"
    text = N_("这份签名是为另一个项目做的，没有收下。请用本页下载的延期文件重新签名。")
    status = 422


class Stale(DomainError):
    """A signature for a schedule that is no longer the one on the table."""

    code = "outages.stale"
    text = N_(
        "这份签名对应第 %(theirs)s 次时间安排，现在待签的是第 %(ours)s 次。请重新下载延期文件，再签一次。"
    )


class SignedOther(DomainError):
    """The signature does not hold for this draft."""

    code = "outages.signed_other"
    text = N_(
        "签名对不上：不是第 %(seat)s 席的密钥签的，或者签的不是现在这一份。请重新下载延期文件，由该席位本人再签一次。"
    )
    status = 422


class NotYourSeat(DomainError):
    """Somebody else's seat, or one that signs no schedule."""

    code = "outages.not_your_seat"
    text = N_(
        "这是第 %(seat)s 席的签名，不归您递交：代理机构席位由代理机构的账号递交，监督席位由监督部门的账号递交。"
    )
    status = 403


class NothingToSign(DomainError):
    """No draft waits for a signature."""

    code = "outages.nothing_to_sign"
    text = N_("现在没有待签的延期。可能已经生效，或者被撤回。请刷新页面。")


class SuspendedByNotice(DomainError):
    """A hold that a notice put on is not lifted like one that an outage put on."""

    code = "outages.suspended_by_notice"
    text = N_("这个项目是按公告暂停的：恢复也要公告。请在项目页“暂停、终止”里办，或者在这里延期。")


class SameSide(DomainError):
    """Both sides of lifting a hold would be the agency's, or both the supervisor's."""

    code = "outages.same_side"
    text = N_("解除暂停要代理机构和监督部门各一人同意，您这一方已经提出，等另一方确认。")
    status = 403
