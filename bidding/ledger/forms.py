"""The forms by which a witness is taken into service, called elsewhere, and let go."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from bidding.web.forms import StepUpForm


def _url() -> StringField:
    return StringField(
        lazy_gettext("见证服务的网址"),
        validators=[Optional(), Length(max=300)],
        description=lazy_gettext(
            "见证机器运行 bidding witness serve、服务器连得上它时填写，例如 https://witness.example.gov.cn。留空：由见证定时来取。"
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"},
    )


class EnrolForm(StepUpForm):
    """A witness's public key, as its own command printed it."""

    vkey = StringField(
        lazy_gettext("见证公钥"),
        validators=[InputRequired(lazy_gettext("请粘贴见证公钥。")), Length(max=300)],
        description=lazy_gettext(
            "见证机器上运行 bidding witness new 后显示的一整行，形如：名称+8 位十六进制+一串字母数字。"
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    url = _url()


class AddressForm(StepUpForm):
    """Where a witness is called."""

    url = _url()


class RetireForm(StepUpForm):
    """Taking a witness out of service."""
