"""What the guide says at every step of a rehearsed opening, and whose turn it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bidding.core.errors import N_
from bidding.opening.sitting.rules import Step


@dataclass(frozen=True, slots=True)
class Advice:
    """Whose turn it is (a login of the cast), what they do, and what the room does on their behalf if asked."""

    login: str
    words: str
    by_room: str


#: A step, whose turn it is, and what to do.
STEPS: dict[Step, Advice] = {
    Step.SIGN_IN: Advice(
        "t1",
        N_("投标人读开标会纪律、签到；没有签到的视为认可开标结果。签完，快进到截止。"),
        N_("请两家投标人签到"),
    ),
    Step.CLOSE: Advice(
        "zhou", N_("标箱自己关闭，见证联署，要几秒钟。刷新页面看结果。"), N_("等标箱关闭、见证联署")
    ),
    Step.LIST: Advice("zhou", N_("主持人公布投标人名单。"), N_("请主持人公布名单")),
    Step.OPEN: Advice(
        "sun",
        N_(
            "三位受托人各用自己的密钥开箱：下载开标包，在受托人工具里放进开标包和演练密钥，生成份额，在大厅上传。可以亲手做一位，其余请演练代做。"
        ),
        N_("请还缺的受托人交份额"),
    ),
    Step.READ: Advice(
        "zhou", N_("主持人按递交先后逐家唱标：先按“开始唱标”，再按“下一家”。"), N_("请主持人念下一家")
    ),
    Step.LINES: Advice(
        "t1",
        N_("到会的投标人核对自己那一行，点“确认，无异议”；然后主持人结束确认。"),
        N_("请投标人确认，主持人结束确认"),
    ),
    Step.OBJECTIONS: Advice(
        "zhou", N_("有异议的当场提出，主持人当场答复；没有了，主持人形成开标记录。"), N_("请主持人形成记录")
    ),
    Step.SIGN: Advice(
        "sun",
        N_("主持人、监督人、记录人和到会的投标人核对记录后签字；主持人结束开标会。"),
        N_("请还没签的人签字并结束"),
    ),
    Step.END: Advice("sun", N_("开标会结束。看开标记录，下载开标包核验；要再练一遍，就重新开始。"), ""),
}

#: Who can be played: login and the part.
PARTS: tuple[tuple[str, str], ...] = (
    ("zhou", N_("主持人（招标人或代理机构）")),
    ("sun", N_("监督人")),
    ("wang", N_("中心管理员（记录人）")),
    ("t1", N_("投标人")),
)
