"""Forms of the tenderer's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from bidding.core.canonical import Malformed, loads
from bidding.submissions.paper.rules import MOST_COPIES, SEALING_WORDS
from bidding.tenders.models import Lot
from bidding.web.forms import Form, StepUpForm

#: A withdrawal is a few hundred bytes.
MAX_WITHDRAWAL = 64 * 1024


class SubmitForm(StepUpForm):
    """What stands before the package in the stream. ``key`` makes a repeated press of the button harmless."""

    key = HiddenField(validators=[InputRequired(), Length(max=64)])


class BagForm(Form):
    """A bag at the window. What is typed here takes a minute: the moment that counts is when it is sent."""

    lot = SelectField(lazy_gettext("标段"))
    uscc = StringField(
        lazy_gettext("单位的统一社会信用代码"),
        validators=[InputRequired(lazy_gettext("请填写统一社会信用代码。")), Length(max=40)],
        render_kw={"autocomplete": "off"},
    )
    deliverer = StringField(
        lazy_gettext("送达人"),
        validators=[InputRequired(lazy_gettext("请填写送达人姓名。")), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )
    copies = IntegerField(
        lazy_gettext("份数"),
        validators=[
            InputRequired(lazy_gettext("请填写份数。")),
            NumberRange(1, MOST_COPIES, lazy_gettext("份数是 1 到 20。")),
        ],
        default=1,
    )
    sealing = RadioField(
        lazy_gettext("密封情况"), validators=[InputRequired(lazy_gettext("请当面检查密封情况，选一项。"))]
    )

    def __init__(self, *args: Any, lots: Sequence[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot.choices = [(lot.code, f"{lot.code} {lot.name}") for lot in lots]
        self.sealing.choices = [(each.value, gettext(words)) for each, words in SEALING_WORDS.items()]


class ReceiptForm(Form):
    """A bag's receipt, brought to another clerk than the one who took the bag in."""

    reference = StringField(
        lazy_gettext("回执上的编号"),
        validators=[InputRequired(lazy_gettext("请填写回执上的编号。")), Length(max=32)],
        render_kw={"autocomplete": "off"},
    )
    holder = StringField(
        lazy_gettext("回执上的统一社会信用代码"),
        validators=[InputRequired(lazy_gettext("请填写统一社会信用代码。")), Length(max=40)],
        render_kw={"autocomplete": "off"},
    )


class WithdrawForm(StepUpForm):
    """The withdrawal that ``bidding withdraw`` signed with the bid's own key."""

    withdrawal = FileField(
        lazy_gettext("撤回文件"),
        validators=[FileRequired(lazy_gettext("请选择 bidding withdraw 生成的撤回文件（.json）。"))],
        description=lazy_gettext("由签封程序用这一份自己的密钥签名：别人拿到您的账号也撤不回。"),
        render_kw={"accept": ".json,application/json"},
    )
    proof: dict[str, Any]

    def validate_withdrawal(self, field: FileField) -> None:
        """Read the file; what it proves, the service checks."""
        if not field.data:
            return
        data = field.data.read(MAX_WITHDRAWAL + 1)
        try:
            proof = loads(data) if len(data) <= MAX_WITHDRAWAL else None
        except Malformed:
            proof = None
        if not isinstance(proof, dict):
            raise ValidationError(gettext("这不是撤回文件。请选择 bidding withdraw 生成的 .json 文件。"))
        self.proof = proof
