"""What is filled in about the pool: specialties, lists, what two persons decide about somebody, why a number is shown."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from bidding.web.forms import Form, StepUpForm


class ButtonForm(Form):
    """Nothing but the token: a press."""


class SpecialtyForm(Form):
    """A specialty."""

    code = StringField(
        _l("代码"),
        [InputRequired(), Length(max=64)],
        description=_l("写入公开日志，由字母、数字和 . _ - 组成，例如 A0801。"),
        render_kw={"autocapitalize": "characters", "spellcheck": "false"},
    )
    name = StringField(_l("名称"), [InputRequired(), Length(max=100)])


class ListForm(Form):
    """A list of experts, or of specialties."""

    kind = RadioField(
        _l("名单的内容"),
        choices=[
            SelectChoice("experts", _l("专家名单")),
            SelectChoice("specialties", _l("专业代码表")),
        ],
        default="experts",
    )
    file = FileField(
        _l("名单"),
        [InputRequired(_l("请选择名单文件。"))],
        description=_l("XLSX 或 CSV。先逐行检查给您看，确认之后才导入。"),
        render_kw={"accept": ".xlsx,.csv"},
    )

    @property
    def content(self) -> tuple[str, bytes]:
        """The file's name and bytes."""
        return self.file.data.filename or "list", self.file.data.stream.read()


class TakeForm(StepUpForm):
    """Take a list into the pool."""

    skip_refused = BooleanField(_l("只导入没有问题的行；有问题的行不导入"))
