"""The screen of a draw: numbers alone, for whoever wants to watch."""

from __future__ import annotations

import hashlib
import math
from typing import Any, cast

from flask import Response, current_app, render_template, request
from flask_babel import get_locale, gettext

from bidding.experts import queries, rules
from bidding.experts.calls import ANSWER_WORDS, Answer
from bidding.experts.queries import Screen, ScreenState
from bidding.experts.routes.blueprint import bp
from bidding.experts.rules import Step
from bidding.web.auth import public
from bidding.web.context import session
from bidding.web.live import Boards


@bp.get("/draws/<code>/screen")
@public
def screen(code: str) -> str:
    """The draw for the projector: large, nothing to press."""
    state = _state(code, anew=True)
    draw = queries.public_draw(session(), code)
    return render_template(
        "experts/screen.html", draw=draw, etag=_etag(_picture(code, state)), **_parts(code, state)
    )


@bp.get("/draws/<code>/screen/board")
@public
def screen_board(code: str) -> Response:
    """What the screen polls: made once for each state and language.

    The tag is of what it shows and not of the state, which moves when a tenderer joins.
    """
    picture = _picture(code, _state(code))
    answer = current_app.response_class(mimetype="text/html")
    etag = _etag(picture)
    if etag in request.if_none_match:
        answer.status_code = 304
    else:
        answer.data = picture
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer


def _state(code: str, *, anew: bool = False) -> ScreenState | None:
    made = current_app.extensions.setdefault("draw_states", Boards(current_app.config["HALL_SECONDS"]))
    states = cast("Boards[ScreenState]", made)
    return states.state(code, lambda: queries.screen_state(session(), code), anew=anew)


def _screens() -> Boards[Screen]:
    """What each state shows, which does not pass: a draw among 100,000 takes a while to be replayed, and anybody may look."""
    return cast("Boards[Screen]", current_app.extensions.setdefault("draw_screens", Boards(math.inf)))


def _picture(code: str, state: ScreenState | None) -> bytes:
    return _screens().picture(
        repr((code, str(get_locale()), state)),
        lambda: render_template("experts/screen_board.html", **_parts(code, state)),
    )


def _parts(code: str, state: ScreenState | None) -> dict[str, Any]:
    shown = _screens().state(repr((code, state)), lambda: queries.screen(session(), code))
    return {
        "shown": shown,
        "steps": _line(shown.step) if shown else [],
        "excluded_words": rules.EXCLUDED_WORDS,
        "answers": ANSWER_WORDS,
        "answer_of": Answer,
    }


def _etag(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()[:24]


#: The sun line: what an onlooker can tell apart, and at which of it each step of a draw stands.
_LINE = (Step.ORDERED, Step.CLOSED, Step.DRAWN, Step.RELEASED, Step.PUBLISHED)
_STANDS = {Step.ORDERED: 1, Step.CLOSED: 1, Step.DRAWN: 2, Step.RELEASED: 3, Step.PUBLISHED: len(_LINE)}


def _line(step: Step) -> list[tuple[str, str]]:
    """State and words of each; nothing of a draw that was given up."""
    if step not in _STANDS:
        return []
    now = _STANDS[step]
    states = ("done" if place < now else "now" if place == now else "" for place in range(len(_LINE)))
    return [(state, gettext(rules.STEP_WORDS[each])) for state, each in zip(states, _LINE, strict=True)]
