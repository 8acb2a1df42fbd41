"""The window's papers as data for ``documents/chapters.typ``: the one-time notice, the notice of what is missing, the record.

Papers are in Chinese: they are what is filed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bidding.casework import presentation
from bidding.casework.checklists import DECLARING, Checklist, Line, checklist
from bidding.casework.models import Case, CaseReturn, Move
from bidding.casework.rules import DECLARATION, HOW_WORDS, OUTCOME_WORDS, STEP_WORDS, State, Step, Terms
from bidding.core.clock import SHANGHAI


def cite(line: Line) -> str:
    """The line's sources: ``招标投标法第9条``."""
    return "、".join(f"{law}第{article}条" for law, article in line.sources)


def checklist_paper(
    found: Checklist, about: str, terms: Terms, centre: str, where: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """一次性告知单: what to bring, by when the window answers, and where it is."""
    clauses = []
    for line in found.lines:
        need = "" if line.required else "（有的才交）"
        source = f"依据：{cite(line)}。" if line.sources else ""
        clauses.append(f"□ {line.title}{need}。{line.hint}{source}")
    order = [Step.ACCEPTANCE] if found.instant else list(Step)
    limits = [
        f"{STEP_WORDS[step]}：法定时限 {terms.limits[step].statutory} 个工作日，"
        f"承诺时限 {terms.limits[step].promised} 个工作日。"
        for step in order
    ]
    if found.instant:
        limits.append("材料齐全的，当场受理并办结（即办件）。")
    notes = [
        "材料不齐或者不合要求的，窗口一次性书面告知要补正的全部内容；补正后重新计算受理时限。",
        "本项目没有的材料，写明理由；窗口据此判断。",
    ]
    if found.declarable:
        titles = "、".join(line.title for line in found.declarable)
        notes.append(
            f"{titles}可以用告知承诺代替（{DECLARING}）：提交复核时一并承诺并申请受理，不另交件。{DECLARATION}"
        )
    return {
        "centre": centre,
        "name": "一次性告知单",
        "english": "What to hand in",
        "subject": about,
        "facts": [("交易类别和方式", about), *[pair for pair in where if pair[1]]],
        "chapters": [
            {"title": "要交的材料", "clauses": clauses},
            {"title": "办理时限（从送达窗口的次日起算）", "clauses": limits},
            {"title": "说明", "clauses": notes},
        ],
        "signed": centre,
        "issued_at": None,
    }


def notice_paper(case: Case, notice: CaseReturn, centre: str) -> dict[str, Any]:
    """补正通知书: everything that is missing, by line of the checklist."""
    known = checklist(case.checklist)
    clauses = [
        f"{known.line(defect.line).title}：{defect.text}" if defect.line else defect.text
        for defect in notice.told
    ]
    chapters = [{"title": "要补正的全部内容", "clauses": clauses}]
    if notice.late_reason:
        chapters.append(
            {
                "title": "本次告知了上次未告知的内容",
                "clauses": [f"原因：{notice.late_reason}（已记为程序事项）"],
            }
        )
    chapters.append(
        {
            "title": "怎么办",
            "clauses": ["请在本中心平台补齐后重新送窗口；受理时限从重新送达的次日起算。"],
        }
    )
    return {
        "centre": centre,
        "code": notice.number,
        "name": "补正通知书",
        "english": "Notice of what is missing",
        "subject": case.title,
        "facts": [("通知编号", notice.number), *_facts(case), ("窗口经办人", notice.returned_by.name)],
        "chapters": chapters,
        "signed": centre,
        "issued_at": notice.returned_at,
    }


def record_paper(
    case: Case, terms: Terms, centre: str, now: datetime, names: Mapping[int, str]
) -> dict[str, Any]:
    """办理单: every step with its two limits, the departments' opinions, the result; what is put in the project's file."""
    contact, manager = names.get(case.first_contact_id or 0, ""), names.get(case.manager_id or 0, "")
    result = OUTCOME_WORDS[case.outcome] if case.outcome else "办理中"
    facts = [*_facts(case), ("首问经办人", contact), ("专人负责", manager), ("结果", result)]
    if case.reason:
        facts.append(("审核意见", case.reason))
    opinions = [
        f"{row.department}：{row.words}{f'（{row.reason}）' if row.reason else ''}"
        f"{f'，{row.by}，{_minute(row.given_at)}' if row.given_at else ''}，时限 {row.due_on.isoformat()}。"
        for row in presentation.opinions(case, terms, now)
    ]
    fast = [f"{case.fast_reason}；法定时限不变。"] if case.is_fast else []
    entries = [f"{entry.happened_on.isoformat()}　{entry.words}" for entry in case.entries]
    chapters = [
        {"title": "办理步骤", "clauses": _steps(case, terms, now)},
        {"title": "部门会签", "clauses": opinions},
        {"title": "绿色通道", "clauses": fast},
        {"title": "代办日志", "clauses": entries},
        {"title": "材料", "clauses": _materials(case)},
        {"title": "告知承诺", "clauses": [DECLARATION] if case.is_declared else []},
        {
            "title": "每一步的摘要（SHA-256），与中心日志一致",
            "clauses": [
                f"{presentation.MOVE_WORDS[Move(move.move)]}，{_minute(move.at)}：{move.sha256}"
                for move in case.moves
            ],
        },
    ]
    return {
        "centre": centre,
        "code": case.number or "",
        "name": "受理事项办理单",
        "english": "Record of a case",
        "subject": case.title,
        "facts": [pair for pair in facts if pair[1]],
        "chapters": [chapter for chapter in chapters if chapter["clauses"]],
        "signed": centre if case.state is State.CLOSED else "",
        "issued_at": case.closed_at,
    }


def _facts(case: Case) -> list[tuple[str, str]]:
    return [
        ("受理编号", case.number or ""),
        ("项目名称", case.title),
        ("项目编号", case.subject_code),
        ("申请单位", f"{case.applicant.name}（{case.applicant.uscc}）"),
        ("申请时间", _minute(case.filed_at)),
    ]


def _steps(case: Case, terms: Terms, now: datetime) -> list[str]:
    found = []
    for row in presentation.steps(case, terms.calendar, now):
        if row.due is None or row.limit is None:
            continue
        done = f"{_minute(row.done_at)} 由 {row.by} 办" if row.done_at else "办理中"
        late = "，超过承诺时限" if row.due.overdue else ""
        found.append(
            f"{row.title}：{_minute(row.begun_at)} 起；法定 {row.limit.statutory} 个工作日，到 {row.due.statutory_on}；"
            f"承诺 {row.limit.promised} 个工作日，到 {row.due.promised_on}；{done}{late}。{row.words}"
        )
    return found


def _materials(case: Case) -> list[str]:
    found = []
    for row in presentation.lines(case):
        answers = [
            f"{each.name}（SHA-256 {each.sha256}）"
            if each.sha256
            else f"{HOW_WORDS[each.how]}{f'：{each.note}' if each.note else ''}"
            for each in row.materials
        ]
        if answers:
            found.append(f"{row.line.title}：{'；'.join(answers)}")
    return found


def _minute(instant: datetime | None) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if instant else ""
