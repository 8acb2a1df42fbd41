"""Every method with its switches, its words and its figures: for everybody to read, and to print."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from bidding.core.errors import NotFound
from bidding.tenders import kinds, methods, queries, rules
from bidding.tenders.kinds import Family, Method
from bidding.tenders.methods import Preset
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.notices import cite, one_of
from bidding.tenders.words import WORD_LABELS, Words, words
from bidding.web.auth import public
from bidding.web.context import now, session


@bp.get("/methods", endpoint="methods")
@public
def every_method() -> str:
    """The methods of every law side by side."""
    today = queries.local_day(now())
    return render_template(
        "tenders/methods.html",
        families=[
            (family, [(each, _least(each, today)) for each in methods.PRESETS if each.family is family])
            for family in Family
        ],
        words=words,
        **_labels(),
    )


def _least(each: Preset, today: date) -> rules.Figure | None:
    return queries.rules_for(session(), each.family, each.method, today).get("min-bids")


@bp.get("/methods/<family>/<method>")
@public
def method(family: str, method: str) -> str:
    """One method: what is asked of it, what things are called in it, and every figure with its article."""
    pair = one_of(Family, family), one_of(Method, method)
    found = next((each for each in methods.PRESETS if (each.family, each.method) == pair), None)
    if found is None:
        raise NotFound
    today = queries.local_day(now())
    said = words(found.family, found.method)
    figures = queries.rules_for(session(), found.family, found.method, today)
    return render_template(
        "tenders/method.html",
        preset=found,
        on=today,
        words=said,
        terms=[(WORD_LABELS[item.name], getattr(said, item.name)) for item in fields(Words)],
        switches=_switches(found, figures),
        figures=[(rules.LABELS[name], figures[name]) for name in rules.LABELS if name in figures],
        sheets=rules.sheet_fields(found.family, found.method, found.price_forms[0]),
        slots=rules.file_slots(found.family, found.method, consortium=False),
        marks=rules.MARK_LABELS,
        units=rules.UNIT_LABELS,
        cite=cite,
        **_labels(),
    )


def _switches(each: Preset, figures: rules.Figures) -> list[tuple[str, str]]:
    """The switches in words."""
    yes, no = _("是"), _("否")
    prices = _("、").join(_(kinds.PRICE_FORM_LABELS[form]) for form in each.price_forms)
    return [
        (_("依据"), Markup('<span lang="zh-Hans">%s</span>') % each.cause),
        (_("价格"), _(methods.DIRECTION_LABELS[each.direction])),
        (_("限额"), _("起始价：低于它的报价无效") if each.sells else _("最高限价：高于它的报价无效")),
        (_("报价形式"), prices),
        (_("怎样定结果"), _(methods.AWARD_LABELS[each.award])),
        (_("结果与什么比"), _(methods.BASIS_LABELS[each.basis])),
        (_("报表里算作"), _("增值，不与节资相抵") if each.sells else _("节资")),
        (
            _("开标时间"),
            _("截止的同一时间（%(article)s）", article=_(each.together))
            if each.together
            else _("截止的同一时间或以后"),
        ),
        (_("可以分两个信封"), yes if rules.may_be_two(figures) else no),
        (_("多轮报价"), yes if each.rounds else no),
        (_("只有被邀请的能参加"), yes if each.invited else no),
        (_("组成评审小组"), yes if each.panel else no),
    ]


def _labels() -> dict[str, object]:
    return {
        "kinds": kinds,
        "directions": methods.DIRECTION_LABELS,
        "awards": methods.AWARD_LABELS,
    }
