"""Notices for everybody; drafts for the agency; calendar and rulebook for both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar, cast

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms.fields import SelectChoice

from bidding.core.canonical import loads
from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.sealing import queries as sealing
from bidding.sealing.panel import parse_panel
from bidding.storage import blobs
from bidding.tenders import kinds, queries, rules, service
from bidding.tenders.forms import (
    ActForm,
    DatesForm,
    DaysForm,
    DocumentForm,
    KindForm,
    LotForm,
    ProjectForm,
    PublishForm,
    ReturnForm,
    RuleForm,
)
from bidding.tenders.kinds import Family, Method, Stage
from bidding.tenders.models import Project
from bidding.tenders.queries import Search
from bidding.tenders.rules import Phase
from bidding.tenders.words import words
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction
from bidding.web.errors import told
from bidding.web.forms import Form, takes_bytes
from bidding.web.paging import page_number, paginate

bp = Blueprint("tenders", __name__)

_PIECE = 1 << 20
K = TypeVar("K", Family, Method)


# For everybody ---------------------------------------------------------------------------------------------------


@bp.get("/notices")
@public
def notices() -> str:
    """Published projects; every state of the list has an address."""
    search = Search(
        words=request.args.get("q", "").strip()[:100],
        family=_member(Family, request.args.get("family")),
        method=_member(Method, request.args.get("method")),
        phase=_phase(request.args.get("phase")),
    )
    page = paginate(session(), queries.notices(search, now()), number=page_number(request.args), size=20)

    def address(**other: Any) -> str:
        asked: dict[str, Any] = {name: request.args.get(name) for name in ("q", "family", "method", "phase")}
        return url_for("tenders.notices", **{name: value for name, value in (asked | other).items() if value})

    return render_template(
        "tenders/notices.html",
        page=page,
        search=search,
        address=address,
        kinds=kinds,
        phases=rules.PUBLIC,
        phase_labels=rules.PHASE_LABELS,
        phase_of=lambda project: rules.phase(project.facts, now()),
    )


def _member(kind: type[K], text: str | None) -> K | None:
    return next((member for member in kind if member.value == text), None)


def _phase(text: str | None) -> Phase | None:
    return next((phase for phase in rules.PUBLIC if phase.value == text), None)


@bp.get("/notices/<uid>")
@public
def notice(uid: str) -> str:
    """One notice with its files, its timetable and who can open the box."""
    project = queries.notice(session(), uid)
    return render_template("tenders/notice.html", preview=False, **_facts(project))


def _facts(project: Project) -> dict[str, object]:
    """What a notice shows, published or not."""
    return {
        "project": project,
        "words": words(project.family, project.method),
        "phase": rules.phase(project.facts, now()),
        "phase_labels": rules.PHASE_LABELS,
        "plan": queries.plan_of(session(), project, now()),
        "labels": rules.LABELS,
        "cite": rules.cite,
        "units": rules.UNIT_LABELS,
        "kinds": kinds,
        "panel": parse_panel(loads(project.panel)) if project.panel else None,
        "left": project.closes_at - now() if project.closes_at else None,
        "links": _links(project),
    }


#: What higher domains hang onto a project's page: (label, address) for this reader.
Links = Callable[[Project], list[tuple[str, str]]]


def _links(project: Project) -> list[tuple[str, str]]:
    providers = cast("list[Links]", current_app.extensions["project_links"])
    return [link for provider in providers for link in provider(project)]


@bp.get("/notices/<uid>/tender.json")
@public
def tender_file(uid: str) -> Response:
    """What a sealing client needs; anybody may have it, for nobody need say that they mean to bid."""
    answer = jsonify(queries.tender_file(queries.notice(session(), uid)))
    answer.headers["Content-Disposition"] = 'attachment; filename="tender.json"'
    return answer


@bp.get("/notices/<uid>/files/<sha256>")
@public
def notice_file(uid: str, sha256: str) -> Response:
    """A published file; its digest stands in the log."""
    found = queries.notice_document(session(), uid, sha256)
    return _send(found.sha256, found.name)


def _send(digest: str, name: str) -> Response:
    answer = send_file(
        blobs().open(digest), mimetype="application/octet-stream", as_attachment=True, download_name=name
    )
    answer.set_etag(digest)
    answer.make_conditional(request, accept_ranges=True, complete_length=blobs().size(digest))
    return answer


@bp.get("/calendar")
@public
def calendar() -> str:
    """The days on which the administrator has decided."""
    return _calendar(DaysForm() if current_actor().may("calendar:edit") else None)


def _calendar(form: DaysForm | None) -> str:
    text = request.args.get("year", "")
    year = int(text) if text.isdigit() and 2000 <= int(text) <= 2100 else queries.local_day(now()).year
    known = queries.calendar(session())
    return render_template(
        "tenders/calendar.html",
        form=form,
        year=year,
        days=queries.calendar_days(session(), year),
        provisional=known.works(date(year, 12, 31)).provisional,
    )


@bp.post("/calendar")
@requires("calendar:edit")
def enter_days() -> ResponseReturnValue:
    """Say which days are worked."""
    form = DaysForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.enter_days(
                    tx,
                    form.first.data,
                    form.last.data,
                    works=form.works.data == "1",
                    source=form.source.data or "",
                )
            return redirect(url_for("tenders.calendar", year=form.first.data.year), 303)
        except DomainError as error:
            form.refuse(error)
    return _calendar(form), form.status


@bp.post("/calendar/<day>/remove")
@requires("calendar:edit")
def remove_day(day: str) -> ResponseReturnValue:
    """Forget an entry; the notice, or the provisional calendar, decides again."""
    try:
        known = date.fromisoformat(day)
    except ValueError:
        abort(404)
    with transaction() as tx:
        service.remove_day(tx, known)
    return redirect(url_for("tenders.calendar", year=known.year), 303)


@bp.get("/rules")
@public
def rulebook() -> str:
    """Every figure with its article, as of a day."""
    text = request.args.get("on", "")
    try:
        on = date.fromisoformat(text) if text else queries.local_day(now())
    except ValueError:
        on = queries.local_day(now())
    return render_template(
        "tenders/rules.html",
        on=on,
        rows=queries.rulebook(session(), on),
        labels=rules.LABELS,
        units=rules.UNIT_LABELS,
        marks=rules.MARK_LABELS,
        families=kinds.FAMILY_LABELS,
        methods=kinds.METHOD_LABELS,
        cite=rules.cite,
        may_edit=current_actor().may("rule:edit"),
    )


@bp.route("/rules/<code>", methods=["GET", "POST"])
@requires("rule:edit")
def rule(code: str) -> ResponseReturnValue:
    """The history of a figure; where it is the centre's own, a new value."""
    form = RuleForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.set_local_rule(tx, code, form.value.data, form.valid_from.data)
            return redirect(url_for("tenders.rule", code=code), 303)
        except DomainError as error:
            form.refuse(error)
    history = queries.rule_history(session(), code)
    if not history:
        abort(404)
    page = render_template(
        "tenders/rule.html",
        form=form,
        history=history,
        labels=rules.LABELS,
        units=rules.UNIT_LABELS,
        local=history[0].mark == rules.LOCAL,
        cite=rules.cite,
    )
    return page, form.status


# The agency's desk -----------------------------------------------------------------------------------------------


@bp.get("/projects")
@requires("project:read")
def mine() -> str:
    """The projects that the reader works on."""
    page = paginate(session(), queries.projects(current_actor()), number=page_number(request.args), size=20)
    return render_template(
        "tenders/mine.html",
        page=page,
        phase_of=lambda project: rules.phase(project.facts, now()),
        phase_labels=rules.PHASE_LABELS,
    )


@bp.route("/projects/new", methods=["GET", "POST"])
@requires("project:edit")
def new() -> ResponseReturnValue:
    """First which law and method; then what the notice says."""
    kind_form = KindForm(request.args if request.method == "GET" and "kind" in request.args else None)
    if "kind" not in request.args or not _known_kind(kind_form):
        return render_template("tenders/kind.html", form=kind_form), kind_form.status
    family, method, subject = kind_form.chosen
    form = ProjectForm(family, method, subject)
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                uid = service.create_project(tx, form.facts, region=current_app.config["REGION"]).uid
            return redirect(url_for("tenders.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "tenders/new.html", form=form, kind=request.args["kind"], family=family, method=method, kinds=kinds
    )
    return page, form.status


def _known_kind(form: KindForm) -> bool:
    if request.method == "POST":
        form.kind.data = request.args["kind"]
    known = {choice.value for choice in form.kind.choices}
    return form.kind.data in known


@bp.get("/projects/<uid>")
@requires("project:read")
def project(uid: str) -> ResponseReturnValue:
    """A project's desk: what is written, what is missing, and the next step."""
    return _desk(uid)


def _desk(uid: str, forms: dict[str, Form] | None = None) -> ResponseReturnValue:
    found = queries.project_for(session(), current_actor(), uid)
    shown: dict[str, Form] = dict(forms or {})
    status = next((form.status for form in shown.values()), 200)
    editable = found.stage is Stage.DRAFT and current_actor().may("project:edit")
    if editable:
        shown.setdefault("lot", LotForm())
        shown.setdefault("document", DocumentForm())
        shown.setdefault("dates", DatesForm(data={"closes_at": found.closes_at, "opens_at": _apart(found)}))
        shown.setdefault("act", ActForm())
    if found.stage is Stage.SUBMITTED:
        shown.setdefault("return", ReturnForm())
        shown.setdefault("publish", _publish_form(found))
    page = render_template(
        "tenders/project.html",
        forms=shown,
        editable=editable,
        problems=queries.review(session(), found, now())
        if found.stage in (Stage.DRAFT, Stage.SUBMITTED)
        else [],
        told=told,
        own=found.prepared_by_id == current_actor().account_id,
        seats=kinds,
        **_facts(found),
    )
    return page, status


def _apart(found: Project) -> object:
    return found.opens_at if found.opens_at != found.closes_at else None


def _publish_form(found: Project) -> PublishForm:
    offered, k = sealing.default_panel(session(), found.agency_id, now())
    form = PublishForm(data={"seats": offered, "k": k}) if request.method == "GET" else PublishForm()
    form.seats.choices = [
        SelectChoice(each.trustee.uid, f"{each.trustee.organisation.name} · {each.trustee.holder}")
        for each in sealing.eligible(session(), found.agency_id, now())
    ]
    return form


@bp.route("/projects/<uid>/edit", methods=["GET", "POST"])
@requires("project:edit")
def edit(uid: str) -> ResponseReturnValue:
    """Change what the notice says."""
    found = queries.project_for(session(), current_actor(), uid)
    form = (
        ProjectForm.of(found)
        if request.method == "GET"
        else ProjectForm(found.family, found.method, found.subject)
    )
    if form.validate_on_submit():
        session().rollback()
        try:
            with transaction() as tx:
                service.edit_project(tx, uid, form.facts, version=form.version_seen)
            return redirect(url_for("tenders.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
            found = queries.project_for(session(), current_actor(), uid)
    return render_template("tenders/edit.html", form=form, project=found), form.status


@bp.post("/projects/<uid>/lots")
@requires("project:edit")
def add_lot(uid: str) -> ResponseReturnValue:
    """One more lot."""
    form = LotForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.add_lot(tx, uid, form.facts)
            return redirect(url_for("tenders.project", uid=uid, _anchor="lots"), 303)
        except DomainError as error:
            _at(error, budget="budget_fen", ceiling="ceiling_fen", security="security_fen")
            form.refuse(error)
    return _desk(uid, {"lot": form})


def _at(error: DomainError, **fields: str) -> None:
    """Name the form's field for what the rules call otherwise."""
    error.field = fields.get(error.field or "", error.field)


@bp.route("/projects/<uid>/lots/<code>", methods=["GET", "POST"])
@requires("project:edit")
def edit_lot(uid: str, code: str) -> ResponseReturnValue:
    """Change a lot."""
    found = queries.project_for(session(), current_actor(), uid)
    lot = queries.lot_of(session(), found, code)
    form = LotForm.of(lot) if request.method == "GET" else LotForm()
    if form.validate_on_submit():
        session().rollback()
        try:
            with transaction() as tx:
                service.edit_lot(tx, uid, code, form.facts)
            return redirect(url_for("tenders.project", uid=uid, _anchor="lots"), 303)
        except DomainError as error:
            _at(error, budget="budget_fen", ceiling="ceiling_fen", security="security_fen")
            form.refuse(error)
            found = queries.project_for(session(), current_actor(), uid)
    return render_template("tenders/lot.html", form=form, project=found, code=code), form.status


@bp.post("/projects/<uid>/lots/<code>/remove")
@requires("project:edit")
def remove_lot(uid: str, code: str) -> ResponseReturnValue:
    """Take a lot out."""
    with transaction() as tx:
        service.remove_lot(tx, uid, code)
    return redirect(url_for("tenders.project", uid=uid, _anchor="lots"), 303)


@bp.post("/projects/<uid>/files")
@requires("project:edit")
@takes_bytes("MAX_FILE")
def add_document(uid: str) -> ResponseReturnValue:
    """Attach a file."""
    form = DocumentForm()
    if form.validate():
        queries.project_for(session(), current_actor(), uid)
        session().rollback()
        upload = cast("FileStorage", form.file.data)
        digest, size = _keep(upload)
        try:
            with transaction() as tx:
                service.add_document(tx, uid, upload.filename or "", digest, size)
            return redirect(url_for("tenders.project", uid=uid, _anchor="files"), 303)
        except DomainError as error:
            form.refuse(error)
    return _desk(uid, {"document": form})


def _keep(upload: FileStorage) -> tuple[str, int]:
    staged = blobs().stage()
    try:
        while piece := upload.stream.read(_PIECE):
            staged.write(piece)
    except BaseException:
        staged.discard()
        raise
    size = staged.size
    return staged.keep(), size


@bp.get("/projects/<uid>/files/<sha256>")
@requires("project:read")
def document(uid: str, sha256: str) -> Response:
    """A file of a draft, for those who work on it."""
    found = queries.document(session(), queries.project_for(session(), current_actor(), uid), sha256)
    return _send(found.sha256, found.name)


@bp.post("/projects/<uid>/files/<sha256>/remove")
@requires("project:edit")
def remove_document(uid: str, sha256: str) -> ResponseReturnValue:
    """Take a file off a draft."""
    with transaction() as tx:
        service.remove_document(tx, uid, sha256)
    return redirect(url_for("tenders.project", uid=uid, _anchor="files"), 303)


@bp.post("/projects/<uid>/dates")
@requires("project:edit")
def dates(uid: str) -> ResponseReturnValue:
    """Fix deadline and opening; what the law objects to stands beside the field."""
    form = DatesForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.set_dates(
                    tx, uid, closes_at=cast("datetime", form.closes_at.data), opens_at=form.opens_at.data
                )
            return redirect(url_for("tenders.project", uid=uid, _anchor="dates"), 303)
        except DomainError as error:
            form.refuse(error)
    return _desk(uid, {"dates": form})


@bp.post("/projects/<uid>/submit")
@requires("project:edit")
def submit(uid: str) -> ResponseReturnValue:
    """Hand the draft to the second person."""
    form = ActForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.submit_for_review(tx, uid)
            flash(_("已提交。请另一位同事复核并发布。"))
            return redirect(url_for("tenders.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _desk(uid, {"act": form})


@bp.post("/projects/<uid>/return")
@requires("project:publish")
def send_back(uid: str) -> ResponseReturnValue:
    """Send the draft back with everything that has to be changed."""
    form = ReturnForm()
    if form.validate():
        try:
            with transaction() as tx:
                service.return_to_draft(tx, uid, form.reason.data or "")
            return redirect(url_for("tenders.project", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _desk(uid, {"return": form})


@bp.post("/projects/<uid>/publish")
@requires("project:publish")
def publish(uid: str) -> ResponseReturnValue:
    """The second person's act: the notice is public, the panel fixed, the log begun."""
    form = _publish_form(queries.project_for(session(), current_actor(), uid))
    if form.validate():
        session().rollback()
        try:
            with transaction() as tx:
                service.publish(tx, uid, seats=form.seats.data, k=form.k.data, keys=log_keys())
            flash(_("已发布。公告和受托人名单从现在起公开，不能再改。"))
            return redirect(url_for("tenders.notice", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
            form.seats.choices = _publish_form(
                queries.project_for(session(), current_actor(), uid)
            ).seats.choices
    return _desk(uid, {"publish": form})
