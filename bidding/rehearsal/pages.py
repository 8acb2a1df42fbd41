"""The pages that only a rehearsal has: the room itself, another role, time moved on, a step done by the room, reset."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from bidding.identity import browser
from bidding.identity import queries as identity
from bidding.opening.sitting.rules import STEP_WORDS
from bidding.rehearsal.guide import PARTS, STEPS
from bidding.rehearsal.world import KINDS, Rehearsal
from bidding.story.cast import PASSPHRASE, PASSWORD, TRUSTEES
from bidding.tenders.kinds import FAMILY_LABELS, Family
from bidding.web.auth import public
from bidding.web.context import session

bp = Blueprint("rehearsal", __name__, url_prefix="/rehearsal")


def equip(app: Flask, begin: Callable[[Family], None], family: Family) -> None:
    """Give a rehearsal's app these pages, and every page of it the banner and the guide."""
    app.extensions["rehearse"] = begin
    app.register_blueprint(bp)
    app.context_processor(lambda: {"practice": _band(_playing()), "rehearsed": family})


def wipe(folder: Path) -> None:
    """Leave nothing of a rehearsal."""
    shutil.rmtree(folder, ignore_errors=True)


def _playing() -> Rehearsal:
    return cast("Rehearsal", current_app.extensions["rehearsal"])


def _band(made: Rehearsal) -> dict[str, Any]:
    shown = made.board()
    return {
        "uid": made.tender.uid,
        "step": STEP_WORDS[shown.step],
        "advice": STEPS[shown.step],
        "parts": PARTS,
        "early": made.centre.clock.now() < made.tender.closes_at,
        "password": PASSWORD,
    }


@bp.get("")
@public
def room() -> str:
    """What can be practised here, as whom, with which keys."""
    return render_template(
        "rehearsal/room.html",
        kinds=[(family, FAMILY_LABELS[family]) for family in KINDS],
        trustees=TRUSTEES,
        passphrase=PASSPHRASE,
    )


@bp.post("/as/<login>")
@public
def take_part(login: str) -> ResponseReturnValue:
    """Be somebody else of the cast. Only here: the passwords of a rehearsal are known to all."""
    account = identity.account_by_login(session(), login)
    if account is None or login not in dict(PARTS):
        abort(404)
    browser.sign_in(account.id, login=login)
    return _to_the_hall()


@bp.post("/forward")
@public
def forward() -> ResponseReturnValue:
    """Let time go by until the deadline."""
    _playing().to_the_deadline()
    return _to_the_hall()


@bp.post("/act")
@public
def act() -> ResponseReturnValue:
    """Let the room do the present step."""
    _playing().act()
    return _to_the_hall()


@bp.post("/begin/<family>")
@public
def begin(family: str) -> ResponseReturnValue:
    """Wipe this rehearsal and begin another."""
    if family not in {each.value for each in KINDS}:
        abort(404)
    session().rollback()
    cast("Callable[[Family], None]", current_app.extensions["rehearse"])(Family(family))
    return redirect(url_for(".room"), 303)


@bp.get("/keys/<name>")
@public
def key(name: str) -> Response:
    """A trustee's key file, of no use anywhere else."""
    if name not in {each[0] for each in TRUSTEES}:
        abort(404)
    path = _playing().centre.folder / "trustees" / f"trustee-{name}.age"
    return send_file(
        BytesIO(path.read_bytes()),
        mimetype="text/plain",
        as_attachment=True,
        download_name=f"rehearsal-{path.name}",
    )


def _to_the_hall() -> ResponseReturnValue:
    return redirect(url_for("opening.hall", uid=_playing().tender.uid), 303)
