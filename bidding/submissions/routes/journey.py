"""The way to a sealed bid: get ready, then one document for each lot, whose steps the browser shows one at a time."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected

from bidding.conduct import service as conduct
from bidding.conduct.forms import AcceptForm, unread
from bidding.conduct.rules import Rule, Text
from bidding.identity import queries as identity
from bidding.prequalification import service as prequalification
from bidding.submissions import queries, rehearsal
from bidding.submissions.rehearsal import Rehearsals
from bidding.submissions.routes.blueprint import bp
from bidding.submissions.routes.carried import carried
from bidding.submissions.rules import BidState, Terminated
from bidding.tenders import kinds
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project, Stage
from bidding.tenders.words import words
from bidding.web import streaming, vendored
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, world


@bp.route("/notices/<uid>/ready", methods=["GET", "POST"])
@requires("bid:submit")
def ready(uid: str) -> ResponseReturnValue:
    """What may go wrong on the day is tried today: papers, contact, clock, line and browser.

    The rules of conduct are asked for here, with the button that goes on; never at the gate, where a box that was not
    ticked would cost somebody the tender.
    """
    project = _running(uid)
    form = AcceptForm(unread=_unread(project))
    if request.method == "POST":
        lot = tenders.lot_of(session(), project, request.form.get("lot", ""))
        if carried_out(form, lambda tx: conduct.accept_all(tx, form.accepted)):
            return redirect(url_for(".prepare", uid=uid, lot=lot.code), 303)
        project = tenders.notice(session(), uid)
    page = _of_project(project)
    text = render_template(
        "submissions/ready.html",
        **page,
        form=form,
        filing=identity.standing(page["unit"]).value,
        rehearsal=rehearsal.SIZE,
        **carried(project, urls={"rehearsal": url_for(".rehearse", uid=uid)}, rehearsal=rehearsal.SIZE),
    )
    return text, form.status


def _running(uid: str) -> Project:
    """A tender one can get ready for. Raises ``NotFound``, ``Terminated``, ``NotQualified``."""
    project = tenders.notice(session(), uid)
    if project.stage is Stage.TERMINATED:
        raise Terminated
    prequalification.require_qualified(session(), current_actor().organisation_id, project)
    return project


def _unread(project: Project) -> list[Text]:
    """What a tenderer reads before bidding here; the rule of bid securities only where a lot has one."""
    secured = any(lot.security_fen for lot in project.lots)
    return unread(Rule.TENDERER, *([Rule.SECURITY] if secured else []))


@bp.post("/notices/<uid>/rehearsal")
@requires("bid:submit")
def rehearse(uid: str) -> Response:
    """Take the bytes of a rehearsal as fast as they come and let them go: nothing is kept, no row, no line of a log."""
    tenders.notice(session(), uid)
    actor = current_actor()
    session().rollback()  # the bytes may take minutes, and no connection waits for them
    places = cast("Rehearsals", current_app.extensions["rehearsals"])
    if request.content_length != rehearsal.SIZE:
        raise rehearsal.NotARehearsal(size=rehearsal.SIZE)
    with places.one(actor.organisation_id, world().clock.now()):
        taken = 0
        while chunk := request.stream.read(streaming.CHUNK):
            taken += len(chunk)
    if taken != rehearsal.SIZE:
        raise ClientDisconnected
    return jsonify(taken=taken)


@bp.get("/notices/<uid>/lots/<lot>/bid")
@requires("bid:submit")
def prepare(uid: str, lot: str) -> ResponseReturnValue:
    """Everything a bid in one lot needs. What is typed and chosen stays in the browser; only ciphertext leaves it."""
    project = _running(uid)
    found = tenders.lot_of(session(), project, lot)
    if _unread(project):
        return redirect(url_for(".ready", uid=uid, _anchor="conduct"))
    page = _of_project(project)
    standing = page["standing"].get(lot)
    (asked,) = [item for item in tenders.tender_file(project)["lots"] if item["code"] == lot]
    return render_template(
        "submissions/bid.html",
        **page,
        lot=found,
        asked=asked,
        effective=standing,
        panel=queries.panel_of(project),
        **carried(
            project,
            project=project.uid,
            title=project.title,
            code=project.code,
            panel=project.panel_hash,
            client=vendored.sha256_of("bidseal.js"),
            lot=lot,
            closes_at=int(project.closes_at.timestamp() * 1000) if project.closes_at else None,
            unit={"name": page["unit"].name, "uscc": page["unit"].uscc},
            approved=page["unit"].approved_at is not None,
            filing=identity.standing(page["unit"]).value,
            needs_security=found.security_fen > 0,
            effective={"uid": standing.uid, "reference": standing.reference} if standing else None,
            urls=_urls(project),
        ),
    )


def _urls(project: Project) -> dict[str, str]:
    """Addresses that the script fills in: ``BID`` stands for the uid that only the browser knows yet."""
    return {
        "tender": url_for("tenders.tender_file", uid=project.uid),
        "bids": f"/notices/{project.uid}/bids",
        "uploads": f"/notices/{project.uid}/uploads",
        "receipt": url_for("submissions.bid", uid="BID"),
        "proof": url_for("submissions.proof", uid="BID"),
    }


def _of_project(project: Project) -> dict[str, Any]:
    actor = current_actor()
    mine = [bid for bid in queries.own_bids(session(), actor) if bid.project_id == project.id]
    return {
        "project": project,
        "words": words(project.family, project.method),
        "kinds": kinds,
        "unit": identity.organisation_of(session(), actor),
        "standing": {bid.lot.code: bid for bid in mine if bid.state is BidState.EFFECTIVE},
        "left": project.closes_at - now() if project.closes_at else None,
        "limit": current_app.config["MAX_BID"],
    }
