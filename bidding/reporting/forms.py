"""Forms of the import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired, ValidationError

from bidding.reporting.rules import CATEGORY_LABELS
from bidding.web.forms import Form, StepUpForm

#: A ledger of 200,000 rows is some 15 MB.
MAX_LEDGER = 20 * 2**20


class UploadForm(Form):
    """A ledger as somebody kept it."""

    ledger = FileField(
        lazy_gettext("台账文件"),
        validators=[FileRequired(lazy_gettext("请选择 .xlsx 或 .csv 文件。"))],
        description=lazy_gettext("Excel（.xlsx）或 CSV。上传后先看结果，确认以前不计入报表。"),
        render_kw={"accept": ".xlsx,.csv"},
    )
    content: bytes

    def validate_ledger(self, field: FileField) -> None:
        """Read the file whole; a ledger fits into memory."""
        if not field.data:
            return
        self.content = field.data.read(MAX_LEDGER + 1)
        if len(self.content) > MAX_LEDGER:
            raise ValidationError(gettext("文件超过 20 MB。请按年份拆成几个文件，分别导入。"))
        if not self.content:
            raise ValidationError(gettext("文件是空的。请检查后重新选择。"))


class TakeForm(StepUpForm):
    """Agreement to import what the page shows."""


class WithdrawForm(StepUpForm):
    """Agreement to take an import out again."""


class RepairForm(StepUpForm):
    """Agreement to set every sum to what its items come to."""


class IssueForm(StepUpForm):
    """Which month's or year's report to issue."""

    span = SelectField(
        lazy_gettext("哪一期"),
        description=lazy_gettext("只列出已经结束、还没有签发过的月份和年份。"),
    )
    checked = BooleanField(
        lazy_gettext("已经看过这一期的预览，核对过数字和文字；签发以后不能再改"),
        validators=[InputRequired(lazy_gettext("请先看预览，核对以后勾选。"))],
    )

    def __init__(self, spans: Sequence[str]) -> None:
        super().__init__()
        self.span.choices = [(span, _span(span)) for span in spans]


def _span(text: str) -> str:
    """``2026-11`` in words, and ``2026``."""
    year, _, month = text.partition("-")
    if not month:
        return str(gettext("%(year)s 年年报", year=year))
    return str(gettext("%(year)s 年 %(month)s 月月报", year=year, month=int(month)))


class ColumnsForm(Form):
    """The units of a foreign ledger's amounts, and what all its rows are; its columns stand beside it in the page."""

    unit_basis = SelectField(lazy_gettext("预算（控制价、起始价）的单位"))
    unit_award = SelectField(lazy_gettext("成交价的单位"))
    category = SelectField(
        lazy_gettext("全部行的类别"),
        description=lazy_gettext("表里没有“类别”一列时才用：例如整张表都是政府采购。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [("", gettext("请选择")), ("wan", gettext("万元")), ("yuan", gettext("元"))]
        self.unit_basis.choices, self.unit_award.choices = units, units
        self.category.choices = [
            ("", gettext("表里有“类别”一列")),
            *((one.value, gettext(words)) for one, words in CATEGORY_LABELS.items()),
        ]
