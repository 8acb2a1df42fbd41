"""Forms of the shell."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from bidding.portal.shell import LOOKS
from bidding.web.forms import Form


class AppearanceForm(Form):
    """How pages look in this browser."""

    text = RadioField(
        lazy_gettext("字号"),
        choices=[
            SelectChoice("normal", lazy_gettext("标准")),
            SelectChoice("large", lazy_gettext("大")),
            SelectChoice("huge", lazy_gettext("特大")),
        ],
    )
    contrast = RadioField(
        lazy_gettext("对比度"),
        choices=[
            SelectChoice("auto", lazy_gettext("跟随这台电脑")),
            SelectChoice("normal", lazy_gettext("标准")),
            SelectChoice("high", lazy_gettext("高对比度")),
        ],
    )
    theme = RadioField(
        lazy_gettext("明暗"),
        choices=[
            SelectChoice("auto", lazy_gettext("跟随这台电脑")),
            SelectChoice("light", lazy_gettext("亮")),
            SelectChoice("dark", lazy_gettext("暗")),
        ],
    )

    @property
    def cookie(self) -> str:
        """The choices as the cookie keeps them."""
        return ".".join(str(self[name].data) for name in LOOKS)


class AddressForm(Form):
    """Where news of a search is to go, for somebody without an account."""

    address = StringField(
        lazy_gettext("邮箱"),
        description=lazy_gettext("只用来发这个搜索的更新，加密保存，随时可以停。"),
        validators=[Length(max=254)],
        render_kw={"type": "email", "autocomplete": "email"},
    )
