"""What everybody may read: the list, the notice, its files and its paper."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from io import BytesIO

from flask import Response, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bidding.core import ics
from bidding.core.canonical import dumps, loads, sha
from bidding.core.clock import from_unix
from bidding.core.errors import NotFound
from bidding.documents import pdf
from bidding.prequalification import queries, rules, service
from bidding.prequalification.models import Prequalification
from bidding.prequalification.paper import notice_paper
from bidding.prequalification.policy import Permission
from bidding.prequalification.routes.blueprint import bp
from bidding.prequalification.rules import ApplicationState, Standing
from bidding.tenders import kinds
from bidding.tenders import queries as tenders
from bidding.tenders import service as tender_service
from bidding.tenders.kinds import Stage
from bidding.tenders.models import Project
from bidding.tenders.policy import Permission as TenderPermission
from bidding.tenders.queries import PUBLISHED
from bidding.tenders.routes.notices import send
from bidding.tenders.rules import LABELS, UNIT_LABELS, points
from bidding.tenders.words import words
from bidding.web.auth import current_actor, public, requires
from bidding.web.context import now, session, transaction
from bidding.web.filters import bytesize, instant
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
        follows=tenders.follows(session(), actor, found.project_id)
        if actor.may(TenderPermission.TENDER_FOLLOW) and found.project.stage is Stage.PREQUALIFYING
        else None,
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


@bp.post("/prequalifications/<uid>/follow")
@requires("tender:follow")
def follow(uid: str) -> ResponseReturnValue:
    """Be told of its corrections, and of the tender that follows."""
    with transaction() as tx:
        tender_service.follow(tx, uid)
    return redirect(url_for(".notice", uid=uid, _anchor="follow"), 303)


@bp.post("/prequalifications/<uid>/unfollow")
@requires("tender:follow")
def unfollow(uid: str) -> ResponseReturnValue:
    """Be told no more."""
    with transaction() as tx:
        tender_service.unfollow(tx, uid)
    return redirect(url_for(".notice", uid=uid, _anchor="follow"), 303)


@bp.get("/prequalifications/<uid>.ics")
@public
def calendar_file(uid: str) -> Response:
    """The deadline for applications, to be kept or subscribed to."""
    found = queries.public(session(), uid)
    if found.closes_at is None:
        raise NotFound
    public_url = current_app.config["PUBLIC_URL"]
    page = url_for(".notice", uid=uid)
    body = deadline_file(
        found,
        host=current_app.config["LOG_HOST"],
        address=f"{public_url}{page}" if public_url else url_for(".notice", uid=uid, _external=True),
        summary=_("资格预审申请截止：%(title)s", title=found.project.title),
        said=_(
            "以平台服务器时钟为准。北京时间 %(at)s。项目编号 %(code)s。",
            at=instant(found.closes_at),
            code=found.project.code,
        ),
    )
    answer = current_app.response_class(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.project.code}.ics"'
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer


def deadline_file(found: Prequalification, *, host: str, address: str, summary: str, said: str) -> bytes:
    """Its calendar. SEQUENCE is by how many minutes the deadline has moved: it only ever moves later, so this grows."""
    if found.published_at is None or found.closes_at is None:
        raise NotFound
    first = from_unix(loads(found.notice or "{}")["closes_at"])
    moved = int((found.closes_at - first).total_seconds()) // 60
    event = ics.Event(
        uid=f"{found.project.uid}-applications@{host}",
        sequence=moved + (found.ended_at is not None),
        stamped_at=found.ended_at or found.published_at,
        at=found.closes_at,
        summary=summary,
        description=said,
        url=address,
        alarms=(timedelta(days=1), timedelta(hours=1)),
        is_cancelled=found.ended_at is not None,
    )
    return ics.calendar([event], name=found.project.title)


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
