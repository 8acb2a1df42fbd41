"""Corrections of a prequalification: the agency's desk for them, and what everybody reads. Drafts are ``desk``'s."""

from __future__ import annotations

from flask import Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.clarifications import presentation, queries, rules, service
from bidding.clarifications.forms import ActForm
from bidding.clarifications.models import Clarification
from bidding.clarifications.paper import in_force, prequalification_correction_paper
from bidding.clarifications.policy import Permission
from bidding.clarifications.routes.blueprint import bp
from bidding.clarifications.rules import About
from bidding.core.canonical import dumps, loads
from bidding.documents.current import filed, follow_up
from bidding.prequalification.rules import Standing, standing
from bidding.tenders.words import words
from bidding.web.acts import carried_out
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session

_ABOUT = About.PREQUALIFICATION


@bp.get("/prequalifications/<uid>/clarifications")
@requires("clarification:read")
def announced_desk(uid: str) -> ResponseReturnValue:
    """What is being drafted, and what is out."""
    return _desk(uid, ActForm(formdata=None))


def _desk(uid: str, form: ActForm) -> ResponseReturnValue:
    project = queries.project_of(session(), current_actor(), uid, Permission.CLARIFICATION_READ, _ABOUT)
    found = queries.prequalification_of(session(), project)
    page = render_template(
        "clarifications/announced.html",
        project=project,
        found=found,
        form=form,
        draft=queries.open_one(session(), project.id, _ABOUT),
        published=[presentation.published(each) for each in queries.published(session(), project.id, _ABOUT)],
        states=rules.STATE_WORDS,
        is_open=standing(found.times, now()) is Standing.OPEN,
        may_draft=current_actor().may(Permission.CLARIFICATION_DRAFT),
    )
    return page, form.status


@bp.post("/prequalifications/<uid>/clarifications")
@requires("clarification:draft")
def announced_start(uid: str) -> ResponseReturnValue:
    """Begin a draft, or go on with the one there is."""
    form, begun = ActForm(), list[str]()
    if carried_out(form, lambda tx: begun.append(service.start(tx, uid, about=_ABOUT).uid)):
        return redirect(url_for(".draft", uid=begun[0]), 303)
    return _desk(uid, form)


@bp.get("/prequalifications/<uid>/clarifications/<int(max=2147483647):number>")
@public
def announced_notice(uid: str, number: int) -> str:
    """One notice of answers or corrections, with what was before and what is now."""
    found = _published(uid, number)
    return render_template(
        "clarifications/notice.html",
        notice=presentation.published(found),
        clarification=found,
        project=found.project,
        announced=queries.prequalification_of(session(), found.project),
        words=words(found.project.family, found.project.method),
    )


@bp.get("/prequalifications/<uid>/clarifications/<int(max=2147483647):number>.json")
@public
def announced_notice_text(uid: str, number: int) -> Response:
    """The same byte for byte as it was hashed into the centre's log."""
    return current_app.response_class(_published(uid, number).notice, mimetype="application/json")


@bp.get("/prequalifications/<uid>/clarifications/<int(max=2147483647):number>.pdf")
@public
def announced_notice_pdf(uid: str, number: int) -> Response:
    """The same as the paper that is filed."""
    found = _published(uid, number)
    original = queries.prequalification_of(session(), found.project).notice or "{}"
    earlier = [
        each.text
        for each in queries.published(session(), found.project_id, _ABOUT)
        if (each.number or 0) <= number
    ]
    made = follow_up(
        prequalification_correction_paper,
        found.notice or "",
        dumps(in_force(loads(original), earlier)).decode(),
        sha256=found.notice_sha256 or "",
        centre=current_app.config["CENTRE_NAME"],
        address=url_for(".announced_notice", uid=uid, number=number, _external=True),
        original_address=url_for("prequalification.notice", uid=uid, _external=True),
    )
    return filed(made, sha256=found.notice_sha256 or "", name=f"{found.project.code}-{number}")


def _published(uid: str, number: int) -> Clarification:
    return queries.published_one(session(), uid, number, _ABOUT)
