"""Forms of the result pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from bidding.award.queries import LotResult, Offer
from bidding.award.service import Decision
from bidding.core.money import yuan
from bidding.tenders.kinds import PriceForm
from bidding.tenders.methods import Award
from bidding.tenders.words import words
from bidding.web.forms import Form, MoneyField, StepUpForm

#: The choice that says that nobody won.
NOBODY = "none"


class RecordForm(Form):
    """What the first person puts down about a lot."""

    winner = RadioField(lazy_gettext("结果"), validators=[InputRequired()])
    amount = MoneyField(
        lazy_gettext("成交价（元）"),
        validators=[Optional()],
        description=lazy_gettext("不填就是开标时读出的报价。"),
    )
    price_text = StringField(
        lazy_gettext("成交价（费率或单价）"),
        validators=[Optional(), Length(max=100)],
        description=lazy_gettext("不填就是开标时读出的报价。费率和单价不计入节资合计。"),
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

    def __init__(self, known: LotResult, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        project = known.lot.project
        who = gettext(words(project.family, project.method).winner)
        self.winner.choices = [
            *((offer.bid, f"{offer.name} · {_price(offer)}") for offer in known.ranked),
            (NOBODY, gettext("没有%(winner)s", winner=who)),
        ]
        self.winner.validators = [
            InputRequired(gettext("请选择%(winner)s，或者没有%(winner)s。", winner=who))
        ]
        self.reason.label.text = gettext("没有%(winner)s的原因", winner=who)
        self.reason.description = gettext("只在没有%(winner)s时填写，会一并公开。", winner=who)
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
        said = self.data
        return Decision(
            awarded_on=said["awarded_on"],
            winner_bid="" if said["winner"] == NOBODY else said["winner"],
            amount_fen=said.get("amount"),
            price_text=said.get("price_text") or "",
            price_note=said["price_note"] or "",
            notice_number=said["notice_number"] or "",
            reason=said["reason"] or "",
            correction=said.get("correction") or "",
        )


def _price(offer: Offer) -> str:
    if offer.price.fen is not None:
        return str(gettext("%(amount)s 元", amount=yuan(offer.price.fen)))
    return offer.price.words or str(gettext("没有报价"))


class ConfirmForm(StepUpForm):
    """The second person's agreement to exactly the record on the page."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
