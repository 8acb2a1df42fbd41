"""The ten rules of conduct: whom each is for, when it is asked, and what a version may not be. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bidding.core.actor import Role
from bidding.core.errors import N_, DomainError

#: A version has so many clauses at most, each so long: they are read before an act, not after.
MOST_CLAUSES, MOST_SIGNS = 20, 600


class Rule(StrEnum):
    """The ten, in the order in which they are listed."""

    BOOKING = "booking"
    DRAW = "draw"
    ZONE = "zone"
    OWNER = "owner"
    TENDERER = "tenderer"
    SUPERVISOR = "supervisor"
    OPENING = "opening"
    PANEL = "panel"
    AGENCY = "agency"
    SECURITY = "security"


#: The seven that 叙永县 named when it set its centre up; the other three are this product's, and marked as such.
NAMED = frozenset(
    {
        Rule.BOOKING,
        Rule.DRAW,
        Rule.ZONE,
        Rule.OWNER,
        Rule.TENDERER,
        Rule.SUPERVISOR,
        Rule.OPENING,
    }
)

TITLES: dict[Rule, str] = {
    Rule.BOOKING: N_("预定开标室、评标室须知"),
    Rule.DRAW: N_("专家抽取注意事项"),
    Rule.ZONE: N_("评标区管理注意事项"),
    Rule.OWNER: N_("招标人须知"),
    Rule.TENDERER: N_("投标人须知"),
    Rule.SUPERVISOR: N_("招投标项目监督管理人员须知"),
    Rule.OPENING: N_("开标会纪律"),
    Rule.PANEL: N_("评标委员会须知"),
    Rule.AGENCY: N_("招标代理机构须知"),
    Rule.SECURITY: N_("投标保证金管理须知"),
}
#: When it is asked, as its readers are told.
ASKED: dict[Rule, str] = {
    Rule.BOOKING: N_("代理机构第一次预定房间时"),
    Rule.DRAW: N_("管理员冻结抽取条件时"),
    Rule.ZONE: N_("评标专家登录后、进评标区前"),
    Rule.OWNER: N_("代理机构第一次提交项目时，受招标人委托"),
    Rule.TENDERER: N_("投标人登记后，最迟在第一次做递交前准备时"),
    Rule.SUPERVISOR: N_("监督人员登录后，最迟在见证签字时"),
    Rule.OPENING: N_("开标会签到时；每次开标都宣读，并显示在大屏上"),
    Rule.PANEL: N_("评标专家登录后、进评标区前"),
    Rule.AGENCY: N_("代理机构第一次提交项目时"),
    Rule.SECURITY: N_("投标人登记后，最迟在第一次准备投有保证金的标段时"),
}
#: What a role's people are asked for by themselves, whatever they are about to do.
OF_ROLE: dict[Role, tuple[Rule, ...]] = {
    Role.TENDERER: (Rule.TENDERER, Rule.SECURITY),
    Role.AGENCY: (Rule.OWNER, Rule.AGENCY),
    Role.SUPERVISOR: (Rule.SUPERVISOR,),
    Role.ADMINISTRATOR: (Rule.DRAW,),
    Role.EXPERT: (Rule.PANEL, Rule.ZONE),
}


class NotAccepted(DomainError):
    """An act that asks for a rule of conduct, without the box being ticked."""

    code = "conduct.not_accepted"
    text = N_("请先读上面的须知，再勾选“我已阅读，并会遵守”。每一版只问一次。")
    status = 422


class NewerMeanwhile(DomainError):
    """What was ticked is no longer what is in force."""

    code = "conduct.newer_meanwhile"
    text = N_("须知刚换了新的一版，上面显示的是新版。请读完再勾选；您填的内容都还在。")


class ClausesMissing(DomainError):
    """A version without words, or whose languages do not answer each other."""

    code = "conduct.clauses_missing"
    text = N_("中文和英文都要写，一行一条，条数相同，最多 %(most)s 条，每条最多 %(signs)s 个字符。")
    status = 422


class Unchanged(DomainError):
    """A version that says what the last one says."""

    code = "conduct.unchanged"
    text = N_("内容和现在的一版完全相同，不用再发布。")
    status = 422


class TooSoon(DomainError):
    """A version for a day that has begun, or before an earlier one."""

    code = "conduct.too_soon"
    text = N_("新的一版最早从 %(earliest)s 起施行：今天已经按现在的一版办理。请改施行日期。")
    status = 422


class ReasonMissing(DomainError):
    """A version without saying why."""

    code = "conduct.reason_missing"
    text = N_("请写明为什么改，最多 %(most)s 个字；复核的人和以后查的人都要看。")
    status = 422


class DraftWaiting(DomainError):
    """A second draft of the same rule."""

    code = "conduct.draft_waiting"
    text = N_("这份须知已有一份草稿在等复核。请先发布或者退回那一份。")


@dataclass(frozen=True, slots=True)
class Text:
    """One version, as it is read: ``zh`` and ``en`` clause by clause; in force from its day on."""

    rule: Rule
    n: int
    zh: tuple[str, ...]
    en: tuple[str, ...]
    valid_from: date
    sha256: str

    @property
    def label(self) -> str:
        """What people call the version: its year, and the number."""
        return f"{self.valid_from.year}-{self.n}"

    def clauses(self, language: str) -> tuple[str, ...]:
        """Its clauses in the reader's language."""
        return self.en if language == "en" else self.zh


def check_clauses(zh: str, en: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was typed, a clause a line, without empty lines. Raises ``ClausesMissing``."""
    found = tuple(_lines(zh)), tuple(_lines(en))
    for field, lines in zip(("zh", "en"), found, strict=True):
        if not 0 < len(lines) <= MOST_CLAUSES or any(len(line) > MOST_SIGNS for line in lines):
            raise ClausesMissing(field=field, most=MOST_CLAUSES, signs=MOST_SIGNS)
    if len(found[0]) != len(found[1]):
        raise ClausesMissing(field="en", most=MOST_CLAUSES, signs=MOST_SIGNS)
    return found


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def in_force(versions: Sequence[Text], on: date) -> Text:
    """The version of one rule that holds on a day: the last that has begun, before the first the first."""
    begun = [text for text in versions if text.valid_from <= on]
    return max(begun or versions[:1], key=lambda text: text.n)


def of_roles(roles: Collection[Role]) -> tuple[Rule, ...]:
    """What these roles' people are asked for, each once, in the order of the list."""
    asked = {rule for role in roles for rule in OF_ROLE.get(role, ())}
    return tuple(rule for rule in Rule if rule in asked)
