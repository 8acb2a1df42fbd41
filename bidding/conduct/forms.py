"""The box that accepts, for every form that asks for it; and the administrator's forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, DateField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from bidding.conduct import queries, service
from bidding.conduct.rules import MOST_CLAUSES, MOST_SIGNS, NewerMeanwhile, NotAccepted, Rule, Text
from bidding.web.auth import current_actor
from bidding.web.context import now, session
from bidding.web.forms import Form, StepUpForm


def unread(*wanted: Rule) -> list[Text]:
    """What of these the one who asks for this page has not accepted yet, as ``Accepting`` wants it."""
    return queries.outstanding(session(), current_actor(), wanted, now())


class Accepting:
    """Put before a form class: the form shows what its reader has not accepted yet, with one box for all of it.

    ::

        class SomeForm(Accepting, Form): ...

        form = SomeForm(unread=unread(Rule.AGENCY))
        if carried_out(form, accepting(form, lambda tx: service.act(tx, …))):

    In the template ``{{ unread(form) }}`` of ``conduct/_parts.html``. Where nothing is unread there is no box.
    """

    accepts = BooleanField(lazy_gettext("我已阅读，并会遵守"))

    def __init__(self, *args: Any, unread: Sequence[Text] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unread = tuple(unread)
        if not self.unread:
            del self._fields["accepts"]  # type: ignore[attr-defined]
            self.accepts = None
        else:
            self.accepts.render_kw = {"value": _shown(self.unread)}

    def validate_accepts(self, field: BooleanField) -> None:
        """The box must be ticked, and under the very versions that are in force."""
        sent = [value for value in field.raw_data or [] if value not in field.false_values]
        if not sent:
            raise ValidationError(gettext(NotAccepted.text))
        if sent != [_shown(self.unread)]:
            field.data = False
            raise ValidationError(gettext(NewerMeanwhile.text))

    @property
    def accepted(self) -> list[tuple[Rule, int]]:
        """What the box stood under; nothing where there was none."""
        return [(text.rule, text.n) for text in self.unread]


def accepting(form: Accepting, act: Callable[[Any], object]) -> Callable[[Any], object]:
    """The act of a form, before which what its box stood under is accepted: in one transaction, or neither."""

    def both(tx: Any) -> object:
        service.accept_all(tx, form.accepted)
        return act(tx)

    return both


def _shown(texts: Sequence[Text]) -> str:
    return " ".join(f"{text.rule.value}-{text.n}" for text in texts)


class AcceptForm(Accepting, Form):
    """Accepting, and nothing else."""


class TextForm(Form):
    """A new version, a clause a line."""

    zh = TextAreaField(
        lazy_gettext("中文，一行一条"),
        [InputRequired(), Length(max=MOST_CLAUSES * (MOST_SIGNS + 2))],
        description=lazy_gettext("是法律规定的，句末用括号写明法律和条款。"),
        render_kw={"rows": 12},
    )
    en = TextAreaField(
        lazy_gettext("英文，一行一条，和中文一一对应"),
        [InputRequired(), Length(max=MOST_CLAUSES * (MOST_SIGNS + 2))],
        render_kw={"rows": 12, "lang": "en"},
    )
    valid_from = DateField(
        lazy_gettext("从哪一天起施行"),
        [InputRequired()],
        description=lazy_gettext("从这一天起，大家办事时会被问到新的一版，每人一次。最早是明天。"),
    )
    reason = TextAreaField(
        lazy_gettext("为什么改"), [InputRequired(), Length(max=service.MOST_REASON)], render_kw={"rows": 2}
    )


class PublishForm(StepUpForm):
    """The second person's act."""
