"""Where one wants to be told, and of what."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from bidding.i18n.catalog import LANGUAGES
from bidding.messages.carriers import Channel
from bidding.messages.kinds import GROUP_WORDS, Group
from bidding.messages.queries import Wants
from bidding.web.forms import Form, StepUpForm


class AddressForm(StepUpForm):
    """An address to be confirmed: whoever sits down at an open browser must not turn somebody's letters elsewhere."""

    address = StringField("", [InputRequired(), Length(max=254)])

    def __init__(self, channel: Channel, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if channel is Channel.EMAIL:
            self.address.label.text = _("邮箱地址")
            self.address.render_kw = {
                "autocomplete": "email",
                "inputmode": "email",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        else:
            self.address.label.text = _("手机号码")
            self.address.render_kw = {"autocomplete": "tel", "inputmode": "tel"}


class CodeForm(Form):
    """The code that was sent to it."""

    code = StringField(
        _l("收到的 6 位确认码"),
        [InputRequired(), Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "sl-w-s"},
    )


class WishesForm(Form):
    """Two ticks for each group of messages, and the language of letters."""

    language = RadioField(
        _l("邮件和短信用的语言"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
    )

    @property
    def wanted(self) -> dict[Group, Wants]:
        """What was ticked."""
        return {
            group: Wants(bool(self[f"{group.value}_email"].data), bool(self[f"{group.value}_sms"].data))
            for group in GROUP_WORDS
        }


for _group in Group:
    for _way in ("email", "sms"):
        setattr(WishesForm, f"{_group.value}_{_way}", BooleanField())
