"""A hall that cannot reach the server: the package for its laptop, and the result that comes back."""

from __future__ import annotations

from datetime import timedelta
from tempfile import TemporaryFile

from flask import redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.opening import queries, rules, service, window
from bidding.opening.forms import PackageForm, ResultForm
from bidding.opening.offline import service as offline
from bidding.opening.routes.blueprint import bp
from bidding.storage import sealed_blobs
from bidding.tenders.kinds import Envelopes
from bidding.web.auth import requires
from bidding.web.context import now, session, transaction


@bp.get("/opening/<uid>/offline")
@requires("opening:import")
def offline_hall(uid: str) -> ResponseReturnValue:
    """How an opening is held without the server, and both ends of it."""
    return _page(uid)


def _page(uid: str, form: PackageForm | None = None, result: ResultForm | None = None) -> ResponseReturnValue:
    hall = queries.hall(session(), uid)
    said = form or result
    text = render_template(
        "opening/offline.html",
        hall=hall,
        form=form or PackageForm(),
        result=result or ResultForm(),
        minutes=window.length(session(), hall.project) // timedelta(minutes=1),
        refusal=None if hall.project.envelopes is Envelopes.ONE else rules.OneStageOffline.text,
        may_fetch=hall.close is not None and now() >= hall.opens_at,
    )
    return text, said.status if said else 200


@bp.post("/opening/<uid>/offline/package")
@requires("opening:import")
def offline_package(uid: str) -> ResponseReturnValue:
    """The package for a laptop; with it the opening begins."""
    form = PackageForm()
    if not form.validate():
        return _page(uid, form=form)
    target = TemporaryFile()  # noqa: SIM115 — sent after this function returns, and gone when closed
    try:
        with transaction() as tx:
            offline.fetch(tx, uid, sealed_blobs(), target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return send_file(
        target, "application/zip", as_attachment=True, download_name=f"opening-offline-{uid}.zip"
    )


@bp.post("/opening/<uid>/offline/result")
@requires("opening:import")
def offline_result(uid: str) -> ResponseReturnValue:
    """Bring the result in: the server opens the same envelopes again and compares."""
    form = ResultForm()
    if form.validate():
        session().rollback()
        try:
            with transaction() as tx:
                offline.bring_in(tx, uid, form.value, sealed_blobs())
        except DomainError as error:
            form.refuse(error)
        else:
            with transaction() as tx:
                service.sign(tx, uid, log_keys())
            return redirect(url_for("opening.hall", uid=uid), 303)
    return _page(uid, result=form)
