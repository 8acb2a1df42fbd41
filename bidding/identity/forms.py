"""What people fill in about themselves, their organisations and each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from bidding.core.actor import Role
from bidding.core.errors import N_
from bidding.identity.policy import DEFECTS, KIND_WORDS, ROLE_WORDS, ROLES_OF, OrganisationKind
from bidding.identity.rules import shortest_password
from bidding.web.forms import Form, StepUpForm, UsccField

_LOGIN = r"\s*[A-Za-z0-9][A-Za-z0-9._@-]{2,59}\s*"
_PHONE = r"\s*[0-9+（()）\- ]{6,30}\s*"


def _login(description: Any) -> StringField:
    return StringField(
        _l("登录名"),
        [
            InputRequired(),
            Regexp(
                f"^{_LOGIN}$", message=_l("登录名用 3 到 60 个字母、数字，以及 . _ @ -，以字母或数字开头。")
            ),
        ],
        description=description,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


def _phone() -> StringField:
    return StringField(
        _l("联系电话"),
        [
            InputRequired(),
            Regexp(f"^{_PHONE}$", message=_l("电话号码只用数字、空格、+、- 和括号，6 到 30 位。")),
        ],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )


def _new_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired()],
        render_kw={"autocomplete": "new-password"},
    )


def _again() -> PasswordField:
    return PasswordField(
        _l("再输一次密码"),
        [InputRequired(), EqualTo("password", message=_l("两次输入的密码不一样。"))],
        render_kw={"autocomplete": "new-password"},
    )


_ADVICE = N_("至少 %(least)s 个字符。可以用一句只有自己知道的话，也可以从密码管理器粘贴。")


def advice(roles: Collection[Role]) -> str:
    """What to write under a new password of an account with these roles."""
    words: str = _(_ADVICE, least=shortest_password(roles))
    return words


class SignInForm(Form):
    login = StringField(
        _l("登录名"),
        [InputRequired(), Length(max=60)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(_l("密码"), [InputRequired()], render_kw={"autocomplete": "current-password"})
    recovery = StringField(
        _l("一个恢复码"),
        [Optional(), Length(max=40)],
        description=_l("打印的恢复码，填一个没有用过的，就不用等。"),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    next = HiddenField()


class SecondStepForm(Form):
    code = StringField(
        _l("验证码或恢复码"),
        [InputRequired(), Length(max=40)],
        description=_l("验证器上的 6 位数字，或者打印的恢复码中没有用过的一个。"),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )
    next = HiddenField()


class FactorForm(StepUpForm):
    """Adding or taking away a second factor: the button says which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.step_up_password is not None:
            self.step_up_password.description = _l("这会改变怎样登录，所以先确认是您本人；5 分钟内不再问。")


class FirstCodeForm(Form):
    code = StringField(
        _l("验证器显示的 6 位数字"),
        [InputRequired(), Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasskeyNameForm(Form):
    name = StringField(
        _l("名称"),
        [InputRequired(), Length(max=60)],
        description=_l("自己认得出就行，例如“办公室电脑”“蓝色安全密钥”。"),
        render_kw={"autocomplete": "off"},
    )


class ConfirmForm(StepUpForm):
    """The page that asks for the password ahead of an act that has no form of its own."""

    next = HiddenField()


class RegisterForm(Form):
    name = StringField(
        _l("单位名称"),
        [InputRequired(), Length(max=200)],
        description=_l("与营业执照或登记证书上的全称一致。"),
    )
    uscc = UsccField(
        _l("统一社会信用代码"),
        [InputRequired()],
        description=_l("18 位，在营业执照右上方。"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    contact = StringField(
        _l("经办人姓名"), [InputRequired(), Length(max=60)], render_kw={"autocomplete": "name"}
    )
    phone = _phone()
    login = _login(_l("以后用它登录，3 到 60 个字母、数字。"))
    password = _new_password(_l("密码"))
    again = _again()


class CompanyForm(Form):
    licence = FileField(
        _l("营业执照或登记证书"),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"},
    )
    authorisation = FileField(
        _l("授权书"),
        description=_l("法定代表人签字并加盖公章，写明经办人、授权范围和期限。"),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"},
    )
    contact = StringField(
        _l("经办人姓名"), [InputRequired(), Length(max=60)], render_kw={"autocomplete": "name"}
    )
    phone = _phone()


class ApproveForm(StepUpForm):
    seen = HiddenField(validators=[InputRequired()])


class ReturnForm(Form):
    seen = HiddenField(validators=[InputRequired()])
    defects = SelectMultipleField(
        _l("要补正的问题（一次说全）"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    other = TextAreaField(
        _l("其他问题"), [Optional(), Length(max=600)], description=_l("每行写一个。对方会原样看到。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.defects.choices = [SelectChoice(text, _(text)) for text in DEFECTS]

    def all_defects(self) -> list[str]:
        """What was ticked and what was written, a line each."""
        return [*(self.defects.data or []), *(self.other.data or "").splitlines()]


class OrganisationForm(Form):
    kind = SelectField(_l("类型"), [InputRequired()])
    name = StringField(_l("单位名称"), [InputRequired(), Length(max=200)])
    uscc = UsccField(
        _l("统一社会信用代码"),
        [InputRequired()],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    contact = StringField(_l("联系人"), [Optional(), Length(max=60)])
    phone = StringField(_l("联系电话"), [Optional(), Length(max=30)], render_kw={"inputmode": "tel"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            SelectChoice("", _("请选择")),
            *(
                SelectChoice(kind.value, _(words))
                for kind, words in KIND_WORDS.items()
                if kind is not OrganisationKind.TENDERER
            ),  # tenderers register themselves
        ]


class _Roles(StepUpForm):
    roles = SelectMultipleField(
        _l("角色"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def offer(self, roles: Iterable[Role]) -> None:
        """Say which roles can be ticked."""
        offered = frozenset(roles)
        self.roles.choices = [
            SelectChoice(role.value, _(words)) for role, words in ROLE_WORDS.items() if role in offered
        ]

    def chosen(self) -> frozenset[Role]:
        """The ticked roles."""
        return frozenset(Role(value) for value in self.roles.data or [])


class InviteForm(_Roles):
    organisation = SelectField(_l("所在单位"), [InputRequired()])
    name = StringField(_l("姓名"), [InputRequired(), Length(max=60)])
    phone = _phone()
    login = _login(_l("对方以后用它登录。"))

    def __init__(self, organisations: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.organisation.choices = [
            SelectChoice("", _("请选择")),
            *(SelectChoice(uid, name) for uid, name in organisations),
        ]
        self.offer(role for role in Role if role is not Role.TENDERER)


class RolesForm(_Roles):
    def __init__(self, kind: OrganisationKind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offer(ROLES_OF[kind])


class AccountActForm(StepUpForm):
    """Disabling, enabling, a new link: the button says which."""


class AcceptForm(Form):
    password = _new_password(_l("密码"))
    again = _again()


class PasswordForm(Form):
    current = PasswordField(
        _l("现在的密码"), [InputRequired()], render_kw={"autocomplete": "current-password"}
    )
    password = _new_password(_l("新密码"))
    again = _again()
