"""What is done in a draw: each act in its transaction, and back to the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import (
    flash,
    redirect,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.conduct.forms import accepting, unread
from bidding.conduct.rules import Rule
from bidding.experts import queries, service
from bidding.experts.calls import Answer
from bidding.experts.forms import (
    AT_TURN,
    ActForm,
    CallForm,
    CancelForm,
    FreezeForm,
    LeaveForm,
    OpenedForm,
    ProofForm,
    ShowForm,
)
from bidding.experts.policy import Permission
from bidding.experts.routes.blueprint import bp
from bidding.experts.routes.draws import draw_for_reader, draw_page, serving
from bidding.experts.service import CallNote
from bidding.ledger.current import log_keys
from bidding.web.acts import carried_out
from bidding.web.auth import requires
from bidding.web.context import session, transaction
from bidding.web.forms import Form


def act(
    uid: str, form: Form, name: str, do: Callable[[Any], object], *, told: str = "", sign: bool = True
) -> ResponseReturnValue:
    """Run one act in its transaction, sign the log in the next, and come back to the page."""
    draw_for_reader(uid)
    if not carried_out(form, do):
        return draw_page(uid, form, name)
    if sign:
        with transaction() as tx:
            service.sign(tx, uid, log_keys())
    if told:
        flash(told)
    return redirect(url_for(".draw", uid=uid), 303)


@bp.post("/draws/<uid>/freeze")
@requires(Permission.DRAW_FREEZE)
def freeze(uid: str) -> ResponseReturnValue:
    """Freeze the list that somebody else asked for."""
    form = FreezeForm(unread=unread(Rule.DRAW))
    return act(
        uid, form, "freeze", accepting(form, lambda tx: service.freeze(tx, uid, form.value)), sign=False
    )


@bp.post("/draws/<uid>/cancel")
@requires(Permission.DRAW_FREEZE)
def cancel(uid: str) -> ResponseReturnValue:
    """Give the draw up, before the numbers are closed."""
    form = CancelForm()
    return act(uid, form, "cancel", lambda tx: service.cancel(tx, uid, form.reason.data))


@bp.post("/draws/<uid>/order")
@requires(Permission.DRAW_ORDER)
def order(uid: str) -> ResponseReturnValue:
    """Take the order that the supervisor's client signed."""
    form = ProofForm()
    return act(
        uid,
        form,
        "order",
        lambda tx: service.order(tx, uid, form.value),
        told=_("抽取令已写入日志。请各方投入随机数。"),
    )


@bp.post("/draws/<uid>/deal")
@requires(Permission.DRAW_CONTRIBUTE)
def deal(uid: str) -> ResponseReturnValue:
    """Take a party's sealed number."""
    form = ProofForm()
    return act(
        uid,
        form,
        "deal",
        lambda tx: service.deal(tx, uid, form.value),
        told=_("随机数已收下，写入日志。秘密文件请保管好，截止后用它公开。"),
    )


@bp.post("/draws/<uid>/close")
@requires(Permission.DRAW_FREEZE)
def close(uid: str) -> ResponseReturnValue:
    """Close the numbers."""
    return act(
        uid,
        ActForm(),
        "close",
        lambda tx: service.close_parties(tx, uid),
        told=_("已截止投入。等见证联署之后，各方公开随机数。"),
    )


@bp.post("/draws/<uid>/reveal")
@requires(Permission.DRAW_CONTRIBUTE)
def reveal(uid: str) -> ResponseReturnValue:
    """Take a party's opened number."""
    form = ProofForm()
    return act(uid, form, "reveal", lambda tx: service.reveal(tx, uid, form.value))


@bp.post("/draws/<uid>/share")
@requires(Permission.DRAW_CONTRIBUTE)
def share(uid: str) -> ResponseReturnValue:
    """Take a trustee's share of a number that is not opened."""
    form = ProofForm()
    return act(
        uid,
        form,
        "share",
        lambda tx: service.share(tx, uid, form.value),
        told=_("份额已核验收下。"),
    )


@bp.post("/draws/<uid>/show")
@requires(Permission.DRAW_CALL)
def show(uid: str) -> ResponseReturnValue:
    """Give the caller what opens the name of whom to call."""
    form = ShowForm()
    return act(uid, form, "show", lambda tx: service.show(tx, uid, form.stratum.data), sign=False)


@bp.post("/draws/<uid>/answer")
@requires(Permission.DRAW_CALL)
def answer(uid: str) -> ResponseReturnValue:
    """Put down what came of a call."""
    form = CallForm((*AT_TURN, Answer.SKIP))
    return act(
        uid,
        form,
        "answer",
        lambda tx: service.answer(tx, uid, form.stratum.data, form.h.data, _note(form)),
    )


@bp.post("/draws/<uid>/leave")
@requires(Permission.DRAW_CALL)
def leave(uid: str) -> ResponseReturnValue:
    """Put down that somebody who accepted does not come, or may not sit."""
    form = LeaveForm(serving(queries.view(session(), draw_for_reader(uid))))
    return act(uid, form, "leave", lambda tx: service.answer(tx, uid, *form.place, _note(form)))


def _note(form: CallForm) -> CallNote:
    return CallNote(form.answer, form.channel.data, form.reason, form.words.data or "")


@bp.post("/draws/<uid>/release")
@requires(Permission.DRAW_RELEASE)
def release(uid: str) -> ResponseReturnValue:
    """Let the names into the evaluation room."""
    form = OpenedForm()
    return act(uid, form, "release", lambda tx: service.release(tx, uid, form.value), sign=False)


@bp.post("/draws/<uid>/publish")
@requires(Permission.DRAW_RELEASE)
def publish(uid: str) -> ResponseReturnValue:
    """Let the names of those called join the bundle."""
    form = OpenedForm()
    return act(uid, form, "publish", lambda tx: service.publish(tx, uid, form.value), sign=False)
