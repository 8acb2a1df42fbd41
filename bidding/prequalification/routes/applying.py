"""The applicant's pages: its files, handing in, the receipt, and the result."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from bidding.core.errors import DomainError, NotFound
from bidding.documents import current as documents
from bidding.identity import queries as identity
from bidding.prequalification import queries, rules, service
from bidding.prequalification.forms import ActForm, ApplicationForm, FileForm
from bidding.prequalification.models import Application
from bidding.prequalification.paper import receipt_paper, result_paper
from bidding.prequalification.policy import Permission
from bidding.prequalification.routes.blueprint import bp
from bidding.prequalification.routes.notices import facts_of
from bidding.prequalification.rules import ApplicationState
from bidding.prequalification.service.applying import said_of
from bidding.storage import blobs, keep
from bidding.tenders.queries import PUBLISHED
from bidding.tenders.routes.notices import send
from bidding.tenders.rules import cite
from bidding.web import streaming
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction, world
from bidding.web.forms import Form, takes_bytes


def _arrived() -> datetime:
    """The server's clock as the last byte is here, before anything waits for its turn."""
    return world().clock.now()


@bp.get("/applications")
@requires(Permission.APPLICATION_SUBMIT)
def mine() -> str:
    """Every application of the reader's organisation."""
    return render_template(
        "prequalification/mine.html",
        applications=queries.own_all(session(), current_actor()),
        states=rules.STATE_WORDS,
    )


@bp.route("/prequalifications/<uid>/apply", methods=["GET", "POST"])
@requires(Permission.APPLICATION_SUBMIT)
def apply(uid: str) -> ResponseReturnValue:
    """The draft, and the button that hands it in."""
    if request.method == "GET":
        return _page(uid)
    form = _form(uid)
    arrived, handed = _arrived(), list[str]()
    if carried_out(form, lambda tx: handed.append(service.hand_in(tx, uid, form.said, arrived).uid)):
        flash(_("已递交。请保存回执。"))
        return redirect(url_for(".application", uid=handed[0]), 303)
    return _page(uid, form)


def _form(uid: str, **more: Any) -> ApplicationForm:
    found = queries.public(session(), uid)
    current = queries.own_in(session(), current_actor(), found, ApplicationState.EFFECTIVE)
    account = identity.account_of(session(), current_actor())
    return ApplicationForm(found.project, account, current, **more)


def _page(uid: str, bound: Form | None = None) -> ResponseReturnValue:
    found = queries.public(session(), uid)
    actor = current_actor()
    draft = queries.own_in(session(), actor, found, ApplicationState.DRAFT)
    current = queries.own_in(session(), actor, found, ApplicationState.EFFECTIVE)
    page = render_template(
        "prequalification/apply.html",
        **facts_of(found),
        draft=draft,
        current=current,
        files=draft.files if draft is not None else current.files if current is not None else [],
        form=bound if isinstance(bound, ApplicationForm) else _form(uid, formdata=None),
        file=bound if isinstance(bound, FileForm) else FileForm(formdata=None),
        refused=bound,
        unit=identity.organisation_of(session(), actor),
        limit=current_app.config["MAX_FILE"],
        left=found.closes_at - now() if found.closes_at else None,
    )
    return page, bound.status if bound is not None else 200


@bp.post("/prequalifications/<uid>/apply/files")
@requires(Permission.APPLICATION_SUBMIT)
@takes_bytes("MAX_FILE")
def take(uid: str) -> ResponseReturnValue:
    """Take a file as it comes over the line; nothing of it is kept in memory or in a temporary file."""
    stream = streaming.read(request)
    form = FileForm(MultiDict(stream.fields))
    try:
        rules.require_open(queries.public(session(), uid).times, _arrived())
        if form.validate():
            session().rollback()  # the bytes may take minutes, and no connection waits for them
            digest, size = keep(blobs(), stream.chunks)
            arrived = _arrived()
            with transaction() as tx:
                service.add_file(tx, uid, stream.filename, digest, size, arrived)
            return redirect(url_for(".apply", uid=uid, _anchor="files"), 303)
    except DomainError as error:
        form.refuse(error)
    return _page(uid, form)


@bp.post("/prequalifications/<uid>/apply/files/<sha256>/remove")
@requires(Permission.APPLICATION_SUBMIT)
def remove_file(uid: str, sha256: str) -> ResponseReturnValue:
    """Take a file out of the draft."""
    arrived, form = _arrived(), ActForm()
    if carried_out(form, lambda tx: service.remove_file(tx, uid, sha256, arrived)):
        return redirect(url_for(".apply", uid=uid, _anchor="files"), 303)
    return _page(uid, form)


@bp.get("/prequalifications/<uid>/apply/files/<sha256>")
@requires(Permission.APPLICATION_SUBMIT)
def draft_file(uid: str, sha256: str) -> Response:
    """One of one's own files, as it lies in the draft or was handed in."""
    found, actor = queries.public(session(), uid), current_actor()
    for state in (ApplicationState.DRAFT, ApplicationState.EFFECTIVE):
        each = queries.own_in(session(), actor, found, state)
        if each is not None:
            file = queries.file_in(each, sha256)
            return send(file.sha256, file.name)
    raise NotFound


# What was handed in ---------------------------------------------------------------------------------------------


def _own(uid: str) -> Application:
    found = queries.own(session(), current_actor(), uid)
    if found.state is ApplicationState.DRAFT:
        raise NotFound
    return found


@bp.get("/applications/<uid>")
@requires(Permission.APPLICATION_SUBMIT)
def application(uid: str) -> ResponseReturnValue:
    """The receipt, and the result once there is one."""
    return _receipt(uid)


def _receipt(uid: str, bound: Form | None = None) -> ResponseReturnValue:
    found = _own(uid)
    row = found.prequalification
    page = render_template(
        "prequalification/application.html",
        **facts_of(row),
        application=found,
        states=rules.STATE_WORDS,
        goes_on=row.project.stage in PUBLISHED,
        refused=bound,
    )
    return page, bound.status if bound is not None else 200


@bp.get("/applications/<uid>/files/<sha256>")
@requires(Permission.APPLICATION_SUBMIT)
def own_file(uid: str, sha256: str) -> Response:
    """One of one's own files."""
    each = queries.file_in(queries.own(session(), current_actor(), uid), sha256)
    return send(each.sha256, each.name)


@bp.post("/applications/<uid>/withdraw")
@requires(Permission.APPLICATION_SUBMIT)
def withdraw(uid: str) -> ResponseReturnValue:
    """Take an application back before the deadline."""
    arrived, form = _arrived(), ActForm()
    if carried_out(form, lambda tx: service.withdraw(tx, uid, arrived)):
        flash(_("已撤回。截止以前还可以重新递交。"))
        return redirect(url_for(".application", uid=uid), 303)
    return _receipt(uid, form)


@bp.get("/applications/<uid>/receipt.pdf")
@requires(Permission.APPLICATION_SUBMIT)
def receipt_pdf(uid: str) -> Response:
    """The receipt on paper, signed by the centre."""
    found = _own(uid)
    if found.received_at is None or found.digest is None:
        raise NotFound
    project = found.prequalification.project
    data = receipt_paper(
        said_of(found, project),
        title=project.title,
        digest=found.digest,
        received_at=found.received_at,
        centre=current_app.config["CENTRE_NAME"],
    )
    return _paper(data, f"{found.reference}.pdf")


@bp.get("/applications/<uid>/result.pdf")
@requires(Permission.APPLICATION_SUBMIT)
def result_pdf(uid: str) -> Response:
    """资格预审结果通知书, once it was decided."""
    found = _own(uid)
    row = found.prequalification
    if row.decided_at is None or found.passed is None or found.reference is None:
        raise NotFound
    least = queries.figures(session(), row.project, now()).get(rules.LEAST)
    data = result_paper(
        project=row.project.code,
        title=row.project.title,
        applicant=found.organisation.name,
        uscc=found.organisation.uscc,
        reference=found.reference,
        passed=found.passed,
        reasons=[line for line in found.reason.splitlines() if line.strip()],
        goes_on=bool(row.enough),
        agency=row.project.agency.name,
        centre=current_app.config["CENTRE_NAME"],
        decided_at=row.decided_at,
        article=cite(least) if least is not None and least.blocks else "",
    )
    return _paper(data, f"{found.reference}-result.pdf")


def _paper(data: dict[str, Any], name: str) -> Response:
    made = documents.paper("chapters", data, now())
    return send_file(BytesIO(made), mimetype="application/pdf", as_attachment=True, download_name=name)
