"""The base of every form: tokens, refusals beside their field, and fields for money, instants and codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import BadRequest
from wtforms import Field, PasswordField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import DateTimeLocalInput, TextInput

from bidding.core.clock import SHANGHAI
from bidding.core.codes import InvalidUscc, check_uscc
from bidding.core.errors import N_, DomainError
from bidding.core.money import NotMoney, parse_yuan, yuan
from bidding.web.auth import STEP_UP_LASTS, current_actor
from bidding.web.context import now
from bidding.web.errors import told

F = TypeVar("F", bound=Callable[..., Any])
AnyForm = TypeVar("AnyForm", bound="Form")

csrf = CSRFProtect()

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

#: The words of WTForms' own validators, in ours. What is not here is shown as its author wrote it.
_WORDS = {
    "This field is required.": N_("请填写这一项。"),
    "Not a valid choice.": N_("请从列出的选项里选。"),
    "Not a valid choice": N_("请从列出的选项里选。"),
    "'%(value)s' is not a valid choice for this field.": N_("请从列出的选项里选。"),
    "'%(value)s' are not valid choices for this field.": N_("请从列出的选项里选。"),
    "Invalid Choice: could not coerce.": N_("请从列出的选项里选。"),
    "Not a valid integer value.": N_("请填写整数。"),
    "Not a valid date value.": N_("请填写日期，例如 2026-12-15。"),
    "Not a valid datetime value.": N_("请填写日期和时间，例如 2026-12-15 14:30。"),
    "Invalid input.": N_("格式不对。"),
    "Number must be at least %(min)s.": N_("不能小于 %(min)s。"),
    "Number must be at most %(max)s.": N_("不能大于 %(max)s。"),
    "Number must be between %(min)s and %(max)s.": N_("应在 %(min)s 到 %(max)s 之间。"),
    "Field must be at least %(min)d character long.": N_("至少 %(min)d 个字符。"),
    "Field must be at least %(min)d characters long.": N_("至少 %(min)d 个字符。"),
    "Field cannot be longer than %(max)d character.": N_("最多 %(max)d 个字符。"),
    "Field cannot be longer than %(max)d characters.": N_("最多 %(max)d 个字符。"),
    "Field must be exactly %(max)d character long.": N_("应是 %(max)d 个字符。"),
    "Field must be exactly %(max)d characters long.": N_("应是 %(max)d 个字符。"),
    "Field must be between %(min)d and %(max)d characters long.": N_("应是 %(min)d 到 %(max)d 个字符。"),
}


class _Words:
    """What WTForms asks for a translation of its own sentences."""

    def gettext(self, string: str) -> str:
        """The sentence in the reader's language."""
        return gettext(_WORDS.get(string, string)) if string else string

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The same; Chinese has no plural, and English forms here do without."""
        return self.gettext(singular if n == 1 else plural)


def init_app(app: Flask) -> None:
    """Demand of every request that changes something the form's token and our own origin."""
    app.before_request(_refuse_nul)
    app.before_request(_allow_bytes)
    app.before_request(same_origin)
    csrf.init_app(app)


def takes_bytes(setting: str) -> Callable[[F], F]:
    """Let a view take a raw body up to the named setting (``MAX_FILE``, ``MAX_BID``), not only a form's size.

    Stands nearest the function. It has to be known before the token is checked, for Werkzeug refuses a body that
    is too long as soon as anybody looks at the request's form.
    """

    def mark(view: F) -> F:
        view.takes_bytes = setting  # type: ignore[attr-defined]
        return view

    return mark


def _refuse_nul() -> None:
    """No page has an address with NUL in it, and PostgreSQL refuses to search for one."""
    if "\0" in request.path or "%00" in request.query_string.decode("latin-1"):
        raise BadRequest


def _allow_bytes() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    setting = getattr(view, "takes_bytes", None)
    if setting is not None:
        request.max_content_length = current_app.config[setting]


def same_origin() -> None:
    """Refuse what another site makes a browser send. A client that is no browser names no origin.

    The host is compared, and the scheme as well where browsers come by TLS.
    """
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if origin is not None:
        came = urlsplit(origin)
        if came.netloc != request.host or (current_app.config["BEHIND_TLS"] and came.scheme != "https"):
            raise CSRFError("another origin")
    if site is not None and site not in ("same-origin", "none"):
        raise CSRFError("another site")


class Form(FlaskForm):  # type: ignore[misc]
    """A form that keeps what was typed and can be told why the domain said no.

    The pattern of every view::

        form = SomeForm()
        if form.validate_on_submit():
            try:
                with transaction() as tx:
                    service.act(tx, …)
                return redirect(…)
            except DomainError as error:
                form.refuse(error)
        return render_template("…", form=form), form.status
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> _Words:
            """Our words for WTForms' sentences."""
            return _Words()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent. NUL cannot be typed, and PostgreSQL has no text with it."""
            found = super().wrap_formdata(form, formdata)
            if found and any("\0" in value for _, value in found.items(multi=True) if isinstance(value, str)):
                raise BadRequest
            return found

    refused_with: int | None = None

    def refuse(self, error: DomainError) -> None:
        """Show the refusal at its field, or over the form where it names none of ours. 404 stays a 404."""
        if error.status == 404:
            raise error
        message = told(error)
        self.refused_with = error.status
        if error.field is not None and error.field in self._fields:
            field = self._fields[error.field]
            field.errors = [*field.errors, message]
        else:
            self.form_errors.append(message)

    @property
    def status(self) -> int:
        """The HTTP status to show the form with: the refusal's, 422 for a wrong input, 200 for a fresh form."""
        return self.refused_with or (422 if self.errors else 200)


def apart(form: AnyForm, name: str) -> AnyForm:
    """The form with ids of its own: several stand on one page, and a label presses whatever has its id first."""
    for field in form:
        field.id = f"{name}-{field.id}"
    return form


class StepUpForm(Form):
    """A form for an act that binds: it asks for the password again unless that was done within five minutes.

    The check itself is ``app.extensions["step_up"](password) -> bool``, which identity provides; it runs only
    when everything else on the form is right, outside any transaction of the view, and makes ``current_actor()``
    and so ``tx.actor.step_up_at`` fresh.
    """

    step_up_password = PasswordField(
        lazy_gettext("您的登录密码"),
        validators=[InputRequired(lazy_gettext("这一步有法律效力，请再输入一次您的登录密码。"))],
        description=lazy_gettext("这一步有法律效力，所以再确认一次是您本人；5 分钟内不再问。"),
        render_kw={"autocomplete": "current-password"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stepped_up_at = current_actor().step_up_at
        if stepped_up_at is not None and now() - stepped_up_at < STEP_UP_LASTS:
            del self._fields["step_up_password"]
            self.step_up_password = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and then, only then, the password."""
        if not super().validate(extra_validators):
            return False
        if self.step_up_password is None:
            return True
        check = cast("Callable[[str], bool]", current_app.extensions["step_up"])
        try:
            right = check(self.step_up_password.data)
        except DomainError as error:
            error.field = "step_up_password"
            self.refuse(error)
            return False
        if not right:
            self.step_up_password.errors = [gettext("密码不对。请再输入一次您的登录密码。")]
            return False
        del self._fields["step_up_password"]  # shown again for another reason, the form need not ask again
        self.step_up_password = None
        return True


class MoneyField(Field):  # type: ignore[misc]
    """An amount typed in yuan; ``data`` is fen, or None where nothing was typed."""

    widget = TextInput()
    data: int | None = None

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, validators, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else yuan(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; the message says what is wrong with it."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = parse_yuan(valuelist[0])
        except NotMoney as error:
            self.data = None
            places = {
                name: gettext(value) if name == "unit" else value for name, value in error.params.items()
            }
            raise ValueError(gettext(error.text) % places) from error


class InstantField(Field):  # type: ignore[misc]
    """A date and time of day in Shanghai; ``data`` is an aware instant, or None where nothing was typed."""

    widget = DateTimeLocalInput()
    data: datetime | None = None
    FORMATS: ClassVar = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        local = self.data.astimezone(SHANGHAI)
        return local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the browser's form or a typed one."""
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        for pattern in self.FORMATS:
            try:
                self.data = datetime.strptime(text, pattern).replace(tzinfo=SHANGHAI)
            except ValueError:
                continue
            return
        raise ValueError(gettext("请填写日期和时间，例如 2026-12-15 14:30。"))


class UsccField(StringField):  # type: ignore[misc]
    """A unified social credit code; ``data`` is its normal form."""

    data: str | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Normalise, or say which character is wrong."""
        super().process_formdata(valuelist)
        if not self.data or not self.data.strip():
            self.data = ""
            return
        try:
            self.data = check_uscc(self.data)
        except InvalidUscc as error:
            raise ValueError(told(error)) from error
