"""One's own messages, where else one wants to be told, and what a person delivers by hand."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bidding.core.errors import DomainError
from bidding.i18n.catalog import DEFAULT, language, say_in
from bidding.identity import queries as identity
from bidding.messages import queries, rules, service
from bidding.messages.carriers import Channel, Post
from bidding.messages.forms import AddressForm, CodeForm, WishesForm
from bidding.messages.kinds import GROUP_WORDS
from bidding.messages.queries import ByHand
from bidding.web.auth import current_actor, requires, signed_in
from bidding.web.context import now, session, transaction
from bidding.web.paging import page_number, paginate, paginate_rows

bp = Blueprint("messages", __name__)

CHANNELS = (Channel.EMAIL, Channel.SMS)


def post() -> Post:
    """The ways out that the centre has."""
    return cast("Post", current_app.extensions["post"])


@bp.get("/messages")
@signed_in
def messages() -> str:
    """Everything that one was told, the newest first."""
    page = paginate(session(), queries.own(current_actor()), number=page_number(request.args), size=20)
    return render_template(
        "messages/messages.html",
        page=page,
        told=[(each, queries.words(each, say_in(language()))) for each in page.items],
        unread=queries.unread(session(), current_actor()),
    )


@bp.get("/messages/<uid>")
@signed_in
def message(uid: str) -> str:
    """One of them: where the link in a letter leads."""
    found = queries.own_message(session(), current_actor(), uid)
    return render_template(
        "messages/message.html", message=found, told=queries.words(found, say_in(language()))
    )


@bp.post("/messages/<uid>/open")
@signed_in
def open_message(uid: str) -> ResponseReturnValue:
    """Mark it read and go where it leads."""
    with transaction() as tx:
        path = service.read(tx, uid).path
    return redirect(path, 303)


@bp.post("/messages/<uid>/read")
@signed_in
def read(uid: str) -> ResponseReturnValue:
    with transaction() as tx:
        service.read(tx, uid)
    return redirect(url_for(".messages", page=page_number(request.args)), 303)


@bp.post("/messages/read")
@signed_in
def read_all() -> ResponseReturnValue:
    with transaction() as tx:
        service.read_all(tx)
    return redirect(url_for(".messages"), 303)


# Where else -----------------------------------------------------------------------------------------------------


@bp.route("/account/contact", methods=["GET", "POST"])
@signed_in
def contact() -> ResponseReturnValue:
    """One's addresses, and what one wants there."""
    account = identity.account_of(session(), current_actor())
    rows = queries.wishes(session(), account.id)
    known = {group: queries.wants(rows, group) for group in GROUP_WORDS}
    form = WishesForm(
        data={
            "language": account.language or DEFAULT,
            **{
                f"{group.value}_{way}": getattr(wants, way)
                for group, wants in known.items()
                for way in wants._fields
            },
        }
    )
    if form.validate_on_submit():
        with transaction() as tx:
            service.set_wishes(tx, form.language.data, form.wanted)
        return redirect(url_for(".contact", saved=1), 303)
    points = queries.contacts(session(), account.id)
    return render_template(
        "messages/contact.html",
        form=form,
        points=points,
        channels=CHANNELS,
        open=post().carriers,
        groups=GROUP_WORDS,
        undelivered={
            channel: queries.undelivered(session(), point.address)
            for channel, point in points.items()
            if point.address
        },
        saved=request.args.get("saved") == "1",
        confirmed=request.args.get("confirmed") == "1",
    ), form.status


@bp.route("/account/contact/<channel>", methods=["GET", "POST"])
@signed_in
def address(channel: str) -> ResponseReturnValue:
    """A new address, to which a code is sent."""
    way = _channel(channel)
    if way not in post().carriers:
        raise rules.ChannelClosed
    form = AddressForm(way)
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                service.propose(tx, way, form.address.data)
            return redirect(url_for(".confirm", channel=channel), 303)
        except DomainError as error:
            form.refuse(error)
    return render_template("messages/address.html", form=form, channel=way), form.status


@bp.route("/account/contact/<channel>/code", methods=["GET", "POST"])
@signed_in
def confirm(channel: str) -> ResponseReturnValue:
    """The code that came to the new address."""
    way = _channel(channel)
    account = identity.account_of(session(), current_actor())
    point = queries.contacts(session(), account.id).get(way)
    if point is None or point.pending is None:
        return redirect(url_for(".contact"))
    form = CodeForm()
    if form.validate_on_submit():
        with transaction() as tx:
            right = service.try_code(tx, way, form.code.data)
        if right:
            return redirect(url_for(".contact", confirmed=1), 303)
        form.refuse(
            rules.WrongCode(field="code", minutes=rules.CODE_LASTS.seconds // 60, tries=rules.CODE_TRIES)
        )
        point = queries.contacts(session(), current_actor().account_id or 0)[way]
    spent = point.tries_left <= 0 or point.code_expires_at is None or now() >= point.code_expires_at
    return render_template(
        "messages/code.html", form=form, channel=way, point=point, spent=spent
    ), form.status


@bp.post("/account/contact/<channel>/remove")
@signed_in
def remove_address(channel: str) -> ResponseReturnValue:
    with transaction() as tx:
        service.remove(tx, _channel(channel))
    return redirect(url_for(".contact"), 303)


def _channel(name: str) -> Channel:
    found = next((channel for channel in CHANNELS if channel.value == name), None)
    if found is None:
        abort(404)
    return found


# By hand --------------------------------------------------------------------------------------------------------


@bp.get("/messages/by-hand")
@requires("message:deliver")
def by_hand() -> str:
    """What reached nobody by machine and calls for a person; never what would tell who bids or follows."""
    page = paginate_rows(session(), queries.by_hand(), number=page_number(request.args), size=20)
    done = paginate_rows(session(), queries.by_hand(done=True), number=1, size=20)
    return render_template(
        "messages/by_hand.html",
        page=page,
        letters=[_shown(ByHand(*row)) for row in page.items],
        done=[_shown(ByHand(*row)) for row in done.items],
        checks=queries.checks(session()),
        open=post().carriers,
        doers=identity.names(session(), {row[0].done_by_id for row in done.items}),
    )


def _shown(found: ByHand) -> dict[str, object]:
    """A letter in its reader's language: it is read out to them."""
    account = found.message.account
    say = say_in(account.language or DEFAULT)
    return {
        "letter": found.letter,
        "account": account,
        "phone": account.phone or account.organisation.phone,
        "told": queries.words(found.message, say),
        "lang": account.language or DEFAULT,
    }


@bp.post("/messages/by-hand/<uid>")
@requires("message:deliver")
def done_by_hand(uid: str) -> ResponseReturnValue:
    """Say that one has told the person; who and when are kept."""
    with transaction() as tx:
        service.done_by_hand(tx, uid)
    return redirect(url_for(".by_hand", page=page_number(request.args)), 303)
