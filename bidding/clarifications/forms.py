"""Forms: asking, the draft of answers and corrections, its files, and the second person's acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from bidding.clarifications import announced, rules
from bidding.clarifications.announced import ANNOUNCED, Announced
from bidding.clarifications.impact import Standing
from bidding.clarifications.models import Clarification, Question
from bidding.clarifications.rules import FACTS, SUBJECT_AND_QUALIFICATION, About, Item
from bidding.clarifications.service import Written
from bidding.tenders.kinds import Family
from bidding.tenders.models import Project
from bidding.tenders.words import words
from bidding.web.forms import Form, InstantField, MoneyField, StepUpForm

_MUST = _l("请填写这一项。")
_LONG = frozenset({"summary", "qualification", "award_method", announced.NOTE, announced.CONDITIONS})
_DAYS = frozenset({announced.OFFERED, announced.EXAMINED})


class QuestionForm(Form):
    """A question. What it says is checked by the service, which knows who must not be recognised."""

    body = TextAreaField(
        _l("您的问题"),
        validators=[InputRequired(_MUST), Length(max=rules.MAX_QUESTION)],
        description=_l("一个问题写一条。不要写单位名称、人名、电话，也不要写只有您才知道的情况。"),
        render_kw={"rows": 5},
    )


class ReceiptForm(Form):
    """The number that was told when the question was taken."""

    receipt = StringField(
        _l("回执号"),
        validators=[InputRequired(_MUST), Length(max=40)],
        description=_l("提问时给出的 16 位字符。"),
        render_kw={"autocomplete": "off"},
    )


class PickForm(Form):
    """Which questions are answered together; none for a correction of one's own."""

    questions = SelectMultipleField(
        _l("一次答复哪些问题"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,  # a colleague may have taken one up meanwhile
    )

    def __init__(self, waiting: list[Question], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.questions.choices = [SelectChoice(each.uid, each.body) for each in waiting]


class FileForm(Form):
    """A file that joins the documents; the choice stands before it, for it is read from the stream."""

    replaces = SelectField(_l("替换哪个文件"), validators=[Optional()], validate_choice=False)
    file = FileField(_l("文件"))

    def __init__(self, clarification: Clarification, documents: Sequence[Any], formdata: Any = None) -> None:
        super().__init__(formdata)
        taken = {each.replaces for each in clarification.proposal.files}
        self.replaces.choices = [
            SelectChoice("", _("不替换，增加一个文件")),
            *(
                SelectChoice(each.sha256, _("替换“%(name)s”", name=each.name))
                for each in documents
                if each.replaced_at is None and each.sha256 not in taken
            ),
        ]


class ActForm(Form):
    """A button that acts; the token is all it carries."""


class PublishForm(StepUpForm):
    """The second person approves."""


class BackForm(Form):
    """Why a draft goes back."""

    back_reason = TextAreaField(
        _l("退回原因"),
        validators=[InputRequired(_l("请写明退回的原因，把要改的一次说全。")), Length(max=1000)],
        render_kw={"rows": 3},
    )


class _DraftForm(Form):
    """What every draft asks; the facts and ceilings of its project are added by ``draft_form``."""

    version = HiddenField(validators=[Optional()])
    asked = TextAreaField(
        _l("问题（公布的文字）"),
        validators=[Length(max=rules.MAX_TEXT)],
        description=_l("几个问题可以并成一个。原文里看得出是谁问的，请改写。没有提问的留空。"),
        render_kw={"rows": 4},
    )
    answer = TextAreaField(
        _l("答复"),
        validators=[Length(max=rules.MAX_TEXT)],
        description=_l("公布给所有人，是文件的组成部分。只更正、不答疑的留空。"),
        render_kw={"rows": 5},
    )
    closes_at = InstantField(
        validators=[Optional()],
        description=_l("只能延后；开标时间一起推后同样的时间。不改的留空。"),
    )
    affects = RadioField(
        _l("是否可能影响编制"),
        choices=[SelectChoice("yes", _l("可能影响")), SelectChoice("no", _l("不影响"))],
        validate_choice=False,  # a draft may wait; whether it was said is asked before it is handed over
        description=_l("拿不准的，选“可能影响”。"),
    )
    harmless_because = TextAreaField(
        _l("为什么不影响"),
        validators=[Length(max=rules.MAX_REASON)],
        description=_l("选“不影响”的必填，随公告公开。"),
        render_kw={"rows": 2},
    )
    reason = TextAreaField(
        _l("更正的原因"),
        validators=[Length(max=rules.MAX_REASON)],
        description=_l("有更正的必填，写进公告和日志，所有人可见。"),
        render_kw={"rows": 2},
    )

    @property
    def facts(self) -> list[Any]:
        """The fields of facts, in the order of the notice."""
        return [self._fields[name] for name in {**FACTS, **ANNOUNCED} if name in self._fields]

    @property
    def ceilings(self) -> list[Any]:
        """The fields of ceilings, by lot."""
        return [field for name, field in self._fields.items() if name.startswith("ceiling_")]

    @property
    def version_seen(self) -> int | None:
        """The version of the draft that the form was filled in over."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    @property
    def written(self) -> Written:
        """What was written."""
        return Written(
            asked=self.asked.data or "",
            answer=self.answer.data or "",
            facts={
                field.name: field.data.isoformat() if isinstance(field.data, date) else field.data or ""
                for field in self.facts
            },
            ceilings={field.name.removeprefix("ceiling_"): field.data for field in self.ceilings},
            closes_at=self.closes_at.data,
            affects={"yes": True, "no": False}.get(str(self.affects.data)),
            harmless_because=self.harmless_because.data or "",
            reason=self.reason.data or "",
        )


def draft_form(clarification: Clarification, standing: Standing | Announced) -> _DraftForm:
    """The form of a draft: what was typed, or at first what would stand if it came into force."""
    project, proposal = clarification.project, clarification.proposal
    of_tender = clarification.about is About.TENDER
    terms = words(project.family, project.method)
    says = {**standing.says, **proposal.facts}
    data: dict[str, Any] = {
        name: announced.day(says, name) if name in _DAYS else text for name, text in says.items()
    }
    data |= {
        "version": str(clarification.version),
        "asked": clarification.asked,
        "answer": clarification.answer,
        "closes_at": clarification.closes_at,
        "affects": {True: "yes", False: "no", None: None}[clarification.affects],
        "harmless_because": clarification.harmless_because,
        "reason": clarification.reason,
    }
    fields = _facts_of(project, FACTS if of_tender else ANNOUNCED)
    if of_tender:
        for lot in project.lots:
            label = _("%(lot)s：%(what)s（元）", lot=f"{lot.code} {lot.name}", what=_(terms.ceiling))
            fields[f"ceiling_{lot.code}"] = MoneyField(
                label, validators=[Optional()], description=_("不超过预算；不设限价的留空。")
            )
            data[f"ceiling_{lot.code}"] = proposal.ceilings.get(lot.code, lot.ceiling_fen)
    form: _DraftForm = type("DraftForm", (_DraftForm,), fields)(data=data)
    deadline = terms.deadline if of_tender else announced.CLOSES
    form.closes_at.label.text = _("新的%(what)s（北京时间）", what=_(deadline))
    if not of_tender:
        form.closes_at.description = _("只能延后。不改的留空。")
    return form


def _facts_of(project: Project, items: Mapping[str, Item]) -> dict[str, Any]:
    """A field for each thing that can be corrected."""
    terms = words(project.family, project.method)
    labels = {
        "owner_address": _("%(who)s地址", who=_(terms.owner)),
        "owner_contact": _("%(who)s联系人和电话", who=_(terms.owner)),
        "agency_address": _("%(who)s地址", who=_(terms.agency)),
        "award_method": _(terms.weighing),
    }
    fields: dict[str, Any] = {}
    for name, item in items.items():
        if project.family is Family.PROCUREMENT and name in SUBJECT_AND_QUALIFICATION:
            continue
        label = labels.get(name, _(item.label))
        if name in _DAYS:
            fields[name] = DateField(label, validators=[Optional()])
            continue
        kind = TextAreaField if name in _LONG else StringField
        most = rules.MAX_TEXT if name in _LONG else {"contact": 60, "phone": 30}.get(name, 200)
        given = {"rows": 3} if name in _LONG else {}
        told = _("一行一条，证明材料写在“|”后面。") if name == announced.CONDITIONS else ""
        fields[name] = kind(label, validators=[Length(max=most)], description=told, render_kw=given)
    return fields
