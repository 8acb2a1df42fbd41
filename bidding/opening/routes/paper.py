"""Bags in the hall: which are to be opened, and the page on which one person reads one of them."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from bidding.core.errors import DomainError
from bidding.ledger.current import log_keys
from bidding.opening import policy, service
from bidding.opening.forms import BagEntryForm
from bidding.opening.paper import queries
from bidding.opening.paper import service as paper
from bidding.opening.policy import Permission
from bidding.opening.routes.blueprint import bp
from bidding.tenders import queries as tenders
from bidding.tenders.models import Project
from bidding.web.auth import current_actor, requires
from bidding.web.context import session, transaction


@bp.get("/opening/<uid>/bags")
@requires("opening:paper")
def hall_bags(uid: str) -> str:
    """The bags to be opened, and who may read which next."""
    project = _opened(uid)
    return render_template(
        "opening/bags.html",
        project=project,
        bags=queries.bags(session(), project),
        me=current_actor().account_id,
    )


def _opened(uid: str) -> Project:
    """The project, once its sheets are open. Raises ``NotOpened``, ``Forbidden``."""
    project = tenders.notice(session(), uid)
    policy.require(current_actor(), Permission.PAPER_ENTER, agency_id=project.agency_id)
    service.require_opened(session(), project)
    return project


@bp.get("/opening/<uid>/bags/<bag>")
@requires("opening:paper")
def hall_bag(uid: str, bag: str) -> ResponseReturnValue:
    """The form for one person's reading; what another has typed is not on it."""
    return _page(_opened(uid), bag)


def _form(project: Project, bag: str) -> BagEntryForm:
    view = queries.bag(session(), project, bag)
    return BagEntryForm.of(tenders.offer_fields(project, view.bag.lot))


def _page(project: Project, bag: str, form: BagEntryForm | None = None) -> ResponseReturnValue:
    view = queries.bag(session(), project, bag)
    labels = {field["name"]: field["label"] for field in tenders.offer_fields(project, view.bag.lot)}
    differing = [labels[name] for name in view.differing if name in labels]
    text = render_template(
        "opening/bag.html",
        project=project,
        view=view,
        form=form or _form(project, bag),
        differs=bool(view.differing),
        differing=[gettext(label) for label in differing],
        mine=view.typed_by == current_actor().account_id,
    )
    return text, form.status if form else 200


@bp.post("/opening/<uid>/bags/<bag>")
@requires("opening:paper")
def read_bag(uid: str, bag: str) -> ResponseReturnValue:
    """Take one person's reading."""
    project = _opened(uid)
    form = _form(project, bag)
    if form.validate():
        session().rollback()
        try:
            with transaction() as tx:
                paper.enter(tx, uid, bag, given=form.given, void=form.void.data or "")
        except DomainError as error:
            form.refuse(error)
        else:
            with transaction() as tx:
                service.sign(tx, uid, log_keys())
            return redirect(url_for("opening.hall_bags", uid=uid), 303)
    return _page(tenders.notice(session(), uid), bag, form)
