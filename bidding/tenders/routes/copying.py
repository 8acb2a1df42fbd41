"""A new draft from an earlier tender of the reader's own."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError, NotFound
from bidding.tenders import policy, queries, service
from bidding.tenders.routes.blueprint import bp
from bidding.tenders.routes.notices import facts_of
from bidding.tenders.short_forms import CopyForm
from bidding.web.auth import current_actor, requires
from bidding.web.context import session, transaction


@bp.route("/projects/<uid>/copy", methods=["GET", "POST"])
@requires("project:edit")
def copy(uid: str) -> ResponseReturnValue:
    """Which files go along, and what the copy is called; everything else is as it was."""
    found = queries.project_for(session(), current_actor(), uid)
    if not policy.may_edit(current_actor(), found.agency_id):
        raise NotFound
    form = CopyForm.of(found)
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                made = service.copy_project(
                    tx,
                    uid,
                    region=current_app.config["REGION"],
                    files=form.chosen,
                    title=form.title.data,
                ).uid
            flash(_("已复制成新草稿，编号是新的。时间和场地要重新定；请把名称、金额、要求逐项看一遍。"))
            return redirect(url_for("tenders.project", uid=made), 303)
        except DomainError as error:
            form.refuse(error)
            found = queries.project_for(session(), current_actor(), uid)
    return render_template("tenders/copy.html", form=form, **facts_of(found)), form.status
