"""Who of the pool may stand on a list on the days of a draw, and why somebody may not, until when. Pure.

评标专家: 招标投标法 37 (eight years in the field and a senior title or equal standing), 评标委员会和评标方法暂行规定 12 (nobody
punished for acts in tendering). 评审专家: 财库〔2016〕198号 6 (a senior title, or a middle one and eight years; under seventy;
no bad record in three years), 29 (seven kinds of bad acts). The figures are the rulebook's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bidding.core.errors import N_
from bidding.tenders.kinds import Family
from bidding.tenders.rules import Figure, cite


class Level(StrEnum):
    """职称级别, or the equal standing that the law lets pass for it (同等专业水平)."""

    SENIOR = "senior"
    MIDDLE = "middle"


LEVEL_WORDS: dict[str, str] = {
    Level.SENIOR: N_("高级（或同等专业水平）"),
    Level.MIDDLE: N_("中级（或同等专业水平）"),
}


class Pool(StrEnum):
    """Which pools a person is entered for."""

    WORKS = "works"
    PROCUREMENT = "procurement"


POOL_WORDS: dict[str, str] = {Pool.WORKS: N_("工程评标专家"), Pool.PROCUREMENT: N_("政府采购评审专家")}


class ActKind(StrEnum):
    """What two administrators may do to somebody's standing."""

    VALIDITY = "validity"
    SUSPENSION = "suspension"
    FINDING = "finding"
    RETIREMENT = "retirement"
    REINSTATEMENT = "reinstatement"  # of somebody who was retired
    LIFTING = "lifting"  # of one suspension or finding, from a day on


ACT_WORDS: dict[str, str] = {
    ActKind.VALIDITY: N_("聘期"),
    ActKind.SUSPENSION: N_("暂停"),
    ActKind.FINDING: N_("不良行为"),
    ActKind.RETIREMENT: N_("退出专家库"),
    ActKind.REINSTATEMENT: N_("恢复入库"),
    ActKind.LIFTING: N_("解除"),
}


class Finding(StrEnum):
    """The seven kinds of 财库〔2016〕198号 29, in its order, and what bars from works for good (12号令 12)."""

    NOT_BY_DOCUMENT = "1"
    LEAK = "2"
    NO_RECUSAL = "3"
    BRIBE = "4"
    FALSE_PAPERS = "5"
    NO_HELP = "6"
    MISUSE = "7"
    PUNISHED = "8"


FINDING_WORDS: dict[str, str] = {
    Finding.NOT_BY_DOCUMENT: N_("未按照采购文件规定的评审程序、评审方法和评审标准独立评审"),
    Finding.LEAK: N_("泄露评审文件、评审情况"),
    Finding.NO_RECUSAL: N_("与供应商存在利害关系未回避"),
    Finding.BRIBE: N_("收受贿赂或者获取其他不正当利益"),
    Finding.FALSE_PAPERS: N_("提供虚假申请材料"),
    Finding.NO_HELP: N_("拒不履行配合答复供应商询问、质疑、投诉等法定义务"),
    Finding.MISUSE: N_("以评审专家身份从事有损政府采购公信力的活动"),
    Finding.PUNISHED: N_("因招标投标活动中的违法行为受过行政处罚或者刑事处罚"),
}


class Bar(StrEnum):
    """Why somebody is not on a list."""

    RETIRED = "retired"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    FOUND = "found"
    PUNISHED = "punished"
    NOT_ENTERED = "not-entered"
    LEVEL = "level"
    YEARS = "years"
    AGE = "age"
    NO_YEARS = "no-years"
    NO_BIRTH = "no-birth"


BAR_WORDS: dict[str, str] = {
    Bar.RETIRED: N_("已退出专家库"),
    Bar.EXPIRED: N_("聘期已满"),
    Bar.SUSPENDED: N_("暂停抽取"),
    Bar.FOUND: N_("有不良行为记录"),
    Bar.PUNISHED: N_("受过处罚，不得担任评标委员会成员"),
    Bar.NOT_ENTERED: N_("没有申请这一类"),
    Bar.LEVEL: N_("职称级别不够"),
    Bar.YEARS: N_("从事相关领域工作的年数不够"),
    Bar.AGE: N_("已到年龄上限"),
    Bar.NO_YEARS: N_("没有登记从业年限，无法认定"),
    Bar.NO_BIRTH: N_("没有登记出生日期，无法认定年龄"),
}
_PUNISHED_SOURCE = N_("评标委员会和评标方法暂行规定第12条")


@dataclass(frozen=True, slots=True)
class Act:
    """A confirmed suspension or finding, as the rule sees it; ``ended_on`` is the first day on which it is lifted."""

    kind: ActKind
    from_on: date
    until_on: date | None = None
    ended_on: date | None = None
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the pool as the rule sees them."""

    active: bool
    level: Level | None
    field_since: date | None
    born_on: date | None
    pools: frozenset[Pool]
    valid_until: date | None = None
    acts: Sequence[Act] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a draw asks of everybody on its list, from the day it is frozen to the day of the evaluation.

    ``pool`` is None where no law says who may sit (comparisons, sales): only who is in the pool and not suspended.
    A figure is None where the rulebook has none.
    """

    pool: Pool | None
    first: date
    last: date
    years: Figure | None = None
    age_below: Figure | None = None
    clean_years: Figure | None = None

    @property
    def in_field_since(self) -> date | None:
        """The latest day to have begun in the field."""
        return before(self.first, self.years.value) if self.years else None

    @property
    def born_after(self) -> date | None:
        """Everybody is born after this day: who has a birthday that makes them too old is too old on it."""
        return before(self.last, self.age_below.value) if self.age_below else None

    @property
    def clean_since(self) -> date | None:
        """A finding bars if it is of a later day."""
        return before(self.first, self.clean_years.value) if self.clean_years else None


@dataclass(frozen=True, slots=True)
class Barred:
    """Why not, the last day of it where time ends it, and where that stands. ``blocks``: otherwise it is a remark."""

    bar: Bar
    until: date | None = None
    source: str = ""
    blocks: bool = True


def pool_of(family: Family) -> Pool | None:
    """The pool that a family's panels come from; None where no law names one."""
    return {Family.WORKS: Pool.WORKS, Family.PROCUREMENT: Pool.PROCUREMENT}.get(family)


def criteria(family: Family, figures: Mapping[str, Figure], first: date, last: date) -> Criteria:
    """What is asked; ``figures`` are the rulebook's of ``<family>.experts``, by the last part of their codes."""
    return Criteria(
        pool_of(family),
        first,
        last,
        years=figures.get("years"),
        age_below=figures.get("age-below"),
        clean_years=figures.get("clean-years"),
    )


def before(day: date, years: int) -> date:
    """The same day so many years earlier; of 29 February the 28th where that year has none."""
    return _shifted(day, -years)


def _shifted(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def full_years(since: date, on: date) -> int:
    """Full years from one day to another: of service, or of age."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def barred(member: Member, asked: Criteria) -> list[Barred]:
    """Everything that keeps somebody off the list; nothing where they may be drawn."""
    found = list(_standing(member, asked))
    if asked.pool is not None:
        if asked.pool not in member.pools:
            found.append(Barred(Bar.NOT_ENTERED))
        found += _qualified(member, asked)
    return found


def fits(member: Member, asked: Criteria) -> bool:
    """Whether somebody stands on the list: the same as ``queries.fit``, which asks the database."""
    return not any(each.blocks for each in barred(member, asked))


def _standing(member: Member, asked: Criteria) -> Iterable[Barred]:
    if not member.active:
        yield Barred(Bar.RETIRED)
    if member.valid_until is not None and member.valid_until < asked.last:
        yield Barred(Bar.EXPIRED, source=member.valid_until.isoformat())
    for act in member.acts:
        if act.ended_on is not None and act.ended_on <= asked.first:
            continue
        if act.kind is ActKind.SUSPENSION:
            over = act.until_on is not None and act.until_on < asked.first
            if act.from_on <= asked.last and not over:
                yield Barred(Bar.SUSPENDED, act.until_on)
        elif act.finding is Finding.PUNISHED and asked.pool is Pool.WORKS:
            yield Barred(Bar.PUNISHED, source=_PUNISHED_SOURCE)
        elif act.kind is ActKind.FINDING and asked.clean_years is not None:
            figure = asked.clean_years
            if act.from_on > before(asked.first, figure.value):
                until = _shifted(act.from_on, figure.value) - timedelta(days=1)
                yield Barred(Bar.FOUND, until, cite(figure), figure.blocks)


def _qualified(member: Member, asked: Criteria) -> Iterable[Barred]:
    years, age = asked.years, asked.age_below
    source = cite(years) if years else ""
    blocks = years is None or years.blocks
    enough = member.level is Level.SENIOR or (member.level is Level.MIDDLE and asked.pool is Pool.PROCUREMENT)
    if not enough:
        yield Barred(Bar.LEVEL, source=source, blocks=blocks)
    needs_years = asked.pool is Pool.WORKS or member.level is Level.MIDDLE
    if years is not None and enough and needs_years:
        if member.field_since is None:
            yield Barred(Bar.NO_YEARS, source=source, blocks=blocks)
        elif member.field_since > before(asked.first, years.value):
            until = _shifted(member.field_since, years.value) - timedelta(days=1)
            yield Barred(Bar.YEARS, until, source, blocks)
    if age is not None:
        if member.born_on is None:
            yield Barred(Bar.NO_BIRTH, source=cite(age), blocks=age.blocks)
        elif member.born_on <= before(asked.last, age.value):
            yield Barred(Bar.AGE, source=cite(age), blocks=age.blocks)


#: Titles that are senior or middle without saying so; with “高级”, “正高” or “副高” in it a title is senior.
_SENIOR = frozenset(
    [
        "教授",
        "副教授",
        "研究员",
        "副研究员",
        "主任医师",
        "副主任医师",
        "译审",
        "副译审",
        "编审",
        "副编审",
        "研究馆员",
        "副研究馆员",
    ]
)
_MIDDLE = frozenset(
    [
        "工程师",
        "建筑师",
        "经济师",
        "会计师",
        "统计师",
        "审计师",
        "农艺师",
        "讲师",
        "助理研究员",
        "主治医师",
        "馆员",
        "编辑",
        "翻译",
    ]
)


def level_of(title: str) -> Level | None:
    """The level that a title says by itself; None where it says none."""
    words = "".join(title.split())
    if words.startswith(("高级", "正高", "副高", "教授级")) or words in _SENIOR:
        return Level.SENIOR
    return Level.MIDDLE if words.startswith("中级") or words in _MIDDLE else None
