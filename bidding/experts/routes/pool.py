"""The pool of experts: its people, its specialties, and lists that are brought in."""

from __future__ import annotations

from io import BytesIO

from flask import (
    Response,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError
from bidding.experts import pool, queries, rules, service
from bidding.experts.forms import (
    ActiveForm,
    ApplyForm,
    ListForm,
    SpecialtyForm,
)
from bidding.experts.policy import Permission
from bidding.experts.pool import Reading
from bidding.experts.routes.blueprint import bp
from bidding.ledger.current import log_keys
from bidding.storage import blobs
from bidding.web.auth import current_actor, requires
from bidding.web.context import now, session, transaction
from bidding.web.paging import page_number, paginate

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
