"""How templates show amounts, instants, sizes and form errors."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask import Flask
from flask_babel import get_locale, gettext
from wtforms import Field, FormField

from bidding.core.clock import SHANGHAI
from bidding.core.money import daxie, wan, yuan
from bidding.web.forms import Form


def init_app(app: Flask) -> None:
    """Register the filters and the functions that the macros of ``components/`` call."""
    app.jinja_env.filters.update(
        yuan=yuan,
        wan=wan,
        daxie=daxie,
        instant=instant,
        minute=minute,
        day=day,
        longday=longday,
        clock=clock,
        millisecond=millisecond,
        bytesize=bytesize,
    )
    app.jinja_env.globals.update(
        duration=duration,
        half_sun=half_sun,
        form_problems=form_problems,
        flat_errors=flat_errors,
        field_width=field_width,
    )


def instant(value: datetime) -> str:
    """An instant to the second in Shanghai: ``2026-12-15 14:30:00``."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def minute(value: datetime) -> str:
    """An instant to the minute in Shanghai: ``2026-12-15 14:30``."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def day(value: date) -> str:
    """A date, or an instant's date in Shanghai: ``2026-12-15``."""
    return _local(value).strftime("%Y-%m-%d")


def longday(value: date) -> str:
    """The same with its weekday, as the reader's language writes it: ``2026年12月15日星期二``."""
    return format_date(_local(value), "full", get_locale() or "zh_Hans")


def clock(value: datetime) -> str:
    """The time of day in Shanghai: ``14:30:00``."""
    return value.astimezone(SHANGHAI).strftime("%H:%M:%S")


def millisecond(value: datetime) -> str:
    """The time of day in Shanghai to the millisecond: ``14:29:59.999``."""
    return value.astimezone(SHANGHAI).strftime("%H:%M:%S.%f")[:-3]


def duration(value: timedelta) -> str:
    """How long something is off, in its two largest units; rounded down."""
    minutes = int(value.total_seconds()) // 60
    if minutes < 60:
        return str(
            gettext("%(count)s 分 %(seconds)s 秒", count=minutes, seconds=int(value.total_seconds()) % 60)
        )
    if minutes < 24 * 60:
        return str(gettext("%(hours)s 小时 %(minutes)s 分", hours=minutes // 60, minutes=minutes % 60))
    return str(gettext("%(days)s 天 %(hours)s 小时", days=minutes // 1440, hours=minutes // 60 % 24))


def _local(value: date) -> date:
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def bytesize(count: int) -> str:
    """A number of bytes as files are measured: ``41.2 MB``, ``2 GB``; in steps of 1000, like every file manager's."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{f'{size:.1f}'.removesuffix('.0')} {unit}"
        size /= 1000
    raise AssertionError


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary: the words, the field's label, and the id to jump to."""

    words: str
    label: str
    target: str


def form_problems(form: Form) -> list[Problem]:
    """Everything that is wrong with a form, in the order of its fields; what belongs to none comes first."""
    found = [Problem(str(words), "", "") for words in form.form_errors]
    for field in form:
        found += _of(field)
    return found


def _of(field: Field) -> Iterator[Problem]:
    inner = [entry for entry in field if isinstance(entry, Field)] if hasattr(field, "entries") else []
    if isinstance(field, FormField):
        inner = list(field.form)
    if inner:
        for entry in inner:
            yield from _of(entry)
        words = [error for error in field.errors if isinstance(error, str)] if field.errors else []
    else:
        words = flat_errors(field)
    listed = field.type in ("RadioField", "FieldList", "FormField")
    for error in words:
        yield Problem(error, str(field.label.text), f"{field.id}-0" if listed else field.id)


def flat_errors(field: Field) -> list[str]:
    """A field's errors as sentences, also those of the fields within it."""
    return list(_flat(field.errors))


def _flat(errors: Any) -> Iterator[str]:
    if isinstance(errors, dict):
        errors = errors.values()
    for error in errors:
        if isinstance(error, dict | list | tuple):
            yield from _flat(error)
        else:
            yield str(error)


#: How wide a field is: as wide as what goes into it (experience.md).
_WIDTHS = {
    "MoneyField": "sl-w-m",
    "UsccField": "sl-w-m",
    "InstantField": "sl-w-m",
    "DateField": "sl-w-m",
    "IntegerField": "sl-w-s",
    "TextAreaField": "",
    "FileField": "",
}


def field_width(field: Field) -> str:
    """The class for a field's width."""
    return _WIDTHS.get(field.type, "sl-w-l")


@dataclass(frozen=True, slots=True)
class Sector:
    """One trustee's piece of the half sun."""

    path: str
    x: str
    y: str
    number: int
    on: bool


@dataclass(frozen=True, slots=True)
class HalfSun:
    """The picture of a panel: a piece for each trustee, lit once the share is in."""

    sectors: list[Sector]
    lit: int


def half_sun(n: int, lit: int | Collection[int]) -> HalfSun:
    """Pieces of a half ring about (150, 140), radii 58 and 128, from the left; ``lit`` counts them or names them."""
    on = set(range(1, lit + 1)) if isinstance(lit, int) else set(lit)
    gap = math.radians(1)
    sectors = []
    for number in range(1, n + 1):
        start = math.pi * (1 - (number - 1) / n) - gap
        end = math.pi * (1 - number / n) + gap
        middle = (start + end) / 2
        outer = f"M{_at(128, start)}A128 128 0 0 1 {_at(128, end)}"
        path = f"{outer}L{_at(58, end)}A58 58 0 0 0 {_at(58, start)}Z"
        x, y = _at(93, middle).split(" ")
        sectors.append(Sector(path, x, f"{float(y) + 5:.1f}", number, number in on))
    return HalfSun(sectors, len(on))


def _at(radius: float, angle: float) -> str:
    return f"{150 + radius * math.cos(angle):.1f} {140 - radius * math.sin(angle):.1f}"
