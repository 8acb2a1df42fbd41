"""What recusal is computed from: units that belong together, and what an expert worked for before."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError
from bidding.experts import queries, service
from bidding.experts.policy import Permission
from bidding.experts.pool_forms import ButtonForm, EmploymentForm, RelatedForm
from bidding.experts.routes.blueprint import bp
from bidding.experts.rules import RELATION_WORDS, Relation
from bidding.experts.service import Unit
from bidding.ledger.current import log_keys
from bidding.web.auth import current_actor, requires
from bidding.web.context import session, transaction
from bidding.web.paging import page_number, paginate


@bp.get("/experts/related")
@requires(Permission.POOL_READ)
def related() -> ResponseReturnValue:
    """Units known to belong together."""
    return _related_page(RelatedForm(formdata=None))


@bp.post("/experts/related")
@requires(Permission.POOL_IMPORT)
def relate() -> ResponseReturnValue:
    """Enter that two units belong together."""
    form = RelatedForm()
    if form.validate_on_submit():
        one = Unit(form.unit.data, form.unit_uscc.data or "")
        other = Unit(form.other.data, form.other_uscc.data or "")
        try:
            with transaction() as tx:
                service.relate(tx, one, other, Relation(form.relation.data), form.source.data, log_keys())
            flash(_("关联单位已登记，以后冻结的名单按它回避。"))
            return redirect(url_for(".related"), 303)
        except DomainError as error:
            form.refuse(error)
    return _related_page(form)


@bp.post("/experts/related/<int(max=2147483647):relation_id>/end")
@requires(Permission.POOL_IMPORT)
def end_relation(relation_id: int) -> ResponseReturnValue:
    """Two units no longer belong together."""
    if ButtonForm().validate_on_submit():
        with transaction() as tx:
            service.end_relation(tx, relation_id, log_keys())
    return redirect(url_for(".related"), 303)


def _related_page(form: RelatedForm) -> ResponseReturnValue:
    page = paginate(session(), queries.relations(), number=page_number(request.args))
    text = render_template(
        "experts/related.html",
        page=page,
        address=lambda number: url_for("experts.related", page=number),
        form=form,
        relation_words=RELATION_WORDS,
        keeps=current_actor().may(Permission.POOL_IMPORT),
    )
    return text, form.status


@bp.route("/experts/<uid>/employments", methods=["GET", "POST"])
@requires(Permission.POOL_IMPORT)
def employments(uid: str) -> ResponseReturnValue:
    """What an expert worked for before, and one line more."""
    form = EmploymentForm()
    if form.validate_on_submit():
        unit = Unit(form.unit.data, form.unit_uscc.data or "")
        try:
            with transaction() as tx:
                service.add_employment(tx, uid, unit, form.left_on.data, log_keys())
            return redirect(url_for(".employments", uid=uid), 303)
        except DomainError as error:
            form.refuse(error)
    expert = queries.pool_member(session(), uid)
    text = render_template(
        "experts/employments.html",
        expert=expert,
        form=form,
        rows=queries.employments_of(session(), expert),
    )
    return text, form.status


@bp.post("/experts/<uid>/employments/<int(max=2147483647):employment_id>/withdraw")
@requires(Permission.POOL_IMPORT)
def withdraw_employment(uid: str, employment_id: int) -> ResponseReturnValue:
    """Take back a line that was entered by mistake."""
    if ButtonForm().validate_on_submit():
        with transaction() as tx:
            service.withdraw_employment(tx, uid, employment_id, log_keys())
    return redirect(url_for(".employments", uid=uid), 303)
