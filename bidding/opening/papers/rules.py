"""What a witness record asks, why a tender fails and what follows, and what is refused. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bidding.core.errors import N_, DomainError
from bidding.tenders.kinds import Family

MAX_CAMERA = 100


class Kind(Enum):
    """A record that is formed apart from the sitting."""

    WITNESS = "witness"
    FAILED = "failed"
    PRICE_WITNESS = "price-witness"

    @property
    def is_later(self) -> bool:
        """Whether it is of the second opening of a tender in two envelopes."""
        return self is Kind.PRICE_WITNESS


KIND_WORDS: dict[Kind, str] = {
    Kind.WITNESS: N_("监督记录"),
    Kind.FAILED: N_("%(failed)s记录"),
    Kind.PRICE_WITNESS: N_("监督记录（报价开标）"),
}


class Of(Enum):
    """To which record a scan belongs."""

    OPENING = "opening"
    WITNESS = "witness"
    FAILED = "failed"
    PRICES = "prices"
    PRICE_WITNESS = "price-witness"


#: What each is called.
TITLES: dict[Of, str] = {
    Of.OPENING: N_("开标记录"),
    Of.PRICES: N_("报价开标记录"),
    **{Of(kind.value): words for kind, words in KIND_WORDS.items()},
}


class Seen(Enum):
    """What the supervisor says of a point."""

    YES = "yes"
    NO = "no"
    UNSEEN = "unseen"


SEEN_WORDS: dict[Seen, tuple[str, str]] = {
    Seen.YES: ("ok", N_("看到，属实")),
    Seen.NO: ("over", N_("有问题")),
    Seen.UNSEEN: ("idle", N_("没有看到")),
}

#: The points of a witness record (domain reference §4), in the order in which they can be seen.
CHECKS: dict[str, str] = {
    "time": N_("到截止时刻系统自动封箱，之后没有再收"),
    "sealed": N_("截止以前没有人能看到谁递交了、报了多少"),
    "words": N_("封箱的六组数字当场宣读，与见证机上的一致"),
    "discipline": N_("宣读了开标会纪律"),
    "trustees": N_("受托人本人操作密钥，足数以后才开箱"),
    "read": N_("唱标内容与打开的一览表一致"),
    "objections": N_("异议当场提出、当场答复，并且记入开标记录"),
    "recording": N_("全程录音录像"),
}
#: The same of the second opening, where nothing closes and something stays sealed.
PRICE_CHECKS: dict[str, str] = {
    "reviewed": N_("技术评审结果先写进日志，之后才有第一份报价份额"),
    "unopened": N_("没有通过技术评审的，报价信封没有开启"),
    **{code: CHECKS[code] for code in ("discipline", "trustees", "read", "objections", "recording")},
}
#: What each witness record asks.
POINTS: dict[Kind, dict[str, str]] = {Kind.WITNESS: CHECKS, Kind.PRICE_WITNESS: PRICE_CHECKS}


@dataclass(frozen=True, slots=True)
class Failure:
    """A lot that was not opened, or that the agency let fail because too few sheets could be read: ``count`` of ``least``.

    ``by`` is the article that the agency named; nobody decides on a lot that was not opened.
    """

    code: str
    name: str
    at_close: bool
    count: int
    least: int
    by: str | None = None


#: What follows where the agency let a lot fail after the opening.
DECIDED_AFTER = N_(
    "解封后可以唱标的不足 %(least)s 家，代理机构决定%(failed)s（%(by)s）。没有打开的不再开启，重新组织。"
)
#: What follows where a lot had too few bids at the close, by the tender's law; its articles (``by``) stand in the rulebook.
CLOSE_AFTER: dict[Family, str] = {
    Family.WORKS: N_(
        "不得开标，收到的投标不开启。由招标人分析失败的原因，依法重新招标；重新招标后仍然不足的，属于必须审批、核准的项目，报原审批、核准部门批准后可以不再招标，其他项目由招标人自行决定（%(by)s）。"
    ),
    Family.PROCUREMENT: N_(
        "不得开标，收到的投标不开启。予以废标，把理由通知所有投标人；除采购任务取消外，重新组织招标，需要改用其他方式的，先报财政部门批准（%(by)s）。"
    ),
    Family.PROPERTY: N_(
        "没有收到足够的报价，流拍。由转让（出租）方重新公告，或者报批后调整起始价（%(by)s）。"
    ),
    Family.LOCAL: N_("不开标，收到的比选申请文件不开启。由比选人按比选文件处理，可以重新比选。"),
}


#: The same where suppliers respond: there is no 废标 but an end of the purchase (财政部令第74号 37, 财库〔2014〕214号 34).
RESPONSES_FAIL = N_(
    "不开启，收到的响应文件保持密封。终止采购活动，发布终止公告并说明原因，重新开展采购（%(by)s）。"
)


class NothingToSay(DomainError):
    """The record's time has not come."""

    code = "papers.too_early"
    text = N_("现在还不能形成监督记录：开启以后，或者全部不足家数、不开启的才能写。")


class NoFailure(DomainError):
    """No lot failed."""

    code = "papers.no_failure"
    text = N_("家数都够，不需要这份记录。")


class WrittenAlready(DomainError):
    """One record of each kind."""

    code = "papers.written_already"
    text = N_("这份记录已经形成，不能再写一份。要补充的，请上传签字扫描件，或者在公告里更正。")


class ProblemUnsaid(DomainError):
    """A point with a fault needs words."""

    code = "papers.problem_unsaid"
    text = N_("您在“%(point)s”一项选了“有问题”，请在“发现的问题”里写明。")
    status = 422


class LeftTooEarly(DomainError):
    """Nobody leaves before they came."""

    code = "papers.left_too_early"
    text = N_("离场时间要晚于到场时间 %(arrived)s。")
    status = 422


class NotLeftYet(DomainError):
    """A record is formed after its hours, not for hours to come."""

    code = "papers.not_left_yet"
    text = N_("离场时间还没有到，现在是 %(now)s。请在离场以后形成监督记录，或者改正时间。")
    status = 422


class CameraMissing(DomainError):
    """A video is found by its camera."""

    code = "papers.camera_missing"
    text = N_("请填写摄像头或者录像文件的名称，最多 %(most)s 个字。")
    status = 422


class EndsTooEarly(DomainError):
    """A video ends after it began."""

    code = "papers.ends_too_early"
    text = N_("录像的结束时间要晚于开始时间 %(begins)s。")
    status = 422


class OthersAttachment(DomainError):
    """Who attached it takes it back, or a supervisor."""

    code = "papers.others_attachment"
    text = N_("这一项是%(name)s附上的，只有本人和监督人员可以撤回。请联系本人，或者请监督人员撤回。")
    status = 403


class WithdrawnAlready(DomainError):
    """What was taken back stays so."""

    code = "papers.withdrawn_already"
    text = N_("这一项已经由%(name)s在 %(at)s 撤回，不用再撤。要补上正确的，请重新上传或者登记。")


class ScanWithdrawn(DomainError):
    """A scan that was taken back is given to nobody."""

    code = "papers.scan_withdrawn"
    text = N_("这份扫描件已经在 %(at)s 撤回，不再提供下载。撤回的人和原因见记录上的名单。")
    status = 410


def check_stay(arrived_at: datetime, left_at: datetime, now: datetime) -> None:
    """Raise ``LeftTooEarly``, ``NotLeftYet``."""
    if left_at <= arrived_at:
        raise LeftTooEarly(field="left_at", arrived=arrived_at)
    if left_at > now:
        raise NotLeftYet(field="left_at", now=now)


def check_points(checks: dict[str, Seen], problems: str) -> None:
    """Raise ``ProblemUnsaid`` for a fault that is not said in words."""
    for code, seen in checks.items():
        if seen is Seen.NO and not problems.strip():
            raise ProblemUnsaid(field="problems", point=(CHECKS | PRICE_CHECKS)[code])
