"""What somebody fills in who wants into the pool, and what an administrator answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from bidding.core.codes import InvalidIdCard, check_id_card
from bidding.experts.applying import DEFECTS, Given
from bidding.experts.cells import is_email, is_phone, plain_phone
from bidding.experts.fitness import LEVEL_WORDS, POOL_WORDS, Level, Pool, before
from bidding.experts.pool import born_of
from bidding.tenders.queries import local_day
from bidding.web.context import now
from bidding.web.errors import told
from bidding.web.forms import Form, StepUpForm, UsccField


def _optional_specialty(label: Any) -> SelectField:
    return SelectField(label, [Optional()])


class ApplicationForm(Form):
    """A person's own application."""

    name = StringField(_l("姓名"), [InputRequired(), Length(max=60)], render_kw={"autocomplete": "name"})
    id_number = StringField(
        _l("身份证号"),
        [InputRequired()],
        description=_l("18 位。加密保存，只用来认定是不是同一个人、年龄多大。"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    phone = StringField(
        _l("电话"),
        [InputRequired()],
        description=_l("抽中时用它通知您。加密保存。"),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    email = StringField(
        _l("电子邮箱"),
        [Optional(), Length(max=200)],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    unit = StringField(
        _l("工作单位"),
        [InputRequired(), Length(max=200)],
        description=_l("写全称。退休的写退休前的单位。"),
        render_kw={"autocomplete": "organization"},
    )
    uscc = UsccField(_l("单位的统一社会信用代码"), [Optional()])
    region = StringField(
        _l("常住地区"),
        [InputRequired(), Length(max=60)],
        description=_l("例如“明川县”，或者六位行政区划代码。"),
    )
    title = StringField(
        _l("职称"),
        [InputRequired(), Length(max=60)],
        description=_l("与证书一致；没有职称、按同等专业水平申请的，写“同等专业水平”。"),
    )
    level = RadioField(_l("职称级别"), [InputRequired(_l("请选择职称级别。"))])
    years = IntegerField(_l("从事所报专业的年数"), [InputRequired(), NumberRange(min=0, max=70)])
    pools = SelectMultipleField(
        _l("申请哪一类"),
        [InputRequired(_l("请至少选一类。"))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    specialty = SelectField(_l("专业"), [InputRequired(_l("请选择专业。"))])
    second = _optional_specialty(_l("第二个专业"))
    third = _optional_specialty(_l("第三个专业"))
    letter = FileField(
        _l("单位推荐信"),
        [Optional()],
        description=_l(
            "盖章以后扫描成 PDF。申请工程评标专家必须有（个人申请加单位推荐，国家发展改革委令第26号）。"
        ),
        render_kw={"accept": ".pdf,application/pdf"},
    )
    declared = BooleanField(
        _l("本人自愿申请，填写的内容和材料真实；入库以后遵守回避和保密规定"),
        [InputRequired(_l("请先确认这一条，再提交。"))],
    )

    def __init__(self, specialties: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        choices = [SelectChoice(code, f"{code} {name}") for code, name in specialties]
        none = SelectChoice("", _("（不选）"))
        self.specialty.choices = [SelectChoice("", _("请选择")), *choices]
        self.second.choices = self.third.choices = [none, *choices]
        self.level.choices = [SelectChoice(level.value, _(LEVEL_WORDS[level])) for level in Level]
        self.pools.choices = [SelectChoice(pool.value, _(POOL_WORDS[pool])) for pool in Pool]

    def validate_id_number(self, field: StringField) -> None:
        """GB 11643-1999."""
        try:
            field.data = check_id_card(field.data, today=local_day(now()))
        except InvalidIdCard as error:
            raise ValidationError(told(error)) from error

    def validate_phone(self, field: StringField) -> None:
        """7 to 20 digits."""
        field.data = plain_phone(field.data)
        if not is_phone(field.data):
            raise ValidationError(_("请填写 7 到 20 位数字的电话号码。"))

    def validate_email(self, field: StringField) -> None:
        """An address that letters can go to."""
        if not is_email(field.data):
            raise ValidationError(_("这不是电子邮箱。请核对，或把这一格留空。"))

    @property
    def upload(self) -> tuple[str, bytes] | None:
        """The letter's name and bytes; None where no file was chosen."""
        file = self.letter.data
        if not isinstance(file, FileStorage) or not file.filename:
            return None
        return file.filename[-100:], file.stream.read()

    @property
    def given(self) -> Given:
        """What was filled in, as the rules see it."""
        codes = dict.fromkeys(f.data for f in (self.specialty, self.second, self.third) if f.data)
        return Given(
            name=self.name.data.strip(),
            unit=self.unit.data.strip(),
            uscc=self.uscc.data or None,
            title=self.title.data.strip(),
            level=Level(self.level.data),
            field_since=before(local_day(now()), self.years.data),
            born_on=born_of(self.id_number.data),
            id_number=self.id_number.data,
            phone=self.phone.data,
            email=self.email.data or None,
            region=self.region.data.strip(),
            works=Pool.WORKS.value in self.pools.data,
            procurement=Pool.PROCUREMENT.value in self.pools.data,
            codes=tuple(codes),
        )


class ReturnForm(Form):
    """Everything that is missing, told once."""

    defects = SelectMultipleField(
        _l("要补正的问题（一次说全）"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    other = TextAreaField(
        _l("其他问题"), [Optional(), Length(max=600)], description=_l("每行写一个。申请人会原样看到。")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.defects.choices = [SelectChoice(text, _(text)) for text in DEFECTS]

    @property
    def all_defects(self) -> list[str]:
        """What was ticked and what was written, a line each."""
        return [*(self.defects.data or []), *(self.other.data or "").splitlines()]


class EntryForm(StepUpForm):
    """One administrator finds an application good, or another lets the person in."""


class RefuseForm(StepUpForm):
    """An application is refused, and why."""

    reason = StringField(
        _l("不予入库的理由"), [InputRequired(), Length(max=500)], description=_l("申请人会原样看到。")
    )
