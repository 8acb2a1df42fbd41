"""A committee's page: papers, persons, the room, who is there, the chair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.committee import queries, service
from bidding.committee.forms import ActForm, ChairForm, EndForm, LeaveForm, PaperForm, PersonForm, StepForm
from bidding.committee.policy import Permission
from bidding.committee.queries.sheet import record_sheet
from bidding.committee.routes.blueprint import bp
from bidding.committee.rules import FEEDBACK, SOURCE_WORDS, Recusal, Source
from bidding.committee.service import Paper, Person
from bidding.core.canonical import loads
from bidding.core.errors import DomainError
from bidding.documents import current as documents
from bidding.storage import blobs
from bidding.web.acts import carried_out
from bidding.web.address import outside
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told
from bidding.web.forms import Form, apart


@bp.get("/projects/<uid>/committee")
@requires(Permission.COMMITTEE_READ)
def desk(uid: str) -> ResponseReturnValue:
    """How the committee stands, and what the reader has to do about it."""
    return _page(uid)


def _page(uid: str, act: str = "", form: Form | None = None) -> ResponseReturnValue:
    actor = current_actor()
    project = queries.project_for(session(), actor, uid, Permission.COMMITTEE_READ)
    view = queries.view(session(), project, now())
    arrived = [(one.uid, one.name) for one in view.members if one.arrived_at and one.gone_at is None]
    forms: dict[str, Any] = {
        "paper": PaperForm(formdata=None),
        "person": PersonForm(formdata=None),
        "room": StepForm(formdata=None),
        "chair": ChairForm(arrived, formdata=None),
        "end": EndForm(formdata=None),
    }
    forms = {name: apart(each, name) for name, each in forms.items()}
    forms |= {f"leave-{one.uid}": apart(LeaveForm(formdata=None), one.uid) for one in view.members}
    forms |= {f"confirm-{row.uid}": apart(StepForm(formdata=None), row.uid) for row in view.papers}
    if form is not None:
        forms[act] = form
    page = render_template(
        "committee/desk.html",
        view=view,
        project=project,
        forms=forms,
        refused=form,
        fault=told(view.fault) if view.fault else "",
        source_words=SOURCE_WORDS,
        sources=Source,
        me=actor.account_id,
        may={each.name.lower().removeprefix("committee_"): actor.may(each) for each in Permission},
        rated=queries.rated(session(), project),
        feedback=queries.feedback(session(), project.id) if actor.may(Permission.COMMITTEE_CONFIRM) else [],
        feedback_words=FEEDBACK,
        answers_of=lambda row: loads(row.answers),
        begun=view.evaluation_at is not None and view.evaluation_at <= now(),
    )
    return page, form.status if form is not None else 200


def _acted(uid: str, name: str, form: Form, act: Callable[[Any], object], said: str) -> ResponseReturnValue:
    """Do it and come back to the page, or show the page with what is wrong."""
    if carried_out(form, act):
        flash(said)
        return redirect(url_for(".desk", uid=uid), 303)
    return _page(uid, name, form)


def _pressed(uid: str, act: Callable[[Any], object], said: str) -> ResponseReturnValue:
    """A button with nothing to fill in."""
    return _acted(uid, "act", ActForm(), act, said)


@bp.post("/projects/<uid>/committee/papers")
@requires(Permission.COMMITTEE_NAME)
def bring_paper(uid: str) -> ResponseReturnValue:
    """Bring the paper by which experts are appointed."""
    form = PaperForm()

    def act(tx: Any) -> object:
        given = form.file.data
        paper = Paper(
            source=Source(form.source.data),
            basis=form.basis.data,
            count=form.count.data,
            evaluation_at=form.evaluation_at.data or now(),
            file_name=given.filename or "paper.pdf",
            data=given.stream.read(),
            certificate=form.certificate.data or "",
            words=form.words.data or "",
        )
        return service.bring_paper(tx, uid, paper, blobs())

    return _acted(uid, "paper", form, act, _("已登记，等另一个人复核。"))


@bp.get("/committee/papers/<uid>/file")
@requires(Permission.COMMITTEE_READ)
def paper_file(uid: str) -> Response:
    """The paper itself."""
    row = queries.appointment(session(), current_actor(), uid, Permission.COMMITTEE_READ)
    return send_file(
        blobs().open(row.sha256), mimetype="application/pdf", as_attachment=True, download_name=row.file_name
    )


@bp.get("/projects/<uid>/committee/record.pdf")
@requires(Permission.COMMITTEE_READ)
def record(uid: str) -> Response:
    """Who judges and how each came to sit here, on paper (评审成员组成记录表)."""
    project = queries.project_for(session(), current_actor(), uid, Permission.COMMITTEE_READ)
    data = record_sheet(
        session(),
        project,
        centre=current_app.config["CENTRE_NAME"],
        address=outside("committee.desk", uid=uid),
        printed_at=now(),
    )
    response = current_app.response_class(
        documents.paper("committee-record", data, now()), mimetype="application/pdf"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="committee-{project.code}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/committee/papers/<uid>/confirm")
@requires(Permission.COMMITTEE_CONFIRM)
def confirm_paper(uid: str) -> ResponseReturnValue:
    """Somebody else has read it."""
    row = queries.appointment(session(), current_actor(), uid, Permission.COMMITTEE_CONFIRM)
    form = StepForm()
    return _acted(
        row.project.uid,
        f"confirm-{uid}",
        form,
        lambda tx: service.confirm_paper(tx, uid),
        _("已复核，写入日志。"),
    )


@bp.post("/committee/papers/<uid>/withdraw")
@requires(Permission.COMMITTEE_NAME)
def withdraw_paper(uid: str) -> ResponseReturnValue:
    """Take a paper back that nobody has confirmed."""
    row = queries.appointment(session(), current_actor(), uid, Permission.COMMITTEE_NAME)
    return _pressed(row.project.uid, lambda tx: service.withdraw_paper(tx, uid), _("已撤回。"))


@bp.post("/projects/<uid>/committee/members")
@requires(Permission.COMMITTEE_NAME)
def enter(uid: str) -> ResponseReturnValue:
    """Enter a representative of the owner, or an expert of a paper."""
    form = PersonForm()

    def act(tx: Any) -> object:
        who = Person(
            name=form.name.data,
            unit=form.unit.data,
            phone_end=form.phone_end.data,
            title=form.title.data or "",
            specialty=form.specialty.data or "",
            uscc=form.uscc.data or "",
        )
        return service.enter_member(tx, uid, who, form.paper.data or "")

    return _acted(uid, "person", form, act, _("已登记，等另一个人复核。"))


@bp.post("/committee/members/<uid>/confirm")
@requires(Permission.COMMITTEE_CONFIRM)
def confirm_member(uid: str) -> ResponseReturnValue:
    """Somebody else has compared the person with their papers."""
    row = queries.member(session(), current_actor(), uid, Permission.COMMITTEE_CONFIRM)
    return _pressed(row.project.uid, lambda tx: service.confirm_member(tx, uid), _("已复核。"))


@bp.post("/committee/members/<uid>/withdraw")
@requires(Permission.COMMITTEE_NAME)
def withdraw_member(uid: str) -> ResponseReturnValue:
    """Take back who was entered by mistake."""
    row = queries.member(session(), current_actor(), uid, Permission.COMMITTEE_NAME)
    return _pressed(row.project.uid, lambda tx: service.withdraw_member(tx, uid), _("已撤回。"))


@bp.post("/committee/members/<uid>/leave")
@requires(Permission.COMMITTEE_ROOM)
def leave(uid: str) -> ResponseReturnValue:
    """Somebody does not come, leaves, or must step aside."""
    row = queries.member(session(), current_actor(), uid, Permission.COMMITTEE_ROOM)
    form = LeaveForm()

    def act(tx: Any) -> object:
        given = Recusal(form.recusal.data) if form.recusal.data else None
        return service.leave(tx, uid, form.reason.data, given)

    return _acted(row.project.uid, f"leave-{uid}", form, act, _("已登记。空出的名额请办理补抽或者另行确定。"))


@bp.post("/projects/<uid>/committee/room")
@requires(Permission.COMMITTEE_ROOM)
def open_room(uid: str) -> ResponseReturnValue:
    """Open the sign-in page of the evaluation room, in the very browser that asked for it."""
    form = StepForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                token = service.open_room(tx, uid)[1]
            return redirect(url_for(".arrive", token=token), 303)
        except DomainError as error:
            form.refuse(error)
    return _page(uid, "room", form)


@bp.post("/projects/<uid>/committee/room/close")
@requires(Permission.COMMITTEE_ROOM)
def close_room(uid: str) -> ResponseReturnValue:
    """Nobody signs in any more."""
    return _pressed(uid, lambda tx: service.close_room(tx, uid), _("签到页已关闭。"))


@bp.post("/projects/<uid>/committee/end")
@requires(Permission.COMMITTEE_END)
def end(uid: str) -> ResponseReturnValue:
    """State when the evaluation ended."""
    form = EndForm()
    return _acted(
        uid,
        "end",
        form,
        lambda tx: service.end_evaluation(tx, uid, form.ended_at.data or now()),
        _("评审结束时间已登记。"),
    )


@bp.post("/projects/<uid>/committee/chair")
@requires(Permission.COMMITTEE_ROOM)
def chair(uid: str) -> ResponseReturnValue:
    """Write down whom the members elected."""
    project = queries.project_for(session(), current_actor(), uid, Permission.COMMITTEE_ROOM)
    people = queries.members(session(), project.id)
    form = ChairForm([(one.uid, one.name) for one in people])
    return _acted(
        uid, "chair", form, lambda tx: service.choose_chair(tx, uid, form.chair.data), _("组长已登记。")
    )
