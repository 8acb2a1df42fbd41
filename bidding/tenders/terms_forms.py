"""Forms of how bids are weighed, who may bid, and what holds for the lots together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from bidding.tenders.kinds import (
    EXAMINATION_LABELS,
    FACTOR_LABELS,
    RESERVED_LABELS,
    SECURITY_FORM_LABELS,
    Evaluation,
    Examination,
    Factor,
    Reserved,
    SecurityForm,
)
from bidding.tenders.models import Project
from bidding.tenders.rules import (
    MAX_ROWS,
    CriterionFacts,
    Figures,
    LotTerms,
    Qualification,
    RequirementFacts,
    Scoring,
    may_fix_price,
    points,
)
from bidding.tenders.words import evaluation_name
from bidding.web.forms import Form

#: Empty rows after those that are there, so that a table grows without a script.
_FURTHER = 1
_FIRST = 3
_TENTHS = re.compile(r"([0-9]{1,4})(?:\.([0-9]))?0*")


class TenthsField(Field):  # type: ignore[misc]
    """A number with one decimal, of points or per cent; ``data`` is in tenths, or None where nothing was typed."""

    widget = TextInput()
    data: int | None = None

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, validators, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else points(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read ``30``, ``27.5``, ``10%``; anything else is said to be none."""
        self.data = None
        text = unicodedata.normalize("NFKC", valuelist[0]).strip().rstrip("%分").strip() if valuelist else ""
        if not text:
            return
        found = _TENTHS.fullmatch(text)
        if found is None:
            raise ValueError(_("请填写数字，最多一位小数，例如 30 或 27.5。"))
        self.data = int(found[1]) * 10 + int(found[2] or 0)


class _Row(Part):  # type: ignore[misc]
    """A row that counts once anything is written in it."""

    _says: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nobody has written anything."""
        return not any(str(getattr(self, name).data or "").strip() for name in self._says)


class CriterionForm(_Row):
    """One row of the scoring table."""

    _says = ("item", "tenths", "how")
    factor = SelectField(_l("类别"))
    item = StringField(_l("评审因素"), validators=[Length(max=200)])
    tenths = TenthsField(_l("满分"))
    how = TextAreaField(_l("怎样打分"), validators=[Length(max=2000)], render_kw={"rows": 2})
    objective = BooleanField(_l("客观分：按事实或者公式得出，各位评委应当一致"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.factor.choices = [SelectChoice(each.value, _(label)) for each, label in FACTOR_LABELS.items()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Of a row that counts, name and points must be there; what is missing stands at its field."""
        right = bool(super().validate(extra_validators))
        if self.is_empty:
            return right
        if not (self.item.data or "").strip():
            self.item.errors = [*self.item.errors, _("请填写评审因素的名称。")]
            right = False
        if self.tenths.data is None and not self.tenths.errors:
            self.tenths.errors = [_("请填写满分。")]
            right = False
        elif self.tenths.data is not None and not 0 < self.tenths.data <= 1000:
            self.tenths.errors = [_("每行的分值在 0.1 到 100 之间。")]
            right = False
        return right


class RequirementForm(_Row):
    """One condition of taking part."""

    _says = ("what", "proof")
    what = StringField(_l("资格要求的内容"), validators=[Length(max=500)])
    proof = StringField(_l("证明材料"), validators=[Length(max=500)])
    lot = SelectField(_l("适用于"), default="")

    def validate(self, extra_validators: Any = None) -> bool:
        """A proof without a condition proves nothing."""
        right = bool(super().validate(extra_validators))
        if not self.is_empty and not (self.what.data or "").strip():
            self.what.errors = [*self.what.errors, _("请填写资格条件的内容。")]
            return False
        return right


class _Table(Form):
    """A form with rows that can be moved and taken out by the button that was pressed (``do``: ``up-2``, …)."""

    version = HiddenField(validators=[Optional()])
    #: Replaced by each form with its own rows.
    rows = FieldList(StringField())

    def drop(self, do: str) -> None:
        """Take out the row that a button names, before anything is checked: what is wrong with it no longer matters."""
        name = do.removeprefix("remove-")
        if do != name:
            self.rows.entries = [each for each in self.rows.entries if each.name != f"rows-{name}"]

    def grow(self, wanted: int) -> None:
        """Add empty rows behind those that there are, ``wanted`` at least of them."""
        for _each in range(min(wanted, MAX_ROWS - len(self.rows.entries))):
            self.rows.append_entry()

    def ordered(self, do: str) -> list[Any]:
        """The rows that count, one of them moved by the button that was pressed."""
        entries = [each for each in self.rows if not each.form.is_empty]
        way, _dash, name = do.partition("-")
        places = [at for at, each in enumerate(entries) if each.name == f"rows-{name}"]
        if way in ("up", "down") and places:
            at = places[0]
            to = max(0, min(len(entries) - 1, at + (-1 if way == "up" else 1)))
            entries.insert(to, entries.pop(at))
        return [each.form for each in entries]

    @property
    def version_seen(self) -> int | None:
        """The version of the draft that the form was filled in over."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class ScoringForm(_Table):
    """How bids are weighed."""

    evaluation = RadioField(_l("评审办法"), validators=[Optional()])
    sme_permille = TenthsField(_l("小微企业价格扣除（%）"), validators=[Optional()])
    fixed_price = BooleanField(
        _l("价格固定"),
        description=_l(
            "执行国家统一定价标准，或者采用固定价格采购：价格不列为评审因素，评分表里没有价格行。"
        ),
    )
    rows = FieldList(FormField(CriterionForm), _l("评分表"), max_entries=MAX_ROWS)

    def __init__(self, project: Project, figures: Figures, **kwargs: Any) -> None:
        said = project.scoring
        super().__init__(
            data={
                "version": str(project.version),
                "evaluation": said.evaluation.value if said.evaluation else None,
                "sme_permille": said.sme_permille,
                "fixed_price": said.fixed_price,
                "rows": [_row(row) for row in said.rows],
            },
            **kwargs,
        )
        switches = project.preset
        self.evaluation.choices = [
            SelectChoice(each.value, _(evaluation_name(project.family, project.method, each)))
            for each in switches.evaluations
        ]
        self.evaluation.flags.optional = False  # a draft may wait, a notice may not
        if len(switches.evaluations) < 2:
            del self.evaluation
        self._only = switches.evaluations[0] if len(switches.evaluations) == 1 else None
        if not switches.procures:
            del self.sme_permille
        if not may_fix_price(project.subject, figures):
            del self.fixed_price
        self.grow(0 if _was_sent(self, kwargs) else _FURTHER if said.rows else _FIRST)

    def scoring(self, do: str = "") -> Scoring:
        """What was written, after the button's move."""
        asked = self._fields
        chosen = asked["evaluation"].data if "evaluation" in asked else None
        return Scoring(
            Evaluation(chosen) if chosen else self._only,
            bool(asked["fixed_price"].data) if "fixed_price" in asked else False,
            asked["sme_permille"].data if "sme_permille" in asked else None,
            tuple(
                CriterionFacts(
                    Factor(row.factor.data),
                    row.item.data or "",
                    row.tenths.data or 0,
                    row.how.data or "",
                    bool(row.objective.data),
                )
                for row in self.ordered(do)
            ),
        )


def _was_sent(form: Form, kwargs: dict[str, Any]) -> bool:
    """Whether the rows are those that a browser sent: then they stay as they came."""
    return "formdata" not in kwargs and bool(form.is_submitted())


def _row(row: CriterionFacts) -> dict[str, Any]:
    return {
        "factor": row.factor.value,
        "item": row.item,
        "tenths": row.tenths,
        "how": row.how,
        "objective": row.objective,
    }


class TableFromForm(Form):
    """Which table to start from: a built-in one, or an earlier project's own."""

    source = SelectField(_l("照抄哪一张表"))

    def __init__(
        self, built_in: Iterable[tuple[str, str]], earlier: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.source.choices = [SelectChoice(f"table:{code}", _(name)) for code, name in built_in]
        self.source.choices += [SelectChoice(f"project:{uid}", title) for uid, title in earlier]

    @property
    def picked(self) -> tuple[str, str]:
        """``table`` and the table's code, or ``project`` and the project's uid."""
        kind, _colon, name = str(self.source.data).partition(":")
        return kind, name


class QualificationForm(_Table):
    """Who may take part."""

    rows = FieldList(FormField(RequirementForm), _l("资格要求的内容"), max_entries=MAX_ROWS)
    consortium_max = IntegerField(
        _l("联合体最多几家"),
        validators=[Optional()],
        description=_l("2 到 20 家；不限的留空。"),
        render_kw={"inputmode": "numeric"},
    )
    consortium_lead = StringField(
        _l("对牵头人的要求"),
        validators=[Length(max=200)],
        description=_l("例如：牵头人应当具有施工总承包资质。没有的留空。"),
    )
    reserved = RadioField(_l("面向中小企业"), validators=[Optional()])
    reserved_permille = TenthsField(
        _l("预留的份额（%）"), validators=[Optional()], description=_l("只有预留一部分的才填写。")
    )
    reserved_reason = StringField(
        _l("不预留的理由"),
        validators=[Length(max=500)],
        description=_l("财库〔2020〕46号第6条所列的情形，例如：只能从中小企业以外的供应商处采购。"),
    )

    examination = RadioField(
        _l("资格预审或者资格后审"),
        validators=[Optional()],
        description=_l("选资格预审的，先在项目页发布资格预审公告，结果出来以后再发出投标邀请书。"),
    )

    def __init__(self, project: Project, **kwargs: Any) -> None:
        said = project.who_may
        super().__init__(
            data={
                "version": str(project.version),
                "rows": [{"what": row.what, "proof": row.proof, "lot": row.lot} for row in said.requirements],
                "consortium_max": said.consortium_max,
                "consortium_lead": said.consortium_lead,
                "reserved": said.reserved.value if said.reserved else None,
                "reserved_permille": said.reserved_permille,
                "reserved_reason": said.reserved_reason,
                "examination": said.examination.value,
            },
            **kwargs,
        )
        self._examination = said.examination
        self.examination.flags.optional = False
        self.examination.choices = [
            SelectChoice(each.value, _(label)) for each, label in EXAMINATION_LABELS.items()
        ]
        if not project.preset.before:
            del self.examination
        self.grow(0 if _was_sent(self, kwargs) else _FURTHER if said.requirements else _FIRST)
        self._lots = [SelectChoice("", _("全部"))]
        self._lots += [SelectChoice(lot.code, f"{lot.code} {lot.name}") for lot in project.lots]
        for each in self.rows:
            each.form.lot.choices = self._lots
        if not project.consortium:
            del self.consortium_max, self.consortium_lead
        self.reserved.choices = [
            SelectChoice(each.value, _(label)) for each, label in RESERVED_LABELS.items()
        ]
        if not project.preset.procures:
            del self.reserved, self.reserved_permille, self.reserved_reason

    def grow(self, wanted: int) -> None:
        """Add empty rows, each with the lots to choose from."""
        before = len(self.rows.entries)
        super().grow(wanted)
        for each in self.rows.entries[before:]:
            each.form.lot.choices = getattr(self, "_lots", [])

    def qualification(self, do: str = "") -> Qualification:
        """What was written, after the button's move."""
        asked = {name: field.data for name, field in self._fields.items()}
        return Qualification(
            tuple(
                RequirementFacts(row.what.data or "", row.proof.data or "", row.lot.data or "")
                for row in self.ordered(do)
            ),
            asked.get("consortium_max"),
            asked.get("consortium_lead") or "",
            Reserved(asked["reserved"]) if asked.get("reserved") else None,
            asked.get("reserved_permille"),
            asked.get("reserved_reason") or "",
            Examination(asked["examination"]) if asked.get("examination") else self._examination,
        )


class LotTermsForm(Form):
    """What holds for the lots together."""

    win_max = IntegerField(
        _l("一家最多中几个"),
        validators=[Optional()],
        description=_l(
            "都可以投，中的个数有限（兼投不兼中填 1）；按编号顺序确定，中满的不再推荐。不限的（兼投兼中）留空。"
        ),
        render_kw={"inputmode": "numeric"},
    )
    security_forms = SelectMultipleField(
        _l("保证金可以用什么形式交"),
        validators=[Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def __init__(self, project: Project, **kwargs: Any) -> None:
        said = project.lot_terms
        super().__init__(
            data={
                "win_max": said.win_max,
                "security_forms": [form.value for form in said.security_forms],
            },
            **kwargs,
        )
        procures = project.preset.procures
        self.security_forms.choices = [
            SelectChoice(each.value, _(label))
            for each, label in SECURITY_FORM_LABELS.items()
            if not (procures and each is SecurityForm.CASH)
        ]
        if procures:
            self.security_forms.description = _("政府采购法实施条例第33条：只能用非现金形式。")

    @property
    def terms(self) -> LotTerms:
        """What was written."""
        return LotTerms(
            self.win_max.data, tuple(SecurityForm(code) for code in self.security_forms.data or ())
        )
