"""Approved projects by their 投资项目统一代码, and how a list of them is read. Pure.

The code has 24 signs with its hyphens: year, region, two classes of two digits, serial (domain reference §8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bidding.core.errors import N_, DomainError
from bidding.core.money import NotMoney, parse_yuan

_CODE = re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}")
_SEPARATOR = re.compile(r"[,，\t]")
_YUAN_IN_WAN = 10_000
#: What can be pasted at once.
MOST_LINES = 500


class BadApprovalCode(DomainError):
    """Not a 投资项目统一代码."""

    code = "tenders.bad_approval_code"
    text = N_(
        "“%(given)s”不是投资项目统一代码：应是 24 位，像 2026-539921-48-01-123456。没有的请留空；有的照批准文件填写。"
    )
    status = 422


class BadLines(DomainError):
    """Lines of a list that cannot be read; none of them is taken."""

    code = "tenders.bad_lines"
    text = N_(
        "没有导入：第 %(lines)s 行有错。每行五项，用逗号隔开：代码、名称、审批部门、投资额（万元）、批准日期。"
    )
    status = 422


class TooManyLines(DomainError):
    """More than is read at once, or nothing."""

    code = "tenders.too_many_lines"
    text = N_("一次导入 1 至 %(most)s 行。请分几次导入。")
    status = 422


@dataclass(frozen=True, slots=True)
class Approval:
    """A project as its approval says; money in fen."""

    code: str
    name: str
    department: str
    investment_fen: int
    approved_on: date


def approval_code(given: str) -> str:
    """The code as it is stored, or nothing for nothing. Raises ``BadApprovalCode``."""
    plain = given.strip()
    if plain and not _CODE.fullmatch(plain):
        raise BadApprovalCode(field="approval_code", given=plain[:40])
    return plain


def read_approvals(text: str, today: date) -> list[Approval]:
    """The approvals of a pasted list, one a line; empty lines are passed by. Raises ``BadLines``, ``TooManyLines``."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not 0 < len(lines) <= MOST_LINES:
        raise TooManyLines(field="lines", most=MOST_LINES)
    found: list[Approval] = []
    wrong: list[int] = []
    for number, line in lines:
        approval = _line(line, today)
        if approval is None or approval.code in {each.code for each in found}:
            wrong.append(number)
        else:
            found.append(approval)
    if wrong:
        raise BadLines(field="lines", lines="、".join(str(number) for number in wrong))
    return found


def _line(line: str, today: date) -> Approval | None:
    parts = [part.strip() for part in _SEPARATOR.split(line)]
    if len(parts) != 5 or not all(parts):
        return None
    code, name, department, amount, day = parts
    try:
        fen = parse_yuan(amount) * _YUAN_IN_WAN
        approved_on = date.fromisoformat(day)
        approval_code(code)
    except (NotMoney, ValueError, BadApprovalCode):
        return None
    if fen <= 0 or approved_on > today or max(len(name), len(department)) > 200:
        return None
    return Approval(code, name, department, fen, approved_on)
