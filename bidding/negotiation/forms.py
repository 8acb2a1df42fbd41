"""Forms of a negotiation's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from bidding.negotiation.queries import Supplier
from bidding.negotiation.rules import MOST_REASON, ReasonMissing
from bidding.web.errors import told
from bidding.web.forms import Form, InstantField, StepUpForm

_MUST = lazy_gettext("请填写这一项。")
INVITED, LEFT_OUT = "invited", "left-out"


class RoundForm(Form):
    """A call to a further, or the last, offer. Each supplier has a choice and a place for the reason beside it."""

    kind = RadioField(
        lazy_gettext("这一轮"),
        [InputRequired(lazy_gettext("请选这一轮是不是最后报价。"))],
    )
    closes_at = InstantField(lazy_gettext("报价截止时间（北京时间）"), [InputRequired(_MUST)])
    ground = TextAreaField(
        lazy_gettext("只有两家也可以继续的依据"),
        [Length(max=MOST_REASON)],
        description=lazy_gettext("一般不填。只有法律写明的情形，邀请两家也可以：写明是哪一种、批准文号。"),
        render_kw={"rows": 2},
    )

    @property
    def findings(self) -> dict[str, str]:
        """By the uid of each response, why it is left out; nothing where it is invited."""
        found = {}
        for bid in self.named:
            out = self[f"who_{bid}"].data == LEFT_OUT
            found[bid] = (self[f"why_{bid}"].data or "").strip() if out else ""
        return found

    @property
    def call(self) -> dict[str, Any]:
        """What ``service.draft_round`` takes."""
        return {
            "closes_at": self.closes_at.data,
            "is_last": self.kind.data == "last",
            "findings": self.findings,
            "ground": self.ground.data or "",
        }

    named: Sequence[str] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [
            ("last", gettext("最后报价：以它评审、确定成交，之后不能再开一轮")),
            ("further", gettext("一般报价：谈完还要再报")),
        ]
        for bid in self.named:
            self[f"who_{bid}"].choices = [(INVITED, gettext("邀请")), (LEFT_OUT, gettext("不邀请"))]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever is left out is told why: an empty reason would invite."""
        right = super().validate(extra_validators)
        for bid in self.named:
            reason = self[f"why_{bid}"]
            if self[f"who_{bid}"].data == LEFT_OUT and not (reason.data or "").strip():
                reason.errors = [*reason.errors, told(ReasonMissing(most=MOST_REASON))]
                right = False
        return bool(right)


def round_form(suppliers: Sequence[Supplier]) -> RoundForm:
    """The form with a choice for every supplier."""
    fields: dict[str, Any] = {"named": [each.response for each in suppliers]}
    for each in suppliers:
        fields[f"who_{each.response}"] = RadioField(
            each.name,
            [InputRequired(lazy_gettext("请选邀请或者不邀请。"))],
        )
        fields[f"why_{each.response}"] = TextAreaField(
            gettext("不邀请的原因：%(name)s", name=each.name),
            [Length(max=MOST_REASON)],
            description=gettext("选了不邀请才填；写进日志。"),
            render_kw={"rows": 2},
        )
    made: type[RoundForm] = type("RoundFormOfThese", (RoundForm,), fields)
    return made()


class ConfirmForm(StepUpForm):
    """The second person's act."""


class DropForm(Form):
    """A button that takes back; the token is all it carries."""


class LeaveForm(StepUpForm):
    """Leaving a negotiation: it cannot be taken back."""

    sure = BooleanField(
        lazy_gettext("本单位退出，不再报价；退出以后不能回来"),
        [InputRequired(lazy_gettext("要退出，请勾选这一项。"))],
    )
