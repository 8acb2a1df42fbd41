"""Forms of the result pages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, DateField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import TextInput

from bidding.award.queries import LotResult, Offer
from bidding.award.scoring import said
from bidding.award.service import Decision
from bidding.core.money import yuan
from bidding.tenders.kinds import PriceForm
from bidding.tenders.methods import Award
from bidding.tenders.words import words
from bidding.web.forms import Form, MoneyField, StepUpForm

#: The choice that says that nobody won.
NOBODY = "none"


#: ``88`` or ``88.5`` or ``88.50``.
_POINTS = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?")


class PointsField(Field):  # type: ignore[misc]
    """Points with two decimals; ``data`` is in hundredths, or None where nothing was typed."""

    widget = TextInput()
    data: int | None = None

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, validators, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else said(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; the message says what is wrong with it."""
        self.data = None
        text = unicodedata.normalize("NFKC", valuelist[0]).strip().rstrip("分").strip() if valuelist else ""
        if not text:
            return
        found = _POINTS.fullmatch(text)
        if found is None:
            raise ValueError(gettext("请填写分数，最多两位小数，例如 52.5。"))
        self.data = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


class RecordForm(Form):
    """What the first person puts down about a lot."""

    winner = RadioField(lazy_gettext("结果"), validators=[InputRequired()])
    amount = MoneyField(
        lazy_gettext("成交价（元）"),
        validators=[Optional()],
        description=lazy_gettext("不填就是开启的报价。"),
    )
    price_text = StringField(
        lazy_gettext("成交价（费率或单价）"),
        validators=[Optional(), Length(max=100)],
        description=lazy_gettext("不填就是开启的报价。费率和单价不计入节资合计。"),
    )
    price_note = TextAreaField(
        lazy_gettext("成交价与报价不同的原因"),
        validators=[Optional(), Length(max=500)],
        description=lazy_gettext("只在两者不同时填写，会一并公开。"),
    )
    reason = TextAreaField(validators=[Optional(), Length(max=1000)])
    awarded_on = DateField(
        lazy_gettext("通知书日期"),
        validators=[InputRequired()],
        description=lazy_gettext("节资报表按这一天归月。"),
    )
    notice_number = StringField(lazy_gettext("通知书编号"), validators=[Optional(), Length(max=100)])
    correction = TextAreaField(
        lazy_gettext("更正的原因"),
        validators=[InputRequired(), Length(max=1000)],
        description=lazy_gettext("原来的结果不会消失，和更正并排公开。"),
    )

    #: Bids that have a place for their points, in order of receipt.
    scored: tuple[str, ...] = ()

    def __init__(self, known: LotResult, *, ranked: Sequence[str] = (), **kwargs: Any) -> None:
        """``ranked``: the bids of the candidates that were publicised, the first first; only they can win."""
        super().__init__(**kwargs)
        project = known.lot.project
        who = gettext(words(project.family, project.method).winner)
        self.winner.choices = [
            *_offers(known, ranked),
            (NOBODY, gettext("没有%(winner)s", winner=who)),
        ]
        self.winner.validators = [
            InputRequired(gettext("请选择%(winner)s，或者没有%(winner)s。", winner=who))
        ]
        self.reason.label.text = gettext("没有%(winner)s的原因", winner=who)
        self.reason.description = gettext("只在没有%(winner)s时填写，会一并公开。", winner=who)
        if self.scored:
            self.reason.label.text = gettext("没有%(winner)s，或者不是排第一的成交的原因", winner=who)
            self.reason.description = gettext("排第一的放弃或者依法不能成交的，写明情况，会一并公开。")
        if ranked:
            self.reason.label.text = gettext("没有%(winner)s，或者不是第一名候选人中标的原因", winner=who)
            self.reason.description = gettext("前面的候选人放弃或者依法不能中标的，写明情况，会一并公开。")
        if project.preset.award is Award.LOWEST_OFFER:
            self.reason.label.text = gettext("没有%(winner)s，或者不是最低报价成交的原因", winner=who)
            self.reason.description = gettext("最低报价不符合要求或者放弃的，写明情况，会一并公开。")
        if known.lot.floor_fen is not None:
            self.reason.label.text = gettext("没有%(winner)s，或者不是最高报价成交的原因", winner=who)
            self.reason.description = gettext("最高报价的单位放弃或者资格不符的，写明情况，会一并公开。")
        if project.preset.rounds:
            self.amount.description = gettext("不填就是最后报价。")
            self.price_text.description = gettext("不填就是最后报价。费率和单价不计入节资合计。")
            self.price_note.label.text = gettext("成交价与最后报价不同的原因")
        unwanted = "price_text" if known.lot.price_form is PriceForm.AMOUNT else "amount"
        del self._fields[unwanted]
        if known.final is None:
            del self._fields["correction"]

    @property
    def decision(self) -> Decision:
        """What was put down."""
        told = self.data
        return Decision(
            awarded_on=told["awarded_on"],
            winner_bid="" if told["winner"] == NOBODY else told["winner"],
            amount_fen=told.get("amount"),
            price_text=told.get("price_text") or "",
            price_note=told["price_note"] or "",
            notice_number=told["notice_number"] or "",
            reason=told["reason"] or "",
            correction=told.get("correction") or "",
            scores={bid: (told[f"other_{bid}"], bool(told.get(f"small_{bid}"))) for bid in self.scored},
        )


def _offers(known: LotResult, ranked: Sequence[str]) -> list[tuple[str, str]]:
    said = {offer.bid: f"{offer.name} · {_price(offer)}" for offer in known.ranked}
    if not ranked:
        return list(said.items())
    return [
        (bid, gettext("第 %(rank)s 名 · %(who)s", rank=rank, who=said[bid]))
        for rank, bid in enumerate(ranked, 1)
        if bid in said
    ]


def record_form(known: LotResult, **kwargs: Any) -> RecordForm:
    """The form, with a place for everybody's points where last offers are scored."""
    weights = known.weights
    if weights is None:
        return RecordForm(known, **kwargs)
    fields: dict[str, Any] = {"scored": tuple(offer.bid for offer in known.offers)}
    for offer in known.offers:
        fields[f"other_{offer.bid}"] = PointsField(
            gettext("价格以外的得分：%(name)s", name=offer.name), validators=[Optional()]
        )
        if weights.permille:
            fields[f"small_{offer.bid}"] = BooleanField(gettext("小微企业：%(name)s", name=offer.name))
    made: type[RecordForm] = type("RecordFormOfThese", (RecordForm,), fields)
    return made(known, **kwargs)


def _price(offer: Offer) -> str:
    if offer.price.fen is not None:
        return str(gettext("%(amount)s 元", amount=yuan(offer.price.fen)))
    return offer.price.words or str(gettext("没有报价"))


class ConfirmForm(StepUpForm):
    """The second person's agreement to exactly the record on the page."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
