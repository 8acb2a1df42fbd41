"""Opening names: the supervisor's halves, what the centre's client opens, and the second person's look at the calls."""

from __future__ import annotations

from flask import Response, current_app, jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.experts import queries, service
from bidding.experts.forms import ActForm, MessageForm, ProofForm
from bidding.experts.policy import Permission
from bidding.experts.queries import Purpose
from bidding.experts.routes.acts import act
from bidding.experts.routes.blueprint import bp
from bidding.experts.routes.draws import draw_for_reader
from bidding.experts.routes.files import json_file
from bidding.experts.rules import NotSent
from bidding.messages.carriers import Channel, Down, NotNow, Refused
from bidding.messages.routes import post
from bidding.messages.rules import ChannelClosed
from bidding.web.auth import requires
from bidding.web.context import session, transaction


@bp.get("/draws/<uid>/halves.json")
@requires(Permission.DRAW_HALF)
def halves_file(uid: str) -> Response:
    """Of whom a half is asked for: for the supervisor's client."""
    found = draw_for_reader(uid)
    return json_file(queries.halves_file(session(), found.project), f"draw-names-{found.code}.json")


@bp.post("/draws/<uid>/halves")
@requires(Permission.DRAW_HALF)
def halves(uid: str) -> ResponseReturnValue:
    """Take the supervisor's halves."""
    form = ProofForm()
    told = _("半把钥匙已收下。轮到谁，中心才能打开谁的姓名。")
    return act(
        uid, form, "halves", lambda tx: service.give_halves(tx, uid, form.value), told=told, sign=False
    )


@bp.post("/draws/<uid>/names/<any(call, release, publish, further):purpose>")
@requires(Permission.DRAW_CALL)
def names(uid: str, purpose: str) -> Response:
    """Give the centre what opens the names an act needs; who took it is written down."""
    found = draw_for_reader(uid)
    with transaction() as tx:
        taken = service.take_names(tx, uid, Purpose(purpose))
    return json_file(taken, f"draw-names-{found.code}-{purpose}.json")


@bp.post("/draws/<uid>/countersign")
@requires(Permission.DRAW_COUNTERSIGN)
def countersign(uid: str) -> ResponseReturnValue:
    """Look over the calls that somebody else put down."""
    return act(
        uid,
        ActForm(),
        "countersign",
        lambda tx: service.countersign(tx, uid),
        told=_("通知记录已复核，写入日志。"),
    )


@bp.post("/draws/<uid>/message")
@requires(Permission.DRAW_CALL)
def message(uid: str) -> ResponseReturnValue:
    """Send time and place to whoever is to be called: handed to the gateway at once, since nothing may keep the number."""
    found = draw_for_reader(uid)
    form, carrier = MessageForm(), post().carriers.get(Channel.SMS)
    if carrier is None:
        raise ChannelClosed
    if not form.validate_on_submit():
        return jsonify(text=_("电话号码不能用短信发送，请打电话通知。")), 422
    centre, address = (
        current_app.config["CENTRE_NAME"],
        _address if current_app.config["PUBLIC_URL"] else None,
    )
    with transaction() as tx:
        letter = service.claim_message(tx, uid, form.h.data, form.phone.data, centre, address)
    try:
        with carrier.open() as hand:
            hand(letter)
    except (Down, NotNow, Refused) as error:
        with transaction() as tx:
            service.unclaim_message(tx, uid, form.h.data)
        raise NotSent(reason=str(error)) from error
    if queries.told(session(), found)[form.h.data].digest is None:
        return jsonify(text=_("短信已发出。请打电话确认，再登记答复。"))
    return jsonify(
        text=_("短信已发出。对方可以点短信里的链接答复，答复了刷新本页就看到；也可以打电话确认，再登记答复。")
    )


def _address(token: str) -> str:
    """The link of a message, at the address that the settings say: the one of this request may be known in here alone."""
    return f"{current_app.config['PUBLIC_URL']}{url_for('.reply', token=token)}"
