"""Results: put down by one person of the agency, confirmed by another, open to everybody from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.announcements import queries as announcements
from bidding.announcements.rules import STATE_WORDS, Candidate
from bidding.award import queries, rules, scoring, service
from bidding.award.forms import NOBODY, ConfirmForm, record_form
from bidding.award.models import Award
from bidding.award.queries import LotResult
from bidding.core.clock import SHANGHAI
from bidding.core.errors import DomainError, NotFound, SamePerson
from bidding.opening.rules import shown
from bidding.tenders.models import Project
from bidding.tenders.rules import cited, sheet_fields
from bidding.tenders.words import words
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction

bp = Blueprint("award", __name__)


@bp.get("/projects/<uid>/award")
@requires("award:record")
def project(uid: str) -> str:
    """Every lot of a project of one's own, with what has been decided."""
    found = queries.own_project(session(), current_actor(), uid)
    waits = queries.standstill(session(), found, now()) is not None
    lots = queries.results(session(), found)
    return render_template(
        "award/project.html",
        listed={lot.id: announcements.candidates_of(session(), lot.id) for lot in found.lots}
        if waits
        else {},
        ready={lot.id: queries.may_be_decided(session(), found, lot, now()) for lot in found.lots},
        listed_words=STATE_WORDS,
        confirmable={
            lot.lot.id: queries.confirmable(session(), lot.pending, now())
            for lot in lots
            if lot.pending is not None
        },
        project=found,
        words=words(found.family, found.method),
        lots=lots,
        opened=queries.opened(session(), found) is not None,
        me=current_actor().account_id,
        bases=rules.BASIS_WORDS,
    )


def _known(uid: str, code: str) -> tuple[Project, LotResult]:
    found = queries.own_project(session(), current_actor(), uid)
    for result in queries.results(session(), found):
        if result.lot.code == code:
            return found, result
    raise NotFound


@bp.route("/projects/<uid>/award/<lot>", methods=["GET", "POST"])
@requires("award:record")
def record(uid: str, lot: str) -> ResponseReturnValue:
    """Put a result down, or its correction."""
    found, known = _known(uid, lot)
    if known.failed:
        said = found.words
        raise rules.LotFailed(
            what=said.lot, lot=lot, failed=said.failed, winner=said.winner, again=said.again
        )
    if queries.opened(session(), found) is None:
        raise rules.NotOpenedYet(what=found.words.lot, lot=lot)
    listed = queries.candidates_out(session(), known.lot)
    form = record_form(known, data=_start(known, now(), listed), ranked=[each.bid for each in listed])
    if form.validate_on_submit():
        decision = form.decision
        try:
            with transaction() as tx:
                procurement = rules.Basis(current_app.config["SAVINGS_BASIS"])
                service.record_award(tx, uid, lot, decision, procurement=procurement)
            return redirect(url_for("award.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
            found, known = _known(uid, lot)
    page = render_template(
        "award/record.html",
        project=found,
        words=words(found.family, found.method),
        known=known,
        form=form,
        columns=sheet_fields(found.family, found.method, known.lot.price_form),
        shown=shown,
        weights=known.weights,
        permille=found.scoring.sme_permille or 0,
        compared=compared,
        listed=listed,
        waits=queries.standstill(session(), found, now()) is not None and known.final is None,
        limit=rules.limit_of(
            found.preset, budget_fen=known.lot.budget_fen, ceiling_fen=known.lot.ceiling_fen
        ),
        bases=rules.BASIS_WORDS,
    )
    return page, form.status


def compared(price_fen: int, permille: int) -> int:
    """A small firm's price as it is compared, in whole fen."""
    return scoring.half_up(scoring.evaluated(price_fen, permille, small=True))


def _start(known: LotResult, at: datetime, listed: Sequence[Candidate]) -> dict[str, Any]:
    """What the form begins with: what was put down last, else today's date, and of a sale the highest offer, of a tender
    the first of the candidates.
    """
    last = known.pending or known.final
    if last is None:
        best = listed[0] if listed else known.best
        proposed = {} if best is None else {"winner": best.bid}
        return {"awarded_on": at.astimezone(SHANGHAI).date(), **proposed}
    return {
        "winner": last.winner_bid or NOBODY,
        # The price read out is left for the winner to bring along: another winner has another one.
        "amount": last.amount_fen if last.price_note else None,
        "price_text": last.price_text if last.price_note else "",
        "price_note": last.price_note,
        "reason": last.reason,
        "awarded_on": last.awarded_on,
        "notice_number": last.notice_number,
        "correction": last.correction,
        **_points(last),
    }


def _points(last: Award) -> dict[str, Any]:
    """The points that were put down last, by the form's fields."""
    found: dict[str, Any] = {}
    for score in (last.scoring or {}).get("scores", ()):
        found |= {f"other_{score['bid']}": score["other"], f"small_{score['bid']}": score["small"]}
    return found


@bp.route("/projects/<uid>/award/<lot>/confirm", methods=["GET", "POST"])
@requires("award:confirm")
def confirm(uid: str, lot: str) -> ResponseReturnValue:
    """The second person reads the record and agrees."""
    found, known = _known(uid, lot)
    if known.pending is None:
        if known.final is not None:
            raise rules.AlreadyConfirmed(what=found.words.lot, lot=lot)
        raise NotFound
    if known.pending.recorded_by_id == current_actor().account_id:
        raise SamePerson
    form = ConfirmForm(data={"seen": known.pending.record_sha256})
    if form.validate_on_submit():
        seen = str(form.seen.data)
        try:
            with transaction() as tx:
                service.confirm_award(tx, uid, lot, seen)
            return redirect(url_for("award.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
            found, known = _known(uid, lot)
            if known.pending is None:
                raise
            form.seen.data = (
                known.pending.record_sha256
            )  # the page shows the newer record, and asks about that
    page = render_template(
        "award/confirm.html",
        project=found,
        words=words(found.family, found.method),
        known=known,
        award=known.pending,
        listed=queries.candidates_out(session(), known.lot),
        form=form,
        bases=rules.BASIS_WORDS,
    )
    return page, form.status


@bp.post("/projects/<uid>/award/<lot>/drop")
@requires("award:record")
def drop(uid: str, lot: str) -> ResponseReturnValue:
    """Give up a correction that is not final."""
    with transaction() as tx:
        service.drop_correction(tx, uid, lot)
    return redirect(url_for("award.project", uid=uid), 303)


@bp.get("/notices/<uid>/award")
@public
def notice(uid: str) -> str:
    """The result notice: final results, lots that failed, and what was corrected."""
    found, lots = queries.published(session(), uid)
    return render_template(
        "award/notice.html",
        project=found,
        words=words(found.family, found.method),
        lots=lots,
        rounds=queries.rounds_told(session(), found),
        listed=announcements.candidates_told(session(), found.id),
        bases=rules.BASIS_WORDS,
        cited=cited,
    )


@bp.get("/notices/<uid>/award/<sha256>.json")
@public
def published_record(uid: str, sha256: str) -> Response:
    """A final record, byte for byte as it was hashed into the project's log."""
    return current_app.response_class(
        queries.published_record(session(), uid, sha256), mimetype="application/json"
    )
