"""The desk of the network service room: a browser that seals for whoever sits at it, and keeps nothing."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bidding.submissions.routes import service_room
from bidding.submissions.routes.blueprint import bp
from bidding.web.auth import public

#: After so many seconds without a key or a mouse the desk signs its tenderer out.
IDLE = 300


@bp.app_context_processor
def _desk() -> dict[str, object]:
    """``desk_idle`` for ``base.html``: seconds, or None for a browser that is nobody's desk."""
    return {"desk_idle": IDLE if service_room.at_desk() else None}


@bp.get("/desk")
@public
def desk() -> str:
    """Begin here: what to bring, what is taken home, and the way to sign in."""
    return render_template("submissions/desk.html", sitting=service_room.at_desk(), idle=IDLE)


@bp.post("/desk")
@public
def sit_down() -> ResponseReturnValue:
    """Make this computer the desk; it is the window's staff who press this, before the tenderer sits down."""
    answer = make_response(redirect(url_for(".desk"), 303))
    if "leave" in request.form:
        service_room.get_up(answer)
    else:
        service_room.sit_down(answer)
    return _cleared(answer)


@bp.after_app_request
def _clear_after_sign_out(response: Response) -> Response:
    """At the desk a sign-out takes everything with it, and leads back to the desk's first page."""
    if request.endpoint == "identity.sign_out" and response.status_code == 302 and service_room.at_desk():
        response.headers["Location"] = url_for("submissions.desk")
        return _cleared(response)
    return response


def _cleared(response: Response) -> Response:
    # Cookies stay: the one that says that this is the desk, and the one of the language, name nobody.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
