"""How long something stands published, and what is said against it in that time. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bidding.announcements.rules.kinds import LEAST_OBJECTION, MOST_WORDS, PRESETS, Kind, State
from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_, DomainError
from bidding.core.workdays import Calendar
from bidding.tenders.rules import Figure, end_of


class NoObjectionsHere(DomainError):
    """An objection to what nobody can object to here, or to what was taken back."""

    code = "announcements.no_objections_here"
    text = N_("这份公告现在不收异议。单一来源公示和中标候选人公示在公示期内、没有撤回的，可以提出。")


class ObjectionTooLate(DomainError):
    """The period is over."""

    code = "announcements.objection_too_late"
    text = N_("公示期在 %(last)s 结束，不能再在这里提出异议。可以向公示里写明的监督部门反映。")


class ObjectionTooShort(DomainError):
    """An objection without substance, or a book."""

    code = "announcements.objection_too_short"
    text = N_("请写明异议的内容和理由，%(least)s 到 %(most)s 个字。")
    status = 422


class AnswerMissing(DomainError):
    """An answer without words."""

    code = "announcements.answer_missing"
    text = N_("请写明结论和理由，最多 %(most)s 个字；答复公开，也告知提出人。")
    status = 422


class ReasonMissing(DomainError):
    """Sent back or withdrawn without a word."""

    code = "announcements.reason_missing"
    text = N_("请写明原因，最多 %(most)s 个字。")
    status = 422


def last_day(days: int, published_on: date, figure: Figure, calendar: Calendar) -> date:
    """The last day of a publicity of so many ``days``; the day of publication is not counted (民法典 201)."""
    return end_of(replace(figure, value=days), published_on, calendar)


def over_at(last: date) -> datetime:
    """The instant at which a period that ends with ``last`` is over: 24:00 of that day (民法典 203)."""
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI)


def check_objection(kind: Kind, state: State, last: date | None, words: str, now: datetime) -> None:
    """Raise what stands against objecting now: the instant at which the period is over is itself too late."""
    if not PRESETS[kind].objections or state is not State.PUBLISHED or last is None:
        raise NoObjectionsHere
    if now >= over_at(last):
        raise ObjectionTooLate(last=last.isoformat())
    if not LEAST_OBJECTION <= len(words) <= MOST_WORDS:
        raise ObjectionTooShort(field="body", least=LEAST_OBJECTION, most=MOST_WORDS)


def check_words(words: str, refusal: type[DomainError], field: str) -> str:
    """The words, trimmed. Raises the refusal where there are none, or too many."""
    plain = words.replace("\r\n", "\n").strip()
    if not 0 < len(plain) <= MOST_WORDS:
        raise refusal(field=field, most=MOST_WORDS)
    return plain
