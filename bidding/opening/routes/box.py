"""The box: trustees' files come and go, and what came out of it is there for everybody."""

from __future__ import annotations

from tempfile import TemporaryFile
from urllib.parse import quote

from flask import Response, abort, current_app, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from bidding.core.errors import DomainError
from bidding.documents import current as documents
from bidding.ledger.current import log_keys
from bidding.opening import presentation, queries, refusals, rescue, rules, service
from bidding.opening.attachments import Vault
from bidding.opening.forms import BatchForm, PackageForm, WordsForm, review_form
from bidding.opening.keycheck import TRUST_WORDS, key_checks
from bidding.opening.papers import presentation as papers
from bidding.opening.papers.rules import Of
from bidding.opening.routes.blueprint import bp
from bidding.opening.routes.hall import board_of, may_review, opened_board, page, stage_asked
from bidding.opening.sitting.presentation import paper, shut_bags
from bidding.storage import sealed_blobs
from bidding.tenders import queries as tenders
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction


@bp.get("/opening/keys")
@public
def keys() -> str:
    """Who can open what is to be opened soon, and whose key was tried for it."""
    return render_template(
        "opening/keys.html",
        checks=key_checks(session(), now(), until=now() + rules.KEYS_AHEAD),
        trusts=TRUST_WORDS,
        days=rules.KEYS_AHEAD.days,
    )


@bp.post("/opening/<uid>/package")
@requires("opening:package")
def package(uid: str) -> ResponseReturnValue:
    """The opening package for trustees; with the first one the opening begins."""
    form = PackageForm()
    if not form.validate():
        return page(uid, package_form=form)
    with transaction() as tx:
        data = service.fetch_package(tx, uid)
    answer = current_app.response_class(data, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="opening-package-{uid}.json"'
    return answer


@bp.route("/hall/<uid>/review", methods=["GET", "POST"])
@requires("opening:review")
def review(uid: str) -> ResponseReturnValue:
    """Between two openings: which bids did not pass the technical review, and why."""
    shown = board_of(uid)
    prices = shown.hall.prices
    if prices is None or not may_review(shown):
        abort(404)
    sheets = sorted((sheet for lot in shown.hall.lots for sheet in lot.sheets), key=lambda sheet: sheet.place)
    form = review_form(sheets, prices.sealed)
    if form.validate_on_submit():
        session().rollback()
        try:
            with transaction() as tx:
                service.record_review(tx, uid, form.sealed)
            with transaction() as tx:
                service.sign(tx, uid, log_keys())
            return redirect(url_for("opening.hall", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template("opening/review.html", hall=shown.hall, form=form)
    return page, form.status


@bp.get("/opening/<uid>/unwitnessed")
@requires("opening:unwitnessed")
def unwitnessed(uid: str) -> str:
    """What to do when no witness can be reached."""
    return _unwitnessed_page(uid, WordsForm())


@bp.post("/opening/<uid>/unwitnessed")
@requires("opening:unwitnessed")
def declare_unwitnessed(uid: str) -> ResponseReturnValue:
    """Say that none came, and that the words stand on paper."""
    form = WordsForm()
    if form.validate():
        session().rollback()
        try:
            with transaction() as tx:
                service.declare_unwitnessed(tx, uid, form.words.data or "")
            with transaction() as tx:
                service.sign(tx, uid, log_keys())
            return redirect(url_for("opening.hall", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _unwitnessed_page(uid, form), form.status


def _unwitnessed_page(uid: str, form: WordsForm) -> str:
    return render_template("opening/unwitnessed.html", hall=queries.hall(session(), uid), form=form)


@bp.post("/opening/<uid>/shares")
@requires("opening:shares")
def shares(uid: str) -> ResponseReturnValue:
    """Take batches; with the k-th the sheets open at once."""
    form = BatchForm()
    if form.validate():
        session().rollback()
        value: object = None
        try:
            with transaction() as tx:
                for value in form.values:
                    service.hand_in(tx, uid, value)
        except DomainError as error:
            form.refuse(error)
            _keep_refusal(uid, value, error)
        else:
            open_and_sign(uid)
            return redirect(url_for("opening.hall", uid=uid), 303)
    return page(uid, form=form)


def _keep_refusal(uid: str, value: object, error: DomainError) -> None:
    with transaction() as tx:
        refusals.keep(tx, uid, value, error)
    with transaction() as tx:
        service.sign(tx, uid, log_keys())


def open_and_sign(uid: str) -> None:
    """Open what can be opened, and sign what was written. A crash in between is caught up by the clockwork."""
    with transaction() as tx:
        if not service.open_stage(tx, uid, sealed_blobs()):
            rescue.open_late(tx, uid, sealed_blobs())
    with transaction() as tx:
        service.sign(tx, uid, log_keys())


@bp.get("/opening/<uid>/record.pdf")
@public
def record(uid: str) -> Response:
    """The record of an opening on paper (开标记录)."""
    shown = opened_board(uid, stage_asked())
    data = presentation.record_sheet(
        shown.hall,
        shown.stage,
        centre=current_app.config["CENTRE_NAME"],
        address=url_for("opening.hall", uid=uid, _external=True),
        witnesses=queries.close_witnesses(session(), shown.hall),
        sitting=paper(shown),
    ) | papers.extras(session(), shown.hall.project, Of.PRICES if shown.is_later else Of.OPENING)
    data["bags"] = shut_bags(shown)
    data["rejected"] = presentation.rejected(refusals.of_hall(session(), shown.hall, shown.stage))
    made = documents.paper("opening-record", data, now())
    name = f"price-opening-record-{uid}.pdf" if shown.is_later else f"opening-record-{uid}.pdf"
    return _attachment(made, "application/pdf", name)


@bp.get("/opening/<uid>/opening.zip")
@public
def bundle(uid: str) -> Response:
    """The whole opening, to be checked offline by anybody with ``bidding verify``."""
    project = tenders.notice(session(), uid)
    names = current_app.extensions["draw_names"](session(), project)
    notices = current_app.extensions["published_texts"](session(), project)
    target = TemporaryFile()  # noqa: SIM115 — sent after this function returns, and gone when closed
    try:
        service.write_opening(session(), project, sealed_blobs(), target, names, notices)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return send_file(target, "application/zip", as_attachment=True, download_name=f"opening-{uid}.zip")


@bp.get("/opening/<uid>/files")
@requires("opening:files")
def files(uid: str) -> str:
    """What every bid holds besides its sheet."""
    project = tenders.notice(session(), uid)
    vault = Vault(session(), project, current_actor(), sealed_blobs())
    names = {sheet.bid_uid: sheet for sheet in queries.opened(session(), project.id)}
    return render_template("opening/files.html", project=project, listed=vault.listed(), sheets=names)


@bp.get("/opening/<uid>/files/<bid>/<envelope>/<int(max=2147483647):number>")
@requires("opening:files")
def attachment(uid: str, bid: str, envelope: str, number: int) -> Response:
    """One attachment, decrypted while it is sent."""
    project = tenders.notice(session(), uid)
    vault = Vault(session(), project, current_actor(), sealed_blobs())
    entry, pieces = vault.open(bid, envelope, number)
    answer = current_app.response_class(pieces, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(entry.name, safe='')}"
    answer.headers["Content-Length"] = str(entry.size)
    return answer


def _attachment(data: bytes, mimetype: str, name: str) -> Response:
    answer = current_app.response_class(data, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
