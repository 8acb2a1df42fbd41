"""Forms of the agency's drafting desk, the second person's review, the calendar and the rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from bidding.conduct.forms import Accepting
from bidding.conduct.rules import Rule, Text
from bidding.core.errors import N_, DomainError, Invalid
from bidding.rooms.forms import Offer, offer_rooms, wants_of
from bidding.rooms.service import Want
from bidding.tenders.kinds import (
    ENTRY_LABELS,
    ENVELOPES_LABELS,
    FAMILY_LABELS,
    METHOD_LABELS,
    OTHER_WORKS,
    PRICE_FORM_LABELS,
    SUBJECTS,
    TRADES,
    Envelopes,
    Family,
    Method,
    PriceForm,
)
from bidding.tenders.methods import OFFERED, preset
from bidding.tenders.models import Lot, Project
from bidding.tenders.rules import OWN, Figure, LotFacts, ProjectFacts, cite
from bidding.tenders.words import Words, words
from bidding.web.forms import Form, InstantField, MoneyField, StepUpForm

_MUST = _l("请填写这一项。")
_CHOOSE = _l("请选一项。")
_OF_PROJECT = frozenset(item.name for item in fields(ProjectFacts))


class KindForm(Form):
    """The first question of a new project: which law, which method, what is bought."""

    kind = RadioField(_l("适用的法律、方式和采购内容"), validators=[InputRequired(_CHOOSE)])

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
    def chosen(self) -> tuple[Family, Method, str] | None:
        """Law, method and subject, where one of those offered was chosen."""
        if self.kind.data not in {choice.value for choice in self.kind.choices}:
            return None
        family, method, subject = str(self.kind.data).split(".")
        return Family(family), Method(method), subject


class ProjectForm(Form):
    """What the agency writes about a project. Only name and owner must be there at once: a draft may wait."""

    version = HiddenField(validators=[Optional()])
    title = StringField(_l("项目名称"), validators=[InputRequired(_MUST), Length(max=200)])
    owner_name = StringField(
        _l("招标人（采购人、比选人）"), validators=[InputRequired(_MUST), Length(max=200)]
    )
    # An unchosen class must not be read as the first of the list: it would stand in the project's identifier.
    trade = SelectField(_l("工程类别"), validators=[Optional()], default=OTHER_WORKS)
    summary = TextAreaField(_l("内容、范围和规模"), validators=[Length(max=5000)], render_kw={"rows": 4})
    qualification = TextAreaField(
        _l("资格要求"),
        validators=[Length(max=5000)],
        description=_l("总的要求；逐条的资格条件和证明材料在后面“资格要求”一步填写。"),
        render_kw={"rows": 3},
    )
    consortium = BooleanField(_l("接受联合体"))
    paper_bids = BooleanField(
        _l("接受纸质递交"),
        description=_l(
            "可以把密封的袋子送到窗口。袋子只有经手人知道，打开后由两人分别录入；同一单位又在网上递交的，以网上的为准。"
        ),
    )
    award_method = TextAreaField(
        _l("评审办法的补充说明"),
        validators=[Length(max=5000)],
        description=_l("评审办法和评分表在后面一步填写；这里只写表里写不下的，没有的留空。"),
        render_kw={"rows": 3},
    )
    envelopes = RadioField(
        _l("分几个信封签封"),
        default=Envelopes.ONE.value,
    )
    place = StringField(_l("地点"), validators=[Length(max=200)])
    term = StringField(_l("工期或履行期限"), validators=[Length(max=200)])
    approval = StringField(
        _l("项目审批、核准或备案文号"),
        validators=[Length(max=200)],
        description=_l("写进公告的“招标条件”；没有的留空。"),
    )
    funding = StringField(_l("资金来源"), validators=[Length(max=200)])
    approval_code = StringField(
        _l("投资项目统一代码"),
        validators=[Length(max=40)],
        description=_l("24 位，照批准文件填写，例如 2026-539921-48-01-123456。不是投资项目的留空。"),
    )
    policies = TextAreaField(
        _l("落实的政府采购政策"),
        validators=[Length(max=2000)],
        description=_l(
            "例如促进中小企业、节能环保、支持监狱企业和残疾人就业；专门面向中小企业的也写在这里。"
        ),
        render_kw={"rows": 2},
    )
    owner_address = StringField(validators=[Length(max=200)])
    owner_contact = StringField(validators=[Length(max=120)])
    agency_address = StringField(validators=[Length(max=200)])
    contact = StringField(
        _l("联系人"), validators=[Length(max=60)], description=_l("回答本项目询问的人，公告里写的就是他。")
    )
    phone = StringField(_l("联系电话"), validators=[Length(max=30)], render_kw={"inputmode": "tel"})
    media = StringField(
        _l("发布公告的媒介"),
        validators=[Length(max=200)],
        description=_l("写全名称；各媒介上的公告内容必须相同。"),
    )

    def __init__(
        self, family: Family, method: Method, subject: str, *, two_envelopes: Figure | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.kind = (family, method, subject)
        said = words(family, method)
        self.owner_name.label.text = _(said.owner)
        self.owner_address.label.text = _("%(who)s地址", who=_(said.owner))
        self.owner_contact.label.text = _("%(who)s联系人和电话", who=_(said.owner))
        self.agency_address.label.text = _("%(who)s地址", who=_(said.agency))
        self.trade.choices = [SelectChoice(code, f"{code} {_(label)}") for code, label in TRADES.items()]
        self.envelopes.choices = [
            SelectChoice(each.value, _(label)) for each, label in ENVELOPES_LABELS.items()
        ]
        switches = preset(family, method)
        if not switches.trades:
            del self.trade, self.approval
        if "policies" in switches.light:
            del self.policies
        if not switches.entry:
            del self.approval_code
        if switches.sells:  # nobody pays for it, and nobody works on it
            del self.funding
            del self.term
            self.award_method.label.text = _("成交办法的补充说明")
            self.award_method.description = _(
                "不低于起始价的最高报价成交；还要写明什么的写在这里，没有的留空。"
            )
        if two_envelopes is None:
            del self.envelopes
        else:
            own = two_envelopes.law == OWN
            self.envelopes.description = _(
                "分两个的，技术文件先开先评；报价信封的密钥是另一套，没到时间、没登记评审结果，谁都打不开。依据：%(article)s。",
                article=_(OWN) if own else cite(two_envelopes),
            )

    @classmethod
    def of(cls, project: Project, *, two_envelopes: Figure | None) -> ProjectForm:
        """The form of a draft: what was typed, or at first what the draft says."""
        data = {name: getattr(project, name) for name in _OF_PROJECT} | {"version": str(project.version)}
        data["envelopes"] = project.envelopes.value
        return cls(project.family, project.method, project.subject, two_envelopes=two_envelopes, data=data)

    @property
    def facts(self) -> ProjectFacts:
        """What was written."""
        family, method, subject = self.kind
        written = {
            name: field.data
            for name, field in self._fields.items()
            if name in _OF_PROJECT and field.data is not None
        }
        envelopes = Envelopes(written.get("envelopes", Envelopes.ONE))
        return ProjectFacts(
            **{**written, "family": family, "method": method, "subject": subject, "envelopes": envelopes}
        )

    @property
    def version_seen(self) -> int | None:
        """The version of the draft that the form was filled in over."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class LotForm(Form):
    """A lot; amounts in yuan. Its words are those of the project's law."""

    name = StringField(_l("名称"), validators=[InputRequired(_MUST), Length(max=200)])
    budget_fen = MoneyField(validators=[InputRequired(_MUST)])
    ceiling_fen = MoneyField(validators=[Optional()], description=_l("不超过预算。没有限价的留空。"))
    security_fen = MoneyField(validators=[Optional()], description=_l("不收的留空。"))
    price_form = SelectField(_l("报价形式"))

    #: What the rules call a field, and what it is called here.
    _NAMES = {"budget": "budget_fen", "ceiling": "ceiling_fen", "security": "security_fen"}

    def __init__(self, project: Project, lot: Lot | None = None, **kwargs: Any) -> None:
        data = {}
        if lot is not None:
            data = {item.name: getattr(lot, item.name) for item in fields(LotFacts)}
            data |= {"price_form": lot.price_form.value, "security_fen": lot.security_fen or None}
        elif project.lots:
            data = {"price_form": project.lots[0].price_form.value}
        super().__init__(data=data, **kwargs)
        said = words(project.family, project.method)
        self.budget_fen.label.text = _("%(what)s（元）", what=_(said.budget))
        self.ceiling_fen.label.text = _("%(what)s（元）", what=_(said.ceiling))
        self.security_fen.label.text = _("%(what)s（元）", what=_(said.security))
        self.price_form.choices = [
            SelectChoice(form.value, _(PRICE_FORM_LABELS[form])) for form in project.preset.price_forms
        ]
        if project.preset.sells:
            self.budget_fen.description = _("公开的底价：低于它的报价无效，不低于它的最高报价成交。")
            del self.ceiling_fen
        if len(project.preset.price_forms) == 1:
            del self.price_form
        self._only = project.preset.price_forms[0]

    @property
    def facts(self) -> LotFacts:
        """What was written."""
        asked = self._fields
        return LotFacts(
            name=self.name.data or "",
            budget_fen=self.budget_fen.data or 0,
            price_form=PriceForm(asked["price_form"].data) if "price_form" in asked else self._only,
            ceiling_fen=asked["ceiling_fen"].data if "ceiling_fen" in asked else None,
            security_fen=self.security_fen.data or 0,
        )

    def refuse(self, error: DomainError) -> None:
        """The rules speak of amounts, the form of amounts in fen."""
        error.field = self._NAMES.get(error.field or "", error.field)
        super().refuse(error)


class DatesForm(Accepting, Form):
    """Deadline and openings, in Shanghai time, and in the same step the rooms. Where the law wants deadline and opening at once, only one is asked."""

    closes_at = InstantField(validators=[InputRequired(_MUST)])
    opens_at = InstantField(
        _l("开标（北京时间）"), validators=[Optional()], description=_l("留空就是截止的同一时间。")
    )
    prices_open_at = InstantField(
        _l("报价开标（北京时间）"),
        validators=[InputRequired(_MUST)],
        description=_l("拟定的时间，写进公告。到时间技术评审还没有登记的，报价继续封着；不能提前开。"),
    )

    opening_room = SelectField(
        _l("开标室"),
        validators=[Optional()],
        description=_l("从开标前半小时起留给您，用来布置和签到。网上开标的可以不用。"),
    )
    opening_minutes = SelectField(_l("开标室用到开标后"))
    evaluation_room = SelectField(
        _l("评标室"), validators=[Optional()], description=_l("接着开标用。以后也可以在“场地”里定。")
    )
    evaluation_minutes = SelectField(_l("评标室用多久"))

    def __init__(self, project: Project, offer: Offer, *, unread: Sequence[Text] = (), **kwargs: Any) -> None:
        super().__init__(unread=unread, **kwargs)
        offer_rooms(self, offer)
        said: Words = words(project.family, project.method)
        self.closes_at.label.text = _("%(what)s（北京时间）", what=_(said.deadline))
        if project.preset.together:
            del self.opens_at
        elif project.preset.quiet:
            self.opens_at.label.text = _("%(what)s（北京时间）", what=_(said.opening))
        if project.envelopes is Envelopes.ONE:
            del self.prices_open_at
        elif self.opening_room is not None:
            self.opening_room.description = _(
                "从开标前半小时起留给您，用来布置和签到。报价开标也在这一间。网上开标的可以不用。"
            )

    @property
    def accepted(self) -> list[tuple[Rule, int]]:
        """The booking rules, of whoever books."""
        return super().accepted if self._books else []

    def validate_accepts(self, field: BooleanField) -> None:
        """Asked only where a room was chosen: fixing dates alone books nothing."""
        if self._books:
            super().validate_accepts(field)

    @property
    def _books(self) -> bool:
        return any(name in self and self[name].data for name in ("opening_room", "evaluation_room"))

    @property
    def opening(self) -> datetime | None:
        """When the opening is, where it is not at the deadline."""
        field = self._fields.get("opens_at")
        return None if field is None else field.data

    @property
    def wants(self) -> list[Want]:
        """The rooms that were chosen with the dates."""
        if self.closes_at.data is None:
            return []
        return wants_of(self, self.opening or self.closes_at.data, self.price_opening)

    @property
    def price_opening(self) -> datetime | None:
        """When the second of two envelopes is opened."""
        field = self._fields.get("prices_open_at")
        return None if field is None else field.data


class DocumentForm(Form):
    """A file that is published with the notice; its bytes are read from the stream."""

    file = FileField(_l("文件"))


class ActForm(Form):
    """A button that acts; the token is all it carries."""


class HandOverForm(Accepting, Form):
    """Handing a draft to the second person; the agency's rules of conduct are asked for with it."""


class ReturnForm(Form):
    """Why a draft goes back."""

    reason = TextAreaField(
        _l("退回原因"),
        validators=[InputRequired(_l("请写明退回的原因，把要改的一次说全。")), Length(max=1000)],
        description=_l("把要改的一次说全，经办人会在项目页顶上看到。"),
        render_kw={"rows": 3},
    )


class PublishForm(Accepting, StepUpForm):
    """Publishing binds: the panel of trustees is fixed with it, and the log begins."""

    seats = SelectMultipleField(
        _l("开箱组"),
        validators=[InputRequired(_l("请选受托人。"))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=_l("密钥拆给选中的受托人，发布后不能再换。"),
    )
    k = IntegerField(
        _l("几人到场才能开箱"),
        validators=[InputRequired(_MUST)],
        description=_l("少一个人也打不开；多一个人就多一分到不齐的风险。"),
        render_kw={"inputmode": "numeric"},
    )

    def __init__(self, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seats.choices = [SelectChoice(uid, label) for uid, label in offered]


class DaysForm(Form):
    """Days that are, or are not, worked."""

    first = DateField(_l("从"), validators=[InputRequired(_MUST)])
    last = DateField(_l("到"), validators=[InputRequired(_MUST)])
    works = RadioField(
        _l("这些日子"),
        choices=[SelectChoice("0", _l("放假")), SelectChoice("1", _l("上班"))],
        validators=[InputRequired(_CHOOSE)],
    )
    source = StringField(
        _l("依据"), validators=[InputRequired(_MUST), Length(max=200)], description=_l("例如放假通知的文号。")
    )


class RuleForm(StepUpForm):
    """A figure that the centre sets itself: days, shares, counts."""

    value = IntegerField(_l("新数值"), validators=[InputRequired(_MUST)], render_kw={"inputmode": "numeric"})
    valid_from = DateField(
        _l("从哪天起"), validators=[InputRequired(_MUST)], description=_l("最早从明天起。")
    )


class MoneyRuleForm(RuleForm):
    """The same for an amount, written in yuan."""

    value = MoneyField(_l("新数值（元）"), validators=[InputRequired(_MUST)])


class ConfirmRuleForm(StepUpForm):
    """The second administrator's agreement to exactly the change that was read."""

    value = HiddenField(validators=[Regexp(r"[0-9]{1,16}")])
    valid_from = HiddenField(validators=[Regexp(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")])

    @property
    def what(self) -> tuple[int, date]:
        """The value and its first day. Raises ``Invalid`` for a day that is none."""
        try:
            return int(str(self.value.data)), date.fromisoformat(str(self.valid_from.data))
        except ValueError as error:
            raise Invalid(reason=N_("日期不对，请刷新页面再试。")) from error


class CatalogueForm(Form):
    """A line of the catalogue of what must come to the platform."""

    name = StringField(
        _l("什么项目"),
        validators=[InputRequired(_MUST), Length(max=200)],
        description=_l("例如：房屋建筑和市政工程施工。"),
    )
    family = SelectField(_l("适用的法律"))
    entry = RadioField(_l("要不要进场"), validators=[InputRequired(_CHOOSE)])
    from_fen = MoneyField(_l("从多少起（元）"), validators=[Optional()], description=_l("不论金额的留空。"))
    source = StringField(
        _l("依据"), validators=[InputRequired(_MUST), Length(max=200)], description=_l("例如目录的文号。")
    )
    valid_from = DateField(
        _l("从哪天起"), validators=[InputRequired(_MUST)], description=_l("最早从今天起。")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.family.choices = [SelectChoice(each.value, _(label)) for each, label in FAMILY_LABELS.items()]
        self.entry.choices = [SelectChoice(each.value, _(label)) for each, label in ENTRY_LABELS.items()]


class ApprovedForm(Form):
    """Approved projects, pasted line by line."""

    lines = TextAreaField(
        _l("已批准的项目"),
        validators=[InputRequired(_MUST), Length(max=200_000)],
        description=_l(
            "每行一个，五项用逗号隔开：投资项目统一代码、名称、审批部门、投资额（万元）、批准日期。可以从表格里复制粘贴。"
        ),
        render_kw={"rows": 6},
    )
