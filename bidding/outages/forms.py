"""Forms of the page on which a deadline moves."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from bidding.core.canonical import Malformed, loads
from bidding.outages.service import MAX_REASON
from bidding.web.forms import InstantField, StepUpForm

#: A signature file is some 300 bytes.
_MOST = 16 * 1024
_MUST = lazy_gettext("请填写这一项。")


class _Aside(StepUpForm):
    """One of several forms on a page: each asks for the password under an id of its own."""

    name = ""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self.step_up_password is not None:
            self.step_up_password.id = self.step_up_password.label.field_id = f"{self.name}-password"


class DraftForm(_Aside):
    """A later deadline, and why."""

    name = "draft"
    closes_at = InstantField(lazy_gettext("新的截止时间（北京时间）"), [InputRequired(_MUST)])
    reason = TextAreaField(
        lazy_gettext("原因"),
        [InputRequired(_MUST), Length(max=MAX_REASON)],
        description=lazy_gettext("写进更正公告和日志，所有人可见。"),
        render_kw={"rows": 3},
    )


class PricesForm(_Aside):
    """A later opening of the prices, and why."""

    name = "prices"
    prices_open_at = InstantField(lazy_gettext("新的报价开标时间（北京时间）"), [InputRequired(_MUST)])
    reason = TextAreaField(
        lazy_gettext("原因"),
        [InputRequired(_MUST), Length(max=MAX_REASON)],
        description=lazy_gettext("写进更正公告和日志，所有人可见。例如：技术评审还没有结束。"),
        render_kw={"rows": 3},
    )


class SignatureForm(_Aside):
    """What the trustee kit or ``bidding trustee schedule`` wrote."""

    name = "signature"
    file = FileField(
        lazy_gettext("延期签名文件"),
        validators=[FileRequired(lazy_gettext("请选择受托人工具写出的签名文件。"))],
        description=lazy_gettext("只收本方席位的签名：代理机构席位由代理机构上传，监督席位由监督部门上传。"),
        render_kw={"accept": ".json,application/json"},
    )
    value: object = None

    def validate_file(self, field: FileField) -> None:
        """Read the file; what it proves, the service checks."""
        if not field.data:
            return
        try:
            self.value = loads(field.data.read(_MOST))
        except (Malformed, ValueError) as error:
            raise ValidationError(
                gettext("这不是延期签名文件。请选择受托人工具写出的签名文件（…-signature.json）。")
            ) from error


class LiftForm(_Aside):
    """Why the opening may go on without an extension."""

    name = "lift"
    grounds = TextAreaField(
        lazy_gettext("解除暂停的理由"),
        [InputRequired(_MUST), Length(max=MAX_REASON)],
        description=lazy_gettext("写进日志，开标后所有人可见。例如：故障期间没有单位反映递交受影响。"),
        render_kw={"rows": 3},
    )


class ConfirmForm(_Aside):
    """The other side agrees."""

    name = "confirm"
