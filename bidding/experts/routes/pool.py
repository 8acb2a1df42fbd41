"""The pool of experts: its people, its specialties, and lists that are brought in."""

from __future__ import annotations

from collections.abc import Sequence
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

from bidding.core.errors import DomainError
from bidding.experts import pool, queries, rules, service
from bidding.experts import specialties as table
from bidding.experts.columns import pool_vault
from bidding.experts.fitness import fits
from bidding.experts.models import Expert, PoolImport
from bidding.experts.policy import Permission
from bidding.experts.pool_forms import ButtonForm, ListForm, SpecialtyForm, TakeForm
from bidding.experts.queries import Survey
from bidding.experts.routes.blueprint import bp
from bidding.experts.specialties import Table
from bidding.ledger.current import log_keys
from bidding.storage import blobs
from bidding.tenders.kinds import Family
from bidding.tenders.queries import local_day
from bidding.web.acts import carried_out
from bidding.web.auth import requires
from bidding.web.context import now, session, transaction
from bidding.web.paging import page_number, paginate

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
    if form.is_submitted() and carried_out(
        form,
        lambda tx: service.apply_import(
            tx, uid, blobs(), log_keys(), pool_vault(), skip_refused=bool(form.skip_refused.data)
        ),
    ):
        flash(_("已导入。"))
        return redirect(url_for(".imported", uid=uid), 303)
    return _imported_page(uid, form)


def _imported_page(uid: str, form: TakeForm) -> ResponseReturnValue:
    row = queries.pool_import(session(), uid)
    found: Survey | Table | None = None
    if row.applied_at is None and row.blob is not None:
        found = _surveyed(row)
    page = render_template(
        "experts/imported.html",
        row=row,
        found=found,
        of_people=row.kind == pool.EXPERTS,
        form=form,
        masked=rules.masked_phone,
        told=lambda error: _(error.text, **error.params),
    )
    return page, form.status


def _surveyed(row: PoolImport) -> Survey | Table:
    packed = queries.rows_of(row, blobs(), pool_vault())
    if row.kind == table.SPECIALTIES:
        return queries.specialties_in(session(), packed)
    return queries.survey(session(), packed, local_day(now()))
