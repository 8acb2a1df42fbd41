"""The window: bags come in, receipts and slips are printed, bags go back. Everybody sees their own lines only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError
from bidding.documents import current as documents
from bidding.submissions import presentation, reception
from bidding.submissions.current import desk
from bidding.submissions.forms import BagForm, ReceiptForm
from bidding.submissions.paper import queries, service
from bidding.submissions.paper.models import Bag
from bidding.submissions.paper.rules import NoPaper, Sealing
from bidding.submissions.routes.blueprint import bp
from bidding.tenders import queries as tenders
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction


@bp.get("/notices/<uid>/bags")
@requires("paper:take")
def bags(uid: str) -> ResponseReturnValue:
    """What this person has taken in and sent away, and the form for the next bag."""
    return _page(uid)


def _page(uid: str, form: BagForm | None = None, receipt: ReceiptForm | None = None) -> ResponseReturnValue:
    project = tenders.notice(session(), uid)
    if not project.paper_bids:
        raise NoPaper
    actor = current_actor()
    text = render_template(
        "submissions/bags.html",
        project=project,
        form=form or BagForm(None, lots=project.lots),
        receipt=receipt or ReceiptForm(None),
        bags=queries.written_by(session(), actor, project),
        slips=queries.sent_away_by(session(), actor, project),
        left=None if project.closes_at is None else project.closes_at - now(),
    )
    said = form or receipt
    return text, said.status if said else 200


@bp.post("/notices/<uid>/bags")
@requires("paper:take")
def take_bag(uid: str) -> ResponseReturnValue:
    """Take a bag in, or send it away with a slip.

    The moment of arrival is read before anything waits, and the gate does not close over a form that came before it.
    """
    arrived_at = now()
    with desk().underway.since(uid, arrived_at):
        return _take(uid, arrived_at)


def _take(uid: str, arrived_at: datetime) -> ResponseReturnValue:
    form = BagForm(lots=tenders.notice(session(), uid).lots)
    if form.validate():
        session().rollback()
        try:
            with transaction() as tx:
                taken = service.take_in(
                    tx,
                    uid,
                    lot=form.lot.data,
                    uscc=form.uscc.data or "",
                    deliverer=form.deliverer.data or "",
                    copies=form.copies.data or 0,
                    sealing=Sealing(form.sealing.data),
                    arrived_at=arrived_at,
                )
                place, log, leaf = f"slip-{taken.reference}", None, None
                if isinstance(taken, Bag):
                    place, log, leaf = f"bag-{taken.uid}", taken.project.log_id, taken.leaf_id
        except DomainError as error:
            form.refuse(error)
        else:
            if leaf is not None:
                reception.sign(desk(), current_actor(), log, leaf)
            return redirect(url_for(".bags", uid=uid, _anchor=place), 303)
    return _page(uid, form)


@bp.get("/bags/<bag>/receipt.pdf")
@requires("paper:take")
def bag_receipt(bag: str) -> Response:
    """The receipt that the deliverer takes home (财政部令第87号 33)."""
    found = queries.own(session(), current_actor(), bag)
    data = presentation.bag_of(
        session(),
        found,
        centre=current_app.config["CENTRE_NAME"],
        address=url_for("opening.hall", uid=found.project.uid, _external=True),
    )
    return _pdf("bag-receipt", data, f"bag-{found.reference}.pdf")


@bp.get("/bags/<bag>/receipt.tlog-proof")
@requires("paper:take")
def bag_proof(bag: str) -> Response:
    """The same for machines: the deliverer may take it along on a stick."""
    found = queries.own(session(), current_actor(), bag)
    text = presentation.bag_proof(session(), found)
    answer = current_app.response_class(text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="bag-{found.reference}.tlog-proof"'
    return answer


@bp.get("/bags/slips/<reference>.pdf")
@requires("paper:take")
def bag_slip(reference: str) -> Response:
    """The slip of what was sent away."""
    attempt, organisation, project = queries.own_slip(session(), current_actor(), reference)
    data = presentation.slip_of(
        attempt,
        organisation,
        project,
        centre=current_app.config["CENTRE_NAME"],
        address=url_for("tenders.notice", uid=project.uid, _external=True),
    )
    return _pdf("bag-slip", data, f"slip-{reference}.pdf")


@bp.post("/bags/<bag>/back")
@requires("paper:take")
def bag_back(bag: str) -> ResponseReturnValue:
    """Hand a bag back against its receipt."""
    arrived_at = now()
    uid = queries.own(session(), current_actor(), bag).project.uid
    session().rollback()
    with desk().underway.since(uid, arrived_at), transaction() as tx:
        service.give_back(tx, bag, arrived_at)
    return redirect(url_for(".bags", uid=uid), 303)


@bp.post("/notices/<uid>/bags/back")
@requires("paper:take")
def bag_back_for(uid: str) -> ResponseReturnValue:
    """Hand back a bag that a colleague took in: by what its receipt says."""
    arrived_at = now()
    form = ReceiptForm()
    if form.validate():
        session().rollback()
        try:
            with desk().underway.since(uid, arrived_at), transaction() as tx:
                service.give_back_for(tx, uid, form.reference.data or "", form.holder.data or "", arrived_at)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("已退还，日志已记下。"))
            return redirect(url_for(".bags", uid=uid), 303)
    return _page(uid, receipt=form)


def _pdf(template: str, data: Mapping[str, Any], name: str) -> Response:
    answer = current_app.response_class(documents.paper(template, data, now()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
