"""What must come to the platform, for everybody; what was approved and has not come, for those who watch."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.tenders import entry, kinds, queries, rules
from bidding.tenders.forms import ApprovedForm, CatalogueForm
from bidding.tenders.kinds import Entry, Family
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.rules.approval import read_approvals
from bidding.tenders.service import entry as service
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction
from bidding.web.paging import page_number, paginate


@bp.get("/catalogue")
@public
def catalogue() -> ResponseReturnValue:
    """What must, should and need not come to the platform, and on whose word."""
    return _catalogue(CatalogueForm(formdata=None) if current_actor().may("catalogue:edit") else None)


def _catalogue(form: CatalogueForm | None) -> ResponseReturnValue:
    today = queries.local_day(now())
    page = render_template(
        "tenders/catalogue.html",
        form=form,
        items=entry.catalogue(session(), today),
        today=today,
        thresholds=sorted(queries.entry_rules(session(), today, current_app.config["REGION"]).items()),
        labels=rules.LABELS,
        units=rules.UNIT_LABELS,
        kinds=kinds,
    )
    return page, form.status if form else 200


@bp.post("/catalogue")
@requires("catalogue:edit")
def add_item() -> ResponseReturnValue:
    """Add a line."""
    form = CatalogueForm()
    first = form.valid_from.data
    if form.validate() and first is not None:
        try:
            with transaction() as tx:
                service.add_item(
                    tx,
                    name=form.name.data or "",
                    family=Family(form.family.data),
                    what=Entry(form.entry.data),
                    from_fen=form.from_fen.data,
                    source=form.source.data or "",
                    valid_from=first,
                    keys=log_keys(),
                )
            return redirect(url_for("tenders.catalogue"), 303)
        except DomainError as error:
            form.refuse(error)
    return _catalogue(form)


@bp.post("/catalogue/<uid>/end")
@requires("catalogue:edit")
def end_item(uid: str) -> ResponseReturnValue:
    """Let a line hold for the last time today."""
    with transaction() as tx:
        service.end_item(tx, uid, keys=log_keys())
    return redirect(url_for("tenders.catalogue"), 303)


@bp.get("/approved")
@requires("approved:read")
def approved() -> ResponseReturnValue:
    """Approved projects that have not come to the platform; or all of them."""
    return _approved(ApprovedForm(formdata=None) if current_actor().may("approved:edit") else None)


def _approved(form: ApprovedForm | None) -> ResponseReturnValue:
    today = queries.local_day(now())
    days = queries.rule(session(), rules.OVERDUE, today)
    every = request.args.get("show") == "all"
    wanted = entry.approved() if every else entry.missing(today, days.value)
    page = paginate(session(), wanted, number=page_number(request.args), size=50)
    shown = render_template(
        "tenders/approved.html",
        form=form,
        page=page,
        every=every,
        days=days,
        today=today,
        whereabouts=entry.whereabouts(session(), page.items),
    )
    return shown, form.status if form else 200


@bp.post("/approved")
@requires("approved:edit")
def enter_approved() -> ResponseReturnValue:
    """Enter a pasted list of approved projects."""
    form = ApprovedForm()
    if form.validate():
        try:
            found = read_approvals(form.lines.data or "", queries.local_day(now()))
            with transaction() as tx:
                new = service.enter_approvals(tx, found, keys=log_keys())
            flash(_("已登记 %(count)s 个，其中新的 %(new)s 个。", count=len(found), new=new))
            return redirect(url_for("tenders.approved", show="all"), 303)
        except DomainError as error:
            form.refuse(error)
    return _approved(form)
