"""Every message there is: its words, what it belongs to, and how urgent it is. Pure.

A message is stored as its kind and its parameters, and becomes words in its reader's language. Parameters whose
names end in ``_at`` are instants in ISO form, shown in Shanghai; other texts are looked up in the catalogue too, so
that the words of a legal family (``tenders.words``) can be parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_

#: Gives a text in one language.
Say = Callable[[str], str]


class Group(StrEnum):
    """What a person can want by e-mail or SMS, or not. In the product itself every message is kept."""

    ACCOUNT = "account"
    REGISTRATION = "registration"
    BIDS = "bids"
    DEADLINES = "deadlines"
    PROGRESS = "progress"
    DUTIES = "duties"
    SEARCHES = "searches"


GROUP_WORDS = {
    Group.ACCOUNT: (N_("账号和登录"), N_("新浏览器登录、账号开通")),
    Group.REGISTRATION: (N_("单位登记"), N_("审核通过、退回补正")),
    Group.BIDS: (N_("本单位的递交"), N_("收下、替换、撤回、没有收下、没有传完")),
    Group.DEADLINES: (N_("截止时间"), N_("临近截止、答疑更正、延期、暂停开标")),
    Group.PROGRESS: (N_("进展和结果"), N_("封箱、开标、结果")),
    Group.SEARCHES: (N_("保存的搜索"), N_("每天一次，有新的公告和结果时")),
    Group.DUTIES: (N_("本职工作"), N_("受理进展、公告发布、密钥演练、开箱人手")),
}
#: What is sent by SMS unless the person says otherwise; by e-mail everything is.
BY_SMS = frozenset({Group.REGISTRATION, Group.DEADLINES})


class Kind(StrEnum):
    """What a message says."""

    CODE = "code"
    INVITED = "invited"
    NEW_DEVICE = "new-device"
    REGISTRATION_APPROVED = "registration-approved"
    REGISTRATION_RETURNED = "registration-returned"
    BID_ACCEPTED = "bid-accepted"
    BID_REPLACED = "bid-replaced"
    BID_WITHDRAWN = "bid-withdrawn"
    BID_REFUSED = "bid-refused"
    BID_UNFINISHED = "bid-unfinished"
    PREQUALIFIED = "prequalified"
    INVITED_TO_TENDER = "invited-to-tender"
    PREQUALIFICATION_CLARIFIED = "prequalification-clarified"
    PREQUALIFICATION_LATER = "prequalification-later"
    DEADLINE_NEAR = "deadline-near"
    DEADLINE_MOVED = "deadline-moved"
    PRICES_MOVED = "prices-moved"
    CLARIFIED = "clarified"
    CORRECTED_LATER = "corrected-later"
    OPENING_HELD = "opening-held"
    HOLD_LIFTED = "hold-lifted"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    TERMINATED = "terminated"
    FAILED = "failed"
    OFFER_CALLED = "offer-called"
    LAST_OFFER_CALLED = "last-offer-called"
    GATE_CLOSED = "gate-closed"
    OPENED = "opened"
    OPENED_QUIETLY = "opened-quietly"
    PRICES_OPENED = "prices-opened"
    CANDIDATES_TOLD = "candidates-told"
    CANDIDATES_WITHDRAWN = "candidates-withdrawn"
    AWARDED = "awarded"
    PUBLISHED = "published"
    DRILL_DUE = "drill-due"
    KEY_CHECK = "key-check"
    KEYS_SHORT = "keys-short"
    TRUSTEES_MISSING = "trustees-missing"
    KEY_WANTED = "key-wanted"
    CASE_FILED = "case-filed"
    CASE_COPIED = "case-copied"
    CASE_OPINED = "case-opined"
    CASE_RETURNED = "case-returned"
    CASE_ACCEPTED = "case-accepted"
    CASE_EXAMINED = "case-examined"
    CASE_REVIEWED = "case-reviewed"
    CASE_EXTENDED = "case-extended"
    CASE_SPED_UP = "case-sped-up"
    CASE_CLOSED = "case-closed"
    ROOM_STRANDED = "room-stranded"
    OBJECTION_MADE = "objection-made"
    OBJECTION_ANSWERED = "objection-answered"
    SEARCH_ASKED = "search-asked"
    SEARCH_FOUND = "search-found"
    SAVINGS_DIFFER = "savings-differ"


@dataclass(frozen=True, slots=True)
class Words:
    """``calls_for_a_person``: where it reaches nobody by machine, somebody at the centre tells them."""

    group: Group
    title: str
    text: str
    calls_for_a_person: bool = False
    #: About one tender (parameter ``title``): that somebody gets it tells that they follow the tender, or bid.
    of_a_tender: bool = False


def _of_a_tender(group: Group, title: str, text: str, *, calls: bool = False) -> Words:
    return Words(group, title, text, calls, of_a_tender=True)


WORDS: dict[Kind, Words] = {
    Kind.CODE: Words(
        Group.ACCOUNT,
        N_("确认码 %(code)s"),
        N_(
            "有人（应当是您本人）要把这里设为接收通知的地址。确认码是 %(code)s，%(minutes)s 分钟内有效，"
            "请在“通知设置”一页填写。不是您本人操作的，不用理会。"
        ),
    ),
    Kind.INVITED: Words(
        Group.ACCOUNT,
        N_("账号已经开通"),
        N_("请在“通知设置”里确认邮箱或手机，有事时能及时告诉您；再到“登录安全”设好第二重验证。"),
    ),
    Kind.NEW_DEVICE: Words(
        Group.ACCOUNT,
        N_("有人在一个新的浏览器上登录了您的账号"),
        N_("%(signed_in_at)s，%(client)s，来自 %(address)s。不是您本人的，请马上让它退出并换密码。"),
    ),
    Kind.REGISTRATION_APPROVED: Words(
        Group.REGISTRATION,
        N_("单位登记审核通过"),
        N_("“%(organisation)s”的登记已经审核通过，可以投标了。"),
        calls_for_a_person=True,
    ),
    Kind.REGISTRATION_RETURNED: Words(
        Group.REGISTRATION,
        N_("单位登记退回补正"),
        N_("“%(organisation)s”的登记材料退回，要补正的问题已一次写明在“企业档案”里。补正后重新送审。"),
        calls_for_a_person=True,
    ),
    Kind.BID_ACCEPTED: _of_a_tender(
        Group.BIDS,
        N_("已收下%(bid)s：%(title)s"),
        N_("%(lot)s 的%(bid)s已经收下，时间戳 %(received_at)s，回执号 %(reference)s。请打开回执核对并保存。"),
    ),
    Kind.BID_REPLACED: _of_a_tender(
        Group.BIDS,
        N_("已替换%(bid)s：%(title)s"),
        N_(
            "%(lot)s 的%(bid)s已经由新的一份替换，时间戳 %(received_at)s，新的回执号 %(reference)s。原来那一份不再有效。"
        ),
    ),
    Kind.BID_WITHDRAWN: _of_a_tender(
        Group.BIDS,
        N_("已撤回%(bid)s：%(title)s"),
        N_("%(lot)s 的%(bid)s（回执号 %(reference)s）已于 %(ended_at)s 撤回。截止前可以重新递交。"),
    ),
    Kind.BID_REFUSED: _of_a_tender(
        Group.BIDS,
        N_("没有收下：%(title)s"),
        N_(
            "%(refused_at)s 的一次递交没有收下，编号 %(reference)s。原因和办法在“我的递交”一页；先前收下的不受影响。"
        ),
    ),
    Kind.PREQUALIFIED: _of_a_tender(
        Group.BIDS,
        N_("资格预审有结果：%(title)s"),
        N_("资格预审申请 %(reference)s 已有结果。结果通知书在“我的资格预审申请”里，没有通过的写明理由。"),
    ),
    Kind.INVITED_TO_TENDER: _of_a_tender(
        Group.DEADLINES,
        N_("投标邀请书：%(title)s"),
        N_("贵单位通过了资格预审，现邀请投标。请登录获取招标文件，在 %(closes_at)s 以前递交；到时不再接收。"),
        calls=True,
    ),
    Kind.PREQUALIFICATION_CLARIFIED: _of_a_tender(
        Group.DEADLINES,
        N_("%(what)s：%(title)s"),
        N_(
            "第 %(number)s 号%(what)s已经发布，请打开对照前后内容。申请截止时间不变。"
            "已递交的申请继续有效，需要的可以在截止前替换。"
        ),
        calls=True,
    ),
    Kind.PREQUALIFICATION_LATER: _of_a_tender(
        Group.DEADLINES,
        N_("%(what)s，申请截止延期：%(title)s"),
        N_(
            "第 %(number)s 号%(what)s已经发布，请打开对照前后内容。申请截止时间由 %(was_closes_at)s 延至 %(closes_at)s。"
            "已递交的申请继续有效，需要的可以在新的截止时间前替换。"
        ),
        calls=True,
    ),
    Kind.BID_UNFINISHED: _of_a_tender(
        Group.BIDS,
        N_("还没有递交完成：%(title)s"),
        N_(
            "%(deadline)s时间是 %(closes_at)s，还有文件没有传完，或者传完了没有签名。没有看到回执，就还没有递交。"
        ),
    ),
    Kind.DEADLINE_NEAR: _of_a_tender(
        Group.DEADLINES,
        N_("24 小时内截止：%(title)s"),
        N_("%(deadline)s时间是 %(closes_at)s，到时不再接收。"),
    ),
    Kind.DEADLINE_MOVED: _of_a_tender(
        Group.DEADLINES,
        N_("截止时间延期：%(title)s"),
        N_(
            "%(deadline)s时间由 %(was_closes_at)s 延至 %(closes_at)s。原因：%(reason)s。"
            "已递交的继续有效，也可以在新的截止时间前替换、撤回。"
        ),
        calls=True,
    ),
    Kind.PRICES_MOVED: _of_a_tender(
        Group.DEADLINES,
        N_("报价开标推迟：%(title)s"),
        N_(
            "报价开标由 %(was_prices_open_at)s 推迟到 %(prices_open_at)s，截止时间不变。原因：%(reason)s。"
            "已递交的继续有效，日历里的时间请更新。"
        ),
        calls=True,
    ),
    Kind.CLARIFIED: _of_a_tender(
        Group.DEADLINES,
        N_("%(what)s：%(title)s"),
        N_(
            "第 %(number)s 号%(what)s已经发布，请打开对照前后内容。%(deadline)s时间不变。"
            "已递交的继续密封有效，需要的可以在截止前替换。"
        ),
        calls=True,
    ),
    Kind.CORRECTED_LATER: _of_a_tender(
        Group.DEADLINES,
        N_("%(what)s，截止时间延期：%(title)s"),
        N_(
            "第 %(number)s 号%(what)s已经发布，请打开对照前后内容。%(deadline)s时间由 %(was_closes_at)s 延至 %(closes_at)s。"
            "已递交的继续密封有效，需要的可以在新的截止时间前替换；日历里的时间请更新。"
        ),
        calls=True,
    ),
    Kind.OPENING_HELD: _of_a_tender(
        Group.DEADLINES,
        N_("开标暂停：%(title)s"),
        N_("截止前平台发生故障或时钟不准。已递交的仍然密封有效，不需要重新签封；是否延期将在公告页上公布。"),
        calls=True,
    ),
    Kind.HOLD_LIFTED: _of_a_tender(
        Group.DEADLINES,
        N_("开标继续：%(title)s"),
        N_("暂停已经解除，截止时间不变，开标照常进行。理由：%(reason)s。"),
    ),
    Kind.SUSPENDED: _of_a_tender(
        Group.DEADLINES,
        N_("项目暂停：%(title)s"),
        N_("原因：%(reason)s。已递交的仍然密封有效，不用重新签封。恢复和新的时间会另行公告。"),
        calls=True,
    ),
    Kind.RESUMED: _of_a_tender(
        Group.DEADLINES,
        N_("项目恢复：%(title)s"),
        N_("暂停已经结束，截止和开标时间不变。原因：%(reason)s。"),
        calls=True,
    ),
    Kind.TERMINATED: _of_a_tender(
        Group.DEADLINES,
        N_("项目终止：%(title)s"),
        N_("原因：%(reason)s。不再收投标，已递交的永远密封，不会打开。退款办法和联系人见终止公告。"),
        calls=True,
    ),
    Kind.FAILED: _of_a_tender(
        Group.PROGRESS,
        N_("流标（废标）公告：%(title)s"),
        N_("原因：%(reason)s。下一步怎么办，见公告。"),
    ),
    Kind.OFFER_CALLED: _of_a_tender(
        Group.DEADLINES,
        N_("请报价：%(title)s"),
        N_("请在 %(closes_at)s 以前密封递交这一轮的报价。到时不再接收；开启以前谁也打不开。"),
        calls=True,
    ),
    Kind.LAST_OFFER_CALLED: _of_a_tender(
        Group.DEADLINES,
        N_("请作最后报价：%(title)s"),
        N_(
            "请在 %(closes_at)s 以前密封递交最后报价，它是响应文件的组成部分。到时不再接收；不递交的，按退出处理。开启以前谁也打不开。"
        ),
        calls=True,
    ),
    Kind.GATE_CLOSED: _of_a_tender(
        Group.PROGRESS,
        N_("已经封箱：%(title)s"),
        N_("%(deadline)s时间已到，封箱记录已经公布，不再接收%(bid)s。"),
    ),
    Kind.OPENED: _of_a_tender(
        Group.PROGRESS,
        N_("已经开标：%(title)s"),
        N_("各家的一览表已经公开，可以在开标大厅查看和核验。"),
    ),
    Kind.OPENED_QUIETLY: _of_a_tender(
        Group.PROGRESS,
        N_("已经开启：%(title)s"),
        N_("内容只有办理和监督这个项目的人看得到，结果公布以前不得透露。"),
    ),
    Kind.PRICES_OPENED: _of_a_tender(
        Group.PROGRESS,
        N_("报价已经开标：%(title)s"),
        N_("通过技术评审的，报价已经公开，可以在开标大厅查看和核验。"),
    ),
    Kind.CANDIDATES_TOLD: _of_a_tender(
        Group.PROGRESS,
        N_("中标候选人公示：%(title)s"),
        N_("“%(title)s”标段 %(lot)s 的中标候选人在公示，到 %(last)s 24:00 为止。有异议的，在公示期内提出。"),
    ),
    Kind.CANDIDATES_WITHDRAWN: _of_a_tender(
        Group.PROGRESS,
        N_("中标候选人公示已撤回：%(title)s"),
        N_("“%(title)s”标段 %(lot)s 的中标候选人公示已撤回，原因在公示页上。"),
    ),
    Kind.AWARDED: _of_a_tender(
        Group.PROGRESS,
        N_("结果公布：%(title)s"),
        N_("%(lot)s 的结果经两人办理，已经公布。"),
    ),
    Kind.PUBLISHED: _of_a_tender(
        Group.DUTIES,
        N_("公告已发布：%(title)s"),
        N_("%(deadline)s时间是 %(closes_at)s。"),
    ),
    Kind.DRILL_DUE: Words(
        Group.DUTIES,
        N_("密钥演练快到期：%(name)s"),
        N_("%(valid_until_at)s 到期。过期后不能列入新的开箱组，请在到期前演练。"),
        calls_for_a_person=True,
    ),
    Kind.KEY_CHECK: Words(
        Group.DUTIES,
        N_("开标前请试一次密钥：%(name)s"),
        N_("“%(title)s” %(opens_at)s 开标，要用到这把密钥。请在开标前做一次演练；打不开的，马上告诉中心。"),
        calls_for_a_person=True,
    ),
    Kind.KEYS_SHORT: Words(
        Group.DUTIES,
        N_("能开箱的受托人不够：%(title)s"),
        N_(
            "%(opens_at)s 开标，需要 %(needed)s 位受托人，眼下只有 %(able)s 位的密钥可用。请马上联系其余的受托人做演练。"
        ),
        calls_for_a_person=True,
    ),
    Kind.TRUSTEES_MISSING: _of_a_tender(
        Group.DUTIES,
        N_("受托人没有到齐，箱子没有打开：%(title)s"),
        N_(
            "受托人的时限已过，份额不够。已通知各家可以提交自己的密钥文件补开；受托人的份额随后交齐，也照样打开。开标会继续。"
        ),
        calls=True,
    ),
    Kind.KEY_WANTED: _of_a_tender(
        Group.DEADLINES,
        N_("请用密钥文件打开您的%(bid)s：%(title)s"),
        N_(
            "受托人没有在时限内到齐，不是您的责任。请带递交时保存的密钥文件和口令，在自己的电脑上打开链接提交；"
            "口令和密钥文件不会上传。文件不在身边的，也可以到服务中心窗口办理。"
        ),
        calls=True,
    ),
    Kind.SAVINGS_DIFFER: Words(
        Group.DUTIES,
        N_("节资报表的合计与逐项不符"),
        N_(
            "%(night)s 夜间复核发现 %(count)s 处合计与逐项相加的结果不同。请打开页面查看，并按逐项重算；原因请告诉维护人员。"
        ),
        calls_for_a_person=True,
    ),
    Kind.CASE_FILED: Words(
        Group.DUTIES,
        N_("有材料等窗口受理：%(title)s"),
        N_(
            "“%(title)s”（%(number)s）的材料已经送到窗口，请在承诺时限内受理，或者一次性告知要补正的全部问题。"
        ),
    ),
    Kind.CASE_COPIED: Words(
        Group.DUTIES,
        N_("请会签：%(title)s"),
        N_("“%(title)s”（%(number)s）已抄告贵单位，请在 %(due)s 前回复同意、不同意（写明理由）或无意见。"),
        calls_for_a_person=True,
    ),
    Kind.CASE_OPINED: Words(
        Group.DUTIES,
        N_("会签部门已回复：%(title)s"),
        N_("“%(title)s”（%(number)s）有部门回复了会签意见，见办理页。"),
    ),
    Kind.CASE_RETURNED: Words(
        Group.DUTIES,
        N_("材料退回补正：%(title)s"),
        N_("“%(title)s”（%(number)s）要补正的问题已一次写明在补正通知里。补齐后重新送窗口。"),
        calls_for_a_person=True,
    ),
    Kind.CASE_ACCEPTED: Words(
        Group.DUTIES,
        N_("已受理：%(title)s"),
        N_("“%(title)s”（%(number)s）已受理，正在审查。每一步的时限见办理页。"),
    ),
    Kind.CASE_EXAMINED: Words(
        Group.DUTIES,
        N_("审查完毕：%(title)s"),
        N_("“%(title)s”（%(number)s）已审查完毕，等另一位工作人员审核。"),
    ),
    Kind.CASE_REVIEWED: Words(
        Group.DUTIES,
        N_("审核完毕：%(title)s"),
        N_("“%(title)s”（%(number)s）已审核，等办结送达。"),
    ),
    Kind.CASE_EXTENDED: Words(
        Group.DUTIES,
        N_("延时办结告知：%(title)s"),
        N_("“%(title)s”（%(number)s）的承诺时限要延长 %(days)s 个工作日，法定时限不变。理由：%(reason)s"),
        calls_for_a_person=True,
    ),
    Kind.CASE_SPED_UP: Words(
        Group.DUTIES,
        N_("进入绿色通道：%(title)s"),
        N_("“%(title)s”（%(number)s）优先办理，承诺时限缩短；法定时限不变。"),
    ),
    Kind.CASE_CLOSED: Words(
        Group.DUTIES,
        N_("已办结：%(title)s"),
        N_("“%(title)s”（%(number)s）已办结：%(outcome)s。办结通知可以在办理页打印。"),
    ),
    Kind.ROOM_STRANDED: Words(
        Group.DUTIES,
        N_("场地要重新安排：%(title)s"),
        N_(
            "这个项目的时间改了，%(room)s 从 %(wanted_at)s 起已有别的预定，跟不过去；原来 %(was_at)s 起的预定没有动。"
            "请改期或另换一间，换了地点要告诉参加的单位。"
        ),
        calls_for_a_person=True,
    ),
    Kind.OBJECTION_MADE: Words(
        Group.DUTIES,
        N_("公示有异议：%(title)s"),
        N_("异议已在公示页公开。代理机构依法答复，答复在同一页公开。"),
    ),
    # Outside it looks like any news of what it is about: nobody else need learn who objected.
    Kind.OBJECTION_ANSWERED: _of_a_tender(
        Group.PROGRESS,
        N_("异议已答复：%(title)s"),
        N_("贵单位对公示提出的异议有了答复，结论和理由在公示页上。"),
    ),
    Kind.SEARCH_ASKED: Words(
        Group.SEARCHES,
        N_("请确认：有新公告时发邮件告诉您"),
        N_(
            "有人（应当是您本人）要用这个邮箱接收“%(what)s”的更新，每天最多一封，没有新的就不发。"
            "请在 %(hours)s 小时内打开下面的链接确认。不是您本人申请的，不用理会，不会再收到邮件。\n\n%(url)s"
        ),
    ),
    Kind.SEARCH_FOUND: Words(
        Group.SEARCHES,
        N_("%(what)s，新的 %(count)s 条"),
        N_("您保存的搜索有更新。\n\n%(list)s"),
    ),
}

#: What a letter about a tender says on its outside, whatever it tells, so that outsides tell nobody who bids.
_OUTSIDE = N_("关于“%(title)s”的新消息")


@dataclass(frozen=True, slots=True)
class Told:
    """A message in words. ``outside`` is for a subject line and an SMS."""

    title: str
    text: str
    outside: str


def render(kind: Kind, params: Mapping[str, Any], say: Say) -> Told:
    """The words of a message in one language."""
    words = WORDS[kind]
    shown = {name: _shown(name, value, say) for name, value in params.items()}
    title = say(words.title) % shown
    neutral = words.of_a_tender and words.group is not Group.DEADLINES
    return Told(title, say(words.text) % shown, say(_OUTSIDE) % shown if neutral else title)


def _shown(name: str, value: Any, say: Say) -> Any:
    if name.endswith("_at"):
        return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    return say(value) if isinstance(value, str) and value else value
