"""Calling those who were drawn: who is next, and which answers may be logged (protocol §7.7). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bidding.core.errors import N_, DomainError
from bidding.experts.draw import StratumResult


class Answer(StrEnum):
    """What became of a call."""

    ACCEPT = "accept"
    DECLINE = "decline"
    NO_ANSWER = "no-answer"
    ABSENT = "absent"
    RECUSED = "recused"
    SKIP = "skip"


#: Answers after which the place is open again; each needs a reason and a call record.
GONE = frozenset({Answer.DECLINE, Answer.NO_ANSWER, Answer.ABSENT, Answer.RECUSED})
#: What may still befall somebody who accepted: tenderers become known only at sign-in.
AFTER_ACCEPTING = frozenset({Answer.DECLINE, Answer.ABSENT, Answer.RECUSED})


ANSWER_WORDS: dict[Answer, str] = {
    Answer.ACCEPT: N_("参加"),
    Answer.DECLINE: N_("婉拒"),
    Answer.NO_ANSWER: N_("无应答"),
    Answer.ABSENT: N_("缺席"),
    Answer.RECUSED: N_("回避"),
    Answer.SKIP: N_("跳过"),
}

#: The reasons an answer can have. They stand in a log that everybody reads one day: none says who or what illness.
REASONS: dict[Answer, tuple[str, ...]] = {
    Answer.DECLINE: (N_("时间冲突"), N_("不在本地"), N_("健康原因"), N_("其他原因，见通知记录")),
    Answer.NO_ANSWER: (N_("三次未接通"), N_("号码停用"), N_("未在规定时间内答复")),
    Answer.ABSENT: (N_("到时未到场"), N_("中途离场")),
    Answer.RECUSED: (N_("与投标单位同单位"), N_("与投标单位有其他利害关系"), N_("本人申请回避")),
}


class NotTheirTurn(DomainError):
    """The call is not the next one of the ranking."""

    code = "draw.not_their_turn"
    text = N_(
        "通知只能沿抽取排序逐一进行：先正选，后备选；只有缺人时才通知备选。请刷新页面，按页面给出的下一位办理。"
    )


class MustSkip(DomainError):
    """A reserve who is drawn elsewhere, or over the unit cap, can only be skipped; nobody else can be."""

    code = "draw.skip"
    text = N_("只有已在其他专业抽中、或同单位名额已满的备选专家记为“跳过”，也只能记为“跳过”。")


class ReasonMissing(DomainError):
    """An answer that opens the place again stands with its reason and its call record; others with neither."""

    code = "draw.reason"
    text = N_("婉拒、未接通、缺席和回避必须写明原因并留存通知记录；参加和跳过不写原因。")
    status = 422


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is to be called next in a stratum."""

    stratum: str
    h: str
    position: int  # from 1: picks first, then backups
    backup: bool
    skip: bool  # drawn elsewhere or over the cap by now: to be logged as ``skip``, not called


@dataclass(slots=True)
class _Line:
    picks: Sequence[str]
    backups: Sequence[str]
    called: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)

    def open_places(self) -> int:
        """How many more have declined than backups serve."""
        gone = sum(1 for h in self.picks if self.answers.get(h) in GONE)
        return gone - sum(1 for h in self.backups if self.answers.get(h) is Answer.ACCEPT)

    def standing(self) -> list[str]:
        """All drawn who have not declined: picks, called or not yet, and backups who serve."""
        picks = [h for h in self.picks if self.answers.get(h) not in GONE]
        return picks + [h for h in self.backups if self.answers.get(h) is Answer.ACCEPT]

    def serving(self) -> list[str]:
        """All who have accepted and still stand."""
        return [h for h, answer in self.answers.items() if answer is Answer.ACCEPT]


class CallOut:
    """The calls of one draw, in the order of its log."""

    def __init__(self, spec: Mapping[str, Any], results: Sequence[StratumResult]) -> None:
        self._cap: int = spec["max_per_unit"]
        drawn = {h for result in results for h in (*result.picks, *result.backups)}
        self._unit = {
            leaf["h"]: leaf["unit"]
            for stratum in spec["strata"]
            for leaf in stratum["leaves"]
            if leaf["h"] in drawn
        }
        self._lines = {result.id: _Line(result.picks, result.backups) for result in results}

    def answer_of(self, stratum: str, h: str) -> Answer | None:
        """The last answer logged for one who was drawn."""
        return self._lines[stratum].answers.get(h)

    def called(self) -> list[tuple[str, str]]:
        """(stratum, h) of everybody who was called, skipped ones left out."""
        return [
            (name, h)
            for name, line in self._lines.items()
            for h, answer in line.answers.items()
            if answer is not Answer.SKIP
        ]

    def drawn(self) -> list[str]:
        """Everybody drawn, picks and reserves."""
        return [h for line in self._lines.values() for h in (*line.picks, *line.backups)]

    def standing(self) -> list[tuple[str, str]]:
        """(stratum, h) of all who hold a place: picks who have not declined, reserves who serve."""
        return [(name, h) for name, line in self._lines.items() for h in line.standing()]

    def outstanding(self) -> bool:
        """Whether somebody is to be called now."""
        return any(self.next(name) is not None for name in self._lines)

    def next(self, stratum: str) -> Turn | None:
        """Whose turn it is in a stratum; None if nobody is to be called now."""
        line = self._lines[stratum]
        position = line.called
        if position < len(line.picks):
            return Turn(stratum, line.picks[position], position + 1, backup=False, skip=False)
        reserve = position - len(line.picks)
        if line.open_places() <= 0 or reserve >= len(line.backups):
            return None
        h = line.backups[reserve]
        return Turn(stratum, h, position + 1, backup=True, skip=self._passed_over(h))

    def used_up(self, stratum: str) -> bool:
        """Whether places are open and no reserve is left: a further draw is needed."""
        line = self._lines[stratum]
        ended = line.called == len(line.picks) + len(line.backups)
        return ended and line.open_places() > 0

    def complete(self) -> bool:
        """Whether every place is taken by somebody who accepted."""
        return all(len(line.serving()) == len(line.picks) for line in self._lines.values())

    def serving(self, stratum: str) -> list[str]:
        """Those who accepted and still stand, in the order of their answers."""
        return self._lines[stratum].serving()

    def record(self, stratum: str, h: str, answer: Answer, *, reason: str | None, record: str | None) -> None:
        """Take one answer, or refuse it with the rule it breaks."""
        line = self._lines.get(stratum)
        if line is None:
            raise NotTheirTurn
        if (answer in GONE) != bool(reason) or (answer in GONE) != bool(record):
            raise ReasonMissing
        if line.answers.get(h) is Answer.ACCEPT and answer in AFTER_ACCEPTING:
            line.answers[h] = answer
            return
        turn = self.next(stratum)
        if turn is None or turn.h != h:
            raise NotTheirTurn
        if turn.skip != (answer is Answer.SKIP):
            raise MustSkip
        line.answers[h] = answer
        line.called += 1

    def _passed_over(self, h: str) -> bool:
        standing = [other for line in self._lines.values() for other in line.standing()]
        if h in standing:
            return True
        unit = self._unit[h]
        if unit is None:
            return False
        return Counter(self._unit[other] for other in standing)[unit] >= self._cap
