"""Packages handed in by a form or a client, the receipt, the withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import cast

from flask import (
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from bidding.core.entropy import new_uid
from bidding.core.errors import DomainError
from bidding.documents import current as documents
from bidding.identity import queries as identity
from bidding.prequalification import service as prequalification
from bidding.submissions import presentation, queries, reception
from bidding.submissions.current import desk
from bidding.submissions.forms import SubmitForm, WithdrawForm
from bidding.submissions.models import Bid
from bidding.submissions.routes.blueprint import bp
from bidding.submissions.routes.carried import carried
from bidding.tenders import queries as tenders
from bidding.tenders.words import words
from bidding.web import streaming
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, world
from bidding.web.errors import prefers_json
from bidding.web.forms import takes_bytes


@bp.get("/bids")
@requires("bid:read")
def mine() -> str:
    """Every bid of the reader's organisation, and what of its uploads was refused."""
    actor = current_actor()
    return render_template(
        "submissions/mine.html",
        bids=queries.own_bids(session(), actor),
        attempts=queries.own_attempts(session(), actor),
        now=now(),
        **carried(),
    )


@bp.get("/notices/<uid>/submit")
@requires("bid:submit")
def submit(uid: str) -> ResponseReturnValue:
    """The page to hand a sealed package in."""
    project = tenders.notice(session(), uid)
    prequalification.require_qualified(session(), current_actor().organisation_id, project)
    return _submit_page(uid, SubmitForm(key=new_uid(world().entropy, 24)))


def _submit_page(uid: str, form: SubmitForm, error: DomainError | None = None) -> ResponseReturnValue:
    actor = current_actor()
    project = tenders.notice(session(), uid)
    page = render_template(
        "submissions/submit.html",
        words=words(project.family, project.method),
        form=form,
        error=error,
        project=project,
        own=[bid for bid in queries.own_bids(session(), actor) if bid.project_id == project.id],
        unit=identity.organisation_of(session(), actor),
        lots={item["code"]: item for item in tenders.tender_file(project)["lots"]},
        left=project.closes_at - now() if project.closes_at else None,
        panel=queries.panel_of(project),
        limit=current_app.config["MAX_BID"],
    )
    return page, form.status


@bp.post("/notices/<uid>/submit")
@requires("bid:submit")
@takes_bytes("MAX_BID")
def take(uid: str) -> ResponseReturnValue:
    """Take a package as it comes over the line; nothing of it is kept in memory or in a temporary file."""
    stream = streaming.read(request)
    form = SubmitForm(MultiDict(stream.fields))
    if not form.validate():
        return _submit_page(uid, form)
    try:
        bid_uid = reception.receive(desk(), current_actor(), uid, str(form.key.data), stream.chunks)
    except DomainError as error:
        if prefers_json():
            raise
        session().rollback()
        form.refuse(error)
        # A new key: what was refused is decided, and another file is another message.
        form.key.data = new_uid(world().entropy, 24)
        return _submit_page(uid, form, error)
    target = url_for("submissions.bid", uid=bid_uid)
    if prefers_json():
        return jsonify(bid=bid_uid, receipt=url_for("submissions.proof", uid=bid_uid)), 201
    return redirect(target, 303)


@bp.get("/bids/<uid>")
@requires("bid:read")
def bid(uid: str) -> str:
    """The receipt."""
    found = _own(uid)
    return render_template(
        "submissions/receipt.html",
        bid=found,
        words=words(found.project.family, found.project.method),
        receipt=presentation.receipt_of(session(), found),
        left=found.project.closes_at - now() if found.project.closes_at else None,
        opened=queries.is_opened(session(), found.project_id),
        place=_opened_place(found),
        witness=presentation.hope(session(), found, now()),
        qr=presentation.qr(url_for(".bid", uid=uid, _external=True)),
        now=now(),
        **carried(
            found.project,
            bid=found.uid,
            project=found.project.uid,
            lot=found.lot.code,
            panel=found.project.panel_hash,
            witness=presentation.hope(session(), found, now()),
            urls={
                "tender": url_for("tenders.tender_file", uid=found.project.uid),
                "proof": url_for(".proof", uid=uid),
                "witnessed": url_for(".proof", uid=uid, witnessed=1),
            },
        ),
    )


@bp.get("/bids/<uid>/receipt.tlog-proof")
@requires("bid:read")
def proof(uid: str) -> Response:
    """The receipt for machines: checked offline by anybody, with ``bidding verify --receipt``."""
    found = _own(uid)
    text = reception.receipt(found, witnessed="witnessed" in request.args)
    answer = current_app.response_class(text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.reference}.tlog-proof"'
    return answer


@bp.get("/bids/<uid>/receipt.pdf")
@requires("bid:read")
def paper(uid: str) -> Response:
    """The receipt on paper."""
    found = _own(uid)
    data = presentation.paper_of(
        session(),
        found,
        centre=current_app.config["CENTRE_NAME"],
        now=now(),
        address=url_for("submissions.bid", uid=uid, _external=True),
    )
    return send_file(
        BytesIO(documents.paper("receipt", data, now())),
        mimetype="application/pdf",
        as_attachment=True,  # the button says "save"
        download_name=f"{found.reference}.pdf",
    )


@bp.route("/bids/<uid>/withdraw", methods=["GET", "POST"])
@requires("bid:withdraw")
def withdraw(uid: str) -> ResponseReturnValue:
    """Withdraw with the bid's own signature."""
    found = _own(uid)
    form = WithdrawForm()
    if form.validate_on_submit():
        session().rollback()
        try:
            reception.withdraw(desk(), current_actor(), uid, form.proof)
            return redirect(url_for("submissions.bid", uid=uid), 303)
        except DomainError as error:
            error.field = error.field or "withdrawal"
            form.refuse(error)
            found = _own(uid)
    page = render_template(
        "submissions/withdraw.html", form=form, bid=found, **carried(bid=found.uid, project=found.project.uid)
    )
    return page, form.status


def _opened_place(found: Bid) -> int | None:
    """Where the bid stands in the opening record, which a domain above this one keeps."""
    place_of = cast("Callable[[object, str], int | None]", current_app.extensions["opened_place"])
    return place_of(session(), found.uid)


def _own(uid: str) -> Bid:
    return queries.own_bid(session(), current_actor(), uid)
