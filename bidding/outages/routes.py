"""The status page, the page on which a deadline moves, and the correction notices."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.core.canonical import dumps
from bidding.core.errors import DomainError, NotFound
from bidding.documents.current import filed, follow_up
from bidding.ledger import queries as ledger
from bidding.outages import presentation, queries, rules, service
from bidding.outages.forms import ConfirmForm, DraftForm, LiftForm, PricesForm, SignatureForm
from bidding.outages.outage import GAP
from bidding.outages.paper import correction_paper
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told
from bidding.web.forms import Form

bp = Blueprint("outages", __name__)


@bp.get("/status")
@public
def status() -> str:
    """Whether bids can be handed in, how the clock stands, and what went wrong before. It says nothing of bids."""
    return render_template(
        "outages/status.html",
        service=queries.service_state(session(), now()),
        witnesses=ledger.standings(session(), now()),
        gap=GAP,
        minutes=presentation.minutes,
        now=now(),
    )


@bp.get("/notices/<uid>/deadline")
@requires("deadline:extend")
def deadline(uid: str) -> ResponseReturnValue:
    """One deadline: what holds it, what is owed, and what has been signed."""
    return _page(uid, of_prices=False)


@bp.get("/notices/<uid>/price-opening")
@requires("deadline:extend")
def price_opening(uid: str) -> ResponseReturnValue:
    """When the prices of a tender in two envelopes are opened, and how that moves by itself. 404 with one envelope."""
    return _page(uid, of_prices=True)


def _page(uid: str, refused: Form | None = None, *, of_prices: bool | None = None) -> ResponseReturnValue:
    """The page of a deadline, or ``of_prices``; without that said, the page of what waits for signatures."""
    view = presentation.deadline_page(session(), current_actor(), uid, now())
    if of_prices and view.project.prices_open_at is None:
        raise NotFound
    shows_prices = view.is_of_prices if of_prices is None else of_prices
    forms: dict[str, Form] = {
        "draft": DraftForm(data={"closes_at": view.situation.owed_at}),
        "prices": PricesForm(),
        "signature": SignatureForm(),
        "lift": LiftForm(),
        "confirm": ConfirmForm(),
    }
    if refused is not None:
        forms[str(getattr(refused, "name", ""))] = refused
    page = render_template(
        "outages/price_opening.html" if shows_prices else "outages/deadline.html",
        view=view,
        forms=forms,
        causes=rules.CAUSE_WORDS,
        minutes=presentation.minutes,
        told=told,
        now=now(),
    )
    return page, refused.status if refused is not None else 200


@bp.post("/notices/<uid>/deadline/draft")
@requires("deadline:extend")
def draft(uid: str) -> ResponseReturnValue:
    """Put a later deadline to the two seats."""
    form = DraftForm()
    if form.validate() and form.closes_at.data is not None:
        try:
            with transaction() as tx:
                service.draft(tx, uid, closes_at=form.closes_at.data, reason=form.reason.data or "")
            return _back(uid)
        except DomainError as error:
            form.refuse(error)
    return _page(uid, form, of_prices=False)


@bp.post("/notices/<uid>/price-opening/draft")
@requires("deadline:extend")
def draft_prices(uid: str) -> ResponseReturnValue:
    """Put a later opening of the prices to the two seats."""
    form = PricesForm()
    if form.validate() and form.prices_open_at.data is not None:
        try:
            with transaction() as tx:
                service.draft_prices(
                    tx, uid, prices_open_at=form.prices_open_at.data, reason=form.reason.data or ""
                )
            return _back(uid, of_prices=True)
        except DomainError as error:
            form.refuse(error)
    return _page(uid, form, of_prices=True)


@bp.post("/notices/<uid>/deadline/drop")
@requires("deadline:extend")
def drop(uid: str) -> ResponseReturnValue:
    """Take the draft back."""
    with transaction() as tx:
        dropped = service.drop(tx, uid)
    return _back(uid, of_prices=not dropped.moves_deadline)


@bp.get("/notices/<uid>/deadline/schedule.json")
@requires("deadline:extend")
def schedule(uid: str) -> Response:
    """What a seat signs from, on its own machine."""
    view = presentation.deadline_page(session(), current_actor(), uid, now())
    if view.pending is None:
        raise NotFound
    data = dumps(service.sign_file(session(), view.project, view.pending))
    answer = current_app.response_class(data, mimetype="application/json")
    name = f"schedule-{view.project.code}-{view.pending.n}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.post("/notices/<uid>/deadline/sign")
@requires("deadline:extend")
def sign(uid: str) -> ResponseReturnValue:
    """Take one seat's signature; with the second the deadline moves."""
    form = SignatureForm()
    if form.validate():
        try:
            with transaction() as tx:
                signed = service.sign(tx, uid, form.value)
            return _back(uid, of_prices=not signed.moves_deadline)
        except DomainError as error:
            form.refuse(error)
    return _page(uid, form)


@bp.post("/notices/<uid>/deadline/lift")
@requires("hold:lift")
def ask_lift(uid: str) -> ResponseReturnValue:
    """Ask the other side to let the opening go on."""
    form = LiftForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.ask_lift(tx, uid, form.grounds.data or "")
            return _back(uid)
        except DomainError as error:
            form.refuse(error)
    return _page(uid, form, of_prices=False)


@bp.post("/notices/<uid>/deadline/lift/confirm")
@requires("hold:lift")
def confirm_lift(uid: str) -> ResponseReturnValue:
    """Agree that the opening goes on."""
    form = ConfirmForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.confirm_lift(tx, uid)
            return _back(uid)
        except DomainError as error:
            form.refuse(error)
    return _page(uid, form, of_prices=False)


def _back(uid: str, *, of_prices: bool = False) -> ResponseReturnValue:
    page = "outages.price_opening" if of_prices else "outages.deadline"
    return redirect(url_for(page, uid=uid), 303)


@bp.get("/notices/<uid>/corrections/<int(max=2147483647):n>")
@public
def correction(uid: str, n: int) -> str:
    """A correction notice (更正公告)."""
    found = queries.correction(session(), uid, n)
    return render_template("outages/correction.html", correction=found, project=found.project)


@bp.get("/notices/<uid>/corrections/<int(max=2147483647):n>.json")
@public
def correction_text(uid: str, n: int) -> Response:
    """The same byte for byte as it was hashed into the project's log."""
    return current_app.response_class(
        queries.correction(session(), uid, n).notice, mimetype="application/json"
    )


@bp.get("/notices/<uid>/corrections/<int(max=2147483647):n>.pdf")
@public
def correction_pdf(uid: str, n: int) -> Response:
    """The same as the paper that is filed."""
    found = queries.correction(session(), uid, n)
    made = follow_up(
        correction_paper,
        found.notice or "",
        found.project.notice or "",
        sha256=found.notice_sha256 or "",
        centre=current_app.config["CENTRE_NAME"],
        address=url_for(".correction", uid=uid, n=n, _external=True),
        original_address=url_for("tenders.notice", uid=uid, _external=True),
    )
    return filed(made, sha256=found.notice_sha256 or "", name=f"{found.project.code}-dates-{n}")
