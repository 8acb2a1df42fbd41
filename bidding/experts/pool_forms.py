"""What is filled in about the pool: specialties, lists, what two persons decide about somebody, why a number is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from bidding.experts.fitness import ACT_WORDS, FINDING_WORDS, ActKind, Finding
from bidding.experts.rules import RELATION_WORDS
from bidding.experts.standing import FIELD_WORDS, Proposal
from bidding.web.forms import Form, StepUpForm, UsccField


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


class UndoForm(StepUpForm):
    """Take a list out of the pool again."""


class ActForm(StepUpForm):
    """What one administrator proposes about somebody, and another confirms."""

    kind = RadioField(_l("办理什么"), [InputRequired(_l("请选择办理什么。"))])
    from_on = DateField(
        _l("从哪天起"),
        [InputRequired()],
        description=_l("暂停从这一天起不进名单；不良行为填发生（认定）的日期，从这天起算。"),
    )
    until_on = DateField(
        _l("到哪天为止"), [Optional()], description=_l("聘期必填；暂停不填的，到解除为止；其他不用填。")
    )
    finding = SelectField(_l("不良行为的种类"), [Optional()])
    reason = StringField(
        _l("原因和依据"), [InputRequired(), Length(max=500)], description=_l("例如处理决定的文号。")
    )

    def __init__(self, *, active: bool, today: date, **kwargs: Any) -> None:
        super().__init__(data={"from_on": today}, **kwargs)
        last = ActKind.RETIREMENT if active else ActKind.REINSTATEMENT
        kinds = (ActKind.VALIDITY, ActKind.SUSPENSION, ActKind.FINDING, last)
        self.kind.choices = [SelectChoice(kind.value, _(ACT_WORDS[kind])) for kind in kinds]
        self.finding.choices = [SelectChoice("", _("（不是不良行为）"))] + [
            SelectChoice(each.value, f"{each.value} {_(FINDING_WORDS[each])}") for each in Finding
        ]

    @property
    def proposal(self) -> Proposal:
        """What was filled in, as the rules see it."""
        finding = Finding(self.finding.data) if self.finding.data else None
        return Proposal(
            ActKind(self.kind.data), self.reason.data or "", self.from_on.data, self.until_on.data, finding
        )


class LiftForm(StepUpForm):
    """A suspension or a finding is lifted before its time."""

    from_on = DateField(_l("从哪天起解除"), [InputRequired()])
    reason = StringField(_l("解除的原因和依据"), [InputRequired(), Length(max=500)])

    def __init__(self, *, today: date, **kwargs: Any) -> None:
        super().__init__(data={"from_on": today}, **kwargs)


class ShowNumberForm(StepUpForm):
    """A number is shown whole, and why."""

    which = RadioField(
        _l("看哪一项"),
        [InputRequired(_l("请选择看哪一项。"))],
        choices=[SelectChoice(name, _l(words)) for name, words in FIELD_WORDS.items()],
    )
    reason = StringField(
        _l("为什么要看"),
        [InputRequired(), Length(max=200)],
        description=_l("例如“通知评审时间”。监督人员会看到，不要写姓名和号码。"),
    )


class RelatedForm(Form):
    """Two units that belong together."""

    unit = StringField(_l("单位"), [InputRequired(), Length(max=200)])
    unit_uscc = UsccField(_l("单位的统一社会信用代码"))
    other = StringField(_l("关联单位"), [InputRequired(), Length(max=200)])
    other_uscc = UsccField(_l("关联单位的统一社会信用代码"))
    relation = SelectField(_l("关系"), [InputRequired()])
    source = StringField(
        _l("依据"),
        [InputRequired(), Length(max=200)],
        description=_l("从哪里知道的，例如企业信用信息公示系统 2026-11-01、投标人声明。"),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.relation.choices = [
            SelectChoice(relation.value, _(text)) for relation, text in RELATION_WORDS.items()
        ]


class EmploymentForm(Form):
    """What an expert worked for before."""

    unit = StringField(_l("原单位"), [InputRequired(), Length(max=200)])
    unit_uscc = UsccField(_l("统一社会信用代码"))
    left_on = DateField(_l("离开日期"), [InputRequired()])
