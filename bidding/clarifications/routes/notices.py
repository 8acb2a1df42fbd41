"""What was answered and corrected, for everybody."""

from __future__ import annotations

from flask import Response, current_app, render_template

from bidding.clarifications import presentation, queries
from bidding.clarifications.routes.blueprint import bp
from bidding.tenders.words import words
from bidding.web.auth import public
from bidding.web.context import session


@bp.get("/notices/<uid>/clarifications/<int:number>")
@public
def notice(uid: str, number: int) -> str:
    """One notice of answers or corrections, with what was before and what is now."""
    found = queries.published_one(session(), uid, number)
    return render_template(
        "clarifications/notice.html",
        notice=presentation.published(found),
        clarification=found,
        project=found.project,
        words=words(found.project.family, found.project.method),
    )


@bp.get("/notices/<uid>/clarifications/<int:number>.json")
@public
def notice_text(uid: str, number: int) -> Response:
    """The same byte for byte as it was hashed into the project's log."""
    text = queries.published_one(session(), uid, number).notice
    return current_app.response_class(text, mimetype="application/json")
