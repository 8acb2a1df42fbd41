"""What is filled in about trustees: an enrolment, a confirmation, a drill's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import FieldList, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from bidding.sealing.queries import Standing
from bidding.sealing.rules import SEATS
from bidding.web.forms import Form, StepUpForm

#: What clients write is well under a page; more is not read.
LARGEST_FILE = 64 * 1024


def content(field: FileField) -> bytes:
    """The bytes of an uploaded file; empty where none was chosen."""
    if not field.data:
        return b""
    data: bytes = field.data.stream.read(LARGEST_FILE)
    return data


class EnrolForm(StepUpForm):
    """A trustee's enrolment file, and who it is."""

    file = FileField(
        _l("登记文件"),
        [InputRequired(_l("请选择受托人交来的 trustee-名称.json。"))],
        description=_l("受托人用受托人工具生成密钥后得到的 trustee-名称.json，里面只有公钥。"),
        render_kw={"accept": ".json,application/json"},
    )
    role = SelectField(_l("席位"), [InputRequired()])
    organisation = SelectField(_l("所在单位"), [InputRequired()])
    holder = StringField(_l("保管密钥的人"), [InputRequired(), Length(max=60)])
    login = StringField(
        _l("登录名"),
        [Optional(), Length(max=60)],
        description=_l("有账号的填登录名，演练可由本人办理；公证处、银行等没有账号的留空。"),
        render_kw={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"},
    )

    def __init__(self, organisations: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = [SelectChoice(role, _(words)) for role, words in SEATS.items()]
        self.organisation.choices = [SelectChoice(uid, name) for uid, name in organisations]


class ConfirmForm(StepUpForm):
    """The second person has compared the key with its holder."""


class DeclineForm(Form):
    """The proposal is struck."""


class RetireForm(StepUpForm):
    """Out of the standing set, and why."""

    reason = TextAreaField(
        _l("停用原因"), [InputRequired(), Length(max=500)], description=_l("例如：调离；密钥可能泄露。")
    )


class AskForm(Form):
    """Nothing but the token: a drill is made."""


class AnswerForm(Form):
    """What the trustee kit or ``bidding trustee drill`` wrote."""

    file = FileField(
        _l("演练结果"),
        [InputRequired(_l("请选择演练写出的结果文件。"))],
        description=_l("名称以 -answer.json 结尾。"),
        render_kw={"accept": ".json,application/json"},
    )


class PanelForm(StepUpForm):
    """The default panel: a rank for every trustee who shall sit, or stand by."""

    k = IntegerField(
        _l("几人到场才能开箱"),
        [InputRequired(_l("请填写人数。"))],
        description=_l("包括项目自己的招标人或代理机构那一席。"),
        render_kw={"inputmode": "numeric"},
    )
    ranks = FieldList(
        IntegerField(validators=[Optional(), NumberRange(min=1, max=15)], render_kw={"inputmode": "numeric"})
    )

    def __init__(self, standing: Sequence[Standing], ranks: Mapping[str, int], k: int | None) -> None:
        super().__init__(data={"k": k, "ranks": [ranks.get(each.trustee.uid) for each in standing]})
        self._uids = [each.trustee.uid for each in standing]
        for each, field in zip(standing, self.ranks, strict=False):
            field.label.text = each.trustee.name

    @property
    def given(self) -> dict[str, int]:
        """Rank by uid of whoever has one."""
        return {
            uid: int(field.data)
            for uid, field in zip(self._uids, self.ranks, strict=False)
            if field.data is not None
        }
