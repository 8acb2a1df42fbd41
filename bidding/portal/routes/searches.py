"""Searches that somebody wants to hear of: with an account by one press, without one by a letter that has to be answered."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from bidding.core.errors import DomainError, NotFound
from bidding.i18n.catalog import language
from bidding.messages.carriers import Channel
from bidding.messages.carriers import Post as WaysOut
from bidding.portal import queries, saved
from bidding.portal.forms import AddressForm
from bidding.portal.routes.blueprint import bp
from bidding.portal.saved import List, Wanted
from bidding.portal.service import searches as service
from bidding.portal.service.searches import Post
from bidding.tenders.routes.notices import one_of
from bidding.web.auth import current_actor, public, signed_in
from bidding.web.context import session, transaction


def _post() -> Post:
    return cast("Post", current_app.extensions["search_post"])


def _sends_mail() -> bool:
    """Whether letters with links in them can leave here."""
    ways = cast("WaysOut", current_app.extensions["post"])
    return Channel.EMAIL in ways.carriers and bool(ways.url)


def _asked() -> Wanted:
    of = one_of(List, request.args.get("list"))
    if of is None:
        raise NotFound
    return saved.wanted(of, request.args)


@bp.get("/searches")
@signed_in
def searches() -> str:
    """One's own saved searches."""
    return render_template(
        "portal/searches.html", rows=queries.own_searches(session(), current_actor()), named=_named
    )


@bp.route("/searches/new", methods=["GET", "POST"])
@public
def save_search() -> ResponseReturnValue:
    """Save the search that the address asks for."""
    wanted, form = _asked(), AddressForm()
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                if current_user.is_authenticated:
                    service.keep(tx, wanted, language=language())
                    return redirect(url_for(".searches"), 303)
                if not _sends_mail():
                    raise saved.MailClosed
                machine = request.remote_addr or ""
                service.ask(
                    tx, wanted, form.address.data or "", post=_post(), language=language(), machine=machine
                )
            return redirect(url_for(".search_asked"), 303)
        except DomainError as error:
            form.refuse(error)
    page = render_template(
        "portal/search_new.html", form=form, wanted=wanted, named=_named(wanted), mails=_sends_mail()
    )
    return page, form.status


@bp.get("/searches/asked")
@public
def search_asked() -> str:
    """What to do now: the same for every address."""
    return render_template("portal/search_told.html", asked=True)


@bp.route("/searches/confirm/<token>", methods=["GET", "POST"])
@public
def confirm_search(token: str) -> ResponseReturnValue:
    """Say yes. A press and not the link alone: programs that look into letters open every link in them."""
    if request.method == "POST":
        with transaction() as tx:
            row = service.confirm(tx, token)
            named = _named(row.wanted)
        return _quiet("portal/search_told.html", confirmed=named)
    with transaction() as tx:
        named = _named(service.pending(tx, token).wanted)
    return _quiet("portal/search_press.html", named=named, stops=False)


@bp.route("/searches/<uid>/stop/<token>", methods=["GET", "POST"])
@public
def stop_search(uid: str, token: str) -> ResponseReturnValue:
    """End it by one press, signed in or not; also a mail program's own button (RFC 8058) posts here."""
    if request.method == "POST":
        with transaction() as tx:
            service.stop(tx, uid, token, vault=_post().vault)
        return _quiet("portal/search_told.html", stopped=True)
    if not _post().vault.stops(uid, token):
        raise NotFound
    row = queries.search_of(session(), uid)
    if row is None:
        return _quiet("portal/search_told.html", stopped=True)
    return _quiet("portal/search_press.html", named=_named(row.wanted), stops=True)


@bp.post("/searches/<uid>/remove")
@signed_in
def remove_search(uid: str) -> ResponseReturnValue:
    """Take away one of one's own."""
    with transaction() as tx:
        service.remove(tx, uid)
    return redirect(url_for(".searches"), 303)


def _quiet(template: str, **given: object) -> Response:
    """A page at an address that holds a secret: kept by no browser on the way, listed by no search engine."""
    response = current_app.make_response(render_template(template, **given))
    response.headers.update({"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"})
    return response


def _named(wanted: Wanted) -> str:
    return service.named(wanted, language())


#: What these links do, their secret lets whoever has it do; a mail program that presses brings no form.
CSRF_EXEMPT = (confirm_search, stop_search)
