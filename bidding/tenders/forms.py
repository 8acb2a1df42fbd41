"""Forms of the agency's drafting desk, the second person's review, the calendar and the rulebook."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from bidding.tenders.kinds import (
    FAMILY_LABELS,
    METHOD_LABELS,
    OFFERED,
    PRICE_FORM_LABELS,
    SUBJECTS,
    TRADES,
    Family,
    Method,
    PriceForm,
)
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import LotFacts, ProjectFacts
from bidding.web.forms import Form, InstantField, MoneyField, StepUpForm

_MUST = _l("请填写这一项。")


class KindForm(Form):
    """The first question of a new project: which law, which method, what is bought."""

    kind = RadioField(_l("适用的法律和方式"), validators=[InputRequired(_l("请选一项。"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            SelectChoice(
                f"{family.value}.{method.value}.{subject}",
                f"{_(FAMILY_LABELS[family])} · {_(METHOD_LABELS[method])} · {_(label)}",
            )
            for family, method in OFFERED
            for subject, label in SUBJECTS[family].items()
        ]

    @property
    def chosen(self) -> tuple[Family, Method, str]:
        """Law, method and subject."""
        family, method, subject = str(self.kind.data).split(".")
        return Family(family), Method(method), subject


class ProjectForm(Form):
    """What the agency writes about a project. Only what the notice cannot do without is asked for at once."""

    version = HiddenField(validators=[Optional()])
    title = StringField(_l("项目名称"), validators=[InputRequired(_MUST), Length(max=200)])
    owner_name = StringField(
        _l("招标人（采购人、比选人）"), validators=[InputRequired(_MUST), Length(max=200)]
    )
    trade = SelectField(_l("工程类别"), validators=[Optional()])
    summary = TextAreaField(_l("内容、范围和规模"), validators=[Length(max=5000)], render_kw={"rows": 4})
    qualification = TextAreaField(_l("资格要求"), validators=[Length(max=5000)], render_kw={"rows": 3})
    award_method = TextAreaField(_l("评审办法"), validators=[Length(max=5000)], render_kw={"rows": 3})
    consortium = BooleanField(_l("接受联合体"))
    place = StringField(_l("地点"), validators=[Length(max=200)])
    term = StringField(_l("工期或履行期限"), validators=[Length(max=200)])
    funding = StringField(_l("资金来源"), validators=[Length(max=200)])
    contact = StringField(_l("联系人"), validators=[Length(max=60)])
    phone = StringField(_l("联系电话"), validators=[Length(max=30)], render_kw={"inputmode": "tel"})

    def __init__(self, family: Family, method: Method, subject: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = (family, method, subject)
        self.trade.choices = [SelectChoice(code, f"{code} {_(label)}") for code, label in TRADES.items()]
        if family is not Family.WORKS:
            del self.trade

    @classmethod
    def of(cls, project: Project) -> ProjectForm:
        """The form filled with what the draft says."""
        data = {item.name: getattr(project, item.name) for item in fields(ProjectFacts)}
        data["version"] = str(project.version)
        return cls(project.family, project.method, project.subject, data=data)

    @property
    def facts(self) -> ProjectFacts:
        """What was written."""
        family, method, subject = self.kind
        written = {
            name: field.data
            for name, field in self._fields.items()
            if name in {item.name for item in fields(ProjectFacts)} and field.data is not None
        }
        return ProjectFacts(**{**written, "family": family, "method": method, "subject": subject})

    @property
    def version_seen(self) -> int | None:
        """The version of the draft that the form was filled in over."""
        return int(self.version.data) if str(self.version.data or "").isdigit() else None


class LotForm(Form):
    """A lot; amounts in yuan."""

    name = StringField(_l("名称"), validators=[InputRequired(_MUST), Length(max=200)])
    budget_fen = MoneyField(_l("预算金额（元）"), validators=[InputRequired(_MUST)])
    ceiling_fen = MoneyField(
        _l("最高限价（元）"), validators=[Optional()], description=_l("不超过预算。没有限价的留空。")
    )
    security_fen = MoneyField(_l("投标保证金（元）"), validators=[Optional()], description=_l("不收的留空。"))
    price_form = SelectField(_l("报价形式"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.price_form.choices = [
            SelectChoice(form.value, _(label)) for form, label in PRICE_FORM_LABELS.items()
        ]

    @classmethod
    def of(cls, lot: Lot) -> LotForm:
        """The form filled with what the lot says."""
        data = {item.name: getattr(lot, item.name) for item in fields(LotFacts)}
        data["price_form"] = lot.price_form.value
        return cls(data=data)

    @property
    def facts(self) -> LotFacts:
        """What was written."""
        return LotFacts(
            name=self.name.data or "",
            budget_fen=self.budget_fen.data or 0,
            price_form=PriceForm(self.price_form.data),
            ceiling_fen=self.ceiling_fen.data,
            security_fen=self.security_fen.data or 0,
        )


class DatesForm(Form):
    """Deadline and opening, in Shanghai time."""

    closes_at = InstantField(_l("投标截止（北京时间）"), validators=[InputRequired(_MUST)])
    opens_at = InstantField(
        _l("开标（北京时间）"),
        validators=[Optional()],
        description=_l("留空就是截止的同一时间（招标投标法第34条）。"),
    )


class DocumentForm(Form):
    """A file that is published with the notice."""

    file = FileField(_l("文件"), validators=[FileRequired(_l("请选择文件。"))])


class ActForm(Form):
    """A button that acts; the token is all it carries."""


class ReturnForm(Form):
    """Why a draft goes back."""

    reason = TextAreaField(
        _l("退回原因"),
        validators=[InputRequired(_l("请写明退回的原因，把要改的一次说全。")), Length(max=1000)],
        render_kw={"rows": 3},
    )


class Checks(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PublishForm(StepUpForm):
    """Publishing binds: the panel of trustees is fixed with it, and the log begins."""

    seats = Checks(
        _l("标箱受托人"),
        validators=[InputRequired(_l("请选受托人。"))],
        description=_l("每位投标人的密钥拆给他们。发布后不能再换。"),
    )
    k = IntegerField(_l("几人可以开箱"), validators=[InputRequired(_MUST)])


class DaysForm(Form):
    """Days that are, or are not, worked."""

    first = DateField(_l("从"), validators=[InputRequired(_MUST)])
    last = DateField(_l("到"), validators=[InputRequired(_MUST)])
    works = RadioField(
        _l("这些日子"),
        choices=[SelectChoice("0", _l("放假")), SelectChoice("1", _l("上班"))],
        validators=[InputRequired(_l("请选一项。"))],
    )
    source = StringField(
        _l("依据"), validators=[InputRequired(_MUST), Length(max=200)], description=_l("例如放假通知的文号。")
    )


class RuleForm(StepUpForm):
    """A figure that the centre sets itself."""

    value = IntegerField(_l("新数值"), validators=[InputRequired(_MUST)])
    valid_from = DateField(_l("从哪天起"), validators=[InputRequired(_MUST)])
