"""Acts in the hall, each a form that leads back to it. ``?stage=`` says in the sitting of which opening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from bidding.conduct.forms import accepting
from bidding.opening.routes.blueprint import bp
from bidding.opening.routes.hall import page, stage_asked, to_witness
from bidding.opening.sitting import forms, service
from bidding.web.acts import carried_out
from bidding.web.auth import requires
from bidding.web.forms import Form


def _act(uid: str, name: str, form: Form, act: Callable[[Any], object]) -> ResponseReturnValue:
    """Do what the form asks and go back to the hall; or show the hall with the form and what is wrong."""
    if carried_out(form, act):
        return redirect(url_for("opening.hall", uid=uid), 303)
    return page(uid, refused=(name, form))


# Tenderers -------------------------------------------------------------------------------------------------------


@bp.post("/hall/<uid>/sign-in")
@requires("opening:attend")
def sign_in(uid: str) -> ResponseReturnValue:
    """Take part."""
    stage = stage_asked()
    form = forms.SignInForm(prefix="sign_in")
    return _act(
        uid,
        "sign_in",
        form,
        lambda tx: service.sign_in(
            tx, uid, person=form.person.data or "", acknowledged=bool(form.acknowledged.data), stage=stage
        ),
    )


@bp.post("/hall/<uid>/line")
@requires("opening:attend")
def line(uid: str) -> ResponseReturnValue:
    """Confirm one's own line."""
    stage = stage_asked()
    form = forms.LineForm(prefix="line")
    return _act(uid, "line", form, lambda tx: service.confirm_line(tx, uid, form.bid.data or "", stage=stage))


@bp.post("/hall/<uid>/object")
@requires("opening:attend")
def raise_objection(uid: str) -> ResponseReturnValue:
    """Object."""
    stage = stage_asked()
    form = forms.ObjectionForm(prefix="object")
    return _act(
        uid,
        "object",
        form,
        lambda tx: service.raise_objection(
            tx, uid, form.words.data or "", form.bid.data or None, stage=stage
        ),
    )


# The host --------------------------------------------------------------------------------------------------------


@bp.post("/hall/<uid>/admit")
@requires("opening:admit")
def admit(uid: str) -> ResponseReturnValue:
    """Sign in somebody who is in the room."""
    stage = stage_asked()
    form = forms.AdmitForm(prefix="admit")
    return _act(
        uid,
        "admit",
        form,
        lambda tx: service.admit(
            tx, uid, bid=form.bid.data or "", person=form.person.data or "", stage=stage
        ),
    )


@bp.post("/hall/<uid>/list")
@requires("opening:host")
def publish_list(uid: str) -> ResponseReturnValue:
    """Publish who bid."""
    stage = stage_asked()
    form = forms.StepForm(prefix="list")
    return _act(uid, "list", form, lambda tx: service.publish_list(tx, uid, stage=stage))


@bp.post("/hall/<uid>/read")
@requires("opening:host")
def read(uid: str) -> ResponseReturnValue:
    """Read out the next sheet."""
    stage = stage_asked()
    form = forms.ReadForm(prefix="read")
    return _act(uid, "read", form, lambda tx: service.read_next(tx, uid, form.place.data or 0, stage=stage))


@bp.post("/hall/<uid>/close-lines")
@requires("opening:host")
def close_lines(uid: str) -> ResponseReturnValue:
    """End the confirmations."""
    stage = stage_asked()
    form = forms.PlainForm(prefix="close_lines")
    return _act(uid, "close_lines", form, lambda tx: service.close_lines(tx, uid, stage=stage))


@bp.post("/hall/<uid>/speak")
@requires("opening:host")
def speak(uid: str) -> ResponseReturnValue:
    """Write down what somebody in the room objects to."""
    stage = stage_asked()
    form = forms.SpokenObjectionForm(prefix="speak")
    return _act(
        uid,
        "speak",
        form,
        lambda tx: service.raise_objection(tx, uid, form.words.data or "", form.bid.data or "", stage=stage),
    )


@bp.post("/hall/<uid>/objections/<int(max=2147483647):number>/answer")
@requires("opening:host")
def answer(uid: str, number: int) -> ResponseReturnValue:
    """Answer on the spot."""
    name = f"answer-{number}"
    form = forms.AnswerForm(prefix=name)
    return _act(uid, name, form, lambda tx: service.answer(tx, uid, number, form.answer.data or ""))


@bp.post("/hall/<uid>/close-record")
@requires("opening:host")
def close_record(uid: str) -> ResponseReturnValue:
    """Write the record as it will be signed."""
    stage = stage_asked()
    form = forms.StepForm(prefix="record")
    return _act(uid, "record", form, lambda tx: service.close_record(tx, uid, stage=stage))


@bp.post("/hall/<uid>/end")
@requires("opening:host")
def end(uid: str) -> ResponseReturnValue:
    """End the sitting."""
    stage = stage_asked()
    form = forms.StepForm(prefix="end")
    return _act(uid, "end", form, lambda tx: service.end(tx, uid, stage=stage))


# Everybody with a part in it -------------------------------------------------------------------------------------


@bp.post("/hall/<uid>/sign")
@requires("opening:sign")
def sign(uid: str) -> ResponseReturnValue:
    """Sign the record."""
    stage = stage_asked()
    form = forms.SignatureForm(prefix="sign", unread=to_witness())
    return _act(
        uid,
        "sign",
        form,
        accepting(
            form,
            lambda tx: service.sign_record(
                tx, uid, name=form.name.data or "", sha256=form.sha256.data or "", stage=stage
            ),
        ),
    )


@bp.post("/hall/<uid>/suspend")
@requires("opening:suspend")
def suspend(uid: str) -> ResponseReturnValue:
    """Ask for a suspension."""
    stage = stage_asked()
    form = forms.ReasonForm(prefix="suspend")
    return _act(
        uid, "suspend", form, lambda tx: service.suspend(tx, uid, form.reason.data or "", stage=stage)
    )


@bp.post("/hall/<uid>/suspend/confirm")
@requires("opening:suspend")
def confirm_suspension(uid: str) -> ResponseReturnValue:
    """Suspend, as the second person."""
    form = forms.StepForm(prefix="suspended")
    return _act(uid, "suspended", form, lambda tx: service.confirm_suspension(tx, uid))


@bp.post("/hall/<uid>/resume")
@requires("opening:suspend")
def resume(uid: str) -> ResponseReturnValue:
    """Ask that the sitting go on."""
    form = forms.ReasonForm(prefix="resume")
    return _act(uid, "resume", form, lambda tx: service.resume(tx, uid, form.reason.data or ""))


@bp.post("/hall/<uid>/resume/confirm")
@requires("opening:suspend")
def confirm_resumption(uid: str) -> ResponseReturnValue:
    """Let it go on, as the second person."""
    form = forms.StepForm(prefix="resumed")
    return _act(uid, "resumed", form, lambda tx: service.confirm_resumption(tx, uid))
