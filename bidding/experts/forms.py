"""What is filled in about experts: lists, requests, files of parties, calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from bidding.conduct.forms import Accepting
from bidding.core.canonical import Malformed, loads
from bidding.core.errors import N_
from bidding.experts.calls import AFTER_ACCEPTING, ANSWER_WORDS, REASONS, Answer
from bidding.experts.replies import REASON_LABELS
from bidding.experts.rules import Conditions, Place
from bidding.web.forms import Form, InstantField, StepUpForm

#: An order of a hundred thousand experts takes some 12 MB.
LARGEST_FILE = 24 * 1024 * 1024
#: More specialties than a panel ever has.
LINES = 6


class PlaceForm(Part):  # type: ignore[misc]
    """One line of the conditions."""

    specialty = SelectField(_l("专业"), [Optional()])
    region = SelectField(_l("地区"), [Optional()])
    need = IntegerField(_l("抽取人数"), [Optional(), NumberRange(min=1, max=99)])
    backups = IntegerField(_l("备选人数"), [Optional(), NumberRange(min=0, max=99)])


class RequestForm(StepUpForm):
    """Asking for experts."""

    members = IntegerField(
        _l("评审成员总数"),
        [InputRequired(), NumberRange(min=1, max=99)],
        description=_l("单数；含招标人（采购人）代表。"),
    )
    places = FieldList(FormField(PlaceForm), _l("专业和人数"), min_entries=LINES, max_entries=LINES)
    max_per_unit = IntegerField(
        _l("同一单位最多几名专家"), [InputRequired(), NumberRange(min=1, max=9)], default=1
    )
    evaluation_at = InstantField(_l("评审时间"), [InputRequired()])
    hours = IntegerField(_l("预计时长（小时）"), [InputRequired(), NumberRange(min=1, max=240)], default=4)
    place = StringField(_l("评审地点"), [InputRequired(), Length(max=200)])
    recused = TextAreaField(
        _l("其他回避单位"),
        [Optional(), Length(max=4000)],
        description=_l(
            "一行一个单位名称或统一社会信用代码。招标人、代理机构、监督部门和投标单位不用写，系统自动回避。"
        ),
    )
    reason = StringField(
        _l("再次抽取的原因"),
        [Optional(), Length(max=500)],
        description=_l("会写入公开日志，不要写姓名和单位。"),
    )
    notes = BooleanField(_l("已阅读并遵守上面的注意事项"), [InputRequired(_l("请先阅读注意事项，再勾选。"))])

    def __init__(
        self, specialties: Iterable[tuple[str, str]], regions: Iterable[str], *, further: bool, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not further:
            del self.reason
        choices = [SelectChoice("", _("（不用）"))]
        choices += [SelectChoice(code, f"{code} {name}") for code, name in specialties]
        areas = [SelectChoice("", _("（不限）")), *(SelectChoice(name, name) for name in regions)]
        for line in self.places:
            line.specialty.choices = choices
            line.region.choices = areas

    def validate_places(self, field: FieldList) -> None:
        """A line that names a specialty says how many; at least one line does."""
        used = [line for line in field if line.specialty.data]
        if not used:
            raise ValidationError(_("请至少选一个专业，并填写抽取人数。"))
        for line in used:
            if not line.need.data:
                raise ValidationError(_("专业 %(code)s 没有写抽取人数。", code=line.specialty.data))

    @property
    def conditions(self) -> Conditions:
        """What was asked, as the rules see it."""
        return Conditions(
            members=self.members.data,
            max_per_unit=self.max_per_unit.data,
            places=tuple(
                Place(line.specialty.data, line.need.data, line.backups.data or 0, line.region.data or "")
                for line in self.places
                if line.specialty.data
            ),
        )


class ActForm(StepUpForm):
    """An act of weight with nothing to fill in."""


class CancelForm(StepUpForm):
    """A draw is given up, and why."""

    reason = StringField(
        _l("取消原因"),
        [InputRequired(), Length(max=500)],
        description=_l("抽取令已经签署的，原因会写入公开日志。"),
    )


class ProofForm(StepUpForm):
    """A file that a party's client wrote."""

    file = FileField(
        _l("文件"),
        [InputRequired(_l("请选择受托人工具或 bidding draw 命令写出的 .json 文件。"))],
        render_kw={"accept": ".json,application/json"},
    )
    value: object = None

    def validate_file(self, field: FileField) -> None:
        """Read it; what it proves, the service checks."""
        if not field.data:
            return
        data = field.data.stream.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise ValidationError(_("文件超过 24 MB，不会是抽取用的文件。请重新选择。"))
        try:
            self.value = loads(data)
        except (Malformed, ValueError) as error:
            raise ValidationError(
                _("这不是 bidding draw 命令或受托人工具写出的文件。请重新选择。")
            ) from error


class OpenedForm(ProofForm):
    """An act with the names it needs, where any are still sealed."""

    file = FileField(
        _l("姓名文件"),
        [Optional()],
        description=_l("bidding draw names 命令写出的 .json 文件。"),
        render_kw={"accept": ".json,application/json"},
    )


class FreezeForm(Accepting, OpenedForm):
    """A list is frozen; the rules of drawing are asked for with it."""


class ShowForm(Form):
    """Whom to call next: the name is shown, and that it was shown is written down."""

    stratum = HiddenField(validators=[InputRequired()])


class MessageForm(Form):
    """Whom to send time and place: the number comes from the caller's screen, for this once."""

    h = StringField(validators=[InputRequired(), Length(min=64, max=64)])
    phone = StringField(validators=[InputRequired(), Regexp(r"^\+?[0-9][0-9 ()-]{4,28}$")])


#: The channel of somebody who is passed over by the rules: nobody was told anything.
NOT_CALLED = N_("未通知")


class CallForm(Form):
    """What came of a call."""

    stratum = HiddenField(validators=[InputRequired()])
    h = HiddenField(validators=[InputRequired()])
    channel = SelectField(_l("通知方式"), [InputRequired()])
    outcome = RadioField(_l("答复"), [InputRequired(_l("请选择答复。"))])
    words = TextAreaField(
        _l("通知记录"),
        [Optional(), Length(max=1000)],
        description=_l("例如拨打次数、接听人。只存在中心，公开日志里只有它的指纹。"),
    )

    def __init__(self, answers: Sequence[Answer] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.channel.choices = [
            SelectChoice("语音外呼", _("语音外呼")),
            SelectChoice("人工电话", _("人工电话")),
            SelectChoice("短信", _("短信")),
            SelectChoice("当面", _("当面")),
        ]
        if self.outcome.data == Answer.SKIP.value:
            self.channel.choices.append(SelectChoice(NOT_CALLED, _(NOT_CALLED)))
        self.outcome.choices = [
            SelectChoice(value, words) for answer in answers for value, words in _outcomes(answer)
        ]

    @property
    def answer(self) -> Answer:
        """The answer that was chosen."""
        return Answer(self.outcome.data.partition(":")[0])

    @property
    def reason(self) -> str:
        """Its reason, one of ``REASONS``; empty where it has none."""
        number = self.outcome.data.partition(":")[2]
        return REASONS[self.answer][int(number)] if number else ""


class ReplyForm(Form):
    """An answer by the link of a message; who declines says why."""

    reason = RadioField(_l("不能参加的原因"), [InputRequired(_l("请选择原因。"))])

    def __init__(self, answer: Answer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._reasons = REASONS.get(answer, ())
        if not self._reasons:
            del self.reason
        else:
            self.reason.choices = [(str(place), _(words)) for place, words in enumerate(REASON_LABELS)]

    @property
    def chosen(self) -> str:
        """One of ``REASONS``; empty for somebody who comes."""
        return self._reasons[int(self.reason.data)] if self._reasons else ""


#: What somebody can answer when it is their turn, and what can befall one who accepted.
AT_TURN = (Answer.ACCEPT, Answer.DECLINE, Answer.NO_ANSWER, Answer.RECUSED)
LATER = tuple(answer for answer in Answer if answer in AFTER_ACCEPTING)


def _outcomes(answer: Answer) -> list[tuple[str, str]]:
    words = _(ANSWER_WORDS[answer])
    reasons = REASONS.get(answer)
    if reasons is None:
        return [(answer.value, words)]
    return [(f"{answer.value}:{place}", f"{words} · {_(reason)}") for place, reason in enumerate(reasons)]


class LeaveForm(CallForm):
    """Somebody who accepted does not come after all, or may not sit."""

    h = HiddenField(validators=[Optional()])
    stratum = HiddenField(validators=[Optional()])
    who = SelectField(_l("号码"), [InputRequired()])

    def __init__(self, serving: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(LATER, **kwargs)
        self.who.choices = [SelectChoice(value, words) for value, words in serving]

    @property
    def place(self) -> tuple[str, str]:
        """(stratum, h) of whom it befalls."""
        stratum, _colon, h = self.who.data.partition(":")
        return stratum, h
