"""The pool of experts: its people, its specialties, and lists that are brought in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

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

from bidding.core.canonical import loads
from bidding.core.errors import DomainError, WrongState
from bidding.experts import pool, queries, rules, service
from bidding.experts import specialties as table
from bidding.experts.columns import pool_vault
from bidding.experts.fitness import fits
from bidding.experts.models import Expert, PoolImport
from bidding.experts.policy import Permission
from bidding.experts.pool_forms import ButtonForm, ListForm, SpecialtyForm, TakeForm, UndoForm
from bidding.experts.queries import Survey
from bidding.experts.routes.blueprint import bp
from bidding.experts.specialties import Table
from bidding.experts.undoing import WITHIN
from bidding.ledger.current import log_keys
from bidding.storage import blobs
from bidding.tenders.kinds import Family
from bidding.tenders.queries import local_day
from bidding.web.acts import carried_out
from bidding.web.auth import requires
from bidding.web.context import now, session, transaction
from bidding.web.paging import page_number, paginate

#: Parts of a thousand rows that a press takes itself; the clockwork takes the others.
_AT_ONCE = 5
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/experts", endpoint="pool")
@requires(Permission.POOL_READ)
def pool_page() -> ResponseReturnValue:
    """Everybody in the pool, by name; whether they may be drawn today, and for what."""
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("q", "specialty", "region", "state")}
    found = queries.experts(
        asked["q"], specialty=asked["specialty"], region=asked["region"], state=asked["state"]
    )
    page = paginate(session(), found, number=page_number(request.args))

    def address(number: int) -> str:
        kept: dict[str, Any] = {name: value or None for name, value in asked.items()}
        return url_for("experts.pool", page=number, **kept)

    return render_template(
        "experts/pool.html",
        page=page,
        address=address,
        asked=asked,
        any_asked=any(asked.values()),
        drawable=_drawable(page.items),
        specialties=queries.specialties(session()),
        sizes=queries.pool_size(session()),
        regions=queries.regions(session()),
        masked=rules.masked_phone,
    )


def _drawable(people: Sequence[Expert]) -> dict[int, tuple[bool, bool]]:
    """Of each, whether they may be drawn today for works, and for procurement."""
    today = local_day(now())
    works, procurement = (
        queries.criteria_of(session(), family, today, today) for family in (Family.WORKS, Family.PROCUREMENT)
    )
    found = {}
    for one in people:
        member = queries.member_of(one)
        found[one.id] = (fits(member, works), fits(member, procurement))
    return found


# Specialties ------------------------------------------------------------------------------------------------------------


@bp.route("/experts/specialties", methods=["GET", "POST"])
@requires(Permission.POOL_IMPORT)
def specialties() -> ResponseReturnValue:
    """The table of specialties; one more."""
    form = SpecialtyForm()
    if form.is_submitted() and carried_out(
        form, lambda tx: service.add_specialty(tx, form.code.data or "", form.name.data or "")
    ):
        flash(_("专业已登记。"))
        return redirect(url_for(".specialties"), 303)
    return _specialties_page(form)


def _specialties_page(form: SpecialtyForm) -> ResponseReturnValue:
    page = render_template(
        "experts/specialties.html",
        form=form,
        button=ButtonForm(formdata=None),
        specialties=queries.specialties(session(), retired=True),
        sizes=queries.pool_size(session()),
    )
    return page, form.status


@bp.post("/experts/specialties/<code>/<any(active, retired):state>")
@requires(Permission.POOL_IMPORT)
def specialty(code: str, state: str) -> ResponseReturnValue:
    """Let no further draw ask for one, or let it again."""
    form = ButtonForm()
    if carried_out(form, lambda tx: service.retire_specialty(tx, code, retired=state == "retired")):
        flash(_("专业已停用。已有的专家和抽取不受影响。") if state == "retired" else _("专业已恢复。"))
    return redirect(url_for(".specialties"), 303)


# Lists ------------------------------------------------------------------------------------------------------------------


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
    form = ListForm(data={"kind": request.args.get("kind", pool.EXPERTS)})
    if form.validate_on_submit():
        try:
            read = table.brought if form.kind.data == table.SPECIALTIES else pool.brought
            found = read(
                *form.content
            )  # before the transaction: a long workbook would hold up everybody who writes
            with transaction() as tx:
                uid = service.bring_list(tx, found, blobs(), pool_vault()).uid
            return redirect(url_for(".imported", uid=uid), 303)
        except DomainError as error:
            error.field = "file"
            form.refuse(error)
    page = render_template("experts/imports.html", form=form, imports=queries.imports(session()))
    return page, form.status


@bp.route("/experts/imports/<uid>", methods=["GET", "POST"])
@requires(Permission.POOL_IMPORT)
def imported(uid: str) -> ResponseReturnValue:
    """What a list would do, row by row; the second step takes it in."""
    form = TakeForm()
    if form.validate_on_submit():
        try:
            whole = _taken(uid, skip_refused=bool(form.skip_refused.data))
            flash(_("已导入。") if whole else _("已经开始导入，后台会接着办完。"))
            return redirect(url_for(".imported", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    return _imported_page(uid, form)


def _taken(uid: str, *, skip_refused: bool) -> bool:
    """Take a list in, a long one only its first parts; whether that was the whole."""
    row = queries.pool_import(session(), uid)
    if row.kind == table.SPECIALTIES:
        with transaction() as tx:
            service.apply_import(tx, uid, blobs(), log_keys(), pool_vault(), skip_refused=skip_refused)
        return True
    # before the transaction: it takes seconds, and nobody who writes shall wait for it
    parts, refused = queries.store_parts(session(), row, blobs(), pool_vault(), local_day(now()))
    with transaction() as tx:
        service.start_import(tx, uid, parts, refused=refused, skip_refused=skip_refused)
    return not _goes_on(uid, service.take_part, blobs(), log_keys(), pool_vault())


def _goes_on(uid: str, part: Callable[..., bool], *with_: object) -> bool:
    """Some parts of a list, each in a transaction of its own; whether more are left to the clockwork."""
    for _part in range(_AT_ONCE):
        with transaction() as tx:
            more = part(tx, uid, *with_)
        if not more:
            return False
    return True


@bp.post("/experts/imports/<uid>/continue")
@requires(Permission.POOL_IMPORT)
def go_on(uid: str) -> ResponseReturnValue:
    """Go on with a list that is being taken in or out: the clockwork does, where it runs."""
    undoing = queries.pool_import(session(), uid).undone_at is not None
    if ButtonForm().validate():
        with suppress(WrongState):  # the clockwork was quicker
            if undoing:
                _goes_on(uid, service.undo_part, log_keys(), pool_vault())
            else:
                _goes_on(uid, service.take_part, blobs(), log_keys(), pool_vault())
    return redirect(url_for(".imported", uid=uid), 303)


@bp.post("/experts/imports/<uid>/undo")
@requires(Permission.POOL_IMPORT)
def undo(uid: str) -> ResponseReturnValue:
    """Take a list out of the pool again."""
    form = UndoForm()
    if carried_out(form, lambda tx: service.undo_import(tx, uid)):
        more = _goes_on(uid, service.undo_part, log_keys(), pool_vault())
        flash(_("已经开始撤回，后台会接着办完。") if more else _("已撤回。"))
        return redirect(url_for(".imported", uid=uid), 303)
    return _imported_page(uid, TakeForm(formdata=None), undo=form)


def _imported_page(uid: str, form: TakeForm, undo: UndoForm | None = None) -> ResponseReturnValue:
    row = queries.pool_import(session(), uid)
    found: Survey | Table | None = None
    if row.started_at is None and row.applied_at is None and row.blob is not None:
        found = _surveyed(row)
    page = render_template(
        "experts/imported.html",
        row=row,
        found=found,
        of_people=row.kind == pool.EXPERTS,
        form=form,
        undo=undo or UndoForm(formdata=None),
        refused=undo or form,
        may_undo=row.applied_at is not None
        and row.started_at is not None
        and row.undone_at is None
        and now() < row.applied_at + WITHIN,
        undo_until=row.applied_at + WITHIN if row.applied_at else None,
        parts=len(loads(row.parts)) if row.parts else 0,
        kept=queries.in_use(session(), row) if row.gone_at else 0,
        masked=rules.masked_phone,
        told=lambda error: _(error.text, **error.params),
    )
    return page, (undo or form).status


def _surveyed(row: PoolImport) -> Survey | Table:
    packed = queries.rows_of(row, blobs(), pool_vault())
    if row.kind == table.SPECIALTIES:
        return queries.specialties_in(session(), packed)
    return queries.survey(session(), packed, local_day(now()))
