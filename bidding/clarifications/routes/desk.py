"""The agency's desk: questions that wait, the draft of answers and corrections, its impact preview, the second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from bidding.clarifications import impact, presentation, queries, rules, service
from bidding.clarifications.forms import ActForm, BackForm, FileForm, PickForm, PublishForm, draft_form
from bidding.clarifications.impact import Impact
from bidding.clarifications.models import Clarification
from bidding.clarifications.policy import Permission
from bidding.clarifications.routes.blueprint import bp
from bidding.clarifications.rules import About, State
from bidding.core.errors import DomainError, NotFound, WrongState
from bidding.ledger.current import log_keys
from bidding.prequalification.models import Prequalification
from bidding.storage import blobs, keep
from bidding.tenders.kinds import Family
from bidding.tenders.models import Project
from bidding.tenders.queries import local_day
from bidding.tenders.routes.notices import cite, send
from bidding.tenders.rules import UNIT_LABELS, Phase, phase
from bidding.tenders.words import words
from bidding.web import streaming
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told
from bidding.web.forms import takes_bytes


@bp.get("/notices/<uid>/clarifications")
@requires("clarification:read")
def desk(uid: str) -> ResponseReturnValue:
    """The questions that wait, what is being drafted, and what is out."""
    project = queries.project_of(session(), current_actor(), uid, Permission.CLARIFICATION_READ)
    return _desk(project, PickForm(list(queries.waiting(session(), project.id, now())), formdata=None))


def _desk(project: Project, form: PickForm) -> ResponseReturnValue:
    waiting = queries.waiting(session(), project.id, now())
    page = render_template(
        "clarifications/desk.html",
        project=project,
        form=form,
        waiting=[(each, queries.answer_by(session(), each)) for each in waiting],
        draft=queries.open_one(session(), project.id),
        published=[presentation.published(each) for each in queries.published(session(), project.id)],
        states=rules.STATE_WORDS,
        is_open=phase(project.facts, now()) is Phase.OPEN,
        may_draft=current_actor().may(Permission.CLARIFICATION_DRAFT),
        today=local_day(now()),
    )
    return page, form.status


@bp.post("/notices/<uid>/clarifications")
@requires("clarification:draft")
def start(uid: str) -> ResponseReturnValue:
    """Begin a draft that answers the questions chosen, or go on with the one there is."""
    project = queries.project_of(session(), current_actor(), uid, Permission.CLARIFICATION_DRAFT)
    form = PickForm(list(queries.waiting(session(), project.id, now())))
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                draft_uid = service.start(tx, uid, form.questions.data or ()).uid
            return redirect(url_for(".draft", uid=draft_uid), 303)
        except DomainError as error:
            form.refuse(error)
    project = queries.project_of(session(), current_actor(), uid, Permission.CLARIFICATION_DRAFT)
    return _desk(project, form)


# The draft ------------------------------------------------------------------------------------------------------


def _drafted(uid: str) -> Clarification:
    """A draft to be written on. Raises ``NotFound``, ``WrongState``."""
    found = queries.clarification_for(session(), current_actor(), uid, Permission.CLARIFICATION_DRAFT)
    if found.state is not State.DRAFT:
        raise WrongState
    return found


@bp.route("/clarifications/<uid>", methods=["GET", "POST"])
@requires("clarification:draft")
def draft(uid: str) -> ResponseReturnValue:
    """Write answers, corrected facts, ceilings and the later deadline."""
    form = _form(_drafted(uid))
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.save(tx, uid, form.written, version=form.version_seen)
            return redirect(url_for(".preview", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
            form.version.data = str(_drafted(uid).version)  # who saves again has been told, and means it
    return _draft_page(uid, form, _file_form(_drafted(uid)))


def _form(found: Clarification) -> Any:
    return draft_form(found, queries.stands(session(), found))


def _file_form(found: Clarification, formdata: Any = None) -> FileForm:
    return FileForm(found, queries.documents_of(session(), found), formdata)


def _draft_page(uid: str, form: Any, files: FileForm) -> ResponseReturnValue:
    found = _drafted(uid)
    project = found.project
    page = render_template(
        "clarifications/draft.html",
        form=form,
        files=files,
        draft=found,
        project=project,
        announced=announced_of(found),
        documents=queries.documents_of(session(), found),
        words=words(project.family, project.method),
        fixed=rules.FIXED,
        is_procurement=project.family is Family.PROCUREMENT,
        article=rules.SUBJECT_ARTICLE,
        limit=current_app.config["MAX_FILE"],
    )
    return page, files.status if files.errors or files.refused_with else form.status


@bp.post("/clarifications/<uid>/files")
@requires("clarification:draft")
@takes_bytes("MAX_FILE")
def take_file(uid: str) -> ResponseReturnValue:
    """Take a file as it comes over the line; nothing of it is kept in memory or in a temporary file."""
    stream = streaming.read(request)
    form = _file_form(_drafted(uid), MultiDict(stream.fields))
    try:
        if form.validate():
            digest, size = keep(blobs(), stream.chunks)
            with transaction() as tx:
                service.add_file(tx, uid, stream.filename, digest, size, replaces=form.replaces.data)
            return redirect(url_for(".draft", uid=uid, _anchor="files"), 303)
    except DomainError as error:
        form.refuse(error)
    return _draft_page(uid, _form(_drafted(uid)), form)


@bp.get("/clarifications/<uid>/files/<sha256>")
@requires("clarification:read")
def file(uid: str, sha256: str) -> Response:
    """A file of a draft, for those who work on it."""
    found = queries.clarification_for(session(), current_actor(), uid)
    for each in found.proposal.files:
        if each.sha256 == sha256:
            return send(each.sha256, each.name)
    raise NotFound


@bp.post("/clarifications/<uid>/files/<sha256>/remove")
@requires("clarification:draft")
def remove_file(uid: str, sha256: str) -> ResponseReturnValue:
    """Take a file out of a draft."""
    with transaction() as tx:
        service.remove_file(tx, uid, sha256)
    return redirect(url_for(".draft", uid=uid, _anchor="files"), 303)


# Preview, and who lets it out -----------------------------------------------------------------------------------


def announced_of(found: Clarification) -> Prequalification | None:
    """The prequalification that it speaks of, if it is one."""
    is_announced = found.about is About.PREQUALIFICATION
    return queries.prequalification_of(session(), found.project) if is_announced else None


def _impact(found: Clarification) -> Impact:
    """The preview, with the rooms asked about the new opening."""
    if found.about is About.PREQUALIFICATION:
        return queries.impact_of(session(), found, now())
    _, opens_at, prices_open_at = impact.shift(queries.standing_of(found.project), found.closes_at)
    clashes: Sequence[str] = ()
    if found.closes_at is not None:
        clashes = queries.stuck_rooms(session(), found.project, opens_at, prices_open_at)
    return queries.impact_of(session(), found, now(), clashes=clashes)


@bp.get("/clarifications/<uid>/preview")
@requires("clarification:read")
def preview(uid: str) -> ResponseReturnValue:
    """What would follow: every date that moves, every article tested, and what it means for bids already in."""
    return _preview(uid)


def _preview(
    uid: str,
    *,
    publishing: PublishForm | None = None,
    back: BackForm | None = None,
    act: ActForm | None = None,
) -> ResponseReturnValue:
    found = queries.clarification_for(session(), current_actor(), uid)
    if found.state is State.PUBLISHED:
        return redirect(presentation.address(found), 303)
    if found.state is State.DROPPED:
        raise NotFound
    reckoned = _impact(found)
    refused = publishing or back or act
    page = render_template(
        "clarifications/preview.html",
        draft=found,
        project=found.project,
        announced=announced_of(found),
        words=words(found.project.family, found.project.method),
        impact=reckoned,
        rows=presentation.rows(reckoned.changes),
        bids=presentation.bids_words(found.about)[reckoned.bids],
        state=found.state.value,
        state_words=rules.STATE_WORDS[found.state],
        own=found.submitted_by_id == current_actor().account_id,
        may_draft=current_actor().may(Permission.CLARIFICATION_DRAFT),
        may_publish=current_actor().may(Permission.CLARIFICATION_PUBLISH),
        publishing=publishing or PublishForm(formdata=None),
        back=back or BackForm(formdata=None),
        act=act or ActForm(formdata=None),
        told=told,
        cite=cite,
        units=UNIT_LABELS,
    )
    return page, refused.status if refused is not None else 200


@bp.post("/clarifications/<uid>/submit")
@requires("clarification:draft")
def submit(uid: str) -> ResponseReturnValue:
    """Hand the draft to the second person."""
    form = ActForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.submit(tx, uid)
            flash(_("已提交。请另一位同事对照影响预览复核并发布。"))
            return redirect(url_for(".preview", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _preview(uid, act=form)


@bp.post("/clarifications/<uid>/drop")
@requires("clarification:draft")
def drop(uid: str) -> ResponseReturnValue:
    """Throw the draft away; its questions wait again."""
    with transaction() as tx:
        way = presentation.desk(service.drop(tx, uid))
    flash(_("草稿已作废，里面的提问重新等候答复。"))
    return redirect(way, 303)


@bp.post("/clarifications/<uid>/publish")
@requires("clarification:publish")
def publish(uid: str) -> ResponseReturnValue:
    """The second person's act: in force at once, or as soon as two seats have signed the later deadline."""
    form = PublishForm()
    if form.validate():
        try:
            with transaction() as tx:
                done = service.publish(tx, uid, keys=log_keys())
                is_out = done.published_at is not None
            if is_out:
                flash(_("已发布，已通知关注和办理本项目的所有人。"))
            else:
                flash(
                    _(
                        "已复核。截止时间要后移，等代理机构席位和监督席位签名；两席签齐，全部内容立即生效并发布。"
                    )
                )
            return redirect(url_for(".preview", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _preview(uid, publishing=form)


@bp.post("/clarifications/<uid>/return")
@requires("clarification:publish")
def send_back(uid: str) -> ResponseReturnValue:
    """Send it back with everything that has to be changed."""
    form = BackForm()
    if form.validate():
        try:
            with transaction() as tx:
                way = presentation.desk(service.send_back(tx, uid, form.back_reason.data or ""))
            flash(_("已退回，起草人会看到您写的原因。"))
            return redirect(way, 303)
        except DomainError as error:
            form.refuse(error)
    return _preview(uid, back=form)
