"""The hall's screen."""

from __future__ import annotations

from flask import render_template, request

from bidding.screens import queries
from bidding.screens.routes.blueprint import bp
from bidding.screens.rules import Topic, panels, turned
from bidding.web.auth import public
from bidding.web.context import now, session

#: How long each panel stands: long enough to read five lines twice.
PANEL_SECONDS = 15


@bp.get("/screen")
@public
def screen() -> str:
    """What is on today, for the wall of the hall; it turns from panel to panel, with a script and without one.

    Its script polls the page itself: all panels are on it. It is made anew each time, for a clock stands on it that
    people set their watches by.
    """
    found = queries.shown(session(), now())
    shown = panels(found.topics)
    return render_template(
        "screens/screen.html",
        panels=shown,
        coming=found.coming,
        topics=Topic,
        at=turned(_asked(), len(shown)),
        paused="pause" in request.args,
        lang=request.args.get("lang"),
        seconds=PANEL_SECONDS,
    )


def _asked() -> int:
    """The panel that an address names; the first where it names none."""
    number = request.args.get("panel", 0, type=int)
    return number if 0 <= number < 2**31 else 0
