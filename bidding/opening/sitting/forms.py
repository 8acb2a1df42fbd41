"""Forms of the sitting. Several stand on one page: each has a prefix of its own."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from bidding.conduct.forms import Accepting
from bidding.opening.sitting.rules import MAX_NAME, MAX_WORDS
from bidding.web.forms import Form, StepUpForm

_MUST = lazy_gettext("请填写这一项。")
_WORDS = {"rows": 3, "maxlength": MAX_WORDS}


class SignInForm(Form):
    """Taking part from one's own screen."""

    person = StringField(
        lazy_gettext("参加人姓名"),
        [InputRequired(_MUST), Length(max=MAX_NAME)],
        description=lazy_gettext("法定代表人或者授权代表，会写进开标记录。"),
        render_kw={"autocomplete": "name"},
    )
    acknowledged = BooleanField(lazy_gettext("我已阅读并遵守开标会纪律"))


class AdmitForm(Form):
    """Somebody who is in the room."""

    bid = SelectField(lazy_gettext("到场的投标人"), [InputRequired(_MUST)], validate_choice=False)
    person = StringField(
        lazy_gettext("代表姓名"),
        [InputRequired(_MUST), Length(max=MAX_NAME)],
        description=lazy_gettext("核对身份证和授权书，并请代表先读开标会纪律。"),
    )


class StepForm(StepUpForm):
    """A step that binds: the list, the record, the end, a suspension confirmed."""


class PlainForm(Form):
    """A step that the next press cannot undo and that asks for nothing."""


class ReadForm(Form):
    """The place to be read out next, so that a second press changes nothing."""

    place = IntegerField(widget=HiddenInput(), validators=[InputRequired(_MUST)])


class LineForm(Form):
    """One's own line is right."""

    bid = HiddenField(validators=[InputRequired(_MUST)])


class ObjectionForm(Form):
    """An objection in words; ``bid`` where it is about one's own line."""

    bid = HiddenField()
    words = TextAreaField(
        lazy_gettext("异议内容"),
        [InputRequired(_MUST), Length(max=MAX_WORDS)],
        description=lazy_gettext("所有人当场看到，主持人当场答复，一起写进开标记录。"),
        render_kw=_WORDS,
    )


class SpokenObjectionForm(Form):
    """An objection that somebody in the room has said."""

    bid = SelectField(lazy_gettext("提出异议的投标人"), [InputRequired(_MUST)], validate_choice=False)
    words = TextAreaField(
        lazy_gettext("异议内容"), [InputRequired(_MUST), Length(max=MAX_WORDS)], render_kw=_WORDS
    )


class AnswerForm(Form):
    """The host's answer."""

    answer = TextAreaField(
        lazy_gettext("答复"), [InputRequired(_MUST), Length(max=MAX_WORDS)], render_kw=_WORDS
    )


class SignatureForm(Accepting, StepUpForm):
    """One's own name under the record that is shown."""

    sha256 = HiddenField(validators=[InputRequired(_MUST)])
    name = StringField(
        lazy_gettext("签字：写您本人的姓名"),
        [InputRequired(_MUST), Length(max=MAX_NAME)],
        render_kw={"autocomplete": "off"},
    )


class ReasonForm(StepUpForm):
    """Why a sitting is suspended, or why it goes on."""

    reason = TextAreaField(
        lazy_gettext("原因"),
        [InputRequired(_MUST), Length(max=MAX_WORDS)],
        description=lazy_gettext("写进公开日志和开标记录。"),
        render_kw=_WORDS,
    )
