"""What a supervisor notes, and a measure set anew."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from bidding.oversight.rules import DECISION_LABELS, Decision
from bidding.oversight.rules.states import MOST_REASON, MOST_REFERENCE
from bidding.web.forms import Form, StepUpForm


class NoteForm(Form):
    """What is said of a finding, as it was shown."""

    seen = HiddenField()
    decision = RadioField(
        lazy_gettext("怎么处理"),
        [InputRequired()],
        choices=[SelectChoice(each.value, lazy_gettext(words)) for each, words in DECISION_LABELS.items()],
    )
    reference = StringField(
        lazy_gettext("案件或线索编号"),
        [Length(max=MOST_REFERENCE)],
        description=lazy_gettext("只有转为案件的要填。"),
    )
    reason = TextAreaField(
        lazy_gettext("理由"),
        [InputRequired(), Length(max=MOST_REASON)],
        description=lazy_gettext("看了什么、怎么解释。登记后不能改；可以再登记一条。"),
        render_kw={"rows": 4},
    )

    @property
    def chosen(self) -> Decision:
        """The decision as the service takes it."""
        return Decision(self.decision.data)


class MeasureForm(StepUpForm):
    """A new value, and why."""

    value = IntegerField(lazy_gettext("新的数值"), [InputRequired()])
    reason = TextAreaField(
        lazy_gettext("为什么改"),
        [InputRequired(), Length(max=MOST_REASON)],
        description=lazy_gettext("写进记录，以后看提示的人都看得到。"),
        render_kw={"rows": 3},
    )
