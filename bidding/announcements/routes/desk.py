"""The agency's desk for announcements: writing, handing over, and the second person's acts."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.announcements import queries, service
from bidding.announcements.forms import (
    ActForm,
    AnnouncementForm,
    AnswerForm,
    PublishForm,
    ReturnForm,
    WithdrawForm,
)
from bidding.announcements.models import Announcement
from bidding.announcements.policy import Permission
from bidding.announcements.routes.blueprint import bp
from bidding.announcements.routes.public import answers_due, set_paper, shown, stands, where
from bidding.announcements.rules import PRESETS, Kind, State
from bidding.core.canonical import dumps, loads, sha
from bidding.core.errors import NotFound, WrongState
from bidding.documents.current import filed
from bidding.ledger.current import log_keys
from bidding.tenders import queries as tenders
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session
from bidding.web.errors import told
from bidding.web.forms import Form
from bidding.web.paging import page_number, paginate


@bp.get("/announcing")
@requires(Permission.ANNOUNCEMENT_READ)
def mine() -> str:
    """Those that the reader works on, or watches over."""
    page = paginate(session(), queries.desk(current_actor()), number=page_number(request.args), size=20)
    return render_template(
        "announcements/mine.html",
        page=page,
        presets=PRESETS,
        written={kind: preset for kind, preset in PRESETS.items() if not preset.of_lot},
        stands=stands,
        may_edit=current_actor().may(Permission.ANNOUNCEMENT_EDIT),
    )


@bp.route("/announcing/new/<kind>", methods=["GET", "POST"])
@requires(Permission.ANNOUNCEMENT_EDIT)
def new(kind: str) -> ResponseReturnValue:
    """A new draft; what the agency says of itself is filled in as it wrote it last."""
    chosen = next((each for each in Kind if each.value == kind and not PRESETS[each].of_lot), None)
    if chosen is None:
        raise NotFound
    data: dict[str, object] = {**queries.written_last(session(), current_actor(), chosen)}
    least = queries.figures(session(), chosen, tenders.local_day(now())).get(PRESETS[chosen].period)
    if least is not None:
        data["days"] = least.value
    form = AnnouncementForm(chosen, data=data)
    made: list[str] = []
    if form.is_submitted() and carried_out(
        form, lambda tx: made.append(service.create(tx, chosen, form.said).uid)
    ):
        return redirect(url_for(".work", uid=made[0]), 303)
    return render_template(
        "announcements/edit.html", form=form, preset=PRESETS[chosen], row=None
    ), form.status


@bp.route("/announcing/<uid>/edit", methods=["GET", "POST"])
@requires(Permission.ANNOUNCEMENT_EDIT)
def edit(uid: str) -> ResponseReturnValue:
    """Change a draft."""
    row = _editable(uid)
    if row.lot is not None:
        return redirect(url_for("candidates.write", uid=row.lot.project.uid, lot=row.lot.code))
    form = AnnouncementForm(row.kind, row)
    if form.is_submitted():
        seen = form.version_seen
        if carried_out(form, lambda tx: service.edit(tx, uid, form.said, version=seen)):
            return redirect(url_for(".work", uid=uid), 303)
        row = _editable(uid)
        form.version.data = str(row.version)  # who saves again has been told, and means it
    return render_template(
        "announcements/edit.html", form=form, preset=PRESETS[row.kind], row=row
    ), form.status


def _editable(uid: str) -> Announcement:
    """A draft of the reader's own. Raises ``NotFound``, and ``WrongState`` where it is none any more."""
    row = queries.own(session(), current_actor(), uid)
    if row.agency_id != current_actor().organisation_id:
        raise NotFound
    if row.state is not State.DRAFT:
        raise WrongState
    return row


@bp.get("/announcing/<uid>")
@requires(Permission.ANNOUNCEMENT_READ)
def work(uid: str) -> ResponseReturnValue:
    """One of them: what it says as everybody will see it, what is missing, and the next step."""
    return _desk(uid)


def _desk(uid: str, refused: Form | None = None) -> ResponseReturnValue:
    actor = current_actor()
    row = queries.own(session(), actor, uid)
    own = actor.organisation_id == row.agency_id
    drafting = row.state in (State.DRAFT, State.SUBMITTED)
    forms = {
        "publish": PublishForm(formdata=None),
        "back": ReturnForm(formdata=None),
        "withdraw": WithdrawForm(formdata=None),
        "answer": AnswerForm(row.kind, formdata=None),
    }
    for name, form in forms.items():
        if refused is not None and type(form) is type(refused):
            forms[name] = refused
    text = loads(row.notice) if row.notice else queries.text_of(session(), row, now())
    page = render_template(
        "announcements/work.html",
        row=row,
        preset=PRESETS[row.kind],
        stands=stands(row),
        problems=queries.review(session(), row, now()) if drafting else [],
        told=told,
        refused=refused,
        forms=forms,
        edits=own and actor.may(Permission.ANNOUNCEMENT_EDIT),
        publishes=actor.may(Permission.ANNOUNCEMENT_PUBLISH),
        mine=row.submitted_by_id == actor.account_id,
        let_out=row.published_by_id == actor.account_id,
        due=answers_due(row),
        **shown(text),
    )
    return page, refused.status if refused else 200


@bp.get("/announcing/<uid>/notice.pdf")
@requires(Permission.ANNOUNCEMENT_READ)
def draft_pdf(uid: str) -> Response:
    """The paper that it would be, marked as a draft; of what is out, the paper that was."""
    row = queries.own(session(), current_actor(), uid)
    name, (centre, address) = f"{row.kind.value}-{row.uid}", where(row)
    if row.notice is not None and row.sha256 is not None:
        return filed(set_paper(row.notice, row.sha256, centre, address), sha256=row.sha256, name=name)
    text = dumps(queries.text_of(session(), row, now())).decode()
    digest = sha(text).hex()
    return filed(set_paper(text, digest, centre, address, is_draft=True), sha256=digest, name=name)


@bp.post("/announcing/<uid>/submit")
@requires(Permission.ANNOUNCEMENT_EDIT)
def submit(uid: str) -> ResponseReturnValue:
    """Hand it to the second person."""
    form = ActForm()
    if carried_out(form, lambda tx: service.submit(tx, uid)):
        flash(_("已提交。请本单位另一位同事或者中心管理员复核发布。"))
        return redirect(url_for(".work", uid=uid), 303)
    return _desk(uid, form)


@bp.post("/announcing/<uid>/discard")
@requires(Permission.ANNOUNCEMENT_EDIT)
def discard(uid: str) -> ResponseReturnValue:
    """Throw a draft away."""
    form = ActForm()
    if carried_out(form, lambda tx: service.discard(tx, uid)):
        flash(_("草稿已删除。"))
        return redirect(url_for(".mine"), 303)
    return _desk(uid, form)


@bp.post("/announcing/<uid>/publish")
@requires(Permission.ANNOUNCEMENT_PUBLISH)
def publish(uid: str) -> ResponseReturnValue:
    """Let it out, as the second person."""
    form = PublishForm()
    if carried_out(form, lambda tx: service.publish(tx, uid, keys=log_keys())):
        flash(_("已发布，人人可以看到，写进了本中心的日志。"))
        return redirect(url_for(".announcement", uid=uid), 303)
    return _desk(uid, form)


@bp.post("/announcing/<uid>/return")
@requires(Permission.ANNOUNCEMENT_PUBLISH)
def send_back(uid: str) -> ResponseReturnValue:
    """Send it back with everything that has to be changed."""
    form = ReturnForm()
    if carried_out(form, lambda tx: service.send_back(tx, uid, form.reason.data or "")):
        flash(_("已退回，经办人会看到您写的原因。"))
        return redirect(url_for(".mine"), 303)
    return _desk(uid, form)


@bp.post("/announcing/<uid>/withdraw")
@requires(Permission.ANNOUNCEMENT_PUBLISH)
def withdraw(uid: str) -> ResponseReturnValue:
    """Take back what is out."""
    form = WithdrawForm()
    if carried_out(form, lambda tx: service.withdraw(tx, uid, form.reason.data or "", keys=log_keys())):
        flash(_("已撤回。原公告仍可查看，标明已撤回和原因。"))
        return redirect(url_for(".announcement", uid=uid), 303)
    return _desk(uid, form)


@bp.post("/announcing/<uid>/objections/<int(max=9999):n>")
@requires(Permission.ANNOUNCEMENT_EDIT)
def answer(uid: str, n: int) -> ResponseReturnValue:
    """Answer an objection in the open record."""
    form = AnswerForm(queries.own(session(), current_actor(), uid).kind)
    if carried_out(
        form,
        lambda tx: service.answer_objection(
            tx, uid, n, form.words.data or "", upheld=form.upheld.data == "yes", keys=log_keys()
        ),
    ):
        flash(_("答复已公开，写进了本中心的日志，并告知了提出人。"))
        return redirect(url_for(".work", uid=uid), 303)
    return _desk(uid, form)
