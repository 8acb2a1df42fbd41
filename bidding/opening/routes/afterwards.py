"""After the opening: a tenderer's own key for what trustees failed, and the agency's word on a lot with too few sheets."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core.errors import DomainError
from bidding.identity import queries as identity
from bidding.ledger.current import log_keys
from bidding.opening import queries, rescue, service, shortage
from bidding.opening.forms import DecisionForm, KeyForm
from bidding.opening.routes.blueprint import bp
from bidding.opening.routes.hall import page
from bidding.storage import sealed_blobs
from bidding.submissions.routes.service_room import at_desk
from bidding.tenders import queries as tenders
from bidding.web.auth import current_actor, requires
from bidding.web.context import session, transaction


@bp.route("/hall/<uid>/key", methods=["GET", "POST"])
@requires("opening:post-key")
def post_key(uid: str) -> ResponseReturnValue:
    """Open one's own bid with its key file: in the browser, which sends the identities alone, or by a file of them."""
    project = tenders.notice(session(), uid)
    wanted = rescue.wanted(session(), project, current_actor())
    if not wanted:
        abort(404)
    form = KeyForm()
    if form.validate_on_submit():
        session().rollback()
        try:
            with transaction() as tx:
                rescue.post_keys(tx, uid, form.value, sealed_blobs())
            with transaction() as tx:
                service.sign(tx, uid, log_keys())
            return redirect(url_for("opening.hall", uid=uid), 303)
        except DomainError as error:
            error.field = error.field or "posting"
            form.refuse(error)
        project = tenders.notice(session(), uid)
        wanted = rescue.wanted(session(), project, current_actor())
    found = {sheet.bid_uid: sheet for sheet in queries.opened(session(), project.id)}
    text = render_template(
        "opening/key.html",
        project=project,
        wanted=wanted,
        sheets=found,
        form=form,
        script_words=_words(),
        script_facts={
            "org": identity.organisation_of(session(), current_actor()).uid,
            "desk": at_desk(),
            "wanted": {each.bid.uid: each.missing for each in wanted if each.missing},
        },
    )
    return text, form.status


def _words() -> dict[str, str]:
    """What the page's script may say."""
    return {
        "key.none": _("请选择密钥文件。"),
        "key.other": _("这个密钥文件不是等待打开的投标的，是另一份的。请选 %(name)s。", name="%(name)s"),
        "old_pass.missing": _("请填写密钥文件的口令。"),
        "old_pass.wrong": _("打不开：口令不对，或者文件不是密钥文件。请核对后再试；口令只在这台电脑上用。"),
        "key.working": _("正在这台电脑上打开密钥文件……"),
    }


@bp.post("/hall/<uid>/lots/<code>/decision")
@requires("opening:decide")
def decide_lot(uid: str, code: str) -> ResponseReturnValue:
    """Say what becomes of a lot with too few readable sheets."""
    name = f"decide-{code}"
    form = DecisionForm(prefix=name)
    form.offer(shortage.ways_on(session(), tenders.notice(session(), uid)))
    if form.validate():
        session().rollback()
        try:
            with transaction() as tx:
                shortage.decide(tx, uid, code, form.decision.data or "")
            with transaction() as tx:
                service.sign(tx, uid, log_keys())
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect(url_for("opening.hall", uid=uid), 303)
    return page(uid, refused=(name, form))
