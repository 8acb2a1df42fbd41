"""The forms by which a key is made and ended."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from bidding.api.rules import MAX_DAYS, MIN_DAYS, SCOPE_WORDS, Scope
from bidding.web.forms import StepUpForm


class KeyForm(StepUpForm):
    """A new key."""

    name = StringField(
        _l("给哪个系统用"),
        validators=[InputRequired(_l("请写明给哪个系统用。")), Length(max=60)],
        description=_l("例如“代理业务管理系统”。以后凭它认出这个密钥。"),
        render_kw={"autocomplete": "off"},
    )
    scope = RadioField(
        _l("能做什么"),
        choices=[SelectChoice(each.value, _l(text)) for each, text in SCOPE_WORDS.items()],
        default=Scope.READ.value,
        validators=[InputRequired(_l("请选择这个密钥能做什么。"))],
    )
    days = IntegerField(
        _l("有效多少天"),
        default=180,
        validators=[InputRequired(_l("请填写天数。")), NumberRange(MIN_DAYS, MAX_DAYS)],
        description=_l("最多 366 天。到期前再做一个新的，换上以后停用旧的。"),
    )


class RevokeForm(StepUpForm):
    """The end of a key."""
