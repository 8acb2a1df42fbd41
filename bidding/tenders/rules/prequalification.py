"""资格预审 as far as a draft goes: whether it has been held, and whether the draft still says what was announced. Pure.

Sources: 招标投标法实施条例 15, 18, 19; 政府采购法实施条例 21; 财政部令第87号 25 (what was announced may not change).
"""

from __future__ import annotations

from bidding.core.errors import N_, DomainError
from bidding.tenders.kinds import Examination
from bidding.tenders.methods import Preset
from bidding.tenders.rules.qualification import Qualification
from bidding.tenders.rules.timetable import Problem


class NotPrequalified(DomainError):
    """A tender with prequalification before that has been held."""

    code = "tenders.not_prequalified"
    text = N_(
        "选了资格预审，还没有结果（%(article)s）。请先在项目页办“资格预审”；通过的够了法定家数，再提交投标邀请书。"
    )
    status = 422


class ChangedSincePrequalified(DomainError):
    """A tender that says something else than what applicants were judged by."""

    code = "tenders.changed_since_prequalified"
    text = N_(
        "资格预审公告发布以后，项目名称、招标人、内容、标段或者资格要求有改动。"
        "请改回公告里的内容；确实要改的，复制成新草稿，重新资格预审。"
    )
    status = 422


class ExaminedByLot(DomainError):
    """Conditions of single lots, where an applicant is judged once for the whole project."""

    code = "tenders.examined_by_lot"
    text = N_(
        "资格预审按整个项目进行，资格条件不能只适用于某个标段（包）。请到“资格要求”一步改为“全部”，或者选资格后审。"
    )
    status = 422


class PaperWithExamination(DomainError):
    """Bids on paper: the window would have to know who has passed, and nobody may before the opening."""

    code = "tenders.paper_with_examination"
    text = N_(
        "资格预审的项目不能接受纸质投标：窗口收袋要核对谁通过了，开标以前名单不能告诉别人。请在“基本情况”一步取消“接受纸质投标”。"
    )
    status = 422


class ForThoseWhoPassed(DomainError):
    """The tender documents, asked for by somebody who was not invited."""

    code = "tenders.for_those_who_passed"
    text = N_(
        "这个项目先做了资格预审，投标截止以前，招标文件只向通过资格预审的单位提供。"
        "贵单位通过了的，请登录以后再下载；截止以后人人可以下载。"
    )
    status = 403


class NoExaminationBefore(DomainError):
    """A method whose law knows no prequalification."""

    code = "tenders.no_examination_before"
    text = N_("这种方式不办资格预审。请选资格后审。")
    status = 422


def check_examination(
    switches: Preset, found: Qualification, *, paper_bids: bool, qualified_as: str | None, says: str
) -> list[Problem]:
    """What stands against publishing the tender as far as prequalification goes.

    ``says`` is the digest of what an applicant is judged by as the draft has it now, ``qualified_as`` as it was when
    enough had passed; None before that.
    """
    if found.examination is not Examination.BEFORE:
        return [] if qualified_as is None else [Problem(ChangedSincePrequalified(field="examination"))]
    out = check_examinable(found, paper_bids=paper_bids)
    if qualified_as is None:
        out.append(Problem(NotPrequalified(field="examination", article=switches.before)))
    elif qualified_as != says:
        out.append(Problem(ChangedSincePrequalified(field="examination")))
    return out


def check_examinable(found: Qualification, *, paper_bids: bool) -> list[Problem]:
    """What cannot go together with prequalification, whether it has begun or not."""
    out = []
    if any(each.lot for each in found.requirements):
        out.append(Problem(ExaminedByLot(field="rows")))
    if paper_bids:
        out.append(Problem(PaperWithExamination(field="paper_bids")))
    return out
