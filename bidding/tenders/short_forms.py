"""Forms of the short ways to a draft: a copy of an earlier tender, a small comparison, a filled template."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField as UploadField
from flask_wtf.file import FileRequired
from wtforms import FileField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from bidding.core.errors import DomainError
from bidding.tenders.models import Project
from bidding.tenders.rules import MAX_TITLE, LotFacts, copy_title
from bidding.web.forms import Form, InstantField, MoneyField

_MUST = _l("请填写这一项。")
#: What the one lot of a small comparison is called, in the notice.
_WHOLE = "全部内容"
#: A filled template of fifty projects is some 50 KB.
MAX_SHEET = 5 * 2**20


class CopyForm(Form):
    """What of an earlier tender goes along; whoever copies it says which files still hold."""

    title = StringField(
        _l("新项目的名称"),
        validators=[InputRequired(_MUST), Length(max=MAX_TITLE)],
        description=_l("同一单位两个项目同时公告又同名的，核对时会提醒。"),
    )
    files = SelectMultipleField(
        _l("带过去的文件"),
        validators=[Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=_l("旧文件里可能写着旧的时间和金额：还能用的才勾选，别的在“文件”一步重新上传。"),
    )

    @classmethod
    def of(cls, project: Project) -> CopyForm:
        """The form for a tender; no file is chosen until somebody has chosen it."""
        form = cls(data={"title": copy_title(project.title), "files": []})
        if project.documents:
            form.files.choices = [SelectChoice(each.sha256, each.name) for each in project.documents]
        else:
            del form.files
        return form

    @property
    def chosen(self) -> list[str]:
        """The digests of the files that go along."""
        return list(self.files.data or []) if self.files else []


class SheetForm(Form):
    """A filled template."""

    sheet = UploadField(
        _l("填好的模板"),
        validators=[FileRequired(_l("请选择填好的 .xlsx 文件。"))],
        description=_l("先检查，指出每一处要改的；确认以前什么也不写。不超过 5 MB。"),
        render_kw={"accept": ".xlsx"},
    )
    content: bytes

    def validate_sheet(self, field: UploadField) -> None:
        """Read the file whole; a template fits into memory."""
        if not field.data:
            return
        self.content = field.data.read(MAX_SHEET + 1)
        if len(self.content) > MAX_SHEET:
            raise ValidationError(gettext("文件超过 5 MB。请分成几个文件，分别导入。"))
        if not self.content:
            raise ValidationError(gettext("文件是空的。请检查后重新选择。"))


class SheetDatesForm(Form):
    """The instants of one row of a filled template; both may wait."""

    closes_at = InstantField(validators=[Optional()])
    prices_open_at = InstantField(validators=[Optional()])


class QuickForm(Form):
    """Eight fields of a small comparison; everything else comes with what it is begun from."""

    title = StringField(_l("项目名称"), validators=[InputRequired(_MUST), Length(max=MAX_TITLE)])
    owner_name = StringField(_l("比选人"), validators=[InputRequired(_MUST), Length(max=200)])
    summary = TextAreaField(
        _l("采购什么"),
        validators=[InputRequired(_MUST), Length(max=5000)],
        description=_l("内容、数量、地点、期限，投标人照着就能报价。"),
        render_kw={"rows": 3},
    )
    budget_fen = MoneyField(_l("预算金额（元）"), validators=[InputRequired(_MUST)])
    ceiling_fen = MoneyField(
        _l("最高限价（元）"),
        validators=[Optional()],
        description=_l("不超过预算。没有限价的留空。"),
    )
    #: It goes into a Chinese notice, and a template's is Chinese whatever the page is.
    qualification = TextAreaField(
        _l("资格要求"),
        validators=[InputRequired(_MUST), Length(max=5000)],
        render_kw={"rows": 5, "lang": "zh-Hans"},
    )
    closes_at = InstantField(_l("递交截止（北京时间）"), validators=[InputRequired(_MUST)])
    file = FileField(_l("比选文件"), validators=[Optional()])

    _NAMES = {"budget": "budget_fen", "ceiling": "ceiling_fen"}

    @property
    def written(self) -> dict[str, Any]:
        """What was written of the project's facts."""
        names = ("title", "owner_name", "summary", "qualification")
        return {name: (self._fields[name].data or "").strip() for name in names}

    @property
    def lot(self) -> LotFacts:
        """The one lot: all of it."""
        return LotFacts(name=_WHOLE, budget_fen=self.budget_fen.data or 0, ceiling_fen=self.ceiling_fen.data)

    def refuse(self, error: DomainError) -> None:
        """The rules speak of amounts, the form of amounts in fen."""
        error.field = self._NAMES.get(error.field or "", error.field)
        super().refuse(error)
