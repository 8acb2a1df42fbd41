"""One record of a data set: filled from facts, checked against the province's types, each fault with what to do. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bidding.core.clock import SHANGHAI
from bidding.core.errors import N_
from bidding.core.money import FEN_PER_YUAN
from bidding.province.mapping import DataSet, Field, Plan

#: Facts by name, such as ``lot.number``; empty and missing say the same.
Facts = Mapping[str, Any]
#: Where several codes stand in one field; each of them has its length.
BETWEEN = ";"
_NUMBER = re.compile(r"-?(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]+))?")


class Fen(int):
    """An amount: whole fen here, yuan with two decimals in a message (unit 0 of the province's list)."""


@dataclass(frozen=True, slots=True)
class Item:
    """What one record is made of: its facts, and whom an answer filled in by hand holds for, by scope."""

    facts: Facts
    subjects: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands against a field: a sentence and an advice, keys of the catalogue with ``params``."""

    field: Field
    subject: str
    text: str
    advice: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """One field with its value as it is sent, where it came from, and what stands against it."""

    field: Field
    subject: str
    value: str
    by_hand: bool
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Record:
    """One record, field by field."""

    filled: tuple[Filled, ...]

    @property
    def problems(self) -> list[Problem]:
        """What must be mended before it can be sent."""
        return [each.problem for each in self.filled if each.problem is not None]

    @property
    def values(self) -> dict[str, str]:
        """As it is sent: by the names of the receiver, without what is empty."""
        return {each.field.sent_as: each.value for each in self.filled if each.value}


#: What a person has filled in: by scope, subject and field.
Answers = Mapping[tuple[str, str, str], str]

_MISSING = N_("必填，现在没有。")
_UNCODED = N_("系统里是“%(given)s”，没有省里对应的代码（%(book)s）。")
BY_HAND = N_("在这一页下面补录。")
_AT_CENTRE = N_("在对照文件（PROVINCE_PROFILE）的 centre 里写上 %(name)s，重启后生效。")
_AT_CODES = N_(
    "在对照文件（PROVINCE_PROFILE）的 codes 的 %(list)s 里给“%(given)s”写上代码，或者在这一页下面补录。"
)
_PLATFORM = N_(
    "设置 PROVINCE_PLATFORM（本平台的统一社会信用代码）并在 codes 的 trade 里写上交易分类，重启后自动编号。"
)


_ADDRESS = N_("设置 PUBLIC_URL（公众打开本平台的地址），重启后生效。")


def fill(found: DataSet, item: Item, answers: Answers, plan: Plan) -> Record:
    """The record of an item. What the product knows comes first; a person's answer where that is missing or does not fit."""
    return Record(tuple(_fill(field, item, answers, plan) for field in found.fields))


def _fill(field: Field, item: Item, answers: Answers, plan: Plan) -> Filled:
    subject = item.subjects.get(field.ask, "")
    raw = field.value or item.facts.get(field.source)
    value, problem = _given(field, subject, raw, plan)
    by_hand = answers.get((field.ask, subject, field.code), "")
    if by_hand and (problem is not None or not value):
        text = as_typed(field.type, by_hand)
        fault = fits(field.type, text)
        return Filled(
            field,
            subject,
            text,
            True,
            Problem(field, subject, fault[0], BY_HAND, fault[1]) if fault else None,
        )
    return Filled(field, subject, value, False, problem)


def _given(field: Field, subject: str, raw: Any, plan: Plan) -> tuple[str, Problem | None]:
    if raw is None or raw == "":
        return "", _missing(field, subject) if field.required else None
    value = as_text(raw, field.type)
    if field.codes and not field.value:
        coded = plan.codes[field.codes].get(value)
        if coded is None:
            params = {"given": value, "book": field.book or field.codes, "list": field.codes}
            found = Problem(field, subject, _UNCODED, _AT_CODES, params) if field.required else None
            return "", found
        value = coded
    fault = fits(field.type, value)
    if fault and not field.required:
        return "", None  # what need not be told is left out rather than told wrongly
    return value, Problem(field, subject, fault[0], BY_HAND, fault[1]) if fault else None


def _missing(field: Field, subject: str) -> Problem:
    if field.source.endswith(("deal_code", "deal_codes")):
        return Problem(field, subject, _MISSING, _PLATFORM, {})
    if field.source.endswith(".url"):
        return Problem(field, subject, _MISSING, _ADDRESS, {})
    if field.source.startswith("centre."):
        return Problem(field, subject, _MISSING, _AT_CENTRE, {"name": field.source.removeprefix("centre.")})
    return Problem(field, subject, _MISSING, BY_HAND, {})


def as_text(raw: Any, kind: str) -> str:
    """A fact as the province writes it: times without signs between, amounts in yuan, yes and no as words of the code list."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Fen):
        return f"{raw // FEN_PER_YUAN}.{raw % FEN_PER_YUAN:02d}"
    if isinstance(raw, datetime):
        return f"{raw.astimezone(SHANGHAI):{'%Y%m%d' if kind == 'T8' else '%Y%m%d%H%M%S'}}"
    if isinstance(raw, date):
        return f"{raw:%Y%m%d}" + ("000000" if kind == "T14" else "")
    return str(raw).strip()


def as_typed(kind: str, text: str) -> str:
    """What a person typed, as it is sent: ``2026-11-23 09:00`` is as good as fourteen digits."""
    plain = text.strip()
    if kind in ("T14", "T8"):
        digits = re.sub(r"[^0-9]", "", plain)
        return digits.ljust(14, "0")[:14] if kind == "T14" and len(digits) in (8, 10, 12) else digits
    if kind.startswith("N("):
        return plain.replace(",", "")
    return plain


def fits(kind: str, value: str) -> tuple[str, dict[str, Any]] | None:
    """What is wrong with a value that is there; None where nothing is. ``kind`` as in ``mapping.Field.type``."""
    if kind[:1] in "=<>" and kind:
        return _length(kind, value)
    if kind.startswith("N("):
        return _number(kind, value)
    if kind in ("T14", "T8"):
        return _instant(kind, value)
    return None


def _length(kind: str, value: str) -> tuple[str, dict[str, Any]] | None:
    wanted, count = int(kind.lstrip("<>=")), len(value)
    if kind.startswith("=") and BETWEEN in value:
        return next((fault for part in value.split(BETWEEN) if (fault := _length(kind, part))), None)
    params = {"wanted": wanted, "count": count}
    if kind.startswith("<="):
        return (N_("最多 %(wanted)s 个字，现在 %(count)s 个。"), params) if count > wanted else None
    if kind.startswith(">="):
        return (N_("至少 %(wanted)s 个字，现在 %(count)s 个。"), params) if count < wanted else None
    return (N_("要正好 %(wanted)s 位，现在 %(count)s 位。"), params) if count != wanted else None


def _number(kind: str, value: str) -> tuple[str, dict[str, Any]] | None:
    whole, part = (int(digits) for digits in kind[2:-1].split(","))
    found = _NUMBER.fullmatch(value)
    if found is None:
        return N_("“%(given)s”不是数字。"), {"given": value[:40]}
    if len(found["whole"].lstrip("0")) > whole or len((found["part"] or "").rstrip("0")) > part:
        return N_("整数最多 %(whole)s 位、小数最多 %(part)s 位，现在是 %(given)s。"), {
            "whole": whole,
            "part": part,
            "given": value[:40],
        }
    return None


def _instant(kind: str, value: str) -> tuple[str, dict[str, Any]] | None:
    shape = "%Y%m%d%H%M%S" if kind == "T14" else "%Y%m%d"
    if len(value) == int(kind[1:]) and value.isascii() and value.isdigit():
        with suppress(ValueError):
            datetime.strptime(value, shape)  # noqa: DTZ007 — its form alone
            return None
    text = (
        N_("要写成 20261123093000 这样的 14 位时间。")
        if kind == "T14"
        else N_("要写成 20261123 这样的 8 位日期。")
    )
    return text, {}
