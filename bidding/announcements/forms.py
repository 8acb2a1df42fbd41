"""Forms of announcements: one for all kinds, with the parts that a kind has."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    MonthField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from bidding.announcements.models import Announcement
from bidding.announcements.rules import LABELS, MOST_OPINIONS, MOST_WORDS, PRESETS, Kind, Opinion, Said, label
from bidding.core.errors import N_
from bidding.web.forms import Form, MoneyField, StepUpForm

_MUST = _l("请填写这一项。")
_TEXT = [Length(max=MOST_WORDS)]
_TEL = {"autocomplete": "tel"}
#: Rows for opinions that a fresh form has; there is always one more than was written.
_FIRST = 3


class OpinionForm(Part):  # type: ignore[misc]
    """One expert's opinion."""

    name = StringField(_l("姓名"), [Length(max=60)])
    unit = StringField(_l("工作单位"), [Length(max=200)])
    post = StringField(_l("职称"), [Length(max=60)])
    words = TextAreaField(_l("论证意见"), [Length(max=MOST_WORDS)], render_kw={"rows": 2})


class AnnouncementForm(Form):
    """A draft. All but its name may be written later; what is missing is told before it is handed over."""

    version = HiddenField()
    title = StringField(validators=[InputRequired(_MUST), Length(max=200)])
    summary = TextAreaField(
        validators=_TEXT,
        description=_l(
            "采购标的的名称、数量，要实现的主要功能或目标，需满足的质量、服务、安全、时限等要求。"
        ),
        render_kw={"rows": 4},
    )
    budget_fen = MoneyField(description=_l("元；纸面上换算成万元。"))
    expected_on = MonthField(validators=[Optional()], description=_l("写到月，例如 2027-03。"))
    reason = TextAreaField(
        validators=_TEXT,
        description=_l("为什么只能从这一家采购：不可替代的专利、专有技术，或者公共服务的特殊要求。"),
        render_kw={"rows": 4},
    )
    supplier_name = StringField(validators=[Length(max=200)])
    supplier_address = StringField(validators=[Length(max=200)])
    opinions = FieldList(FormField(OpinionForm), max_entries=MOST_OPINIONS)
    days = IntegerField(validators=[Optional(), NumberRange(1, 250)], render_kw={"inputmode": "numeric"})
    finance_name = StringField(validators=[Length(max=200)])
    finance_address = StringField(validators=[Length(max=200)])
    finance_contact = StringField(validators=[Length(max=120)], render_kw=_TEL)
    owner_name = StringField(validators=[Length(max=200)])
    owner_address = StringField(validators=[Length(max=200)])
    owner_contact = StringField(validators=[Length(max=120)])
    agency_address = StringField(validators=[Length(max=200)])
    contact = StringField(validators=[Length(max=60)], render_kw={"autocomplete": "name"})
    phone = StringField(validators=[Length(max=30)], render_kw=_TEL)
    note = StringField(validators=[Optional(), Length(max=500)])
    media = StringField(
        validators=[Optional(), Length(max=200)],
        description=_l("还在哪里发布，例如中国政府采购网。各处内容应当相同。"),
    )

    def __init__(self, kind: Kind, row: Announcement | None = None, **kwargs: Any) -> None:
        """``row`` is the draft that is changed; ``data`` what a fresh one begins with."""
        preset = PRESETS[kind]
        if row is not None:
            said = row.said
            kwargs["data"] = {name: getattr(said, name) for name in preset.parts} | {
                "version": str(row.version),
                "opinions": [
                    {"name": each.name, "unit": each.unit, "post": each.post, "words": each.words}
                    for each in said.opinions
                ],
            }
        super().__init__(**kwargs)
        for name in LABELS.keys() & self._fields.keys():
            if name not in preset.parts:
                del self._fields[name]
                setattr(self, name, None)
            else:
                self._fields[name].label.text = gettext(label(kind, name))
                # It may be written later, and yet the announcement cannot do without.
                self._fields[name].flags.optional = name in preset.free
        if self.opinions is not None and not self.is_submitted():
            self._grow()

    def _grow(self) -> None:
        wanted = max(_FIRST, len(self.opinions.entries) + 1)
        for _each in range(min(wanted, MOST_OPINIONS) - len(self.opinions.entries)):
            self.opinions.append_entry()

    @property
    def said(self) -> Said:
        """What was typed. An amount of nothing is none."""
        found = {
            name: field.data
            for name, field in self._fields.items()
            if name in LABELS and name != "opinions" and field.data
        }
        rows = self.opinions.entries if self.opinions is not None else ()
        opinions = tuple(
            Opinion(
                **{part: (each.form[part].data or "").strip() for part in ("name", "unit", "post", "words")}
            )
            for each in rows
        )
        return Said(**found, opinions=opinions)

    @property
    def version_seen(self) -> int | None:
        """The version of the draft that it was filled in over."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class ActForm(Form):
    """A button that acts; the token is all it carries."""


class PublishForm(StepUpForm):
    """The second person's act."""


class ReturnForm(Form):
    """Why it goes back."""

    reason = TextAreaField(
        _l("退回的原因"),
        [InputRequired(_MUST), Length(max=MOST_WORDS)],
        description=_l("要改的一次说全。"),
        render_kw={"rows": 2},
    )


class WithdrawForm(StepUpForm):
    """Why it is taken back."""

    reason = TextAreaField(
        _l("撤回的原因"),
        [InputRequired(_MUST), Length(max=MOST_WORDS)],
        description=_l("公开；原公告仍可查看，标明已撤回。"),
        render_kw={"rows": 2},
    )


class ObjectionForm(Form):
    """What a tenderer objects to."""

    body = TextAreaField(
        _l("异议的内容和理由"),
        [InputRequired(_MUST), Length(max=MOST_WORDS)],
        description=_l("请写事实和理由。内容公开，不写您的单位名称；代理机构和监督部门知道是谁提的。"),
        render_kw={"rows": 6},
    )


#: What an answer comes to, by whether the objection is upheld.
_CONCLUSIONS: dict[Kind, tuple[str, str]] = {
    Kind.SINGLE_SOURCE: (
        N_("异议不成立：将异议意见、论证意见与公示情况一并报财政部门"),
        N_("异议成立：依法采取其他采购方式"),
    ),
    Kind.CANDIDATES: (
        N_("异议不成立：公示的候选人不变"),
        N_("异议成立：撤回这份公示，依法重新评审或者另行公示"),
    ),
}


class AnswerForm(Form):
    """What came of an objection."""

    upheld = RadioField(_l("结论"), [InputRequired(_MUST)])
    words = TextAreaField(
        _l("答复的理由"),
        [InputRequired(_MUST), Length(max=MOST_WORDS)],
        description=_l("公开，也发给提出人。"),
        render_kw={"rows": 4},
    )

    def __init__(self, kind: Kind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        conclusions = _CONCLUSIONS.get(kind, _CONCLUSIONS[Kind.SINGLE_SOURCE])
        self.upheld.choices = [
            (value, gettext(words)) for value, words in zip(("no", "yes"), conclusions, strict=True)
        ]


class FollowForm(Form):
    """Which intention a draft follows."""

    intention = RadioField(_l("采购意向公告"), [InputRequired(_l("请选一份采购意向，或者选“没有”。"))])

    def __init__(self, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.intention.choices = [*choices, ("none", gettext("没有公开采购意向（不可预见、急需开展的采购）"))]
