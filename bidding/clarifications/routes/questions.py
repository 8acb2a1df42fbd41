"""Where a tenderer asks, and looks what became of it. Nothing of what is typed here stands in an address."""

from __future__ import annotations

from typing import cast

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.clarifications import queries, rules, service
from bidding.clarifications.forms import QuestionForm, ReceiptForm
from bidding.clarifications.models import Question
from bidding.clarifications.routes.blueprint import bp
from bidding.core.errors import DomainError
from bidding.identity.vault import Vault
from bidding.tenders import queries as tenders
from bidding.tenders.rules import Phase, phase
from bidding.web.auth import requires
from bidding.web.context import now, session, transaction
from bidding.web.forms import Form


@bp.get("/notices/<uid>/questions")
@requires("question:ask")
def questions(uid: str) -> ResponseReturnValue:
    """How to ask, until when, and that nobody learns who did."""
    return _page(uid)


@bp.post("/notices/<uid>/questions")
@requires("question:ask")
def ask(uid: str) -> ResponseReturnValue:
    """Take a question. The receipt is told once, in the browser's own cookie, and stands in no address and no log."""
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                receipt = service.ask(
                    tx, uid, form.body.data or "", vault=cast("Vault", current_app.extensions["vault"])
                )
            flash(
                _(
                    "问题已经匿名收下。回执号 %(receipt)s，只显示这一次，请抄下来；凭它可以在本页查答复。",
                    receipt=receipt,
                )
            )
            return redirect(url_for(".questions", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _page(uid, asking=form)


@bp.post("/notices/<uid>/questions/receipt")
@requires("question:ask")
def receipt(uid: str) -> ResponseReturnValue:
    """What became of the question that a receipt is for."""
    form, found = ReceiptForm(), None
    project = tenders.notice(session(), uid)
    if form.validate_on_submit():
        try:
            found = queries.by_receipt(session(), project.id, form.receipt.data or "")
        except DomainError as error:
            form.refuse(error)
    return _page(uid, looking=form, found=found)


def _page(
    uid: str,
    *,
    asking: QuestionForm | None = None,
    looking: ReceiptForm | None = None,
    found: Question | None = None,
) -> ResponseReturnValue:
    project = tenders.notice(session(), uid)
    is_open = phase(project.facts, now()) is Phase.OPEN
    last = queries.last_day_to_ask(session(), project) if is_open else None
    answered = [each for each in queries.published(session(), project.id) if found in each.questions]
    refused: Form | None = asking or looking
    page = render_template(
        "clarifications/questions.html",
        project=project,
        asking=asking or QuestionForm(formdata=None),
        looking=looking or ReceiptForm(formdata=None),
        last=last,
        may_ask=last is not None and tenders.local_day(now()) <= last,
        found=found,
        answered=answered[0] if answered else None,
        most=(rules.MOST_A_DAY, rules.MOST_OF_ONE),
    )
    return page, refused.status if refused is not None else 200
