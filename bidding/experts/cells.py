"""Cells of a list of experts: what each may hold, and what is said where it does not. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bidding.core.codes import InvalidUscc, check_uscc
from bidding.core.errors import N_
from bidding.experts.fitness import Level, level_of
from bidding.experts.listing import Headings

HEADINGS = Headings(
    {
        "name": ("姓名", "name"),
        "unit": ("单位", "工作单位", "unit", "employer"),
        "uscc": ("统一社会信用代码", "单位代码", "uscc"),
        "specialties": ("专业", "专业代码", "specialty", "specialties"),
        "title": ("职称", "title"),
        "level": ("职称级别", "级别", "level"),
        "years": ("年限", "从业年限", "years"),
        "id_number": ("身份证号", "身份证号码", "公民身份号码", "id number"),
        "born_on": ("出生日期", "出生年月日", "birth date"),
        "age": ("年龄", "age"),
        "phone": ("电话", "手机", "联系电话", "phone"),
        "email": ("邮箱", "电子邮箱", "e-mail", "email"),
        "region": ("地区", "region"),
        "pools": ("类别", "入库类别", "pools"),
        "valid_until": ("聘期至", "有效期至", "valid until"),
    },
    ("name", "unit", "specialties", "phone"),
)
_LIMITS = {"name": 60, "unit": 200, "title": 60, "region": 60}
_PHONE = re.compile(r"\+?[0-9]{7,20}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")
SEPARATORS = re.compile(r"[;；、,，]")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_LEVELS = {
    **dict.fromkeys(
        ("高级", "正高级", "副高级", "正高", "副高", "高级同等", "同等高级", "senior"), Level.SENIOR
    ),
    **dict.fromkeys(("中级", "中级同等", "同等中级", "middle"), Level.MIDDLE),
}
_WORKS, _PROCUREMENT = ("工程", "works"), ("政府采购", "采购", "procurement")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell, and what to do; ``text`` is the catalogue's key, filled with ``params``.

    ``name`` is whose row it is, as far as the row says.
    """

    line: int
    name: str
    column: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)


EMPTY = N_("没有填写。请补上这一格。")
TOO_LONG = N_("超过 %(limit)s 个字。请缩短。")
NO_SPECIALTY = N_("没有专业。每位专家至少写一个专业代码；多个专业用分号隔开。")
UNKNOWN_SPECIALTY = N_("专业代码 %(codes)s 不在专业表里，或者已经停用。请改用表中的代码，或先登记这个专业。")
NOT_YEARS = N_("“%(value)s”不是 0 到 70 的整数。请填写从业年数。")
NOT_AGE = N_("“%(value)s”不是 18 到 100 的整数。请填写周岁，或者填出生日期。")
NOT_PHONE = N_("“%(value)s”不是电话号码。请填写 7 到 20 位数字。")
NOT_EMAIL = N_("“%(value)s”不是电子邮箱。请核对，或把这一格留空。")
NOT_USCC = N_("“%(value)s”不是统一社会信用代码。请核对 18 位代码，或把这一格留空。")
NOT_DAY = N_("“%(value)s”不是日期。请写成 1975-06-01 这样。")
NOT_LEVEL = N_("“%(value)s”不是职称级别。请填“高级”或“中级”（同等专业水平填“同等高级”“同等中级”），或留空。")
NOT_POOLS = N_("“%(value)s”不是专家类别。请填“工程”“政府采购”，两样都是的用分号隔开，或留空。")
NOT_REGION = N_("“%(value)s”不是六位行政区划代码。请核对代码，或者直接写地区名称。")
BIRTH_DIFFERS = N_("出生日期与身份证号不一致。请核对。")
TWICE = N_("与第 %(before)s 行是同一个人（姓名和电话相同，或身份证号相同）。请删去其中一行。")
TWO_PEOPLE = N_("身份证号是库里的一个人，姓名和电话是库里的另一个人。请先核对是谁。")
TWO_ROWS = N_("前面有一行说的是库里同一个人（身份证号相同）。请删去其中一行。")
ANOTHER_NUMBER = N_("库里这个人（姓名和电话相同）登记的是另一个身份证号。请核对证件。")


def fault(line: int, column: str, text: str, **params: Any) -> RowError:
    """A fault of one cell; whose row it is ``Reader.refuse`` adds."""
    return RowError(line, "", HEADINGS.words[column][0], text, params)


def needed(values: Mapping[str, str], name: str, line: int, faults: list[RowError]) -> str:
    """The cell, which may not be empty."""
    if not values.get(name):
        faults.append(fault(line, name, EMPTY))
    return short(values, name, line, faults)


def short(values: Mapping[str, str], name: str, line: int, faults: list[RowError]) -> str:
    """The cell, which may not be too long."""
    value = values.get(name, "")
    if len(value) > _LIMITS[name]:
        faults.append(fault(line, name, TOO_LONG, limit=_LIMITS[name]))
    return value


def count_of(
    values: Mapping[str, str],
    name: str,
    bounds: tuple[int, int],
    text: str,
    line: int,
    faults: list[RowError],
) -> int | None:
    """A whole number within bounds, or None."""
    value = values.get(name, "")
    if not value:
        return None
    if value.isascii() and value.isdigit() and len(value) < 4 and bounds[0] <= int(value) <= bounds[1]:
        return int(value)
    faults.append(fault(line, name, text, value=value[:40]))
    return None


def phone_of(values: Mapping[str, str], line: int, faults: list[RowError]) -> str:
    """A telephone number, which may not be missing."""
    phone = plain_phone(values.get("phone", ""))
    if not phone:
        faults.append(fault(line, "phone", EMPTY))
    elif not is_phone(phone):
        faults.append(fault(line, "phone", NOT_PHONE, value=values["phone"][:40]))
    return phone


def plain_phone(text: str) -> str:
    """A telephone number without what people put between its digits."""
    return re.sub(r"[\s()（）-]", "", text)


def is_phone(phone: str) -> bool:
    """Whether it can be a telephone number: 7 to 20 digits."""
    return _PHONE.fullmatch(phone) is not None


def is_email(text: str) -> bool:
    """Whether it can be an address of letters."""
    return len(text) <= 200 and _EMAIL.fullmatch(text) is not None


def email_of(text: str, line: int, faults: list[RowError]) -> str | None:
    """An address of letters, or None."""
    if not text:
        return None
    if not is_email(text):
        faults.append(fault(line, "email", NOT_EMAIL, value=text[:40]))
    return text


def day_of(values: Mapping[str, str], name: str, line: int, faults: list[RowError]) -> date | None:
    """A day, in any of the ways people write one; None where nothing is written."""
    text = values.get(name, "")
    if not text:
        return None
    match = _DAY.fullmatch(text)
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass  # the thirtieth of February
    faults.append(fault(line, name, NOT_DAY, value=text[:40]))
    return None


def level_in(text: str, title: str, line: int, faults: list[RowError]) -> Level | None:
    """The level, of its own column or else of the title."""
    if not text:
        return level_of(title)
    level = _LEVELS.get("".join(text.split()).casefold())
    if level is None:
        faults.append(fault(line, "level", NOT_LEVEL, value=text[:40]))
    return level


def pools_of(text: str, line: int, faults: list[RowError]) -> tuple[bool, bool] | None:
    """Whether for works, and whether for procurement; None where the row says nothing."""
    words = [word.strip().casefold() for word in SEPARATORS.split(text) if word.strip()]
    if not words:
        return None
    if any(word not in _WORKS + _PROCUREMENT for word in words):
        faults.append(fault(line, "pools", NOT_POOLS, value=text[:40]))
    return any(word in _WORKS for word in words), any(word in _PROCUREMENT for word in words)


def region_of(values: Mapping[str, str], line: int, faults: list[RowError]) -> str:
    """A name, or six digits of GB/T 2260."""
    text = short(values, "region", line, faults)
    if text.isdigit() and not re.fullmatch(r"[1-9]\d{5}", text):
        faults.append(fault(line, "region", NOT_REGION, value=text[:40]))
    return text


def uscc_of(text: str, line: int, faults: list[RowError]) -> str | None:
    """A unified social credit code in its normal form, or None."""
    if not text:
        return None
    try:
        return check_uscc(text)
    except InvalidUscc:
        faults.append(fault(line, "uscc", NOT_USCC, value=text[:40]))
        return None
