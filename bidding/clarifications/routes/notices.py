"""What was answered and corrected, for everybody."""

from __future__ import annotations

from flask import Response, current_app, render_template, url_for

from bidding.clarifications import presentation, queries
from bidding.clarifications.paper import correction_paper, in_force
from bidding.clarifications.routes.blueprint import bp
from bidding.core.canonical import dumps, loads
from bidding.documents.current import filed, follow_up
from bidding.tenders.words import words
from bidding.web.auth import public
from bidding.web.context import session


@bp.get("/notices/<uid>/clarifications/<int(max=2147483647):number>")
@public
def notice(uid: str, number: int) -> str:
    """One notice of answers or corrections, with what was before and what is now."""
    found = queries.published_one(session(), uid, number)
    return render_template(
        "clarifications/notice.html",
        notice=presentation.published(found),
        clarification=found,
        project=found.project,
        announced=None,
        words=words(found.project.family, found.project.method),
    )


@bp.get("/notices/<uid>/clarifications/<int(max=2147483647):number>.json")
@public
def notice_text(uid: str, number: int) -> Response:
    """The same byte for byte as it was hashed into the project's log."""
    text = queries.published_one(session(), uid, number).notice
    return current_app.response_class(text, mimetype="application/json")


@bp.get("/notices/<uid>/clarifications/<int(max=2147483647):number>.pdf")
@public
def notice_pdf(uid: str, number: int) -> Response:
    """The same as the paper that is filed."""
    found = queries.published_one(session(), uid, number)
    earlier = [
        each.text for each in queries.published(session(), found.project_id) if (each.number or 0) <= number
    ]
    original = in_force(loads(found.project.notice or "{}"), earlier)
    made = follow_up(
        correction_paper,
        found.notice or "",
        dumps(original).decode(),
        sha256=found.notice_sha256 or "",
        centre=current_app.config["CENTRE_NAME"],
        address=url_for(".notice", uid=uid, number=number, _external=True),
        original_address=url_for("tenders.notice", uid=uid, _external=True),
    )
    return filed(made, sha256=found.notice_sha256 or "", name=f"{found.project.code}-{number}")
