"""Forms of the tenderer's pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, ValidationError

from bidding.core.canonical import Malformed, loads
from bidding.web.forms import StepUpForm

#: A withdrawal is a few hundred bytes.
MAX_WITHDRAWAL = 64 * 1024


class SubmitForm(StepUpForm):
    """What stands before the package in the stream. ``key`` makes a repeated press of the button harmless."""

    key = HiddenField(validators=[InputRequired(), Length(max=64)])


class WithdrawForm(StepUpForm):
    """The withdrawal that ``bidding withdraw`` signed with the bid's own key."""

    withdrawal = FileField(
        lazy_gettext("撤回文件"),
        validators=[FileRequired(lazy_gettext("请选择 bidding withdraw 生成的撤回文件（.json）。"))],
        description=lazy_gettext("由签封程序用这份投标自己的密钥签名：别人拿到您的账号也撤不回您的投标。"),
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
