"""Forms of the hall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from bidding.core.canonical import Malformed, loads
from bidding.opening.paper.rules import VOIDS
from bidding.opening.queries import Sheet
from bidding.opening.rules import MOST_REASON
from bidding.opening.shortage import WayOn
from bidding.web.forms import Form, StepUpForm

PASSED, FAILED = "yes", "no"

#: A share is some 300 bytes; ten thousand envelopes are more than any opening has.
MAX_BATCH = 8 * 1024 * 1024
#: A result carries every trustee's batches.
MAX_RESULT = 64 * 1024 * 1024
#: A few identities of some eighty signs each.
MAX_POSTING = 16 * 1024


class PackageForm(StepUpForm):
    """Letting the opening package out: with the first one the opening begins, and nothing takes that back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.step_up_password is not None:  # the page asks for the password in another form as well
            self.step_up_password.id = self.step_up_password.label.field_id = "package-password"


class WordsForm(StepUpForm):
    """The six words, typed from the paper record."""

    words = StringField(
        lazy_gettext("纸质记录上的六组数字"),
        validators=[InputRequired(lazy_gettext("请照纸质记录填写六组数字。")), Length(max=60)],
        description=lazy_gettext("六组，每组四位，用空格隔开。"),
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class ResultForm(StepUpForm):
    """The result file of an opening without the server, as ``bidding open`` writes it."""

    result = FileField(
        lazy_gettext("结果文件"),
        validators=[FileRequired(lazy_gettext("请选择开标电脑生成的结果文件。"))],
        description=lazy_gettext("opening-result-….json。平台用里面的份额重新开启一遍，一处不一致就都不收。"),
        render_kw={"accept": ".json,application/json"},
    )
    value: object

    def validate_result(self, field: FileField) -> None:
        """Read the file; what it proves, the service checks."""
        data = field.data.read(MAX_RESULT + 1)
        if len(data) > MAX_RESULT:
            raise ValidationError(gettext("文件超过 64 MB，不会是结果文件。请重新选择。"))
        try:
            self.value = loads(data)
        except (Malformed, ValueError) as error:
            raise ValidationError(
                gettext(
                    "“%(file)s”不是结果文件。请选择 bidding open 写的 .json 文件。", file=field.data.filename
                )
            ) from error


class BagEntryForm(Form):
    """What one person reads in a bag: the fields of its lot's sheet, or why there are none."""

    void = SelectField(
        lazy_gettext("没有可用的一览表"),
        description=lazy_gettext("有一览表的不选，照原件逐项填写，原件没填的留空；选了原因的，下面不用填。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.void.choices = [
            ("", gettext("有一览表")),
            *((key, gettext(words)) for key, words in VOIDS.items()),
        ]

    @classmethod
    def of(cls, fields: Sequence[Mapping[str, Any]]) -> BagEntryForm:
        """The form for a lot, its fields as ``tenders.queries.offer_fields`` gives them."""
        places = {field["name"]: _place(field) for field in fields}
        made = type("BagEntryForm", (cls,), places)()
        assert isinstance(made, cls)  # noqa: S101 — made of it
        made.names = list(places)
        return made

    names: list[str]

    @property
    def given(self) -> dict[str, str]:
        """What was typed, by the field's name."""
        return {name: self._fields[name].data or "" for name in self.names}


def _place(field: Mapping[str, Any]) -> StringField:
    numeric = {} if field["kind"] == "text" else {"inputmode": "decimal"}
    label = field["label"]
    return StringField(
        lazy_gettext(label),
        description=lazy_gettext("单位是元。大写与小写不一致的，填大写的金额，在备注里写明小写的。")
        if field["kind"] == "fen"
        else "",
        validators=[Length(max=1000)],
        render_kw={"autocomplete": "off", **numeric},
    )


class KeyForm(StepUpForm):
    """The identities of a bid's envelopes, as the page's script and ``bidding key reveal`` write them."""

    posting = FileField(
        lazy_gettext("公布文件"),
        validators=[
            FileRequired(lazy_gettext("请选择 bidding key reveal 或离线页生成的公布文件（.json）。"))
        ],
        description=lazy_gettext("里面只有打开这几项的密钥；签名用的密钥和口令不在其中。"),
        render_kw={"accept": ".json,application/json"},
    )
    value: object

    def validate_posting(self, field: FileField) -> None:
        """Read the file; what it proves, the service checks."""
        data = field.data.read(MAX_POSTING + 1)
        try:
            self.value = loads(data) if len(data) <= MAX_POSTING else None
        except (Malformed, ValueError):
            self.value = None
        if not isinstance(self.value, dict):
            raise ValidationError(
                gettext("这不是公布文件。请选择 bidding key reveal 或离线页生成的 .json 文件。")
            )


class DecisionForm(StepUpForm):
    """What follows for a lot with too few readable sheets."""

    decision = RadioField(
        lazy_gettext("怎么处理"), validators=[InputRequired(lazy_gettext("请选择怎么处理。"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision.choices = []

    def offer(self, ways: Sequence[WayOn]) -> None:
        """The ways on that the law of this tender has."""
        self.decision.choices = [(way.decision, f"{gettext(way.words)}（{way.citation}）") for way in ways]


class BatchForm(StepUpForm):
    """Trustees' share batches, as the trustee kit and ``bidding trustee open`` write them: all are taken, or none."""

    batch = MultipleFileField(
        lazy_gettext("份额文件"),
        validators=[FileRequired(lazy_gettext("请选择受托人工具生成的份额文件。"))],
        description=lazy_gettext(
            "受托人签过名的文件，谁来上传都一样，可以一次选几个；整份核对，一处不对就都不收。"
        ),
        render_kw={"accept": ".json,application/json", "multiple": True},
    )
    values: list[object]

    def validate_batch(self, field: MultipleFileField) -> None:
        """Read the files; what they prove, the service checks."""
        self.values = []
        for file in field.data or []:
            data = file.read(MAX_BATCH + 1)
            if len(data) > MAX_BATCH:
                raise ValidationError(gettext("份额文件超过 8 MB，不会是份额文件。请重新选择。"))
            try:
                self.values.append(loads(data))
            except (Malformed, ValueError) as error:
                raise ValidationError(
                    gettext("“%(file)s”不是份额文件。请选择受托人工具生成的 .json 文件。", file=file.filename)
                ) from error


class ReviewForm(StepUpForm):
    """Which bids passed the technical review: each one is decided on, and a failed one has its reason.

    Made by ``review_form``, with a choice and a reason for every bid.
    """

    sheets: Sequence[Sheet] = ()

    @property
    def pairs(self) -> list[tuple[Sheet, Field, Field]]:
        """Every sheet with its choice and its reason."""
        return [
            (sheet, self[f"passed_{sheet.bid_uid}"], self[f"reason_{sheet.bid_uid}"]) for sheet in self.sheets
        ]

    @property
    def sealed(self) -> dict[str, str]:
        """The bids that did not pass, with the reasons."""
        return {
            sheet.bid_uid: reason.data or "" for sheet, passed, reason in self.pairs if passed.data == FAILED
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """A reason for each failed bid, before anybody is asked for a password."""
        for field in self._fields.values():
            field.errors = ()
        missing = [
            reason
            for _, passed, reason in self.pairs
            if passed.data == FAILED and not (reason.data or "").strip()
        ]
        if not missing:
            return super().validate(extra_validators)
        for reason in missing:
            reason.errors = [gettext("请写明没有通过的原因。")]
        return False


def review_form(sheets: Sequence[Sheet], sealed: Mapping[str, str] | None) -> ReviewForm:
    """The form for these bids; ``sealed`` is what was recorded before, None the first time."""

    class Made(ReviewForm):
        """One review's."""

    data = {}
    for sheet in sheets:
        choice = RadioField(
            sheet.tenderer_name,
            validators=[InputRequired(lazy_gettext("请选一项。"))],
            choices=[
                SelectChoice(PASSED, lazy_gettext("通过，开报价信封")),
                SelectChoice(FAILED, lazy_gettext("没有通过，报价信封不开")),
            ],
        )
        setattr(Made, f"passed_{sheet.bid_uid}", choice)
        setattr(
            Made,
            f"reason_{sheet.bid_uid}",
            StringField(
                lazy_gettext("没有通过的原因（%(name)s）", name=sheet.tenderer_name),
                validators=[Length(max=MOST_REASON)],
            ),
        )
        if sealed is not None:
            data[f"passed_{sheet.bid_uid}"] = FAILED if sheet.bid_uid in sealed else PASSED
            data[f"reason_{sheet.bid_uid}"] = sealed.get(sheet.bid_uid, "")
    made = Made(data=data)
    made.sheets = sheets
    return made
