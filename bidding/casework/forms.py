"""Forms of the window and of those who come to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from bidding.casework.checklists import Checklist
from bidding.casework.rules import HOW_WORDS, OPINION_WORDS, OUTCOME_WORDS, Defect, How, Opinion, Outcome
from bidding.identity.models import Account, Organisation
from bidding.web.forms import Form, StepUpForm

_WHY = lazy_gettext("请写明理由，申请人和监督部门会看到。")
_SCANS = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


class PressForm(Form):
    """A button that acts."""


class BindingForm(StepUpForm):
    """A button that binds the centre."""


class MaterialForm(Form):
    """The answer to one line of the checklist."""

    how = RadioField(lazy_gettext("怎么交"), default=How.FILE.value)
    file = FileField(lazy_gettext("文件"), render_kw={"accept": _SCANS})
    note = StringField(
        lazy_gettext("说明"),
        [Optional(), Length(max=300)],
        description=lazy_gettext("选“本项目没有”的，写明理由。"),
    )

    def __init__(self, *, declarable: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.how.choices = [
            (how.value, gettext(words))
            for how, words in HOW_WORDS.items()
            if declarable or how is not How.DECLARED
        ]


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(lazy_gettext("理由"), [Optional(), Length(max=500)], render_kw={"rows": 2})


class SpeedForm(Form):
    """Why a case should go faster."""

    reason = TextAreaField(
        lazy_gettext("理由"),
        [InputRequired(_WHY), Length(max=500)],
        description=lazy_gettext("优先办理、缩短承诺时限；法定时限一天也不能少。要另一位同事批准。"),
        render_kw={"rows": 2},
    )


class ReturnForm(Form):
    """Everything that is missing, a field for each line of the checklist."""

    other = TextAreaField(
        lazy_gettext("清单以外的问题"),
        [Optional(), Length(max=300)],
        render_kw={"rows": 2},
    )
    late_reason = TextAreaField(
        lazy_gettext("为什么上一次没有告知"),
        [Optional(), Length(max=500)],
        description=lazy_gettext(
            "只在再次退回、又提到上次就在窗口的材料时填写；会记为程序事项，监督部门能看到。"
        ),
        render_kw={"rows": 2},
    )

    def __init__(self, found: Checklist, *, again: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not again:
            del self._fields["late_reason"]
            self.late_reason = None
        self.codes = [line.code for line in found.lines]

    @property
    def defects(self) -> list[Defect]:
        """What was written, by line."""
        found = [Defect(code, self._fields[f"line_{code}"].data or "") for code in self.codes]
        return [*found, Defect("", self.other.data or "")]


def return_form(found: Checklist, *, again: bool, **kwargs: Any) -> ReturnForm:
    """The form of one checklist: WTForms wants its fields on the class."""
    fields = {
        f"line_{line.code}": StringField(gettext(line.title), [Optional(), Length(max=300)])
        for line in found.lines
    }
    made: type[ReturnForm] = type("ReturnFormOf", (ReturnForm,), fields)
    return made(found, again=again, **kwargs)


class ExamineForm(Form):
    """What the examination found."""

    words = TextAreaField(
        lazy_gettext("审查意见"),
        [InputRequired(lazy_gettext("请写明审查意见。")), Length(max=2000)],
        render_kw={"rows": 3},
    )


class ReviewForm(StepUpForm):
    """The decision."""

    decision = RadioField(lazy_gettext("决定"), [InputRequired(lazy_gettext("请选择同意或不予同意。"))])
    words = TextAreaField(
        lazy_gettext("审核意见"),
        [Optional(), Length(max=1000)],
        description=lazy_gettext("不予同意的，写明理由。"),
        render_kw={"rows": 3},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.decision.choices = [(each.value, gettext(words)) for each, words in OUTCOME_WORDS.items()]

    @property
    def chosen(self) -> Outcome:
        """What was decided."""
        return Outcome(self.decision.data)


class ExtendForm(Form):
    """How long the promise is put off, and why."""

    days = IntegerField(
        lazy_gettext("延长（工作日）"),
        [InputRequired(), NumberRange(min=1, max=365)],
        render_kw={"inputmode": "numeric"},
    )
    reason = TextAreaField(
        lazy_gettext("理由"),
        [InputRequired(_WHY), Length(max=500)],
        description=lazy_gettext("会通知申请人（延时办结告知）。"),
        render_kw={"rows": 2},
    )


class CopyForm(Form):
    """The departments that the case is copied to."""

    departments = SelectMultipleField(
        lazy_gettext("抄告的部门"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=lazy_gettext("一次选全：同时抄告，同一个时限，各自回复。"),
    )

    def __init__(self, found: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.departments.choices = [(each.uid, each.name) for each in found]


class OpinionForm(StepUpForm):
    """What the actor's department says."""

    opinion = RadioField(lazy_gettext("会签意见"), [InputRequired(lazy_gettext("请选择一项。"))])
    reason = TextAreaField(
        lazy_gettext("理由"),
        [Optional(), Length(max=1000)],
        description=lazy_gettext("不同意的，写明理由。"),
        render_kw={"rows": 3},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.opinion.choices = [(each.value, gettext(words)) for each, words in OPINION_WORDS.items()]

    @property
    def chosen(self) -> Opinion:
        """What was said."""
        return Opinion(self.opinion.data)


class ManagerForm(Form):
    """Who sees a fast case through."""

    manager = SelectField(lazy_gettext("专人"))

    def __init__(self, found: Sequence[Account], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.manager.choices = [(each.uid, each.name) for each in found]


class EntryForm(Form):
    """A line of the agent's log."""

    happened_on = DateField(lazy_gettext("哪一天"), [InputRequired(lazy_gettext("请填写日期。"))])
    words = TextAreaField(
        lazy_gettext("办了什么"),
        [InputRequired(lazy_gettext("请写明办了什么。")), Length(max=1000)],
        render_kw={"rows": 2},
    )


#: Forms of a case's page by the name under which the page has them.
Forms = Mapping[str, Form]
