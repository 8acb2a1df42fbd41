"""Forms of a tender's course."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from bidding.lifecycle.contents import ASKED, Words, bases
from bidding.lifecycle.rules import MOST_WORDS, Kind
from bidding.tenders.models import Project
from bidding.tenders.rules import cited
from bidding.web.forms import Form, StepUpForm

_MUST = lazy_gettext("请填写这一项。")
_LONG = [InputRequired(_MUST), Length(max=MOST_WORDS)]


class NoticeForm(Form):
    """What a notice must say; fields that a kind does not have are left out."""

    basis = RadioField(lazy_gettext("依据"), [InputRequired(lazy_gettext("请从列出的依据里选一个。"))])
    reason = TextAreaField(
        lazy_gettext("原因"),
        _LONG,
        description=lazy_gettext("写清楚发生了什么。会写进公告，人人看得到。"),
        render_kw={"rows": 3},
    )
    refunds = TextAreaField(
        lazy_gettext("怎样退款"),
        _LONG,
        description=lazy_gettext(
            "已收的文件费用、保证金和同期存款利息怎样退、什么时候退；没有收的，也写明没有收。"
        ),
        render_kw={"rows": 3},
    )
    next_step = TextAreaField(
        lazy_gettext("下一步"),
        _LONG,
        description=lazy_gettext("接下来怎么办，例如什么时候恢复、是否再办一次。"),
        render_kw={"rows": 2},
    )
    contact = StringField(lazy_gettext("联系人"), _LONG, render_kw={"autocomplete": "name"})
    phone = StringField(lazy_gettext("联系电话"), _LONG, render_kw={"autocomplete": "tel"})

    def __init__(self, kind: Kind, project: Project, **kwargs: Any) -> None:
        super().__init__(contact=project.contact, phone=project.phone, **kwargs)
        self._choose(kind, project)
        for name in ("reason", "refunds", "next_step", "contact", "phone"):
            if name not in ASKED[kind]:
                del self._fields[name]
                setattr(self, name, None)

    def _choose(self, kind: Kind, project: Project) -> None:
        known = bases(project.family, kind, project.method)
        if not known:
            del self._fields["basis"]
            self.basis = None
            return
        self.basis.choices = [
            (
                each.code,
                " · ".join((gettext(each.words), *([cited(each.law, each.article)] if each.article else []))),
            )
            for each in known
        ]
        if len(known) == 1 and not self.is_submitted():
            self.basis.data = known[0].code

    @property
    def words(self) -> Words:
        """What was typed."""
        return Words(**{name: (field.data or "") for name, field in self._fields.items() if name in _NAMES})


_NAMES = frozenset(Words.__dataclass_fields__)


class PublishForm(StepUpForm):
    """The second person's act."""


class ActForm(Form):
    """A button that acts; the token is all it carries."""
