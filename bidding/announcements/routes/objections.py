"""Objecting to a single source, and the open record of it."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.announcements import contents, queries, service
from bidding.announcements.forms import ObjectionForm
from bidding.announcements.policy import Permission
from bidding.announcements.routes.blueprint import bp
from bidding.announcements.rules import PRESETS, over_at
from bidding.core.canonical import dumps
from bidding.core.errors import NotFound
from bidding.ledger.current import log_keys
from bidding.web.acts import carried_out
from bidding.web.auth import public, requires
from bidding.web.context import session


@bp.route("/announcements/<uid>/object", methods=["GET", "POST"])
@requires(Permission.ANNOUNCEMENT_OBJECT)
def object_to(uid: str) -> ResponseReturnValue:
    """Write an objection."""
    row = queries.published(session(), uid)
    if not PRESETS[row.kind].objections:
        raise NotFound
    form = ObjectionForm()
    if form.is_submitted():
        if carried_out(
            form, lambda tx: service.make_objection(tx, uid, form.body.data or "", keys=log_keys())
        ):
            flash(_("已提出，写进了本中心的日志。答复公布在这一页，也会通知您。"))
            return redirect(url_for(".announcement", uid=uid), 303)
        row = queries.published(session(), uid)
    over = over_at(row.ends_on) if row.ends_on else None
    return render_template("announcements/object.html", row=row, form=form, over=over), form.status


@bp.get("/announcements/<uid>/objections/<int(max=9999):n>.json")
@public
def objection_text(uid: str, n: int) -> Response:
    """An objection byte for byte as it was hashed into the centre's log."""
    row = queries.published(session(), uid)
    found = next((each for each in row.objections if each.n == n), None)
    if found is None:
        raise NotFound
    text = dumps(contents.objection_text(row.uid, n, found.body, found.made_at))
    return current_app.response_class(text, mimetype="application/json")


@bp.get("/announcements/<uid>/objections/<int(max=9999):n>/answer.json")
@public
def answer_text(uid: str, n: int) -> Response:
    """Its answer, the same way."""
    row = queries.published(session(), uid)
    found = next((each for each in row.objections if each.n == n), None)
    if found is None or found.answered_at is None:
        raise NotFound
    text = contents.answer_text(
        row.uid, n, found.sha256, found.answer, found.answered_at, upheld=bool(found.upheld)
    )
    return current_app.response_class(dumps(text), mimetype="application/json")
