"""Forms of a prequalification: its dates, its documents, an application, the verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from bidding.identity.models import Account
from bidding.prequalification.models import Application, Prequalification
from bidding.prequalification.rules import EXAMINER_WORDS, MOST_WORDS, Earliest, Examiner
from bidding.prequalification.service import Dates, Said
from bidding.tenders.models import Project
from bidding.web.forms import Form, InstantField, StepUpForm

_MUST = _l("请填写这一项。")


class DatesForm(Form):
    """When documents are on offer, and when applications are due."""

    available_until_on = DateField(
        _l("资格预审文件提供到（这一天也提供）"), validators=[InputRequired(_MUST)]
    )
    closes_at = InstantField(_l("提交申请截止（北京时间）"), validators=[InputRequired(_MUST)])
    examined_on = DateField(_l("资格预审日期"), validators=[Optional()], description=_l("打算哪一天审查。"))
    note = TextAreaField(
        _l("申请须知"),
        validators=[Length(max=MOST_WORDS)],
        description=_l("申请文件怎样编制、怎样审查，没有写进资格预审文件的写在这里。没有的留空。"),
        render_kw={"rows": 3},
    )

    def __init__(self, found: Prequalification | None, first: Earliest, **kwargs: Any) -> None:
        said = (
            {
                name: getattr(found, name)
                for name in ("available_until_on", "closes_at", "examined_on", "note")
            }
            if found is not None and found.closes_at is not None
            else {"available_until_on": first.available_until_on}
        )
        super().__init__(data=said, **kwargs)
        self.available_until_on.description = _(
            "最早 %(day)s。到期以后文件仍可下载。", day=first.available_until_on.isoformat()
        )
        self.closes_at.description = _(
            "文件提供到上面那一天的，最早 %(day)s。", day=first.closes_on.isoformat()
        )

    @property
    def dates(self) -> Dates:
        """What was written."""
        assert self.closes_at.data is not None  # noqa: S101 — the form was validated
        return Dates(
            self.available_until_on.data, self.closes_at.data, self.examined_on.data, self.note.data or ""
        )


class FileForm(Form):
    """One file."""

    file = FileField(_l("文件"))


class ActForm(Form):
    """A button that acts; the token is all it carries."""


class PublishForm(StepUpForm):
    """The second person's act."""


class ReasonForm(Form):
    """Why something goes back."""

    reason = TextAreaField(
        _l("退回的原因"), validators=[InputRequired(_MUST), Length(max=1000)], render_kw={"rows": 2}
    )


class EndForm(Form):
    """Why a prequalification is to be ended."""

    reason = TextAreaField(
        _l("终止的原因"),
        validators=[InputRequired(_MUST), Length(max=MOST_WORDS)],
        description=_l("会公布，人人看得到。已收的申请不再打开。"),
        render_kw={"rows": 2},
    )


class ApplicationForm(Form):
    """What an applicant writes beside its files."""

    contact = StringField(
        _l("联系人"), validators=[InputRequired(_MUST), Length(max=60)], render_kw={"autocomplete": "name"}
    )
    phone = StringField(
        _l("联系电话"), validators=[InputRequired(_MUST), Length(max=30)], render_kw={"autocomplete": "tel"}
    )
    members = TextAreaField(
        _l("联合体其他成员"),
        validators=[Length(max=MOST_WORDS)],
        description=_l("一行一家，写全称；不是联合体的留空。通过以后成员不得增减、更换。"),
        render_kw={"rows": 2},
    )

    def __init__(
        self, project: Project, account: Account, current: Application | None, **kwargs: Any
    ) -> None:
        said = (
            {"contact": current.contact, "phone": current.phone, "members": current.members}
            if current is not None
            else {"contact": account.name, "phone": account.phone}
        )
        super().__init__(data=said, **kwargs)
        if not project.consortium:
            del self.members

    @property
    def said(self) -> Said:
        """What was written."""
        members = self._fields.get("members")
        return Said(
            self.contact.data or "",
            self.phone.data or "",
            (members.data or "") if members is not None else "",
        )


class VerdictForm(Part):  # type: ignore[misc]
    """What was found of one application."""

    uid = HiddenField()
    passed = RadioField(_l("结论"), validators=[Optional()])
    reason = TextAreaField(_l("不通过的理由"), validators=[Length(max=MOST_WORDS)], render_kw={"rows": 2})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passed.flags.optional = False  # it may be kept unfinished, not handed over so
        self.passed.choices = [SelectChoice("yes", _("通过")), SelectChoice("no", _("不通过"))]


_PASSED = {"yes": True, "no": False}


class ReviewForm(Form):
    """Every verdict, and who examined."""

    rows = FieldList(FormField(VerdictForm))
    examiner = RadioField(_l("谁审查的"), validators=[Optional()])
    committee = TextAreaField(
        _l("资格审查委员会成员"),
        validators=[Length(max=MOST_WORDS)],
        description=_l(
            "由委员会审查的才填写。一行一位：姓名，单位，专家或者招标人代表；五人以上单数，专家不少于三分之二。"
        ),
        render_kw={"rows": 5},
    )

    def __init__(self, found: Prequalification, applications: Sequence[Application], **kwargs: Any) -> None:
        super().__init__(
            data={
                "rows": [
                    {
                        "uid": each.uid,
                        "passed": None if each.passed is None else "yes" if each.passed else "no",
                        "reason": each.reason,
                    }
                    for each in applications
                ],
                "examiner": found.examiner.value if found.examiner else None,
                "committee": found.committee,
            },
            **kwargs,
        )
        self.examiner.flags.optional = False
        self.examiner.choices = [SelectChoice(each.value, _(words)) for each, words in EXAMINER_WORDS.items()]
        if not found.project.preset.trades:  # only works have a committee for this (条例 18)
            del self.examiner, self.committee

    @property
    def verdicts(self) -> dict[str, tuple[bool | None, str]]:
        """(passed, reason) by the application's uid."""
        return {
            each.form.uid.data: (_PASSED.get(each.form.passed.data or ""), each.form.reason.data or "")
            for each in self.rows
        }

    @property
    def examined_by(self) -> tuple[Examiner | None, str]:
        """Who examined, and the committee's members as they were written."""
        if "examiner" not in self._fields:
            return None, ""
        return (Examiner(self.examiner.data) if self.examiner.data else None, self.committee.data or "")
