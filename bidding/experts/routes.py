"""The pool, and the draws: one page a draw, on which each sees what they have to do now."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.actor import Role
from bidding.core.canonical import dumps
from bidding.core.errors import DomainError, NotFound
from bidding.documents import pdf
from bidding.experts import policy, pool, queries, rules, service
from bidding.experts.calls import ANSWER_WORDS, Answer
from bidding.experts.forms import (
    AT_TURN,
    NOT_CALLED,
    ActForm,
    ActiveForm,
    ApplyForm,
    CallForm,
    CancelForm,
    LeaveForm,
    ListForm,
    ProofForm,
    RequestForm,
    ShowForm,
    SpecialtyForm,
)
from bidding.experts.models import Draw, Expert
from bidding.experts.policy import Permission
from bidding.experts.pool import Reading
from bidding.experts.queries import View
from bidding.experts.rules import Step
from bidding.experts.service import CallNote, Wish
from bidding.ledger.current import log_keys
from bidding.storage import blobs
from bidding.tenders.queries import local_day
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.forms import Form
from bidding.web.paging import page_number, paginate

bp = Blueprint("experts", __name__)

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# The pool ----------------------------------------------------------------------------------------------------------


@bp.get("/experts", endpoint="pool")
@requires(Permission.POOL_READ)
def pool_page() -> ResponseReturnValue:
    """Everybody in the pool, by name."""
    return _pool_page(SpecialtyForm(formdata=None))


def _pool_page(form: SpecialtyForm) -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:100]
    page = paginate(session(), queries.experts(words), number=page_number(request.args))

    def address(number: int) -> str:
        return url_for("experts.pool", page=number, q=words or None)

    return render_template(
        "experts/pool.html",
        page=page,
        address=address,
        words=words,
        form=form,
        active_form=ActiveForm(formdata=None),
        specialties=queries.specialties(session()),
        sizes=queries.pool_size(session()),
        masked=rules.masked_phone,
        imports=current_actor().may(Permission.POOL_IMPORT),
    ), form.status


@bp.post("/experts/specialties")
@requires(Permission.POOL_IMPORT)
def specialties() -> ResponseReturnValue:
    """Enter a specialty."""
    form = SpecialtyForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.add_specialty(tx, form.code.data, form.name.data)
            flash(_("专业已登记。"))
            return redirect(url_for(".pool"), 303)
        except DomainError as error:
            form.refuse(error)
    return _pool_page(form)


@bp.post("/experts/<uid>/<any(active, inactive):state>")
@requires(Permission.POOL_IMPORT)
def activity(uid: str, state: str) -> ResponseReturnValue:
    """Let a person be drawn, or no longer."""
    if ActiveForm().validate_on_submit():
        with transaction() as tx:
            service.set_active(tx, uid, active=state == "active")
    return redirect(url_for(".pool"), 303)


@bp.get("/experts/template.xlsx")
@requires(Permission.POOL_IMPORT)
def template() -> Response:
    """The list to fill in, with the codes of specialties on a second sheet."""
    data = pool.template(((row.code, row.name) for row in queries.specialties(session())), now())
    return send_file(
        BytesIO(data), mimetype=_SHEET, as_attachment=True, download_name="experts-template.xlsx"
    )


@bp.route("/experts/imports", methods=["GET", "POST"])
@requires(Permission.POOL_IMPORT)
def bring() -> ResponseReturnValue:
    """Bring a list: it is read and shown, nobody enters the pool yet."""
    form = ListForm()
    if form.validate_on_submit():
        name, data = form.content
        try:
            with transaction() as tx:
                uid = service.bring_list(tx, name, data, blobs()).uid
            return redirect(url_for(".imported", uid=uid), 303)
        except DomainError as error:
            error.field = "file"
            form.refuse(error)
    page = render_template("experts/imports.html", form=form, imports=queries.imports(session()))
    return page, form.status


@bp.route("/experts/imports/<uid>", methods=["GET", "POST"])
@requires(Permission.POOL_IMPORT)
def imported(uid: str) -> ResponseReturnValue:
    """What a list holds, row by row; the second step takes it in."""
    form = ApplyForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                row = service.apply_import(
                    tx, uid, blobs(), log_keys(), skip_refused=bool(form.skip_refused.data)
                )
                taken = row.taken
            flash(_("已导入 %(taken)s 人。", taken=taken))
            return redirect(url_for(".imported", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _imported_page(uid, form)


def _imported_page(uid: str, form: ApplyForm) -> ResponseReturnValue:
    row = queries.pool_import(session(), uid)
    reading = Reading([], [])
    if row.applied_at is None:
        with blobs().open(row.sha256) as file:
            reading = service.read_list(session(), row.file_name, file.read())
    page = render_template(
        "experts/imported.html",
        row=row,
        reading=reading,
        form=form,
        told=lambda error: _(error.text, **error.params),
    )
    return page, form.status


# Asking for a draw -----------------------------------------------------------------------------------------------------


@bp.get("/draws")
@requires(Permission.DRAW_READ)
def draws() -> str:
    """The draws the reader may see."""
    page = paginate(session(), queries.draws(current_actor()), number=page_number(request.args))
    return render_template(
        "experts/draws.html",
        page=page,
        address=lambda number: url_for("experts.draws", page=number),
        stands=step_lamp,
    )


@bp.route("/projects/<uid>/draw", methods=["GET", "POST"])
@requires(Permission.DRAW_REQUEST)
def request_draw(uid: str) -> ResponseReturnValue:
    """Ask for experts for a project; where a draw is under way, its page."""
    project = queries.requestable(session(), current_actor(), uid)
    standing = queries.under_way(session(), project.id)
    if standing is not None:
        return redirect(url_for(".draw", uid=standing.uid))
    last = queries.last_ordered(session(), project.id)
    places = queries.places(session(), project)
    if request.method == "GET" and last is not None and "further" not in request.args:
        return redirect(url_for(".draw", uid=last.uid))
    names = [(row.code, row.name) for row in queries.specialties(session())]
    form = RequestForm(names, further=last is not None)
    evaluation_at = form.evaluation_at.data
    if form.validate_on_submit() and evaluation_at is not None:
        wish = Wish(
            conditions=form.conditions,
            evaluation_at=evaluation_at,
            hours=form.hours.data,
            place=form.place.data,
            recused=form.recused.data or "",
            reason=form.reason.data if last is not None else "",
        )
        try:
            with transaction() as tx:
                made = service.request_draw(tx, uid, wish).uid
            return redirect(url_for(".draw", uid=made), 303)
        except DomainError as error:
            form.refuse(error)
            project = queries.requestable(session(), current_actor(), uid)
    figures = queries.composition(session(), project, local_day(now()))
    page = render_template(
        "experts/request.html", form=form, project=project, last=last, places=places, figures=figures
    )
    return page, form.status


# One draw --------------------------------------------------------------------------------------------------------------


def _draw(uid: str) -> Draw:
    return queries.draw_for(session(), current_actor(), uid)


@bp.get("/draws/<uid>")
@requires(Permission.DRAW_READ)
def draw(uid: str) -> ResponseReturnValue:
    """One draw, and what the reader has to do about it now."""
    return _page(uid)


def _page(uid: str, form: Form | None = None, act: str = "") -> ResponseReturnValue:
    """The page; ``form`` is the one of the act that was refused, if one was."""
    actor = current_actor()
    view = queries.view(session(), _draw(uid))
    forms = _forms(view)
    if form is not None:
        forms[act] = form
    page = render_template(
        "experts/draw.html",
        view=view,
        draw=view.draw,
        project=view.draw.project,
        forms=forms,
        refused=form,
        acts=acts(view),
        steps=_steps(view.draw),
        contacts=_contacts(view),
        names=_names(view),
        answers=ANSWER_WORDS,
        excluded=rules.EXCLUDED_WORDS,
        stands=step_lamp,
        answer_of=Answer,
        gone=queries.gone,
        undecided=queries.undecided(session(), view.draw.project) if view.step is Step.RELEASED else [],
        trustee=bool(actor.roles - {Role.TENDERER}),
        masked=rules.masked_phone,
        not_called=NOT_CALLED,
    )
    return page, form.status if form is not None else 200


def _forms(view: View) -> dict[str, Any]:
    """A fresh form for every act; which of them the page shows, ``acts`` says."""
    fresh: dict[str, Any] = {name: ProofForm(formdata=None) for name in ("order", "deal", "reveal", "share")}
    fresh |= {name: ActForm(formdata=None) for name in ("freeze", "close", "release", "publish")}
    fresh["cancel"] = CancelForm(formdata=None)
    fresh["show"] = ShowForm(formdata=None)
    fresh["answer"] = CallForm(AT_TURN, formdata=None)
    fresh["leave"] = LeaveForm(_serving(view), formdata=None)
    return fresh


def _serving(view: View) -> list[tuple[str, str]]:
    return [
        (f"{line.code}:{place.h}", f"{line.name} {place.number}")
        for line in view.lines
        for place in line.serving
    ]


def acts(view: View) -> frozenset[str]:
    """What the reader may do now; the first of the page's order is the main one."""
    actor, found = current_actor(), set[str]()
    step, draw_ = view.step, view.draw
    second = actor.account_id != draw_.requested_by_id
    turn = actor.may(Permission.DRAW_CONTRIBUTE) and _has_a_number_to_bring(view)
    offered = {
        "freeze": step is Step.REQUESTED and second and actor.may(Permission.DRAW_FREEZE),
        "cancel": step in (Step.REQUESTED, Step.FROZEN, Step.ORDERED) and actor.may(Permission.DRAW_FREEZE),
        "order": step is Step.FROZEN and actor.may(Permission.DRAW_ORDER),
        "deal": step is Step.ORDERED and turn,
        "bring": step is Step.ORDERED
        and not turn
        and Role.TENDERER not in actor.roles
        and bool(view.missing),
        "close": step is Step.ORDERED and not view.missing and actor.may(Permission.DRAW_FREEZE),
        "reveal": step is Step.CLOSED and view.witnessed and actor.may(Permission.DRAW_CONTRIBUTE),
        "share": step is Step.CLOSED and view.witnessed and Role.TENDERER not in actor.roles,
        "call": step in (Step.DRAWN, Step.RELEASED) and actor.may(Permission.DRAW_CALL),
        "release": step is Step.DRAWN
        and (view.complete or view.used_up)
        and now() >= draw_.evaluation_at
        and actor.may(Permission.DRAW_RELEASE),
        "publish": step is Step.RELEASED and actor.may(Permission.DRAW_RELEASE),
        "further": step in (Step.DRAWN, Step.RELEASED)
        and view.used_up
        and not view.turns
        and actor.may(Permission.DRAW_REQUEST),
        "record": draw_.drawn_at is not None and Role.TENDERER not in actor.roles,
    }
    found.update(name for name, may in offered.items() if may)
    return frozenset(found)


def _has_a_number_to_bring(view: View) -> bool:
    """Whether the reader's own number is still out: a seat's until it is in the log, a tenderer's once."""
    actor = current_actor()
    if Role.TENDERER in actor.roles:
        return not queries.has_brought(session(), actor, view.draw)
    own = queries.own_seats(session(), actor, view.draw)
    return bool(own - {party.name for party in view.parties if party.dealt_at is not None})


def _contacts(view: View) -> dict[str, Expert]:
    """By specialty, the person to be called now, for the caller who was shown them, and nobody else."""
    actor = current_actor()
    if not actor.may(Permission.DRAW_CALL):
        return {}
    return {
        line.code: queries.expert_behind(session(), view.draw, turn.h)
        for line, turn in view.turns
        if queries.disclosed_to(session(), view.draw, turn.h, actor.account_id)
    }


def _names(view: View) -> dict[str, Expert]:
    """Who sits, by commitment, where the reader may know by now."""
    draw_ = view.draw
    released = draw_.released_at is not None
    if not policy.may_see_names(current_actor(), agency_id=draw_.project.agency_id, released=released):
        return {}
    return queries.people_behind(session(), draw_, [place.h for line in view.lines for place in line.serving])


def _steps(draw_: Draw) -> list[tuple[str, str, Any]]:
    """The sun line: what is done and when, what is now, what is to come."""
    times = {
        Step.REQUESTED: draw_.requested_at,
        Step.FROZEN: draw_.frozen_at,
        Step.ORDERED: draw_.ordered_at,
        Step.CLOSED: draw_.drawn_at,  # "各方投入随机数" lasts until the last number is open
        Step.DRAWN: draw_.released_at,
        Step.RELEASED: draw_.published_at,
        Step.PUBLISHED: draw_.published_at,
    }
    out: list[tuple[str, str, Any]] = []
    begun = draw_.cancelled_at is None
    for step, at in times.items():
        state = "done" if at is not None else "now" if begun else ""
        begun = begun and at is not None
        out.append((state, _(rules.STEP_WORDS[step]), at))
    return out


def step_lamp(draw_: Draw) -> tuple[str, str]:
    """Where a draw stands, as a lamp and its words."""
    lamps = {
        Step.REQUESTED: ("now", _("等待复核冻结")),
        Step.FROZEN: ("now", _("等待监督签署抽取令")),
        Step.ORDERED: ("now", _("各方投入随机数")),
        Step.CLOSED: ("now", _("各方公开随机数")),
        Step.DRAWN: ("now", _("正在通知")),
        Step.RELEASED: ("ok", _("名单已到评审室")),
        Step.PUBLISHED: ("done", _("证明已公布")),
        Step.CANCELLED: ("stop", _("已取消")),
    }
    return lamps[draw_.step]


# Acts ------------------------------------------------------------------------------------------------------------------


def _act(
    uid: str, form: Form, name: str, do: Callable[[Any], object], *, told: str = "", sign: bool = True
) -> ResponseReturnValue:
    """Run one act in its transaction, sign the log in the next, and come back to the page."""
    _draw(uid)
    if form.validate_on_submit():
        session().rollback()
        try:
            with transaction() as tx:
                do(tx)
        except DomainError as error:
            form.refuse(error)
        else:
            if sign:
                with transaction() as tx:
                    service.sign(tx, uid, log_keys())
            if told:
                flash(told)
            return redirect(url_for(".draw", uid=uid), 303)
    return _page(uid, form, name)


@bp.post("/draws/<uid>/freeze")
@requires(Permission.DRAW_FREEZE)
def freeze(uid: str) -> ResponseReturnValue:
    """Freeze the list that somebody else asked for."""
    return _act(uid, ActForm(), "freeze", lambda tx: service.freeze(tx, uid), sign=False)


@bp.post("/draws/<uid>/cancel")
@requires(Permission.DRAW_FREEZE)
def cancel(uid: str) -> ResponseReturnValue:
    """Give the draw up, before the numbers are closed."""
    form = CancelForm()
    return _act(uid, form, "cancel", lambda tx: service.cancel(tx, uid, form.reason.data))


@bp.post("/draws/<uid>/order")
@requires(Permission.DRAW_ORDER)
def order(uid: str) -> ResponseReturnValue:
    """Take the order that the supervisor's client signed."""
    form = ProofForm()
    return _act(
        uid,
        form,
        "order",
        lambda tx: service.order(tx, uid, form.value),
        told=_("抽取令已写入日志。请各方投入随机数。"),
    )


@bp.post("/draws/<uid>/deal")
@requires(Permission.DRAW_CONTRIBUTE)
def deal(uid: str) -> ResponseReturnValue:
    """Take a party's sealed number."""
    form = ProofForm()
    return _act(
        uid,
        form,
        "deal",
        lambda tx: service.deal(tx, uid, form.value),
        told=_("随机数已收下，写入日志。秘密文件请保管好，截止后用它公开。"),
    )


@bp.post("/draws/<uid>/close")
@requires(Permission.DRAW_FREEZE)
def close(uid: str) -> ResponseReturnValue:
    """Close the numbers."""
    return _act(
        uid,
        ActForm(),
        "close",
        lambda tx: service.close_parties(tx, uid),
        told=_("已截止投入。等见证联署之后，各方公开随机数。"),
    )


@bp.post("/draws/<uid>/reveal")
@requires(Permission.DRAW_CONTRIBUTE)
def reveal(uid: str) -> ResponseReturnValue:
    """Take a party's opened number."""
    form = ProofForm()
    return _act(uid, form, "reveal", lambda tx: service.reveal(tx, uid, form.value))


@bp.post("/draws/<uid>/share")
@requires(Permission.DRAW_CONTRIBUTE)
def share(uid: str) -> ResponseReturnValue:
    """Take a trustee's share of a number that is not opened."""
    form = ProofForm()
    return _act(
        uid,
        form,
        "share",
        lambda tx: service.share(tx, uid, form.value),
        told=_("份额已核验收下。"),
    )


@bp.post("/draws/<uid>/show")
@requires(Permission.DRAW_CALL)
def show(uid: str) -> ResponseReturnValue:
    """Show the caller whom to call."""
    form = ShowForm()
    return _act(uid, form, "show", lambda tx: service.show(tx, uid, form.stratum.data), sign=False)


@bp.post("/draws/<uid>/answer")
@requires(Permission.DRAW_CALL)
def answer(uid: str) -> ResponseReturnValue:
    """Put down what came of a call."""
    form = CallForm((*AT_TURN, Answer.SKIP))
    return _act(
        uid,
        form,
        "answer",
        lambda tx: service.answer(tx, uid, form.stratum.data, form.h.data, _note(form)),
    )


@bp.post("/draws/<uid>/leave")
@requires(Permission.DRAW_CALL)
def leave(uid: str) -> ResponseReturnValue:
    """Put down that somebody who accepted does not come, or may not sit."""
    form = LeaveForm(_serving(queries.view(session(), _draw(uid))))
    return _act(uid, form, "leave", lambda tx: service.answer(tx, uid, *form.place, _note(form)))


def _note(form: CallForm) -> CallNote:
    return CallNote(form.answer, form.channel.data, form.reason, form.words.data or "")


@bp.post("/draws/<uid>/release")
@requires(Permission.DRAW_RELEASE)
def release(uid: str) -> ResponseReturnValue:
    """Let the names into the evaluation room."""
    return _act(uid, ActForm(), "release", lambda tx: service.release(tx, uid), sign=False)


@bp.post("/draws/<uid>/publish")
@requires(Permission.DRAW_RELEASE)
def publish(uid: str) -> ResponseReturnValue:
    """Let the names of those called join the bundle."""
    return _act(uid, ActForm(), "publish", lambda tx: service.publish(tx, uid), sign=False)


# Files -----------------------------------------------------------------------------------------------------------------


@bp.get("/draws/<uid>/list.json")
@requires(Permission.DRAW_ORDER)
def list_file(uid: str) -> Response:
    """The frozen list with its people: for the supervisor who checks and signs it."""
    found = _draw(uid)
    return _json(queries.order_file(session(), found), f"draw-list-{found.code}.json")


@bp.get("/draws/<uid>/order.json")
@requires(Permission.DRAW_CONTRIBUTE)
def order_file(uid: str) -> Response:
    """The signed order: for parties that deal."""
    found = _draw(uid)
    return _json(queries.deal_file(session(), found), f"draw-order-{found.code}.json")


@bp.get("/draws/<uid>/closed.json")
@requires(Permission.DRAW_CONTRIBUTE)
def closed_file(uid: str) -> Response:
    """The proof that the numbers are closed: for parties that reveal."""
    found = _draw(uid)
    return _json(queries.closed_file(session(), found), f"draw-closed-{found.code}.json")


@bp.get("/draws/<uid>/parties/<party>.json")
@requires(Permission.DRAW_CONTRIBUTE)
def party_file(uid: str, party: str) -> Response:
    """A party's dealing: for trustees who open it."""
    found = _draw(uid)
    return _json(queries.share_file(session(), found, party), f"draw-open-{found.code}-{party}.json")


@bp.get("/draws/<uid>/record.pdf")
@requires(Permission.DRAW_READ)
def record(uid: str) -> Response:
    """The record of the draw on paper (抽取记录表)."""
    found = _draw(uid)
    actor = current_actor()
    if Role.TENDERER in actor.roles:  # it names who called, and units whose people may not sit
        raise NotFound
    data = queries.record_sheet(
        session(),
        found,
        names=policy.may_see_names(
            actor, agency_id=found.project.agency_id, released=found.released_at is not None
        ),
        centre=current_app.config["CENTRE_NAME"],
        address=url_for("experts.draw", uid=uid, _external=True),
    )
    return _private(pdf.render("draw-record", data), "application/pdf", f"draw-record-{found.code}.pdf")


def _json(value: Any, name: str) -> Response:
    return _private(dumps(value) + b"\n", "application/json", name)


def _private(data: bytes, mimetype: str, name: str) -> Response:
    response = current_app.response_class(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
