"""The agency's desk: the notice's dates and documents, handed over by one, published by another."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from bidding.core.errors import DomainError, NotFound
from bidding.ledger.current import log_keys
from bidding.prequalification import queries, rules, service
from bidding.prequalification.forms import ActForm, DatesForm, EndForm, FileForm, PublishForm, ReasonForm
from bidding.prequalification.models import Prequalification
from bidding.prequalification.policy import Permission
from bidding.prequalification.routes.blueprint import bp
from bidding.prequalification.routes.notices import draft_pdf, stands
from bidding.storage import blobs, keep
from bidding.tenders import queries as tenders
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.routes.notices import send
from bidding.web import streaming
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told
from bidding.web.forms import Form, takes_bytes


@bp.get("/projects/<uid>/prequalification")
@requires(Permission.PREQUALIFICATION_READ)
def desk(uid: str) -> ResponseReturnValue:
    """What is written, what is missing, and the next step."""
    return page_of(uid)


def _project(uid: str) -> Project:
    return queries.project_for(session(), current_actor(), uid)


def page_of(uid: str, bound: Form | None = None) -> ResponseReturnValue:
    """The desk; ``bound`` is the form that was refused."""
    project = _project(uid)
    found = queries.of_project(session(), project.id)
    actor = current_actor()
    drafting = project.stage is Stage.DRAFT and project.qualified_as is None
    waits = drafting and found is not None and found.submitted_at is not None
    edits = drafting and not waits and actor.may(Permission.PREQUALIFICATION_DRAFT)
    page = render_template(
        "prequalification/desk.html",
        project=project,
        found=found,
        standing=stands(found) if found is not None else rules.Standing.DRAFT,
        states=rules.STANDING_WORDS,
        edits=edits,
        waits=waits,
        own=found is not None and found.submitted_by_id == actor.account_id,
        publishes=actor.may(Permission.PREQUALIFICATION_PUBLISH),
        examines=actor.may(Permission.APPLICATION_EXAMINE) and actor.organisation_id == project.agency_id,
        openable=found is not None
        and found.closes_at is not None
        and now() >= found.closes_at + rules.SETTLES,
        problems=service.review(session(), project, now()) if drafting else [],
        told=told,
        dates=bound if isinstance(bound, DatesForm) else _dates(project, found) if edits else None,
        file=bound if isinstance(bound, FileForm) else FileForm(formdata=None),
        publish=bound if isinstance(bound, PublishForm) else PublishForm(formdata=None),
        back=bound if isinstance(bound, ReasonForm) else ReasonForm(formdata=None),
        end=bound if isinstance(bound, EndForm) else EndForm(formdata=None),
        runs=found is not None
        and found.published_at is not None
        and found.decided_at is None
        and found.ended_at is None,
        drafts=actor.may(Permission.PREQUALIFICATION_DRAFT),
        ends=found is not None and found.end_asked_by_id != actor.account_id,
        refused=bound,
        limit=current_app.config["MAX_FILE"],
    )
    return page, bound.status if bound is not None else 200


def _dates(project: Project, found: Prequalification | None, **more: object) -> DatesForm:
    chosen = found.available_until_on if found is not None else None
    first = rules.earliest(
        queries.figures(session(), project, now()),
        tenders.local_day(now()),
        tenders.calendar(session()),
        after_offer=project.preset.after_offer,
        offered_to=chosen,
    )
    return DatesForm(found, first, **({"formdata": None} | more))


@bp.post("/projects/<uid>/prequalification/dates")
@requires(Permission.PREQUALIFICATION_DRAFT)
def set_dates(uid: str) -> ResponseReturnValue:
    """Write the dates."""
    project = _project(uid)
    form = _dates(project, queries.of_project(session(), project.id), formdata=request.form)
    if carried_out(form, lambda tx: service.set_dates(tx, uid, form.dates)):
        flash(_("已保存。"))
        return redirect(url_for(".desk", uid=uid), 303)
    return page_of(uid, form)


@bp.post("/projects/<uid>/prequalification/files")
@requires(Permission.PREQUALIFICATION_DRAFT)
@takes_bytes("MAX_FILE")
def take_document(uid: str) -> ResponseReturnValue:
    """Take a file as it comes over the line; nothing of it is kept in memory or in a temporary file."""
    stream = streaming.read(request)
    form = FileForm(MultiDict(stream.fields))
    try:
        _project(uid)
        if form.validate():
            digest, size = keep(blobs(), stream.chunks)
            with transaction() as tx:
                service.add_document(tx, uid, stream.filename, digest, size)
            return redirect(url_for(".desk", uid=uid, _anchor="files"), 303)
    except DomainError as error:
        form.refuse(error)
    return page_of(uid, form)


@bp.get("/projects/<uid>/prequalification/files/<sha256>")
@requires(Permission.PREQUALIFICATION_READ)
def document(uid: str, sha256: str) -> Response:
    """A file of a draft, for those who work on it."""
    each = queries.file_of(_found(uid), sha256)
    return send(each.sha256, each.name)


@bp.post("/projects/<uid>/prequalification/files/<sha256>/remove")
@requires(Permission.PREQUALIFICATION_DRAFT)
def remove_document(uid: str, sha256: str) -> ResponseReturnValue:
    """Take a file off a draft."""
    with transaction() as tx:
        service.remove_document(tx, uid, sha256)
    return redirect(url_for(".desk", uid=uid, _anchor="files"), 303)


@bp.get("/projects/<uid>/prequalification/notice.pdf")
@requires(Permission.PREQUALIFICATION_READ)
def preview_pdf(uid: str) -> Response:
    """The paper that the draft would be."""
    return draft_pdf(_found(uid))


def _found(uid: str) -> Prequalification:
    found = queries.of_project(session(), _project(uid).id)
    if found is None:
        raise NotFound
    return found


@bp.post("/projects/<uid>/prequalification/submit")
@requires(Permission.PREQUALIFICATION_DRAFT)
def submit(uid: str) -> ResponseReturnValue:
    """Hand the notice to the second person."""
    form = ActForm()
    if carried_out(form, lambda tx: service.hand_over(tx, uid)):
        flash(_("已提交。请另一位同事或者中心管理员复核发布。"))
        return redirect(url_for(".desk", uid=uid), 303)
    return page_of(uid, form)


@bp.post("/projects/<uid>/prequalification/publish")
@requires(Permission.PREQUALIFICATION_PUBLISH)
def publish(uid: str) -> ResponseReturnValue:
    """The second person's act: the notice is public, and the project says what it says."""
    form = PublishForm()
    accepted = current_app.config["ACCEPTANCE"]
    if carried_out(form, lambda tx: service.publish(tx, uid, keys=log_keys(), accepted=accepted)):
        flash(_("资格预审公告已发布，写进了公开日志，不能改写。"))
        return redirect(url_for(".notice", uid=uid), 303)
    return page_of(uid, form)


@bp.post("/projects/<uid>/prequalification/return")
@requires(Permission.PREQUALIFICATION_PUBLISH)
def send_back(uid: str) -> ResponseReturnValue:
    """Send the notice back with everything that has to be changed."""
    form = ReasonForm()
    if carried_out(form, lambda tx: service.send_back(tx, uid, form.reason.data or "")):
        flash(_("已退回，经办人会看到您写的原因。"))
        return redirect(url_for(".desk", uid=uid), 303)
    return page_of(uid, form)


# Ending it before there is a result ------------------------------------------------------------------------------


@bp.post("/projects/<uid>/prequalification/end")
@requires(Permission.PREQUALIFICATION_DRAFT)
def propose_end(uid: str) -> ResponseReturnValue:
    """Propose to end it."""
    form = EndForm()
    if carried_out(form, lambda tx: service.propose_end(tx, uid, form.reason.data or "")):
        flash(_("已提出终止。请另一位同事或者中心管理员确认。"))
        return redirect(url_for(".desk", uid=uid), 303)
    return page_of(uid, form)


@bp.post("/projects/<uid>/prequalification/end/confirm")
@requires(Permission.PREQUALIFICATION_PUBLISH)
def end(uid: str) -> ResponseReturnValue:
    """End it, as the second person."""
    form = PublishForm()
    if carried_out(form, lambda tx: service.end(tx, uid, keys=log_keys())):
        flash(_("资格预审已终止，公告已经发布。"))
        return redirect(url_for(".desk", uid=uid), 303)
    return page_of(uid, form)


@bp.post("/projects/<uid>/prequalification/end/drop")
@requires(Permission.PREQUALIFICATION_PUBLISH)
def drop_end(uid: str) -> ResponseReturnValue:
    """Take the proposal back."""
    form = ActForm()
    if carried_out(form, lambda tx: service.drop_end(tx, uid)):
        flash(_("终止的提议已撤下。"))
        return redirect(url_for(".desk", uid=uid), 303)
    return page_of(uid, form)
