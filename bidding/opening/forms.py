"""Forms of the hall."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import ValidationError

from bidding.core.canonical import Malformed, loads
from bidding.web.forms import StepUpForm

#: A share is some 300 bytes; ten thousand envelopes are more than any opening has.
MAX_BATCH = 8 * 1024 * 1024


class PackageForm(StepUpForm):
    """Letting the opening package out: with the first one the opening begins, and nothing takes that back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.step_up_password is not None:  # the page asks for the password in another form as well
            self.step_up_password.id = self.step_up_password.label.field_id = "package-password"


class BatchForm(StepUpForm):
    """A trustee's share batch, as ``bidding trustee open`` wrote it."""

    batch = FileField(
        lazy_gettext("份额文件"),
        validators=[FileRequired(lazy_gettext("请选择 bidding trustee open 生成的份额文件。"))],
        description=lazy_gettext("受托人签过名的文件，谁来上传都一样；整份核对，一处不对就整份不收。"),
        render_kw={"accept": ".json,application/json"},
    )
    value: object = None

    def validate_batch(self, field: FileField) -> None:
        """Read the file; what it proves, the service checks."""
        if not field.data:
            return
        data = field.data.read(MAX_BATCH + 1)
        if len(data) > MAX_BATCH:
            raise ValidationError(gettext("份额文件超过 8 MB，不会是份额文件。请重新选择。"))
        try:
            self.value = loads(data)
        except (Malformed, ValueError) as error:
            raise ValidationError(
                gettext("这不是份额文件。请选择 bidding trustee open 生成的 .json 文件。")
            ) from error
