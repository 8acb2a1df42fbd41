"""The hall's screen."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, render_template, request

from bidding.screens import queries
from bidding.screens.routes.blueprint import bp
from bidding.screens.rules import Topic, panels, turned
from bidding.web.auth import public
from bidding.web.context import now, session
from bidding.web.remembered import for_everybody

#: How long each panel stands: long enough to read five lines twice.
PANEL_SECONDS = 15


@bp.get("/screen")
@public
def screen() -> str:
    """What is on today, for the wall of the hall; it turns from panel to panel, with a script and without one."""
    parts = _parts()
    at = turned(_asked(), len(parts["panels"]))
    return render_template(
        "screens/screen.html",
        **parts,
        at=at,
        paused="pause" in request.args,
        lang=request.args.get("lang"),
        seconds=PANEL_SECONDS,
    )


@bp.get("/screen/board")
@public
@for_everybody
def screen_board() -> Response:
    """What the screen polls: every panel, made once for all screens."""
    answer = current_app.response_class(render_template("screens/screen_board.html", **_parts()))
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _parts() -> dict[str, Any]:
    found = queries.shown(session(), now())
    return {"panels": panels(found.topics), "coming": found.coming, "topics": Topic}


def _asked() -> int:
    """The panel that an address names; the first where it names none."""
    number = request.args.get("panel", 0, type=int)
    return number if 0 <= number < 2**31 else 0
