"""Forms of the records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from bidding.opening.papers.rules import CHECKS, MAX_CAMERA, PRICE_CHECKS, SEEN_WORDS, Seen
from bidding.opening.sitting.rules import MAX_NAME, MAX_WORDS
from bidding.web.forms import Form, InstantField, StepUpForm

_MUST = lazy_gettext("请填写这一项。")
_WORDS = {"rows": 3, "maxlength": MAX_WORDS}


def _name() -> StringField:
    return StringField(
        lazy_gettext("签字：写您本人的姓名"),
        [InputRequired(_MUST), Length(max=MAX_NAME)],
        render_kw={"autocomplete": "off"},
    )


class _Witnessed(StepUpForm):
    """What the supervisor saw of an opening, point by point, and their name under it."""

    arrived_at = InstantField(lazy_gettext("到场时间"), [InputRequired(_MUST)])
    left_at = InstantField(lazy_gettext("离场时间"), [InputRequired(_MUST)])
    problems = TextAreaField(
        lazy_gettext("发现的问题（没有就空着）"), [Length(max=MAX_WORDS)], render_kw=_WORDS
    )
    opinion = TextAreaField(lazy_gettext("处理意见（没有就空着）"), [Length(max=MAX_WORDS)], render_kw=_WORDS)
    name = _name()
    #: The points, by their codes.
    checks: Mapping[str, str] = {}

    @property
    def stay(self) -> tuple[datetime, datetime]:
        """From when to when they were there; of a form that is valid."""
        assert self.arrived_at.data and self.left_at.data  # noqa: S101, PT018 — both are required
        return self.arrived_at.data, self.left_at.data

    @property
    def points(self) -> Iterator[Field]:
        """The points, in their order."""
        return (self[f"point_{code}"] for code in self.checks)

    @property
    def seen(self) -> dict[str, Seen]:
        """What was said of each."""
        return {code: Seen(self[f"point_{code}"].data) for code in self.checks}


class WitnessForm(_Witnessed):
    """Of the only opening, or the first."""

    checks = CHECKS


class PriceWitnessForm(_Witnessed):
    """Of the second opening of a tender in two envelopes."""

    checks = PRICE_CHECKS


for _form, _code, _point in (
    (form, code, point) for form in (WitnessForm, PriceWitnessForm) for code, point in form.checks.items()
):
    setattr(
        _form,
        f"point_{_code}",
        RadioField(
            lazy_gettext(_point),
            [InputRequired(lazy_gettext("请选一项。没有看到的，选“没有看到”。"))],
            choices=[
                SelectChoice(seen.value, lazy_gettext(words)) for seen, (_, words) in SEEN_WORDS.items()
            ],
        ),
    )


class FailedForm(StepUpForm):
    """One's name under a record whose data the system has."""

    name = _name()


class SignForm(StepUpForm):
    """One's name under a record that somebody else has formed."""

    sha256 = HiddenField(validators=[InputRequired(_MUST)])
    name = _name()


class ScanForm(Form):
    """The scan of a record that was signed on paper."""

    scan = FileField(
        lazy_gettext("签字扫描件"),
        [FileRequired(lazy_gettext("请先选文件。"))],
        description=lazy_gettext(
            "PDF、JPG 或 PNG。扫描件的 SHA-256 写进公开日志；文件本身只有中心、监督和本项目代理机构能下载。"
        ),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png"},
    )


class VideoForm(Form):
    """Where the video is found."""

    camera = StringField(
        lazy_gettext("摄像头或者录像名称"),
        [InputRequired(_MUST), Length(max=MAX_CAMERA)],
        description=lazy_gettext("例如：第一开标室 2 号机。写进公开日志和记录。"),
    )
    begins_at = InstantField(lazy_gettext("开始"), [InputRequired(_MUST)])
    ends_at = InstantField(lazy_gettext("结束"), [InputRequired(_MUST)])

    @property
    def hours(self) -> tuple[datetime, datetime]:
        """From when to when it runs; of a form that is valid."""
        assert self.begins_at.data and self.ends_at.data  # noqa: S101, PT018 — both are required
        return self.begins_at.data, self.ends_at.data


class WithdrawForm(Form):
    """Why a scan or a video is taken back."""

    reason = TextAreaField(
        lazy_gettext("为什么撤回"),
        [InputRequired(_MUST), Length(max=MAX_WORDS)],
        description=lazy_gettext(
            "例如：传错了文件。人人看得到，所以不要写个人信息；公开日志里只有它的 SHA-256。"
        ),
        render_kw=_WORDS,
    )


def fresh(form: type[Form], prefix: str, **given: Any) -> Form:
    """A form that was not sent: the page has several."""
    return form(formdata=None, prefix=prefix, **given)
