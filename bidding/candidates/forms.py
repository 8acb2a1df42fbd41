"""The form of a lot's candidates: a rank after the other, and what else the publicity has to say."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from bidding.announcements.rules import MOST_WORDS, PRESETS, Kind, Said, label
from bidding.award.queries import LotResult
from bidding.candidates.service import Recommended
from bidding.core.money import yuan
from bidding.web.forms import Form

_PRESET = PRESETS[Kind.CANDIDATES]
#: What stands on no field here: it is taken from the project and from its sheets.
_TAKEN = frozenset({"title", "candidates"})
#: The parts of the publicity that are typed, in their order.
PARTS = tuple(name for name in _PRESET.parts if name not in _TAKEN)


class CandidatesForm(Form):
    """A draft: nothing has to be there before it is handed over, but what is there has to be right."""

    version = HiddenField()
    summary = TextAreaField(
        validators=[Length(max=MOST_WORDS)],
        description=_l("评标过程、否决投标的情况和理由、评标结论，照评标报告写。"),
        render_kw={"rows": 4},
    )
    reported_on = DateField(validators=[Optional()])
    days = IntegerField(validators=[Optional(), NumberRange(1, 250)], render_kw={"inputmode": "numeric"})
    finance_name = StringField(validators=[Length(max=200)])
    finance_address = StringField(validators=[Length(max=200)])
    finance_contact = StringField(validators=[Length(max=120)])
    owner_name = StringField(validators=[Length(max=200)])
    owner_address = StringField(validators=[Length(max=200)])
    owner_contact = StringField(validators=[Length(max=120)])
    agency_address = StringField(validators=[Length(max=200)])
    contact = StringField(validators=[Length(max=60)])
    phone = StringField(validators=[Length(max=30)])
    note = StringField(validators=[Optional(), Length(max=500)])
    media = StringField(validators=[Optional(), Length(max=200)])

    #: How many ranks there are.
    ranks = 0

    def __init__(self, known: LotResult, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        nobody = ("", gettext("（没有）"))
        choices = [
            nobody,
            *((each.bid, _said(each.name, each.price.fen, each.price.words)) for each in known.offers),
        ]
        for rank in range(1, self.ranks + 1):
            self[f"bid_{rank}"].choices = choices
            self[f"fit_{rank}"].flags.optional = False  # a candidate is not published without
        for name in PARTS:
            self[name].label.text = gettext(label(Kind.CANDIDATES, name))
            self[name].flags.optional = name in _PRESET.free

    @property
    def said(self) -> Said:
        """What was typed."""
        return Said(**{name: self[name].data for name in PARTS if self[name].data})

    @property
    def recommended(self) -> list[Recommended]:
        """The ranks, empty ones as well."""
        return [
            Recommended(
                self[f"bid_{rank}"].data or "",
                self[f"score_{rank}"].data or "",
                self[f"fit_{rank}"].data or "",
            )
            for rank in range(1, self.ranks + 1)
        ]

    @property
    def version_seen(self) -> int | None:
        """The version of the draft that it was filled in over."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def candidates_form(known: LotResult, most: int, **kwargs: Any) -> CandidatesForm:
    """The form, with as many ranks as the law lets be."""
    ranks = min(most, max(len(known.offers), 1))
    made: dict[str, Any] = {"ranks": ranks}
    for rank in range(1, ranks + 1):
        made |= {
            f"bid_{rank}": SelectField(gettext("第 %(rank)s 名", rank=rank), validate_choice=False),
            f"score_{rank}": StringField(
                gettext("评审得分"), [Optional(), Length(max=60)], description=gettext("例如 92.35 分。")
            ),
            f"fit_{rank}": TextAreaField(
                gettext("响应招标文件要求的资格能力条件"),
                [Optional(), Length(max=500)],
                description=gettext("例如资质等级、类似业绩、项目负责人的执业资格。"),
                render_kw={"rows": 2},
            ),
        }
    form: type[CandidatesForm] = type("CandidatesFormOfThese", (CandidatesForm,), made)
    return form(known, **kwargs)


def _said(name: str, fen: int | None, words: str) -> str:
    price = gettext("%(amount)s 元", amount=yuan(fen)) if fen is not None else words or gettext("没有报价")
    return f"{name} · {price}"
