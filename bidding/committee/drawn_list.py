"""A list that another pool drew, as its platform exports it: which column is what, and who is on it. Pure.

Such a file belongs to somebody else: its heading may stand below a title, its columns are called as they please, and
it says of each person whether they come. Nothing is taken from it until somebody has seen what would be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bidding.committee.rules import Person
from bidding.core.codes import InvalidUscc, check_uscc
from bidding.core.errors import N_, DomainError
from bidding.experts.cells import EMPTY, NOT_USCC, TOO_LONG, RowError

#: A draw for one evaluation has no more lines than this.
MOST_LINES = 500
#: The heading stands among the first lines, below titles.
HEAD_WITHIN = 12

#: Column → the words under which provinces' platforms export it, the likeliest first.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "专家姓名", "评委姓名", "抽取专家", "专家", "name"),
    "unit": ("单位", "工作单位", "所在单位", "单位名称", "专家单位", "unit"),
    "phone": ("手机", "手机号", "手机号码", "联系电话", "电话", "联系方式", "移动电话", "phone"),
    "specialty": ("专业", "评标专业", "评审专业", "抽取专业", "专业名称", "品目", "评审品目", "specialty"),
    "title": ("职称", "技术职称", "专业技术职称", "职务", "title"),
    "uscc": ("统一社会信用代码", "单位代码", "uscc"),
    "answer": ("是否参加", "能否参加", "答复", "抽取结果", "确认结果", "通知结果", "状态", "answer"),
}
REQUIRED = ("name", "unit", "phone")
#: What a column is called on the page where they are matched.
WORDS: Mapping[str, str] = {
    "name": N_("姓名"),
    "unit": N_("单位"),
    "phone": N_("手机号（只留后四位）"),
    "specialty": N_("专业"),
    "title": N_("职称或职务"),
    "uscc": N_("统一社会信用代码"),
    "answer": N_("是否参加"),
}
_LIMITS = {"name": 60, "unit": 200, "title": 60, "specialty": 200}
_COMES = {
    "",
    "参加",
    "能参加",
    "可参加",
    "确认参加",
    "同意",
    "是",
    "已确认",
    "确认",
    "抽中",
    "正选",
    "yes",
    "y",
}
_STAYS_AWAY = {
    "不参加", "不能参加", "不同意", "拒绝", "拒绝参加", "放弃", "请假", "否", "未接通", "无法接通", "无人接听", "未抽中", "回避", "备选未通知",
    "未通知", "no", "n",
}  # fmt: skip

NOT_ENDING = N_("“%(value)s”的最后四位不是数字，签到时核对不了。请向出具名单的平台核对手机号。")
NOT_ANSWER = N_("看不懂“%(value)s”是参加还是不参加。请把“是否参加”对应到别的列，或者选“没有这一列”。")
TWICE = N_("与第 %(before)s 行是同一个人（姓名和手机号后四位相同）。")
LISTED = N_("%(name)s 已在本项目的名单里。")
BEYOND = N_("抽取证明只写了 %(count)s 人，前面的人已经占满。请核对证明上的人数，或者补上另一份证明。")


class NotMatched(DomainError):
    """Nobody can be read from a list before it is known which columns have name, unit and telephone."""

    code = "committee.not_matched"
    text = N_("还没有认出这些列：%(columns)s。请在“哪一列是什么”里选好，再检查一次。")
    status = 422


class NobodyOnIt(DomainError):
    """A list from which nobody can be entered."""

    code = "committee.nobody"
    text = N_("名单里没有可以登记的人。请看下面的说明，核对是不是选错了文件或者列。")
    status = 422


class ListHasErrors(DomainError):
    """Not half of a list by accident."""

    code = "committee.list_errors"
    text = N_("有 %(refused)s 行不能登记。请先看下面的说明；确认这些人不登记的，勾选“只登记没有问题的人”。")
    status = 422


@dataclass(frozen=True, slots=True)
class Layout:
    """Which line of a list is its heading, what stands there, and which column (from 0) is what."""

    line: int
    heads: tuple[str, ...]
    columns: Mapping[str, int]

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns without which nobody can be read."""
        return tuple(name for name in REQUIRED if name not in self.columns)

    def called(self, name: str) -> str:
        """What the heading calls a column; our word where the heading is shorter than the rows below it."""
        at = self.columns.get(name, -1)
        return (self.heads[at] if 0 <= at < len(self.heads) else "") or WORDS[name]


@dataclass(frozen=True, slots=True)
class Reading:
    """Who is on a list: good rows by their line, those who do not come, and what is wrong with the others."""

    people: Sequence[tuple[int, Person]]
    away: int
    errors: Sequence[RowError]
    #: How many rows have an error.
    refused: int


def layout_of(lines: Sequence[tuple[int, Sequence[str]]]) -> Layout:
    """The heading, which is the line that knows most columns, and what its words say. Of none known, the first line."""
    best = Layout(lines[0][0], tuple(lines[0][1]), {})
    for line, cells in lines[:HEAD_WITHIN]:
        columns = _columns(cells)
        if len(columns) > len(best.columns):
            best = Layout(line, tuple(cells), columns)
    return best


def _columns(cells: Sequence[str]) -> dict[str, int]:
    folded = [re.sub(r"[\s*＊:：]|[(（].*", "", cell).casefold() for cell in cells]
    return {
        name: folded.index(found)
        for name, words in HEADINGS.items()
        if (found := next((word for word in words if word in folded), None)) is not None
    }


def read(lines: Sequence[tuple[int, Sequence[str]]], layout: Layout) -> Reading:
    """Everybody below the heading. Raises ``NotMatched``."""
    if layout.missing:
        raise NotMatched(columns=tuple(WORDS[name] for name in layout.missing), field="columns")
    people, errors, away, refused = list[tuple[int, Person]](), list[RowError](), 0, 0
    seen: dict[tuple[str, str], int] = {}
    for line, cells in lines:
        if line <= layout.line:
            continue
        row = _Row(line, layout, cells)
        if not any(row.cell(name) for name in REQUIRED):
            continue  # a footer: whose seal, when it was printed
        comes = row.comes()
        if comes is False:
            away += 1
            continue
        who = row.person()
        before = seen.setdefault((who.name, who.phone_end), line)
        if not row.errors and before != line:
            row.fault("name", TWICE, before=before)
        if row.errors:
            refused += 1
            errors += [replace(error, name=who.name[:60]) for error in row.errors]
        else:
            people.append((line, who))
    return Reading(people, away, errors, refused)


@dataclass
class _Row:
    """One line on its way."""

    line: int
    layout: Layout
    cells: Sequence[str]
    errors: list[RowError] = field(default_factory=list)

    def cell(self, name: str) -> str:
        at = self.layout.columns.get(name)
        return self.cells[at].strip() if at is not None and at < len(self.cells) else ""

    def fault(self, name: str, text: str, **params: object) -> None:
        self.errors.append(RowError(self.line, "", self.layout.called(name), text, params))

    def comes(self) -> bool | None:
        """Whether they come; None, with an error, where that cannot be told."""
        said = "".join(self.cell("answer").split()).casefold()
        if said in _STAYS_AWAY:
            return False
        if said in _COMES:
            return True
        self.fault("answer", NOT_ANSWER, value=self.cell("answer")[:40])
        return None

    def person(self) -> Person:
        """Who it is, as far as the row holds."""
        said = {name: self.cell(name) for name in _LIMITS}
        for name, limit in _LIMITS.items():
            if not said[name] and name in REQUIRED:
                self.fault(name, EMPTY)
            if len(said[name]) > limit:
                self.fault(name, TOO_LONG, limit=limit)
        return Person(phone_end=self._ending(), uscc=self._uscc(), **said)

    def _ending(self) -> str:
        phone = re.sub(r"[\s()（）-]", "", self.cell("phone"))
        if not phone:
            self.fault("phone", EMPTY)
        elif not re.fullmatch(r"[0-9]{4}", phone[-4:]):  # the platform may mask the middle
            self.fault("phone", NOT_ENDING, value=phone[-4:])
        return phone[-4:]

    def _uscc(self) -> str:
        text = self.cell("uscc")
        try:
            return check_uscc(text) if text else ""
        except InvalidUscc:
            self.fault("uscc", NOT_USCC, value=text[:40])
            return ""
