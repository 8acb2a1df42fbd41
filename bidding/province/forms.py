"""Forms for administrators: what is missing, why something is not told, that a package arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from bidding.province.mapping import Plan
from bidding.province.presentation import type_words
from bidding.province.records import BY_HAND, Answers, Filled
from bidding.province.rules import MOST_WORDS
from bidding.province.service import field_name
from bidding.web.forms import Form

#: How the province's lists of two are called.
_YES_NO = "TRUE_OR_FALSE"


class LeaveOutForm(Form):
    """Why one message is not told."""

    reason = TextAreaField(
        _l("为什么不报"),
        [InputRequired(), Length(max=MOST_WORDS)],
        description=_l("会写进中心的公开日志。后面排着的数据照常报送。"),
        render_kw={"rows": 2},
    )


class DeliveredForm(Form):
    """That a package was brought over and taken."""

    receipt = StringField(
        _l("省平台给的回执号"), [Optional(), Length(max=200)], description=_l("没有回执号的可以不填。")
    )


def answers_form(wanted: Sequence[Filled], known: Answers, sent: Mapping[str, str], plan: Plan) -> Form:
    """A form of the fields that a person fills in. Those that were not sent keep what is known: each record has a button of its own."""
    fields = {}
    for each in wanted:
        name = field_name(each.field.ask, each.subject, each.field.code)
        value = known.get((each.field.ask, each.subject, each.field.code), "")
        said = {
            "label": Markup('<span lang="zh-Hans">{}</span> {}').format(each.field.name, each.field.code),
            "default": value,
            "description": _describe(each),
            "filters": [_Keeps(value, was_sent=name in sent)],
        }
        if each.field.book.endswith(_YES_NO):
            yes_no = plan.codes["yes-no"]
            choices = [
                SelectChoice("", _("还不知道")),
                SelectChoice(yes_no["true"], _("是")),
                SelectChoice(yes_no["false"], _("否")),
            ]
            fields[name] = SelectField(choices=choices, validate_choice=False, **said)
        else:
            fields[name] = StringField(render_kw={"maxlength": 4000, "autocomplete": "off"}, **said)
    form: Form = type("AnswersForm", (Form,), fields)()
    return form


def _describe(each: Filled) -> Markup:
    """What is wrong, what is wanted, and where else it could be mended."""
    problem = each.problem
    said = [type_words(each.field)]
    if problem is not None and each.value:
        said.insert(0, escape(_(problem.text) % problem.params))
    if problem is not None and problem.advice != BY_HAND:
        said.append(escape(_(problem.advice) % problem.params))
    return Markup(" ").join(part for part in said if part)


class _Keeps:
    """A filter that leaves what is known in a field that was not sent."""

    def __init__(self, value: str, *, was_sent: bool) -> None:
        self._value, self._was_sent = value, was_sent

    def __call__(self, data: str | None) -> str:
        return (data or "") if self._was_sent else (data or self._value)
