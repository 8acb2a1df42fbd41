"""The agency's desk: a project from its first line until it is handed to the second person."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from bidding.casework import service as cases
from bidding.casework.current import desk as case_desk
from bidding.casework.rules import EDITABLE, STATE_WORDS
from bidding.conduct import service as conduct
from bidding.conduct.forms import unread
from bidding.conduct.rules import Rule
from bidding.core.errors import DomainError, WrongState
from bidding.storage import blobs, keep
from bidding.tenders import kinds, methods, policy, presentation, queries, service, standard
from bidding.tenders.acceptance import PROJECT, acceptance
from bidding.tenders.forms import DocumentForm, HandOverForm, KindForm, LotForm, ProjectForm
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.notices import (
    draft_pdf,
    facts_of,
    notice_page,
    one_of,
    phase_of,
    project_links,
    send,
    stands,
)
from bidding.tenders.rules import PHASE_LABELS, Phase
from bidding.tenders.terms_forms import LotTermsForm
from bidding.web import streaming
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told
from bidding.web.forms import takes_bytes
from bidding.web.paging import page_number, paginate


@bp.get("/projects")
@requires("project:read")
def mine() -> str:
    """The projects that the reader works on."""
    phase = one_of(Phase, request.args.get("phase"))
    page = paginate(
        session(),
        queries.projects(current_actor(), phase, now()),
        number=page_number(request.args),
        size=20,
    )
    return render_template(
        "tenders/mine.html",
        page=page,
        phase=phase,
        board=queries.board(session(), current_actor(), now()),
        phase_of=phase_of,
        stands=stands,
        phase_labels=PHASE_LABELS,
        may_edit=current_actor().may("project:edit"),
    )


@bp.route("/projects/new", methods=["GET", "POST"])
@requires("project:edit")
def new() -> ResponseReturnValue:
    """First which law and method; then what the notice says."""
    kind_form = KindForm(request.args if request.args else None)
    if kind_form.chosen is None:
        if request.args:
            kind_form.validate()
        page = render_template("tenders/kind.html", form=kind_form, waiting=methods.WAITING, kinds=kinds)
        return page, kind_form.status
    family, method, subject = kind_form.chosen
    form = ProjectForm(
        family,
        method,
        subject,
        two_envelopes=queries.two_envelopes(session(), family, method, now()),
        data=queries.written_last(session(), current_actor(), family),
    )
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                uid = service.create_project(tx, form.facts, region=current_app.config["REGION"]).uid
            return redirect(url_for("tenders.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "tenders/edit.html",
        form=form,
        project=None,
        family=family,
        method=method,
        kinds=kinds,
        kind=kind_form.kind.data,
    )
    return page, form.status


@bp.get("/projects/<uid>")
@requires("project:read")
def project(uid: str) -> ResponseReturnValue:
    """A project's desk: what is written, what is missing, and the next step."""
    return _desk(uid, _hand_over())


def _passes_window() -> bool:
    """Whether the centre takes projects on at its window before they are published."""
    return bool(current_app.config["ACCEPTANCE"])


def _hand_over() -> HandOverForm:
    return HandOverForm(unread=unread(Rule.OWNER, Rule.AGENCY) if current_actor().may("project:edit") else ())


def _desk(uid: str, form: HandOverForm) -> ResponseReturnValue:
    found = queries.project_for(session(), current_actor(), uid)
    drafting = found.stage in (Stage.DRAFT, Stage.SUBMITTED)
    problems = queries.review(session(), found, now()) if drafting else []
    steps = presentation.steps(problems, found.preset)
    page = render_template(
        "tenders/project.html",
        form=form,
        editable=found.stage is Stage.DRAFT and current_actor().may("project:edit"),
        problems=problems,
        steps=steps,
        next=next((step.name for step in steps if step.missing), "submit"),
        told=told,
        own=found.prepared_by_id == current_actor().account_id,
        may_publish=current_actor().may("project:publish"),
        links=project_links(found),
        accepted=acceptance(session(), found) if _passes_window() else None,
        case_words=STATE_WORDS,
        may_copy=policy.may_edit(current_actor(), found.agency_id),
        **facts_of(found),
    )
    return page, form.status


@bp.post("/projects/<uid>/acceptance")
@requires("project:edit")
def apply(uid: str) -> ResponseReturnValue:
    """Open the project's case at the window, or go on with the one there is."""
    found = queries.project_for(session(), current_actor(), uid)
    if found.stage not in (Stage.DRAFT, Stage.SUBMITTED):
        raise WrongState
    with transaction() as tx:
        subject = case_desk().subject(tx.session, PROJECT, uid)
        case = cases.open_case(tx, case_desk(), subject)
        address = url_for("casework.materials" if case.state in EDITABLE else "casework.case", uid=case.uid)
    return redirect(address, 303)


@bp.get("/projects/<uid>/preview")
@requires("project:read")
def preview(uid: str) -> str:
    """The notice as everybody will see it; whoever drafts it can hand it over from here."""
    found = queries.project_for(session(), current_actor(), uid)
    drafts = found.stage is Stage.DRAFT and policy.may_edit(current_actor(), found.agency_id)
    return notice_page(
        found,
        preview=True,
        problems=queries.review(session(), found, now()) if drafts else None,
        declares=acceptance(session(), found).declares if drafts and _passes_window() else (),
    )


@bp.get("/projects/<uid>/notice.pdf")
@requires("project:read")
def preview_pdf(uid: str) -> Response:
    """The paper that the draft would be."""
    return draft_pdf(queries.project_for(session(), current_actor(), uid))


def draft_of(uid: str, *stages: Stage) -> Project:
    """A draft to be written on, or what is in one of these stages. Raises ``NotFound``, ``WrongState`` where it is not."""
    found = queries.project_for(session(), current_actor(), uid)
    if found.stage not in (stages or (Stage.DRAFT,)):
        raise WrongState
    return found


# facts -----------------------------------------------------------------------------------------------------------


@bp.route("/projects/<uid>/edit", methods=["GET", "POST"])
@requires("project:edit")
def edit(uid: str) -> ResponseReturnValue:
    """Change what the notice says."""
    found = draft_of(uid)
    allowed = queries.two_envelopes(session(), found.family, found.method, now())
    form = ProjectForm.of(found, two_envelopes=allowed)
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.edit_project(tx, uid, form.facts, version=form.version_seen)
            return redirect(url_for("tenders.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
            found = draft_of(uid)
            form.version.data = str(found.version)  # who saves again has been told, and means it
    page = render_template(
        "tenders/edit.html",
        form=form,
        project=found,
        family=found.family,
        method=found.method,
        kinds=kinds,
        kind="",
    )
    return page, form.status


# lots ------------------------------------------------------------------------------------------------------------


@bp.route("/projects/<uid>/lots", methods=["GET", "POST"])
@requires("project:edit")
def lots(uid: str) -> ResponseReturnValue:
    """The lots there are, and one more."""
    form = LotForm(draft_of(uid))
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.add_lot(tx, uid, form.facts)
            return redirect(url_for("tenders.lots", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return lots_page(uid, form)


def lots_page(uid: str, form: LotForm, terms: LotTermsForm | None = None) -> ResponseReturnValue:
    """The lots, one more, and what holds for all of them."""
    found = draft_of(uid)
    page = render_template(
        "tenders/lots.html", form=form, terms=terms or LotTermsForm(found, formdata=None), **facts_of(found)
    )
    return page, (terms or form).status


@bp.post("/projects/<uid>/lots/terms")
@requires("project:edit")
def lot_terms(uid: str) -> ResponseReturnValue:
    """Say how many lots one may win, and how security is given."""
    found = draft_of(uid)
    terms = LotTermsForm(found)
    if terms.validate():
        try:
            with transaction() as tx:
                service.set_lot_terms(tx, uid, terms.terms)
            return redirect(url_for("tenders.lots", uid=uid), 303)
        except DomainError as error:
            terms.refuse(error)
    return lots_page(uid, LotForm(found, formdata=None), terms)


@bp.route("/projects/<uid>/lots/<code>", methods=["GET", "POST"])
@requires("project:edit")
def edit_lot(uid: str, code: str) -> ResponseReturnValue:
    """Change a lot."""
    found = draft_of(uid)
    form = LotForm(found, queries.lot_of(session(), found, code))
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.edit_lot(tx, uid, code, form.facts)
            return redirect(url_for("tenders.lots", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template("tenders/lot.html", form=form, code=code, **facts_of(draft_of(uid)))
    return page, form.status


@bp.post("/projects/<uid>/lots/<code>/remove")
@requires("project:edit")
def remove_lot(uid: str, code: str) -> ResponseReturnValue:
    """Take a lot out."""
    with transaction() as tx:
        service.remove_lot(tx, uid, code)
    return redirect(url_for("tenders.lots", uid=uid), 303)


# files -----------------------------------------------------------------------------------------------------------


@bp.get("/projects/<uid>/files")
@requires("project:edit")
def files(uid: str) -> ResponseReturnValue:
    """The files there are, and one more."""
    return _files(uid, DocumentForm())


def _files(uid: str, form: DocumentForm) -> ResponseReturnValue:
    found = draft_of(uid)
    page = render_template(
        "tenders/files.html",
        form=form,
        limit=current_app.config["MAX_FILE"],
        may_be_made=standard.may_be_made(found.family, found.method),
        **facts_of(found),
    )
    return page, form.status


@bp.post("/projects/<uid>/files")
@requires("project:edit")
@takes_bytes("MAX_FILE")
def take_document(uid: str) -> ResponseReturnValue:
    """Take a file as it comes over the line; nothing of it is kept in memory or in a temporary file."""
    stream = streaming.read(request)
    form = DocumentForm(MultiDict(stream.fields))
    try:
        draft_of(uid)
        if form.validate():
            digest, size = keep(blobs(), stream.chunks)
            with transaction() as tx:
                service.add_document(tx, uid, stream.filename, digest, size)
            return redirect(url_for("tenders.files", uid=uid), 303)
    except DomainError as error:
        form.refuse(error)
    return _files(uid, form)


@bp.get("/projects/<uid>/files/<sha256>")
@requires("project:read")
def document(uid: str, sha256: str) -> Response:
    """A file of a draft, for those who work on it."""
    found = queries.document(session(), queries.project_for(session(), current_actor(), uid), sha256)
    return send(found.sha256, found.name)


@bp.post("/projects/<uid>/files/<sha256>/remove")
@requires("project:edit")
def remove_document(uid: str, sha256: str) -> ResponseReturnValue:
    """Take a file off a draft."""
    with transaction() as tx:
        service.remove_document(tx, uid, sha256)
    return redirect(url_for("tenders.files", uid=uid), 303)


# handing over ----------------------------------------------------------------------------------------------------


@bp.post("/projects/<uid>/submit")
@requires("project:edit")
def submit(uid: str) -> ResponseReturnValue:
    """Hand the draft to the second person."""
    form = _hand_over()
    if form.validate():
        try:
            with transaction() as tx:
                conduct.accept_all(tx, form.accepted)
                service.submit_for_review(tx, uid, window=case_desk() if _passes_window() else None)
            flash(_("已提交。"))
            return redirect(url_for("tenders.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _desk(uid, form)
