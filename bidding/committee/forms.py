"""What is filled in about a committee: papers, persons, arrivals, the chair, performance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from bidding.committee.drawn_list import HEAD_WITHIN, WORDS, Layout
from bidding.committee.rules import (
    APPOINTED,
    BASES,
    FEEDBACK,
    QUESTIONS,
    RECUSAL_WORDS,
    SOURCE_WORDS,
    Recusal,
    Source,
)
from bidding.web.forms import Form, InstantField, StepUpForm, UsccField

_PHONE_END = Regexp(r"\A[0-9]{4}\Z", message=_l("请填写 4 位数字。"))
#: The value of a declaration that there is nothing to declare.
NONE = "none"


class PaperForm(StepUpForm):
    """By what experts were not drawn here."""

    source = RadioField(_l("怎样产生"), [InputRequired(_l("请选择怎样产生。"))])
    basis = SelectField(_l("依据"), [InputRequired()])
    words = StringField(_l("理由"), [Optional(), Length(max=500)], description=_l("写入记录，不要写姓名。"))
    certificate = StringField(_l("抽取证明编号"), [Length(max=100)], description=_l("外部抽取的必须填写。"))
    count = IntegerField(_l("专家人数"), [InputRequired(), NumberRange(min=1, max=99)])
    evaluation_at = InstantField(_l("评审时间"), [InputRequired()])
    file = FileField(
        _l("批准文件或抽取证明"),
        [InputRequired(_l("请选择 PDF 文件。"))],
        description=_l("PDF，不超过 20 MB。不要附专家姓名：姓名到评审时才录入。"),
        render_kw={"accept": ".pdf,application/pdf"},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source.choices = [SelectChoice(each.value, _(SOURCE_WORDS[each])) for each in APPOINTED]
        self.basis.choices = [
            SelectChoice(text, _(text), optgroup=_(SOURCE_WORDS[each]))
            for each in APPOINTED
            for text in BASES[each]
        ]

    def validate_basis(self, field: SelectField) -> None:
        """A basis of the way that was chosen."""
        if self.source.data and field.data not in BASES[Source(self.source.data)]:
            raise ValidationError(
                _("这条依据不是“%(source)s”的。请另选。", source=_(SOURCE_WORDS[Source(self.source.data)]))
            )

    def validate_certificate(self, field: StringField) -> None:
        """Who drew elsewhere has a number for it."""
        if self.source.data == Source.EXTERNAL.value and not (field.data or "").strip():
            raise ValidationError(_("请填写外部专家库抽取证明上的编号。"))


class PersonForm(Form):
    """Somebody who is to sit on the committee."""

    paper = HiddenField()
    name = StringField(_l("姓名"), [InputRequired(), Length(max=60)])
    unit = StringField(_l("单位"), [InputRequired(), Length(max=200)])
    uscc = UsccField(_l("统一社会信用代码"))
    title = StringField(_l("职称或职务"), [Optional(), Length(max=60)])
    specialty = StringField(_l("专业"), [Optional(), Length(max=200)])
    phone_end = StringField(
        _l("手机号后四位"),
        [InputRequired(), _PHONE_END],
        description=_l("签到时核对用。"),
        render_kw={"inputmode": "numeric", "maxlength": "4", "autocomplete": "off"},
    )


class ListForm(Form):
    """A list that another pool drew."""

    file = FileField(
        _l("抽取名单"),
        [InputRequired(_l("请选择名单文件。"))],
        description=_l(
            "省平台导出的 XLSX 或 CSV，不用改格式。先检查给您看，确认之后才登记；手机号只留后四位。"
        ),
        render_kw={"accept": ".xlsx,.csv"},
    )


class MatchForm(Form):
    """Which line of a list is its heading, and which column is what. One select for each column; -1 is none."""

    line = SelectField(_l("列名在哪一行"), coerce=int)

    def __init__(self, lines: Sequence[tuple[int, Sequence[str]]], layout: Layout, **kwargs: Any) -> None:
        said = {f"is_{name}": layout.columns.get(name, -1) for name in WORDS}
        super().__init__(data={"line": layout.line} | said, **kwargs)
        self.line.choices = [
            SelectChoice(
                line,
                _("第 %(line)s 行：%(words)s", line=line, words=_masked(" ".join(filter(None, cells))[:60])),
            )
            for line, cells in lines[:HEAD_WITHIN]
        ]
        widest = max(len(cells) for _line, cells in lines)
        heads = [*layout.heads, *[""] * (widest - len(layout.heads))]
        for name in WORDS:
            self[f"is_{name}"].choices = [
                SelectChoice(-1, _("没有这一列")),
                *(
                    SelectChoice(at, _("第 %(at)s 列：%(head)s", at=at + 1, head=_masked(head[:30]) or "—"))
                    for at, head in enumerate(heads)
                ),
            ]

    @property
    def selects(self) -> list[SelectField]:
        """The selects, as the page shows them."""
        return [self[f"is_{name}"] for name in WORDS]

    @property
    def columns(self) -> dict[str, int]:
        """What was matched."""
        return {name: self[f"is_{name}"].data for name in WORDS if self[f"is_{name}"].data >= 0}


for _name, _text in WORDS.items():
    setattr(MatchForm, f"is_{_name}", SelectField(_l(_text), coerce=int))


class TakeListForm(StepUpForm):
    """Enter those on a list."""

    skip_refused = BooleanField(_l("只登记没有问题的人；有问题的行不登记"))


class ActForm(Form):
    """Nothing but the token."""


class StepForm(StepUpForm):
    """An act of weight with nothing to fill in."""


class LeaveForm(StepUpForm):
    """Somebody does not come, leaves, or must step aside."""

    recusal = SelectField(_l("回避情形"), [Optional()])
    reason = StringField(
        _l("原因"),
        [InputRequired(), Length(max=500)],
        description=_l("只存在中心；公开日志里只有回避的类别。"),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.recusal.choices = [SelectChoice("", _("不是回避")), *_recusals()]


class ChairForm(StepUpForm):
    """Whom the members elected."""

    chair = SelectField(_l("组长"), [InputRequired()])

    def __init__(self, arrived: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chair.choices = [SelectChoice(uid, name) for uid, name in arrived]


class RecogniseForm(Form):
    """At the room's page: who stands before it."""

    name = StringField(_l("姓名"), [InputRequired(), Length(max=60)], render_kw={"autocomplete": "off"})
    phone_end = StringField(
        _l("手机号后四位"),
        [InputRequired(), _PHONE_END],
        render_kw={"inputmode": "numeric", "maxlength": "4", "autocomplete": "off"},
    )


class DeclareForm(Form):
    """The rules of the zone, and the declaration after the tenderers' names."""

    accepts = BooleanField(
        _l("我已阅读评标委员会须知和评标区管理注意事项，并会遵守"), [InputRequired(_l("请先阅读，再勾选。"))]
    )
    declared = RadioField(_l("看过投标单位名单，我声明"), [InputRequired(_l("请选择一项。"))])
    words = StringField(_l("说明"), [Optional(), Length(max=500)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.declared.choices = [
            SelectChoice(NONE, _("没有需要回避的关系，客观公正评审，对评审意见负责")),
            *_recusals(),
        ]


class EndForm(StepUpForm):
    """When the evaluation ended."""

    ended_at = InstantField(
        _l("评审结束时间"),
        [InputRequired()],
        description=_l("评审报告签完字的时间。写错了可以再登记一次，以最后一次为准。"),
    )


class RatingForm(Form):
    """How owner and agency did, as an expert found."""

    remark = TextAreaField(_l("说明"), [Optional(), Length(max=1000)])

    @property
    def answers(self) -> dict[str, bool]:
        """Code → yes or no."""
        return {code: self[code].data == "yes" for code, _text in FEEDBACK}


class AppraisalForm(Form):
    """How an expert did."""

    remark = TextAreaField(_l("说明"), [Optional(), Length(max=1000)])

    @property
    def answers(self) -> dict[str, bool]:
        """Code → yes or no."""
        return {code: self[code].data == "yes" for code, _text in QUESTIONS}


for _form, _code, _text in (
    *((AppraisalForm, *each) for each in QUESTIONS),
    *((RatingForm, *each) for each in FEEDBACK),
):
    setattr(
        _form,
        _code,
        RadioField(
            _l(_text),
            [InputRequired(_l("请选择是或否。"))],
            choices=[SelectChoice("yes", _l("是")), SelectChoice("no", _l("否"))],
        ),
    )


def _masked(cells: str) -> str:
    """A line of somebody's list without telephone and identity numbers."""
    return re.sub(r"[0-9]{5,}[0-9Xx]?", "…", cells)


def _recusals() -> list[SelectChoice]:
    return [SelectChoice(each.value, _("需要回避：%(why)s", why=_(RECUSAL_WORDS[each]))) for each in Recusal]
