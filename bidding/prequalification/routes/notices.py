"""What everybody may read: the list, the notice, its files and its paper."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from flask import Response, current_app, render_template, request, send_file, url_for

from bidding.core.canonical import dumps, loads, sha
from bidding.core.errors import NotFound
from bidding.documents import pdf
from bidding.prequalification import queries, rules, service
from bidding.prequalification.models import Prequalification
from bidding.prequalification.paper import notice_paper
from bidding.prequalification.policy import Permission
from bidding.prequalification.routes.blueprint import bp
from bidding.prequalification.rules import ApplicationState, Standing
from bidding.tenders import kinds
from bidding.tenders.models import Project
from bidding.tenders.queries import PUBLISHED
from bidding.tenders.routes.notices import send
from bidding.tenders.rules import LABELS, UNIT_LABELS, points
from bidding.tenders.words import words
from bidding.web.auth import current_actor, public
from bidding.web.context import now, session
from bidding.web.filters import bytesize
from bidding.web.paging import page_number, paginate


@bp.get("/prequalifications")
@public
def index() -> str:
    """The notices that are out, the newest first."""
    return render_template(
        "prequalification/index.html",
        page=paginate(session(), queries.published(), number=page_number(request.args), size=20),
        stands=stands,
        kinds=kinds,
        public_words=rules.PUBLIC_WORDS,
    )


def stands(found: Prequalification) -> Standing:
    """Where it stands at the request's time."""
    return rules.standing(found.times, now())


@bp.get("/prequalifications/<uid>")
@public
def notice(uid: str) -> str:
    """One notice with its files, its dates and the way to apply."""
    found = queries.public(session(), uid)
    actor = current_actor()
    applies = actor.may(Permission.APPLICATION_SUBMIT)
    return render_template(
        "prequalification/notice.html",
        **facts_of(found),
        text=loads(found.notice or "{}"),
        digest=sha(found.notice or "").hex(),
        last=queries.last_days(session(), found, now()),
        labels=LABELS,
        units=UNIT_LABELS,
        applies=applies or actor.account_id is None,
        own=queries.own_in(session(), actor, found, ApplicationState.EFFECTIVE) if applies else None,
        goes_on=found.project.stage in PUBLISHED,
        left=found.closes_at - now() if found.closes_at else None,
    )


def facts_of(found: Prequalification) -> dict[str, object]:
    """What every page of a prequalification shows."""
    project: Project = found.project
    return {
        "found": found,
        "project": project,
        "standing": stands(found),
        "public_words": rules.PUBLIC_WORDS,
        "words": words(project.family, project.method),
        "kinds": kinds,
        "points": points,
    }


@bp.get("/prequalifications/<uid>/notice.json")
@public
def notice_text(uid: str) -> Response:
    """The notice byte for byte as it was hashed into the centre's log."""
    return current_app.response_class(queries.public(session(), uid).notice, mimetype="application/json")


@bp.get("/prequalifications/<uid>/end.json")
@public
def end_text(uid: str) -> Response:
    """The notice of its end byte for byte as it was hashed. Raises ``NotFound`` for one that goes on."""
    found = queries.public(session(), uid)
    if found.end_notice is None:
        raise NotFound
    return current_app.response_class(found.end_notice, mimetype="application/json")


@bp.get("/prequalifications/<uid>/notice.pdf")
@public
def notice_pdf(uid: str) -> Response:
    """The notice as the paper that is filed, made of what was hashed."""
    found = queries.public(session(), uid)
    if found.notice is None:
        raise NotFound
    answer = _sent(found.project, _set(found.notice, *where(uid)))
    answer.set_etag(sha(found.notice).hex())
    answer.make_conditional(request)
    return answer


def draft_pdf(found: Prequalification) -> Response:
    """The same of what a draft says today, marked as one."""
    text = dumps(service.notice_text(session(), found, now())).decode()
    return _sent(found.project, _set(text, *where(found.project.uid), is_draft=True))


def where(uid: str) -> tuple[str, str, str]:
    """The centre's name, the notice's address, and how large a file may be."""
    config = current_app.config
    address = url_for("prequalification.notice", uid=uid, _external=True)
    return config["CENTRE_NAME"], address, bytesize(config["MAX_FILE"])


@lru_cache(maxsize=32)
def _set(text: str, centre: str, address: str, limit: str, *, is_draft: bool = False) -> bytes:
    """A paper takes a third of a second to set; whoever asks for it a thousand times gets what the first was given."""
    data = notice_paper(
        loads(text), sha256=sha(text).hex(), centre=centre, address=address, limit=limit, is_draft=is_draft
    )
    return pdf.render("notice", data)


def _sent(project: Project, made: bytes) -> Response:
    name = f"{project.code}-prequalification.pdf"
    return send_file(BytesIO(made), mimetype="application/pdf", download_name=name)


@bp.get("/prequalifications/<uid>/files/<sha256>")
@public
def notice_file(uid: str, sha256: str) -> Response:
    """One of the prequalification documents; its digest stands in the notice."""
    each = queries.file_of(queries.public(session(), uid), sha256)
    return send(each.sha256, each.name)
