"""Records besides the opening record, scans of what was signed on paper, and where the videos are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, current_app, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from bidding.core.canonical import dumps
from bidding.core.errors import DomainError, Forbidden
from bidding.documents import current as documents
from bidding.identity import papers as uploads
from bidding.opening import policy, refusals
from bidding.opening import queries as hall_queries
from bidding.opening.papers import document, forms, presentation, queries, service
from bidding.opening.papers.models import RecordScan, VideoReference
from bidding.opening.papers.queries import Paper
from bidding.opening.papers.rules import KIND_WORDS, TITLES, Kind, Of, ScanWithdrawn
from bidding.opening.policy import Permission
from bidding.opening.routes.blueprint import bp
from bidding.opening.routes.hall import LATER, board_of, named, opened_board, shown_parts, stage_asked
from bidding.opening.rules import FIRST
from bidding.opening.sitting import presentation as sitting
from bidding.opening.sitting.presentation import Board
from bidding.opening.sitting.rules import CAPACITY_WORDS, Capacity
from bidding.storage import blobs
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction
from bidding.web.forms import Form

_FORMS: dict[Kind, type[Form]] = {
    Kind.WITNESS: forms.WitnessForm,
    Kind.FAILED: forms.FailedForm,
    Kind.PRICE_WITNESS: forms.PriceWitnessForm,
}
#: What the papers' addresses and templates are called after; the second opening's record is a witness's as well.
_NAMES = {Kind.WITNESS: "witness", Kind.FAILED: "failed", Kind.PRICE_WITNESS: "witness"}


@bp.get("/hall/<uid>/papers/<any('witness', 'failed', 'price-witness'):kind>")
@public
def paper(uid: str, kind: str) -> ResponseReturnValue:
    """A record as a page: for everybody once it is formed, and before that what it will say of itself."""
    return _page(uid, Kind(kind))


@bp.get("/hall/<uid>/papers/<any('witness', 'failed', 'price-witness'):kind>.pdf")
@public
def paper_pdf(uid: str, kind: str) -> Response:
    """The record on paper, with the centre's signature."""
    shown, found = _formed(uid, Kind(kind))
    data = presentation.sheet(
        session(),
        shown,
        found,
        centre=current_app.config["CENTRE_NAME"],
        address=url_for("opening.paper", uid=uid, kind=kind, _external=True),
    )
    made = documents.paper(f"{_NAMES[Kind(kind)]}-record", data, now())
    answer = current_app.response_class(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}-record-{uid}.pdf"'
    return answer


@bp.get("/hall/<uid>/papers/<any('witness', 'failed', 'price-witness'):kind>.json")
@public
def paper_data(uid: str, kind: str) -> Response:
    """The record byte for byte as its hash stands in the log and under the signatures."""
    _, found = _formed(uid, Kind(kind))
    return current_app.response_class(found.row.body, mimetype="application/json")


def _formed(uid: str, kind: Kind) -> tuple[Board, Paper]:
    shown = _told(uid, kind)
    found = queries.paper(session(), shown.hall.project.id, kind)
    if found is None:
        abort(404)
    return shown, found


def _told(uid: str, kind: Kind = Kind.WITNESS) -> Board:
    """The hall with the sitting that a record is of, once its close is public; before that these pages are not there."""
    found = hall_queries.hall(session(), uid)
    if found.close is None:
        abort(404)
    return board_of(uid, queries.stage_of(found.project, kind))


def _page(uid: str, kind: Kind, refused: tuple[str, Form] | None = None) -> ResponseReturnValue:
    """The record with whatever form was refused on it, or fresh."""
    shown = _told(uid, kind)
    project = shown.hall.project
    found = queries.paper(session(), project.id, kind)
    failures = queries.failures(session(), shown) if kind is Kind.FAILED else []
    if kind is Kind.FAILED and found is None and not failures:
        abort(404)
    made = _made(shown, kind, found, refused)
    said = refused[1] if refused else None
    text = render_template(
        f"opening/{_NAMES[kind]}_record.html",
        hall=shown.hall,
        board=shown,
        project=project,
        paper=found,
        told=presentation.told(session(), project, found) if found else None,
        failures=failures,
        article=queries.article(session(), project, queries.MIN_BIDS),
        scans=queries.scans(session(), project.id, Of(kind.value)),
        videos=queries.videos(session(), project.id),
        record=kind.value,
        may_take_back=_may_take_back,
        title=KIND_WORDS[kind],
        capacities=CAPACITY_WORDS,
        forms=made,
        refused=said,
        ready=shown.opened_at is not None or shown.standing.nothing,
    )
    return text, said.status if said else 200


def _made(shown: Board, kind: Kind, found: Paper | None, refused: tuple[str, Form] | None) -> dict[str, Form]:
    """Every form that this reader may use here."""
    project, actor = shown.hall.project, current_actor()
    made: dict[str, Form] = {}
    writes = Permission.HOST if kind is Kind.FAILED else Permission.WITNESS
    if found is None and _may(writes, project.agency_id):
        given: dict[str, Any] = {}
        if kind is not Kind.FAILED:
            given["arrived_at"], given["left_at"] = presentation.stay(shown, now())
        made["write"] = forms.fresh(_FORMS[kind], "write", **given)
    if found is not None and _signs(shown, found):
        made["sign"] = forms.fresh(forms.SignForm, "sign", sha256=found.row.sha256)
    made |= _extra_forms(project.agency_id)
    if refused is not None and actor.account_id is not None:
        made[refused[0]] = refused[1]
    return made


def _extra_forms(agency_id: int) -> dict[str, Form]:
    """The forms for scans and videos, which stand on the opening record's page as well."""
    made: dict[str, Form] = {}
    if _may(Permission.SCANS, agency_id):
        made["scan"] = forms.fresh(forms.ScanForm, "scan")
    if _may(Permission.VIDEO, agency_id):
        made["video"] = forms.fresh(forms.VideoForm, "video")
    return made


def _may_take_back(by_id: int) -> bool:
    """Of somebody who may attach such things: whether this one is theirs to take back."""
    return policy.may_take_back(current_actor(), by_id=by_id)


def _may(permission: Permission, agency_id: int) -> bool:
    try:
        policy.require(current_actor(), permission, agency_id=agency_id)
    except Forbidden:
        return False
    return True


def _signs(shown: Board, found: Paper) -> bool:
    actor = current_actor()
    try:
        capacity = policy.capacity(actor, agency_id=shown.hall.project.agency_id)
    except Forbidden:
        return False
    if capacity is Capacity.TENDERER:
        guest = shown.sitting.guest_of(actor.organisation_id)
        here = guest is not None and guest.attendance is not None
        units = {each.organisation_id for each in found.signatures}
        return here and actor.organisation_id not in units
    return all(each.account_id != actor.account_id for each in found.signatures)


# Forming and signing ---------------------------------------------------------------------------------------------


@bp.post("/hall/<uid>/papers/<any('witness', 'price-witness'):kind>")
@requires("opening:witness")
def write_witness(uid: str, kind: str) -> ResponseReturnValue:
    """Form the witness record of an opening, and sign it."""
    of = Kind(kind)
    form = (forms.PriceWitnessForm if of.is_later else forms.WitnessForm)(prefix="write")
    return _act(
        uid,
        of,
        "write",
        form,
        lambda tx: service.write_witness(
            tx,
            uid,
            name=form.name.data or "",
            stay=form.stay,
            checks=form.seen,
            problems=form.problems.data or "",
            opinion=form.opinion.data or "",
            kind=of,
        ),
    )


@bp.post("/hall/<uid>/papers/failed")
@requires("opening:host")
def write_failed(uid: str) -> ResponseReturnValue:
    """Form the record of a failed tender, and sign it."""
    form = forms.FailedForm(prefix="write")
    return _act(
        uid, Kind.FAILED, "write", form, lambda tx: service.write_failed(tx, uid, name=form.name.data or "")
    )


@bp.post("/hall/<uid>/papers/<any('witness', 'failed', 'price-witness'):kind>/sign")
@requires("opening:sign")
def sign_paper(uid: str, kind: str) -> ResponseReturnValue:
    """Sign a record that is formed."""
    form = forms.SignForm(prefix="sign")
    return _act(
        uid,
        Kind(kind),
        "sign",
        form,
        lambda tx: service.sign(
            tx, uid, Kind(kind), name=form.name.data or "", sha256=form.sha256.data or ""
        ),
    )


def _act(uid: str, kind: Kind, name: str, form: Form, act: Callable[[Any], object]) -> ResponseReturnValue:
    """Do what the form asks and go back to the record; or show it with the form and what is wrong."""
    if carried_out(form, act):
        return redirect(url_for("opening.paper", uid=uid, kind=kind.value), 303)
    return _page(uid, kind, (name, form))


# Scans and videos ------------------------------------------------------------------------------------------------


@bp.post("/hall/<uid>/scans/<any('opening', 'witness', 'failed', 'prices', 'price-witness'):record>")
@requires("opening:scans")
def attach_scan(uid: str, record: str) -> ResponseReturnValue:
    """Attach the scan of a record that was signed on paper: the bytes first, then their row and their note."""
    form = forms.ScanForm(prefix="scan")
    shown = _told(uid)
    policy.require(current_actor(), Permission.SCANS, agency_id=shown.hall.project.agency_id)
    if form.validate():
        session().rollback()
        upload = form.scan.data
        try:
            kept = uploads.keep(
                blobs(),
                upload.stream,
                upload.filename,
                limit=current_app.config["MAX_DOCUMENT"],
                field="scan",
            )
            size = blobs().size(kept.digest) or 0
            with transaction() as tx:
                service.attach(tx, uid, Of(record), name=kept.name, size=size, sha256=kept.digest)
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect(_back(uid, record), 303)
    return _again(uid, record, "scan", form)


@bp.get("/hall/<uid>/scans/<int(max=2147483647):number>")
@requires("opening:scans")
def scan(uid: str, number: int) -> Response:
    """A scan, as an attachment: it is somebody's upload, and is never shown in the page's own origin."""
    shown = _told(uid)
    policy.require(current_actor(), Permission.SCANS, agency_id=shown.hall.project.agency_id)
    found = queries.scan(session(), shown.hall.project.id, number)
    if found.withdrawn_at is not None:
        raise ScanWithdrawn(at=found.withdrawn_at)
    return send_file(
        blobs().open(found.sha256),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=found.name,
        max_age=0,
    )


@bp.post("/hall/<uid>/videos/<any('opening', 'witness', 'failed', 'prices', 'price-witness'):record>")
@requires("opening:video")
def note_video(uid: str, record: str) -> ResponseReturnValue:
    """Say where the video is; ``record`` is the page that it was said on."""
    form = forms.VideoForm(prefix="video")
    if carried_out(
        form, lambda tx: service.note_video(tx, uid, camera=form.camera.data or "", hours=form.hours)
    ):
        return redirect(_back(uid, record), 303)
    return _again(uid, record, "video", form)


@bp.route("/hall/<uid>/scans/<int(max=2147483647):number>/withdraw", methods=["GET", "POST"])
@requires("opening:scans")
def withdraw_scan(uid: str, number: int) -> ResponseReturnValue:
    """Take a scan back: first what that does, then why, then it is done."""
    shown = _told(uid)
    policy.require(current_actor(), Permission.SCANS, agency_id=shown.hall.project.agency_id)
    found = queries.scan(session(), shown.hall.project.id, number)
    return _take_back(
        shown,
        found,
        found.record.value,
        lambda tx, reason: service.withdraw_scan(tx, uid, number, reason=reason),
    )


@bp.route(
    "/hall/<uid>/videos/<any('opening', 'witness', 'failed', 'prices', 'price-witness'):record>/<int(max=2147483647):number>/withdraw",
    methods=["GET", "POST"],
)
@requires("opening:video")
def withdraw_video(uid: str, record: str, number: int) -> ResponseReturnValue:
    """Take back what was said of a video; ``record`` is the page to go back to."""
    shown = _told(uid)
    policy.require(current_actor(), Permission.VIDEO, agency_id=shown.hall.project.agency_id)
    found = queries.video(session(), shown.hall.project.id, number)
    return _take_back(
        shown, found, record, lambda tx, reason: service.withdraw_video(tx, uid, number, reason=reason)
    )


def _take_back(
    shown: Board, found: RecordScan | VideoReference, record: str, act: Callable[[Any, str], object]
) -> ResponseReturnValue:
    uid, form = shown.hall.project.uid, forms.WithdrawForm()
    if form.is_submitted() and carried_out(form, lambda tx: act(tx, form.reason.data or "")):
        return redirect(_back(uid, record), 303)
    text = render_template(
        "opening/take_back.html",
        project=shown.hall.project,
        scan=found if isinstance(found, RecordScan) else None,
        video=found if isinstance(found, VideoReference) else None,
        form=form,
        title=TITLES[Of(record)],
        back=_back(uid, record),
    )
    return text, form.status


@bp.get("/hall/<uid>/extras.json")
@public
def extras_data(uid: str) -> Response:
    """Scans and videos of all records, with what was taken back and why: the statements whose digests the log has."""
    project = _told(uid).hall.project
    scans = [row for record in Of for row in queries.scans(session(), project.id, record)]
    said = document.extras(project.code, scans, queries.videos(session(), project.id))
    return current_app.response_class(dumps(said), mimetype="application/json")


#: The opening records, and the stages they are of.
_STAGES = {Of.OPENING: FIRST, Of.PRICES: LATER}


def _back(uid: str, record: str) -> str:
    if Of(record) in _STAGES:
        return url_for("opening.record_page", uid=uid, **named(_STAGES[Of(record)]))
    return url_for("opening.paper", uid=uid, kind=record)


def _again(uid: str, record: str, name: str, form: Form) -> ResponseReturnValue:
    if Of(record) in _STAGES:
        return _opening(uid, _STAGES[Of(record)], (name, form))
    return _page(uid, Kind(record), (name, form))


# The opening record ----------------------------------------------------------------------------------------------


@bp.get("/hall/<uid>/record")
@public
def record_page(uid: str) -> ResponseReturnValue:
    """The record of an opening (开标记录) as a page: who was here, what was read, said and signed."""
    return _opening(uid, stage_asked())


def _opening(uid: str, stage: int, refused: tuple[str, Form] | None = None) -> ResponseReturnValue:
    shown = opened_board(uid, stage)
    project, of = shown.hall.project, Of.PRICES if shown.is_later else Of.OPENING
    made = _extra_forms(project.agency_id) | dict([refused] if refused else [])
    text = render_template(
        "opening/record.html",
        **shown_parts(shown),
        witnesses=hall_queries.close_witnesses(session(), shown.hall),
        unsigned=sitting.unsigned(shown.sitting),
        untaken=refusals.of_hall(session(), shown.hall, stage),
        whose=refusals.WHOSE,
        scans=queries.scans(session(), project.id, of),
        videos=queries.videos(session(), project.id),
        record=of.value,
        may_take_back=_may_take_back,
        forms=made,
        refused=refused[1] if refused else None,
    )
    return text, refused[1].status if refused else 200
